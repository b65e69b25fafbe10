package io.windrow.api.batch;

import io.windrow.api.schema.StreamSchema;
import io.windrow.api.schema.StreamName;
import java.util.HashMap;
import java.util.List;
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
    private final List<Rejected> rejected;
    private final Map<String, Measure> measures;
    private boolean released;

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
        this(new Parts(schema, rows, position, account, exceptions, changes, List.of(), Map.of()));
    }

    private Batch(Parts parts) {
        this.schema = parts.schema;
        this.rows = parts.rows;
        this.position = parts.position;
        this.account = parts.account;
        this.exceptions = Map.copyOf(parts.exceptions);
        this.changes = parts.changes;
        this.rejected = List.copyOf(parts.rejected);
        this.measures = Map.copyOf(parts.measures);
    }

    /**
     * Everything that a batch is made of, for a transform that makes a new batch of an old one. Whoever holds the parts
     * owns them and either makes a batch of them or frees them.
     *
     * @param schema the schema that {@code rows} follows
     * @param rows the values
     * @param position where reading goes on after these rows
     * @param account the books
     * @param exceptions values that followed a counted rule, by {@code column:kind}
     * @param changes per-row facts, aligned with {@code rows}; null means that every row is an insert
     * @param rejected rows that were set aside
     * @param measures numbers for the ledger, by name
     */
    public record Parts(
            StreamSchema schema,
            VectorSchemaRoot rows,
            Position position,
            Account account,
            Map<String, Long> exceptions,
            @Nullable ChangeColumns changes,
            List<Rejected> rejected,
            Map<String, Measure> measures) {
        /** The same with other rows; the old ones are the caller's. */
        public Parts withRows(StreamSchema newSchema, VectorSchemaRoot newRows, @Nullable ChangeColumns newChanges) {
            return new Parts(newSchema, newRows, position, account, exceptions, newChanges, rejected, measures);
        }

        /** The same, behind which reading goes on elsewhere. */
        public Parts at(Position newPosition) {
            return new Parts(schema, rows, newPosition, account, exceptions, changes, rejected, measures);
        }

        /** The same with other books. */
        public Parts withAccount(Account newAccount) {
            return new Parts(schema, rows, position, newAccount, exceptions, changes, rejected, measures);
        }

        /** The same with these rows set aside; those before are the caller's, if they are not among them. */
        public Parts withRejected(List<Rejected> newRejected) {
            return new Parts(schema, rows, position, account, exceptions, changes, newRejected, measures);
        }

        /** The same with a number more; it adds up with one of the same name. */
        public Parts plusMeasure(String name, Measure measure) {
            Map<String, Measure> all = new HashMap<>(measures);
            all.merge(name, measure, Measure::plus);
            return new Parts(schema, rows, position, account, exceptions, changes, rejected, all);
        }

        /** The same with these numbers more. */
        public Parts plusMeasures(Map<String, Measure> more) {
            Map<String, Measure> all = new HashMap<>(measures);
            more.forEach((name, measure) -> all.merge(name, measure, Measure::plus));
            return new Parts(schema, rows, position, account, exceptions, changes, rejected, all);
        }

        /** A batch that owns the parts. */
        public Batch batch() {
            return new Batch(this);
        }
    }

    /** Gives everything away: closing this batch then frees nothing. */
    public Parts release() {
        released = true;
        return new Parts(schema, rows, position, account, exceptions, changes, rejected, measures);
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

    /** The bytes that the vectors hold, those of rows that were set aside included. */
    public long bytes() {
        long bytes = bytes(rows);
        for (Rejected aside : rejected) {
            bytes += bytes(aside.rows());
        }
        return bytes;
    }

    private static long bytes(VectorSchemaRoot root) {
        long bytes = 0;
        for (var vector : root.getFieldVectors()) {
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

    /** Rows that were set aside; owned by the batch. */
    public List<Rejected> rejected() {
        return rejected;
    }

    /** Numbers for the ledger, by name. */
    public Map<String, Measure> measures() {
        return measures;
    }

    /** Frees all vectors, unless they were given away. May be called again. */
    @Override
    public void close() {
        if (released) {
            return;
        }
        rejected.forEach(Rejected::close);
        rows.close();
        if (changes != null) {
            changes.close();
        }
    }
}
