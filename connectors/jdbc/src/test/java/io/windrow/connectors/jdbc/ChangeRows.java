package io.windrow.connectors.jdbc;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Presence;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Batches of changes of one small stream: a key, a short text and a long one that a change may leave as it was. */
final class ChangeRows {
    static final StreamName STREAM = new StreamName("public", "orders");
    static final StreamSchema SCHEMA = new StreamSchema(
            STREAM, 1,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "name", new ColumnType.Text(), true, "text"),
                    new Column(3, "body", new ColumnType.Text(), true, "text")),
            List.of("id"));

    private ChangeRows() {}

    /**
     * One change.
     *
     * @param operation what happened
     * @param id the key
     * @param name the short text
     * @param body the long text; {@link #UNCHANGED} for one that stays, {@link #ABSENT} for one that the source did not send
     * @param position the place of the commit
     * @param ordinal the place within it
     * @param link the other half of a key change, or −1
     * @param seconds when it was committed, after 1970; −1: a copy has found the row
     */
    record Change(
            Operation operation, long id, @Nullable String name, @Nullable String body, long position, long ordinal, long link, long seconds) {
        /** Committed at as many seconds after 1970 as its place says. */
        Change(Operation operation, long id, @Nullable String name, @Nullable String body, long position, long ordinal, long link) {
            this(operation, id, name, body, position, ordinal, link, position);
        }

        static final String UNCHANGED = "\0unchanged";
        static final String ABSENT = "\0absent";
    }

    /** The same stream with other names of its columns from the second on, each told by the id that it had or has. */
    static StreamSchema schema(Map<Integer, String> names) {
        List<Column> columns = new ArrayList<>(SCHEMA.columns().subList(0, 1));
        names.forEach((id, name) -> columns.add(new Column(id, name, new ColumnType.Text(), true, "text")));
        return new StreamSchema(STREAM, 2, columns, SCHEMA.key());
    }

    /** A batch of the changes; the caller closes it. */
    static Batch batch(BufferAllocator allocator, List<Change> changes) {
        return batch(allocator, SCHEMA, changes);
    }

    /** The same in a schema of the same columns or one fewer or more. */
    static Batch batch(BufferAllocator allocator, StreamSchema schema, List<Change> changes) {
        VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        TinyIntVector operations = new TinyIntVector("operation", allocator);
        BigIntVector ordinals = new BigIntVector("ordinal", allocator);
        BigIntVector commits = new BigIntVector("commit", allocator);
        BigIntVector transactions = new BigIntVector("transaction", allocator);
        BigIntVector positions = new BigIntVector("position", allocator);
        BigIntVector links = new BigIntVector("link", allocator);
        TinyIntVector presence = new TinyIntVector("presence", allocator);
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            boolean unchanged = Change.UNCHANGED.equals(change.body());
            boolean absent = Change.ABSENT.equals(change.body());
            operations.setSafe(i, change.operation().ordinal());
            ordinals.setSafe(i, change.ordinal());
            if (change.seconds() >= 0) {
                commits.setSafe(i, change.seconds() * 1_000_000);
            }
            transactions.setSafe(i, change.position());
            positions.setSafe(i, change.position());
            if (change.link() >= 0) {
                links.setSafe(i, change.link());
            }
            presence.setSafe(i, (unchanged ? Presence.UNCHANGED : absent ? Presence.ABSENT : change.body() == null ? Presence.NULL : Presence.PRESENT).ordinal());
            ((BigIntVector) rows.getVector(0)).setSafe(i, change.id());
            text(rows, 1, i, change.name());
            if (schema.columns().size() > 2) {
                text(rows, 2, i, unchanged || absent ? null : change.body());
            }
        }
        rows.setRowCount(changes.size());
        for (var vector : List.of(ordinals, commits, transactions, positions, links)) {
            vector.setValueCount(changes.size());
        }
        operations.setValueCount(changes.size());
        presence.setValueCount(changes.size());
        return new Batch(
                schema, rows, new Position(1, "{}"), Account.ofRead(changes.size()), Map.of(),
                new ChangeColumns(operations, ordinals, commits, transactions, positions, links, Map.of(schema.columns().get(Math.min(2, schema.columns().size() - 1)).id(), presence), Optional.empty()));
    }

    private static void text(VectorSchemaRoot rows, int column, int row, @Nullable String text) {
        if (text != null) {
            ((VarCharVector) rows.getVector(column)).setSafe(row, text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
