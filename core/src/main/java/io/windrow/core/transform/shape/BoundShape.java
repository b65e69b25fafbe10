package io.windrow.core.transform.shape;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Rejected;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.transform.GoneValues;
import io.windrow.core.transform.Rows;
import io.windrow.core.transform.expression.Expression;
import io.windrow.core.transform.expression.Outcome;
import io.windrow.core.transform.shape.ShapeTransform.Made;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/** The shape of one stream. */
final class BoundShape implements BoundTransform {
    private final String place;
    private final StreamSchema output;
    private final @Nullable Expression filter;
    private final List<Made> made;
    private final String version;
    private final boolean reshapes;

    BoundShape(
            StreamSchema input,
            StreamSchema output,
            @Nullable Expression filter,
            List<Made> made,
            String version,
            String place) {
        this.place = place;
        this.output = output;
        this.filter = filter;
        this.made = made;
        this.version = version;
        reshapes = !input.columns().equals(output.columns()) || !input.key().equals(output.key());
    }

    @Override
    public StreamSchema output() {
        return output;
    }

    @Override
    public Map<String, String> policies() {
        return Map.of("transform", version);
    }

    @Override
    public Batch apply(Batch batch) {
        Batch current = batch;
        try {
            if (filter != null) {
                current = filtered(current, filter);
            }
            return reshapes ? reshaped(current) : current;
        } catch (RuntimeException e) {
            current.close();
            throw e;
        }
    }

    /** The batch without the rows that do not come out; the others stay as they are. The batch given is spent. */
    Batch judged(Batch batch) {
        Batch current = batch;
        try {
            if (filter != null) {
                current = filtered(current, filter);
            }
            Map<Integer, Rejected.Reason> bad = new TreeMap<>();
            if (reshapes) {
                close(computed(current, gone(current), bad));
            }
            return bad.isEmpty() ? current : aside(current, bad);
        } catch (RuntimeException e) {
            current.close();
            throw e;
        }
    }

    private Batch filtered(Batch batch, Expression condition) {
        int rows = batch.rowCount();
        Outcome outcome = condition.over(batch.arrow());
        Map<Integer, Rejected.Reason> bad = new TreeMap<>();
        int[] kept = new int[rows];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            ErrorCode error = outcome.error(row);
            if (error != null) {
                bad.put(row, reason(row, error, ""));
            } else if (outcome.isTrue(row)) {
                // The place that the row has once the bad ones before it are gone.
                kept[count++] = row - bad.size();
            }
        }
        return Rows.keep(bad.isEmpty() ? batch : aside(batch, bad), kept, count, BoundShape::dropped);
    }

    private static Account dropped(long rows) {
        return new Account(0, 0, 0, 0, 0, 0, rows, 0, 0, 0, 0);
    }

    private static Rejected.Reason reason(int row, ErrorCode error, String field) {
        return new Rejected.Reason(row, error.code(), field, error.meaning());
    }

    private static Batch aside(Batch batch, Map<Integer, Rejected.Reason> bad) {
        int[] kept = new int[batch.rowCount() - bad.size()];
        int count = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            if (!bad.containsKey(row)) {
                kept[count++] = row;
            }
        }
        int[] rows = bad.keySet().stream().mapToInt(Integer::intValue).toArray();
        return Rows.setAside(batch, kept, count, rows, List.copyOf(bad.values()));
    }

    private Batch reshaped(Batch batch) {
        if (batch.changes().flatMap(ChangeColumns::before).isPresent()) {
            throw WindrowException.of(
                            ShapeError.BEFORE_IMAGE,
                            "Shaping stream " + batch.stream() + ": its changes come with the state before them")
                    .at(place);
        }
        Map<Integer, Rejected.Reason> bad = new TreeMap<>();
        GoneValues gone = gone(batch);
        @Nullable FieldVector[] vectors = computed(batch, gone, bad);
        if (bad.isEmpty()) {
            return assembled(batch, gone, vectors);
        }
        close(vectors);
        Batch good = aside(batch, bad);
        try {
            // Without the bad rows everything is made again: whether a row is bad depends on nothing but itself.
            GoneValues left = gone(good);
            return assembled(good, left, computed(good, left, new TreeMap<>()));
        } catch (RuntimeException e) {
            good.close();
            throw e;
        }
    }

    private GoneValues gone(Batch batch) {
        return new GoneValues(batch.changes().orElse(null), output.key());
    }

    /** The columns that are new; null where one is passed on. */
    private @Nullable FieldVector[] computed(Batch batch, GoneValues gone, Map<Integer, Rejected.Reason> bad) {
        @Nullable FieldVector[] vectors = new FieldVector[made.size()];
        try {
            for (int i = 0; i < vectors.length; i++) {
                Made field = made.get(i);
                FieldVector computed = field.computed() == null ? null : computed(field, field.computed(), batch, bad);
                vectors[i] = computed;
                if (field.cast() != null) {
                    FieldVector from = computed == null ? batch.arrow().getVector(field.input()) : computed;
                    vectors[i] = field.cast().over(from, batch.rowCount(), (row, error) -> {
                        if (!gone.takes(row, field.column().name())) {
                            bad.putIfAbsent(row, reason(row, error, field.column().name()));
                        }
                    });
                    if (computed != null) {
                        computed.close();
                    }
                }
            }
            return vectors;
        } catch (RuntimeException e) {
            close(vectors);
            throw e;
        }
    }

    private static FieldVector computed(
            Made field, Expression expression, Batch batch, Map<Integer, Rejected.Reason> bad) {
        Outcome outcome = expression.over(batch.arrow());
        for (int row = 0; row < batch.rowCount(); row++) {
            ErrorCode error = outcome.error(row);
            if (error != null) {
                bad.putIfAbsent(row, reason(row, error, field.column().name()));
            }
        }
        return outcome.vector(field.before(), batch.arrow().getVector(0).getAllocator());
    }

    private static void close(@Nullable FieldVector[] vectors) {
        for (FieldVector vector : vectors) {
            if (vector != null) {
                vector.close();
            }
        }
    }

    private Batch assembled(Batch batch, GoneValues gone, @Nullable FieldVector[] vectors) {
        int rows = batch.rowCount();
        Batch.Parts old = batch.release();
        List<Field> fields = new ArrayList<>();
        List<FieldVector> all = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            Made field = made.get(i);
            FieldVector vector = vectors[i];
            if (vector == null) {
                FieldVector from = old.rows().getVector(field.input());
                TransferPair pair = from.getTransferPair(ArrowTypes.field(field.column()), from.getAllocator());
                pair.transfer();
                vector = (FieldVector) pair.getTo();
            }
            fields.add(vector.getField());
            all.add(vector);
        }
        // What is not delivered is freed; what was passed on is empty by now.
        old.rows().close();
        return old.withRows(output, new VectorSchemaRoot(fields, all, rows), changes(old.changes(), gone, all)).batch();
    }

    /** The facts of changes without those on columns that are gone. */
    private @Nullable ChangeColumns changes(@Nullable ChangeColumns old, GoneValues gone, List<FieldVector> values) {
        if (old == null) {
            return null;
        }
        Set<Integer> ids = new HashSet<>();
        output.columns().forEach(column -> ids.add(column.id()));
        Map<Integer, TinyIntVector> presence = new HashMap<>();
        gone.presence(output, values).forEach((id, vector) -> {
            if (ids.contains(id)) {
                presence.put(id, vector);
            } else {
                vector.close();
            }
        });
        return old.with(presence, old.before());
    }

    @Override
    public void close() {}
}
