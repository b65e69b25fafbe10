package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
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

    private static void collect(
            CopyDecoder decoder, List<ColumnPlan> plans, List<List<String>> rows, List<Integer> batches) {
        try (VectorSchemaRoot root = decoder.take()) {
            batches.add(root.getRowCount());
            for (int row = 0; row < root.getRowCount(); row++) {
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < plans.size(); i++) {
                    texts.add(PgText.of(plans.get(i).column(), root.getVector(i), row));
                }
                rows.add(texts);
            }
        }
    }

    List<String> column(int index) {
        return rows.stream().map(row -> row.get(index)).toList();
    }
}
