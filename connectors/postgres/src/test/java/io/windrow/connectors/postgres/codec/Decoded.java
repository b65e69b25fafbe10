package io.windrow.connectors.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** A table read through catalog, mapping, COPY and decoder, its values as text again. */
record Decoded(
        List<ColumnPlan> plans, List<List<String>> rows, List<NulledValue> nulled, List<Integer> batches) {

    static Decoded table(Connection connection, StreamName name, OutOfRange rule, BatchLimits limits)
            throws SQLException {
        Catalog catalog = CatalogReader.read(connection, List.of(name));
        Relation relation = catalog.relation(name).orElseThrow();
        TypeMapping mapping = new TypeMapping(catalog.types(), catalog.server());
        List<ColumnPlan> plans = mapping.plans(relation.columns(), rule);
        return copy(connection, name, plans, "FROM " + Identifier.quoted(name) + " ORDER BY 1", limits);
    }

    static Decoded copy(
            Connection connection, StreamName name, List<ColumnPlan> plans, String from, BatchLimits limits)
            throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        List<Integer> batches = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(name, plans, limits, allocator)) {
            CopyOut copy = connection.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + ColumnPlan.selectList(plans) + " " + from
                            + ") TO STDOUT (FORMAT binary)");
            try {
                for (byte[] message; (message = copy.readFromCopy()) != null; ) {
                    if (!decoder.fits(message.length)) {
                        collect(decoder, plans, rows, batches);
                    }
                    decoder.append(message, 0, message.length);
                }
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
            if (!decoder.ended()) {
                throw new AssertionError("no trailer");
            }
            collect(decoder, plans, rows, batches);
            return new Decoded(plans, rows, decoder.takeNulled(), batches);
        }
    }

    /** Rows of texts, as a change log has them that is asked for texts, read by the columns' decoders. */
    static Decoded texts(StreamName name, List<ColumnPlan> plans, List<List<String>> texts) {
        List<List<String>> rows = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                ChangeDecoder decoder = new ChangeDecoder(name, plans, new BatchLimits(texts.size(), Integer.MAX_VALUE), allocator)) {
            for (List<String> row : texts) {
                decoder.begin(Operation.INSERT, Transaction.none(1), 0, -1);
                for (int i = 0; i < row.size(); i++) {
                    String text = row.get(i);
                    if (text == null) {
                        decoder.nullValue(i);
                    } else {
                        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
                        decoder.text(i, bytes, 1, bytes.length - 2);
                    }
                }
                decoder.end();
            }
            ChangeDecoder.Changes changes = decoder.take();
            try (VectorSchemaRoot root = changes.rows(); ChangeColumns facts = changes.facts()) {
                assertThat(facts.operations().getValueCount()).isEqualTo(texts.size());
                collect(root, plans, rows);
            }
            return new Decoded(plans, rows, decoder.takeNulled(), List.of(texts.size()));
        }
    }

    private static void collect(
            CopyDecoder decoder, List<ColumnPlan> plans, List<List<String>> rows, List<Integer> batches) {
        try (VectorSchemaRoot root = decoder.take()) {
            batches.add(root.getRowCount());
            collect(root, plans, rows);
        }
    }

    private static void collect(VectorSchemaRoot root, List<ColumnPlan> plans, List<List<String>> rows) {
        for (int row = 0; row < root.getRowCount(); row++) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < plans.size(); i++) {
                texts.add(PgText.of(plans.get(i).column(), root.getVector(i), row));
            }
            rows.add(texts);
        }
    }

    /** All columns but the first. */
    List<List<String>> values() {
        return rows.stream().map(row -> row.subList(1, row.size())).toList();
    }

    List<String> column(int index) {
        return rows.stream().map(row -> row.get(index)).toList();
    }
}
