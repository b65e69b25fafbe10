package io.windrow.connectors.connect;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Source;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.plugin.ZeroDates;
import io.windrow.connectors.connect.record.Change;
import io.windrow.connectors.connect.record.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** One followed table: its rows become batches. Used by the reader's thread. */
final class FollowedTable implements AutoCloseable {
    /** How many rows may come between two looks at the batch's size, however narrow they are. */
    private static final int UNWEIGHED = 256;

    private final StreamSchema schema;
    private final Values.Dialect dialect;
    private final OutOfRange outOfRange;
    private final Context context;
    private final Supplier<StreamSchema> fresh;
    private final BatchBuilder builder;
    private @Nullable Binding binding;
    /** Values that followed a counted rule since the last batch, by {@code column:kind}. */
    private final Map<String, Long> exceptions = new HashMap<>();
    private long seenAgain;
    /** With how many rows the batch is weighed next. */
    private int weighedAt = 1;

    /**
     * How the rows of a form become the stream's.
     *
     * @param form the rows' form
     * @param parts for each column of the stream the part of the row; null if it has none
     */
    private record Binding(Schema form, @Nullable Part[] parts) {}

    /**
     * The part of a row that becomes a column's value.
     *
     * @param required whether it is never null
     * @param marked whether a null in it is a date of zeros
     */
    private record Part(Field field, Values.Conversion conversion, boolean required, boolean marked) {
        static Part of(Field field, Values.Conversion conversion) {
            Map<String, String> parameters = field.schema().parameters();
            return new Part(
                    field, conversion, !field.schema().isOptional(), parameters != null && parameters.containsKey(ZeroDates.MARK));
        }

        /** What else reads a field puts its default in the place of a null (I8). */
        @Nullable Object of(Struct row) {
            return field.schema().defaultValue() == null ? row.get(field) : row.getWithoutDefault(field.name());
        }
    }

    /**
     * A table without rows so far.
     *
     * @param outOfRange what becomes of a date of zeros in a column that may not be null
     * @param fresh the table as the database has it at this moment
     */
    FollowedTable(StreamSchema schema, Values.Dialect dialect, OutOfRange outOfRange, Context context, Supplier<StreamSchema> fresh) {
        this.dialect = dialect;
        this.outOfRange = outOfRange;
        this.schema = schema;
        this.context = context;
        this.fresh = fresh;
        this.builder = new BatchBuilder(schema, context.allocator());
    }

    StreamName stream() {
        return schema.stream();
    }

    int rows() {
        return builder.rowCount();
    }

    /** Whether the batch has so many rows or bytes; the wider its rows, the more often it is weighed (I12). */
    boolean isFull(int mostRows, long mostBytes) {
        int rows = rows();
        if (rows >= mostRows) {
            return true;
        }
        if (rows < weighedAt) {
            return false;
        }
        long bytes = builder.bytes();
        long average = Math.max(1, bytes / Math.max(1, rows));
        weighedAt = rows + Math.clamp((mostBytes - bytes) / average, 1, UNWEIGHED);
        return bytes >= mostBytes;
    }

    /** The row was delivered in an earlier run. */
    void passOver() {
        seenAgain++;
    }

    /** A row of a copy, which stands at a place of the log. */
    void copy(Change.Row row, long place, long number) {
        builder.copied(place, number);
        write(row, row.after());
        builder.endRow();
    }

    /** A row of the log. */
    void add(Change.Row row, long place, long number) {
        change(row, place, number);
        builder.endRow();
    }

    /** A change of key: the old row goes, the new one comes, each with a link to the other. */
    void move(Change.Row gone, Change.Row come, long place, long number) {
        change(gone, place, number);
        builder.linked(number + 1);
        builder.endRow();
        change(come, place, number + 1);
        builder.linked(number);
        builder.endRow();
    }

    private void change(Change.Row row, long place, long number) {
        Operation operation = switch (row.what()) {
            case COPIED, INSERTED -> Operation.INSERT;
            case UPDATED -> Operation.UPDATE;
            case DELETED -> Operation.DELETE;
            case TRUNCATED -> Operation.TRUNCATE;
        };
        builder.change(operation, place, number, row.commitMicros(), row.transaction().orElse(place));
        write(row, operation == Operation.DELETE ? row.before() : row.after());
    }

