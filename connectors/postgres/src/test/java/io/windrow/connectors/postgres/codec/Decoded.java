package io.windrow.connectors.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import java.nio.ByteBuffer;
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
        List<byte[]> messages = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(name, plans, limits, allocator)) {
            CopyOut copy = connection.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + ColumnPlan.selectList(plans) + " " + from
                            + ") TO STDOUT (FORMAT binary)");
            try {
                for (byte[] message; (message = copy.readFromCopy()) != null; ) {
                    messages.add(message);
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
            List<NulledValue> nulled = decoder.takeNulled();
            asRuns(messages, name, plans, limits, rows, nulled);
            return new Decoded(plans, rows, nulled, batches);
        }
    }

    /** The same messages as they lie behind one another on the wire must give the same rows. */
    private static void asRuns(
            List<byte[]> messages, StreamName name, List<ColumnPlan> plans, BatchLimits limits,
            List<List<String>> expected, List<NulledValue> nulled) {
        byte[] wire = framed(messages);
        List<List<String>> rows = new ArrayList<>();
        List<Integer> batches = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(name, plans, limits, allocator)) {
            for (int at = 0; at < wire.length; ) {
                int taken = decoder.appendRun(wire, at, wire.length);
                if (taken > at) {
                    at = taken;
                    continue;
                }
                int length = ValueDecoder.intAt(wire, at + 1) - 4;
                if (!decoder.fits(length)) {
                    collect(decoder, plans, rows, batches);
                }
                decoder.append(wire, at + 5, length);
                at += 5 + length;
            }
            if (!decoder.ended()) {
                throw new AssertionError("no trailer");
            }
            collect(decoder, plans, rows, batches);
            assertThat(rows).isEqualTo(expected);
            assertThat(decoder.takeNulled()).isEqualTo(nulled);
        }
    }

    /** CopyData messages with their types and lengths in front. */
    static byte[] framed(List<byte[]> messages) {
        ByteBuffer wire = ByteBuffer.allocate(messages.stream().mapToInt(message -> message.length + 5).sum());
        for (byte[] message : messages) {
            wire.put((byte) 'd').putInt(message.length + 4).put(message);
        }
        return wire.array();
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
