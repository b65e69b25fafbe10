package io.windrow.core.transform.mask;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.transform.GoneValues;
import io.windrow.core.transform.Hiding;
import io.windrow.core.transform.PolicyDigest;
import io.windrow.core.transform.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.TransferPair;

/** The mask bound to a stream's schema: it replaces vectors, in the batch, in what was set aside and in before-images. */
final class BoundMask implements BoundTransform, Hiding {
    private final StreamSchema input;
    private final StreamSchema output;
    private final List<Optional<ColumnMask>> masks;
    private final Function<StreamSchema, Set<String>> concerned;

    /**
     * A mask.
     *
     * @param masks one for each column, where there is one
     * @param concerned the columns of rows in another layout that hold what a mask hides
     */
    BoundMask(StreamSchema input, List<Optional<ColumnMask>> masks, Function<StreamSchema, Set<String>> concerned) {
        this.input = input;
        this.masks = List.copyOf(masks);
        this.concerned = concerned;
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < masks.size(); i++) {
            columns.addAll(masks.get(i).map(ColumnMask::output).orElse(List.of(input.columns().get(i))));
        }
        this.output = new StreamSchema(input.stream(), input.version(), columns, input.key());
    }

    @Override
    public StreamSchema output() {
        return output;
    }

    @Override
    public Map<String, String> policies() {
        return Map.of(
                MaskTransform.POLICY, digest(ColumnMask::version), "mask.previous", digest(ColumnMask::previousVersion),
                MaskTransform.COLUMNS, ColumnVersions.text(input.columns(), masks));
    }

    private String digest(Function<ColumnMask, String> version) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < masks.size(); i++) {
            String name = input.columns().get(i).name();
            masks.get(i).ifPresent(mask ->
                    text.append(name.length()).append(':').append(name).append(version.apply(mask)).append('\n'));
        }
        return PolicyDigest.of(text);
    }

    @Override
    public Set<String> hidden() {
        return columns(mask -> true);
    }

    @Override
    public Set<String> ambiguous() {
        return columns(mask -> !mask.injective());
    }

    @Override
    public Set<String> rotating() {
        return columns(mask -> mask.output().size() > 1);
    }

    private Set<String> columns(Predicate<ColumnMask> wanted) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < masks.size(); i++) {
            if (masks.get(i).filter(wanted).isPresent()) {
                names.add(input.columns().get(i).name());
            }
        }
        return names;
    }

    @Override
    public Batch apply(Batch batch) {
        Batch.Parts parts = batch.release();
        List<Rejected> aside = new ArrayList<>();
        GoneValues gone = new GoneValues(parts.changes(), input.key());
        BadRows bad = new BadRows(gone);
        VectorSchemaRoot rows = parts.rows();
        try {
            rows = masked(parts.rows(), bad);
            ChangeColumns changes = parts.changes() == null ? null : masked(parts.changes(), gone, rows, bad);
            for (Rejected rejected : parts.rejected()) {
                // What could not be masked comes out null there; its first reason stands already. Rows of another layout
                // cannot be masked, and so cannot be shown.
                aside.add(rejected.schema().equals(input)
                        ? rejected.as(output, masked(rejected.rows(), new BadRows()))
                        : rejected.withheld(concerned.apply(rejected.schema())));
            }
            Batch done = parts.withRows(output, rows, changes).withRejected(aside).batch();
            return bad.isEmpty() ? done : setAside(done, bad);
        } catch (RuntimeException e) {
            rows.close();
            aside.forEach(Rejected::close);
            parts.rejected().forEach(Rejected::close);
            if (parts.changes() != null) {
                parts.changes().close();
            }
            throw e;
        }
    }

    private static Batch setAside(Batch batch, BadRows bad) {
        int[] kept = new int[batch.rowCount()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            if (!bad.contains(row)) {
                kept[count++] = row;
            }
        }
        return Rows.setAside(batch, kept, count, bad.rows(), bad.reasons());
    }

    private ChangeColumns masked(ChangeColumns changes, GoneValues gone, VectorSchemaRoot rows, BadRows bad) {
        Optional<VectorSchemaRoot> before = changes.before().map(all -> masked(all, bad));
        Map<Integer, TinyIntVector> presence = gone.presence(output, rows.getFieldVectors());
        for (int i = 0; i < masks.size(); i++) {
            TinyIntVector states = presence.get(input.columns().get(i).id());
            for (Column more : states == null ? List.<Column>of() : added(i)) {
                // I8: what was not sent is null here, too, and no null of the source.
                TransferPair pair = states.getTransferPair(states.getAllocator());
                pair.splitAndTransfer(0, states.getValueCount());
                presence.put(more.id(), (TinyIntVector) pair.getTo());
            }
            if (states != null && masks.get(i).filter(ColumnMask::isNull).isPresent()) {
                nullForUnchanged(states);
            }
        }
        return changes.with(presence, before);
    }

    /** I8: a target need not have the value that was not sent. */
    private static void nullForUnchanged(TinyIntVector states) {
        for (int row = 0; row < states.getValueCount(); row++) {
            if (!states.isNull(row) && states.get(row) == Presence.UNCHANGED.ordinal()) {
                states.set(row, Presence.NULL.ordinal());
            }
        }
    }

    /** The columns that the mask of a column puts beside it. */
    private List<Column> added(int column) {
        return masks.get(column).map(mask -> mask.output().subList(1, mask.output().size())).orElse(List.of());
    }

    /** Moves untouched vectors and replaces the others; the old ones are freed. */
    private VectorSchemaRoot masked(VectorSchemaRoot rows, BadRows bad) {
        List<FieldVector> vectors = new ArrayList<>();
        List<FieldVector> made = new ArrayList<>();
        List<FieldVector> spent = new ArrayList<>();
        try {
            for (int i = 0; i < masks.size(); i++) {
                FieldVector values = rows.getVector(i);
                Optional<ColumnMask> mask = masks.get(i);
                if (mask.isPresent()) {
                    List<FieldVector> masked = mask.get().apply(values, bad);
                    made.addAll(masked);
                    vectors.addAll(masked);
                    spent.add(values);
                } else {
                    vectors.add(values);
                }
            }
        } catch (RuntimeException e) {
            made.forEach(FieldVector::close);
            throw e;
        }
        spent.forEach(FieldVector::close);
        return new VectorSchemaRoot(ArrowTypes.schema(output).getFields(), vectors, rows.getRowCount());
    }

    @Override
    public void close() {}
}