    private void write(Change.Row row, @Nullable Struct values) {
        if (values == null) {
            if (row.what() != Change.What.TRUNCATED) {
                throw WindrowException.of(
                        ConnectError.VALUE_UNKNOWN, "Reading the changes of " + stream() + ": a row without its values");
            }
            schema.columns().forEach(column -> builder.absent(column.name()));
            return;
        }
        @Nullable Part[] parts = bound(values.schema()).parts();
        for (int i = 0; i < parts.length; i++) {
            Part part = parts[i];
            if (part == null) {
                builder.absent(schema.columns().get(i).name());
                continue;
            }
            Object raw = part.of(values);
            if (raw == null && part.marked()) {
                zeroDate(i);
            } else {
                write(i, part, raw);
            }
        }
    }

    private void write(int at, Part part, @Nullable Object raw) {
        try {
            Object value = raw == null ? null : part.conversion().of(raw);
            if (value != null) {
                builder.set(at, value);
            } else if (raw != null && part.required()) {
                zeroDate(at);
            } else {
                builder.setNull(at);
            }
        } catch (WindrowException e) {
            throw e.errorCode() == ConnectError.VALUE_OUT_OF_RANGE ? e : judged(e);
        }
    }

    /** C14: no date, in a column that may not be null. */
    private void zeroDate(int at) {
        Column column = schema.columns().get(at);
        if (outOfRange != OutOfRange.NULL) {
            throw WindrowException.of(
                    ConnectError.VALUE_OUT_OF_RANGE,
                    "Reading " + stream() + ": column " + column.name() + ", a " + column.sourceType() + ", holds a value of the kind zero_date");
        }
        builder.setNull(at);
        exceptions.merge(column.name() + ":zero_date", 1L, Long::sum);
    }

    /** A value that does not fit: is the table another by now, or was it another in the past? */
    private WindrowException judged(WindrowException misfit) {
        return fresh.get().equals(schema)
                ? misfit
                : WindrowException.of(
                        ConnectError.RELATION_CHANGED,
                        "Reading the changes of " + stream() + ": the table was altered (" + misfit.getMessage() + ")");
    }

    private Binding bound(Schema form) {
        Binding bound = binding;
        if (bound == null || bound.form() != form) {
            // Forms that are equal are told apart no second time.
            bound = bound != null && bound.form().equals(form) ? new Binding(form, bound.parts()) : bind(form);
            binding = bound;
        }
        return bound;
    }

    private Binding bind(Schema form) {
        @Nullable Part[] parts = new Part[schema.columns().size()];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            Column column = schema.columns().get(i);
            Field field = form.field(column.name());
            if (field == null) {
                missing.add(column.name());
            } else {
                parts[i] = Part.of(field, Values.of(column, field.schema(), dialect));
            }
        }
        List<String> more = form.fields().stream().map(Field::name).filter(name -> schema.indexOf(name) < 0).toList();
        if (!more.isEmpty()) {
            String doing = "Reading the changes of " + stream() + ": ";
            if (!fresh.get().equals(schema)) {
                throw WindrowException.of(
                        ConnectError.RELATION_CHANGED, doing + "column " + more.getFirst() + " was not there when the run was planned");
            }
            if (!missing.isEmpty()) {
                // A column gone and one come together may be one that was renamed: nobody guesses (D17).
                throw WindrowException.of(
                        ConnectError.RELATION_DIFFERS,
                        doing + "older changes have the column " + more.getFirst() + ", where the table has " + missing.getFirst()
                                + ": it may have been renamed");
            }
            context.notices().tell(
                    "connect.dropped_column",
                    "Table " + stream() + " no longer has the column " + more.getFirst()
                            + ": older changes in the log are delivered without it.");
        }
        return new Binding(form, parts);
    }

    /** The rows so far as a batch. */
    Batch take(Position position) {
        Batch batch = builder.build(position);
        weighedAt = 1;
        if (seenAgain == 0 && exceptions.isEmpty()) {
            return batch;
        }
        Batch.Parts parts = batch.release();
        Batch whole = new Batch.Parts(
                parts.schema(), parts.rows(), parts.position(), parts.account(), Map.copyOf(exceptions), parts.changes(), parts.rejected(),
                seenAgain > 0 ? Map.of(Source.SEEN_AGAIN, Measure.ofCount(seenAgain)) : Map.of()).batch();
        seenAgain = 0;
        exceptions.clear();
        return whole;
    }

    /**
     * A batch without rows, for an event of the log that is none: it has the stream commit, so that what is known of its table
     * is saved before the log is let go.
     */
    Batch event(Position position) {
        ChangeColumns facts = ChangeColumns.empty(context.allocator());
        facts.rowCount(0);
        VectorSchemaRoot none = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
        none.setRowCount(0);
        Account read = new Account(1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        return new Batch(schema, none, position, read, Map.of(), facts);
    }

    @Override
    public void close() {
        builder.close();
    }
}
