package io.windrow.api.batch;

import io.windrow.api.schema.StreamSchema;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The unit of work: rows of one stream under one schema version, in Arrow vectors laid out by
 * {@link io.windrow.api.schema.ArrowTypes}, with the position after the last row and the books so far.
 *
 * <p>A batch has exactly one owner. Passing it on is giving it away; the receiver closes it. It is not safe for use by
 * two threads at once, but may be handed from one to another. Vectors hold plain values, never dictionaries. A batch may
 * be empty (a transform dropped all rows); it still travels to the end, since it carries position and books.
 */
public final class Batch implements AutoCloseable {
    private final StreamSchema schema;
    private final VectorSchemaRoot rows;
    private final Position position;
    private final Account account;
    private final Map<String, Long> exceptions;
    private final @Nullable ChangeColumns changes;

    /**
     * A batch of inserted rows.
     *
     * @param schema the schema that {@code rows} follows
     * @param rows the values; owned by the batch from now on
     * @param position where reading goes on after these rows
     * @param account the books: what was read to make this batch, and what of it was dropped already
     */
    public Batch(StreamSchema schema, VectorSchemaRoot rows, Position position, Account account) {
        this(schema, rows, position, account, Map.of(), null);
    }

    /**
     * A batch with all its parts.
     *
     * @param exceptions values that followed {@link io.windrow.api.schema.OutOfRange#NULL} or another counted rule, by
     *     {@code column:kind}
     * @param changes per-row facts of a change stream; null means that every row is an insert
     */
    public Batch(
            StreamSchema schema,
            VectorSchemaRoot rows,
            Position position,
            Account account,
            Map<String, Long> exceptions,
            @Nullable ChangeColumns changes) {
        this.schema = schema;
        this.rows = rows;
        this.position = position;
        this.account = account;
        this.exceptions = Map.copyOf(exceptions);
        this.changes = changes;
    }

    /** The stream's name. */
    public StreamName stream() {
        return schema.stream();
    }

    /** The schema of the rows. Its {@code key} names the key columns. */
    public StreamSchema schema() {
        return schema;
    }

    /** The values. The caller reads them while it owns the batch and does not close them. */
    public VectorSchemaRoot arrow() {
        return rows;
    }

    /** The number of rows. */
    public int rowCount() {
        return rows.getRowCount();
    }

    /** The bytes that the vectors hold. */
    public long bytes() {
        long bytes = 0;
        for (var vector : rows.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        return bytes;
    }

    /** Where reading goes on after these rows. */
    public Position position() {
        return position;
    }

    /** The books so far; {@code written} is still 0. */
    public Account account() {
        return account;
    }

    /** Values that followed a counted rule, by {@code column:kind}. */
    public Map<String, Long> exceptions() {
        return exceptions;
    }

    /** Per-row facts of a change stream; empty means that every row is an {@link Operation#INSERT}. */
    public Optional<ChangeColumns> changes() {
        return Optional.ofNullable(changes);
    }

    /** Frees all vectors. May be called again. */
    @Override
    public void close() {
        rows.close();
        if (changes != null) {
            changes.close();
        }
    }
}
