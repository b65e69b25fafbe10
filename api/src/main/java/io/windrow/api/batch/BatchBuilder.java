package io.windrow.api.batch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches from typed values, row by row: {@code set}, {@code setNull} or {@code absent} for every column, then
 * {@link #endRow}. A column that nobody spoke of is an error, since null, absent and empty are different values (I8).
 * Values are of the Java types that {@link ColumnWriters} lists. For connectors whose rows come one by one; a connector
 * that has columns fills the vectors itself. Used by one thread; the caller closes it, and owns every batch it made.
 */
public final class BatchBuilder implements AutoCloseable {
    private final StreamSchema schema;
    private final BufferAllocator allocator;
    private final Map<String, Integer> places = new HashMap<>();
    private final ColumnWriter[] writers;
    private final FieldVector[] vectors;
    private final boolean[] spoken;
    private final Map<Integer, TinyIntVector> presence = new HashMap<>();
    private @Nullable ChangeColumns changes;
    private int rows;

    /** A builder without rows. The vectors are taken from {@code allocator}, which stays the caller's. */
    public BatchBuilder(StreamSchema schema, BufferAllocator allocator) {
        this.schema = schema;
        this.allocator = allocator;
        int width = schema.columns().size();
        writers = new ColumnWriter[width];
        vectors = new FieldVector[width];
        spoken = new boolean[width];
        for (int i = 0; i < width; i++) {
            Column column = schema.columns().get(i);
            places.put(column.name(), i);
            writers[i] = ColumnWriters.of(column);
        }
        begin();
    }

    private void begin() {
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = ArrowTypes.field(schema.columns().get(i)).createVector(allocator);
        }
        presence.clear();
        changes = null;
        rows = 0;
    }

    /** Sets a column by name. */
    public BatchBuilder set(String column, Object value) {
        return set(place(column), value);
    }

    /** Sets a column by its place in the schema, from 0. */
    public BatchBuilder set(int column, Object value) {
        writers[column].write(vectors[column], rows, value);
        spoken[column] = true;
        return this;
    }

    /** The column is null. */
    public BatchBuilder setNull(String column) {
        return setNull(place(column));
    }

    /** The column, by its place from 0, is null. */
    public BatchBuilder setNull(int column) {
        if (!schema.columns().get(column).nullable()) {
            throw ColumnWriters.misfit(schema.columns().get(column), "null, which the column does not allow");
        }
        spoken[column] = true;
        return this;
    }

    /** The source says nothing about the column ({@link Presence#ABSENT}). */
    public BatchBuilder absent(String column) {
        return present(place(column), Presence.ABSENT);
    }

    /** The source says that the column kept its value and does not send it ({@link Presence#UNCHANGED}). */
    public BatchBuilder unchanged(String column) {
        return present(place(column), Presence.UNCHANGED);
    }

    private BatchBuilder present(int column, Presence how) {
        presence.computeIfAbsent(schema.columns().get(column).id(), id -> new TinyIntVector("presence", allocator))
                .setSafe(rows, how.ordinal());
        spoken[column] = true;
        return this;
    }

    /**
     * Says what happened to the row. Without it every row is an insert; a builder that says it once says it for every row
     * of the batch.
     *
     * @param position the place of the transaction's commit in the source's log
     * @param ordinal the row's place within its transaction, from 0
     * @param commitMicros commit time at the source, microseconds since 1970 UTC
     * @param transaction the source's transaction id
     */
    public BatchBuilder change(Operation operation, long position, long ordinal, long commitMicros, long transaction) {
        ChangeColumns facts = changes;
        if (facts == null) {
            if (rows > 0) {
                throw WindrowException.of(
                        BatchError.ROW_INCOMPLETE,
                        "Building a batch of " + schema.stream() + ": the rows before this one have no operation");
            }
            facts = ChangeColumns.empty(allocator);
            changes = facts;
        }
        facts.operations().setSafe(rows, operation.ordinal());
        facts.ordinals().setSafe(rows, ordinal);
        facts.commitMicros().setSafe(rows, commitMicros);
        facts.transactions().setSafe(rows, transaction);
        facts.positions().setSafe(rows, position);
        return this;
    }

    /**
     * Says that a copy read the row: an insert without a transaction and a commit time. Otherwise as {@link #change}.
     *
     * @param position the place of the copy in the source's log
     * @param ordinal the row's place within the copy, from 0
     */
    public BatchBuilder copied(long position, long ordinal) {
        change(Operation.INSERT, position, ordinal, 0, 0);
        ChangeColumns facts = changes;
        if (facts != null) {
            facts.commitMicros().setNull(rows);
            facts.transactions().setNull(rows);
        }
        return this;
    }

    /** Says, after {@link #change}, which row of the transaction makes a change of key with this one. */
    public BatchBuilder linked(long ordinal) {
        ChangeColumns facts = changes;
        if (facts == null) {
            throw WindrowException.of(
                    BatchError.ROW_INCOMPLETE,
                    "Building a batch of " + schema.stream() + ": row " + rows + " has a link and no operation");
        }
        facts.links().setSafe(rows, ordinal);
        return this;
    }

    /** Ends the row. */
    public void endRow() {
        for (int i = 0; i < spoken.length; i++) {
            if (!spoken[i]) {
                throw WindrowException.of(
                        BatchError.ROW_INCOMPLETE,
                        "Building a batch of " + schema.stream() + ": row " + rows + " says nothing about column "
                                + schema.columns().get(i).name());
            }
        }
        ChangeColumns facts = changes;
        if (facts != null && facts.operations().getValueCount() <= rows && isUnset(facts.operations())) {
            throw WindrowException.of(
                    BatchError.ROW_INCOMPLETE,
                    "Building a batch of " + schema.stream() + ": row " + rows + " has no operation");
        }
        Arrays.fill(spoken, false);
        rows++;
    }

    private boolean isUnset(TinyIntVector operations) {
        return operations.getValueCapacity() <= rows || operations.isNull(rows);
    }

    /** Rows that were ended since the last batch. */
    public int rowCount() {
        return rows;
    }

    /** Bytes that the rows take so far, for a limit of the caller's. */
    public long bytes() {
        long bytes = 0;
        for (FieldVector vector : vectors) {
            // A column that has held nothing but nulls so far may have no room yet.
            bytes += vector.getBufferSizeFor(Math.min(rows, vector.getValueCapacity()));
        }
        return bytes;
    }

    /**
     * The rows so far as a batch, which is the caller's; the builder goes on with the next. All rows count as read.
     *
     * @param position where reading goes on after the last row
     */
    public Batch build(Position position) {
        for (FieldVector vector : vectors) {
            vector.setValueCount(rows);
        }
        VectorSchemaRoot root = new VectorSchemaRoot(
                Arrays.stream(vectors).map(FieldVector::getField).toList(), List.of(vectors), rows);
        Batch batch = new Batch(schema, root, position, Account.ofRead(rows), Map.of(), changeColumns());
        begin();
        return batch;
    }

    private @Nullable ChangeColumns changeColumns() {
        ChangeColumns facts = changes;
        if (facts == null && presence.isEmpty()) {
            return null;
        }
        for (TinyIntVector vector : presence.values()) {
            fillPresent(vector);
        }
        if (facts == null) {
            facts = inserts();
        }
        facts.rowCount(rows);
        return facts.with(presence, Optional.empty());
    }

    private ChangeColumns inserts() {
        ChangeColumns facts = ChangeColumns.empty(allocator);
        for (int row = 0; row < rows; row++) {
            facts.operations().setSafe(row, Operation.INSERT.ordinal());
            facts.ordinals().setSafe(row, row);
            facts.positions().setSafe(row, 0);
        }
        return facts;
    }

    /** Rows where nothing else was said hold what the data vector holds. */
    private void fillPresent(TinyIntVector vector) {
        int column = columnOf(vector);
        for (int row = 0; row < rows; row++) {
            if (vector.getValueCapacity() <= row || vector.isNull(row)) {
                vector.setSafe(row, (vectors[column].isNull(row) ? Presence.NULL : Presence.PRESENT).ordinal());
            }
        }
        vector.setValueCount(rows);
    }

    private int columnOf(TinyIntVector vector) {
        int id = presence.entrySet().stream()
                .filter(entry -> entry.getValue() == vector)
                .findFirst()
                .orElseThrow()
                .getKey();
        for (int i = 0; i < vectors.length; i++) {
            if (schema.columns().get(i).id() == id) {
                return i;
            }
        }
        throw new IllegalStateException("No column " + id);
    }

    private int place(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw WindrowException.of(
                    BatchError.UNKNOWN_COLUMN,
                    "Building a batch of " + schema.stream() + ": there is no column " + column + "; there are "
                            + Collections.unmodifiableSet(places.keySet()));
        }
        return place;
    }

    /** Frees the rows that were not built. */
    @Override
    public void close() {
        for (FieldVector vector : vectors) {
            vector.close();
        }
        presence.values().forEach(TinyIntVector::close);
        if (changes != null) {
            changes.close();
        }
    }
}
