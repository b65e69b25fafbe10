package io.windrow.core.contract;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Rejected;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.transform.GoneValues;
import io.windrow.core.transform.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * Delivers rows in the accepted schema although the source has another: new fields are left out, renamed ones keep their
 * accepted name. Vectors are handed over, not copied. Types are those that were accepted; {@link SchemaGate} lets nothing
 * else pass.
 */
public final class KeptSchemas implements Transform {
    private final Function<StreamSchema, Optional<SchemaGate.Kept>> kept;

    public KeptSchemas(Map<StreamName, SchemaGate.Kept> kept) {
        Map<StreamName, SchemaGate.Kept> all = Map.copyOf(kept);
        this.kept = input -> Optional.ofNullable(all.get(input.stream()));
    }

    /** As a run by this gate would: for who reads rows again. What it would refuse is left as it is. */
    public KeptSchemas(SchemaGate gate) {
        this.kept = input -> {
            try {
                return gate.judge(input, () -> "now", "").kept();
            } catch (WindrowException refused) {
                return Optional.empty();
            }
        };
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        SchemaGate.Kept keep = kept.apply(input).orElse(null);
        return keep == null || SchemaDiff.of(keep.schema(), input).isEmpty() ? new Judge(input, List.of(), "") : new Fitting(keep, input);
    }

    private static final class Fitting implements BoundTransform {
        private static final String CODE = ContractError.DRIFTED_ROW.code();

        private final StreamSchema accepted;
        /** The accepted columns, as wide as the rows that may still be set aside: null is allowed where it can occur. */
        private final StreamSchema loose;
        private final int[] sources;
        /** By what the source's rows call the accepted columns; a table that was restored has others. */
        private final int[] ids;
        private final int[] added;
        private final boolean[] nullable;
        private final boolean setsAside;

        Fitting(SchemaGate.Kept keep, StreamSchema input) {
            accepted = keep.schema();
            Map<Column, Column> matched = SchemaDiff.matched(accepted, input);
            sources = new int[accepted.columns().size()];
            ids = new int[sources.length];
            nullable = new boolean[sources.length];
            List<Column> columns = new ArrayList<>();
            List<Integer> used = new ArrayList<>();
            for (int i = 0; i < sources.length; i++) {
                Column column = accepted.columns().get(i);
                Column source = matched.get(column);
                if (source == null || !TypeNames.of(source.type()).equals(TypeNames.of(column.type()))) {
                    throw WindrowException.of(
                            ContractError.DRIFT,
                            "Delivering rows of " + accepted.stream() + " in their accepted schema: field " + column.name() + " ("
                                    + TypeNames.of(column.type()) + ") is not in the source's rows");
                }
                sources[i] = input.columns().indexOf(source);
                ids[i] = source.id();
                used.add(sources[i]);
                nullable[i] = source.nullable() && !column.nullable();
                columns.add(new Column(
                        column.id(), column.name(), column.type(), column.nullable() || source.nullable(), column.sourceType()));
            }
            loose = new StreamSchema(accepted.stream(), accepted.version(), columns, accepted.key());
            added = IntStream.range(0, input.columns().size()).filter(i -> !used.contains(i)).toArray();
            setsAside = keep.misfits() == SchemaGate.Misfits.SET_ASIDE;
        }

        @Override
        public StreamSchema output() {
            return accepted;
        }

        @Override
        public Batch apply(Batch batch) {
            try (batch) {
                int rows = batch.rowCount();
                List<Rejected.Reason> reasons = new ArrayList<>();
                int[] bad = setsAside ? misfits(batch, reasons) : new int[0];
                Batch.Parts parts = batch.release();
                Batch fitted = relabelled(parts, loose, sources, ids);
                if (bad.length > 0) {
                    int[] kept = new int[rows - bad.length];
                    for (int row = 0, at = 0, next = 0; row < rows; row++) {
                        if (next < bad.length && bad[next] == row) {
                            next++;
                        } else {
                            kept[at++] = row;
                        }
                    }
                    fitted = Rows.setAside(fitted, kept, kept.length, bad, reasons);
                }
                return relabelled(
                        fitted.release(), accepted, IntStream.range(0, sources.length).toArray(),
                        accepted.columns().stream().mapToInt(Column::id).toArray());
            }
        }

        private int[] misfits(Batch batch, List<Rejected.Reason> reasons) {
            VectorSchemaRoot rows = batch.arrow();
            @Nullable TinyIntVector[] presence = new TinyIntVector[sources.length];
            ChangeColumns changes = batch.changes().orElse(null);
            if (changes != null) {
                Arrays.setAll(presence, i -> changes.presence().get(ids[i]));
            }
            return IntStream.range(0, rows.getRowCount())
                    .filter(row -> {
                        if (GoneValues.isGone(changes, row)) {
                            return false;
                        }
                        for (int column : added) {
                            if (!rows.getVector(column).isNull(row)) {
                                reasons.add(new Rejected.Reason(
                                        row, CODE, rows.getVector(column).getName(), "has a value in a field that was not accepted"));
                                return true;
                            }
                        }
                        for (int i = 0; i < sources.length; i++) {
                            if (nullable[i] && rows.getVector(sources[i]).isNull(row)
                                    && Judge.isSent(presence[i], row)) {
                                reasons.add(new Rejected.Reason(
                                        row, CODE, accepted.columns().get(i).name(), "is null, which was not accepted"));
                                return true;
                            }
                        }
                        return false;
                    })
                    .toArray();
        }

        private static Batch relabelled(Batch.Parts parts, StreamSchema to, int[] from, int[] ids) {
            Optional<ChangeColumns> changes = Optional.ofNullable(parts.changes());
            VectorSchemaRoot rows = relabelled(parts.rows(), to, from);
            ChangeColumns with = changes
                    .map(c -> c.with(
                            presence(c, to, ids), c.before().map(before -> relabelled(before, to, from))))
                    .orElse(null);
            return parts.withRows(to, rows, with).batch();
        }

        /** I8: what was not sent stays known as such under the accepted columns' ids. */
        private static Map<Integer, TinyIntVector> presence(ChangeColumns changes, StreamSchema to, int[] ids) {
            Map<Integer, TinyIntVector> left = new HashMap<>(changes.presence());
            Map<Integer, TinyIntVector> presence = new HashMap<>();
            for (int i = 0; i < ids.length; i++) {
                TinyIntVector of = left.remove(ids[i]);
                if (of != null) {
                    presence.put(to.columns().get(i).id(), of);
                }
            }
            left.values().forEach(TinyIntVector::close);
            return presence;
        }

        private static VectorSchemaRoot relabelled(VectorSchemaRoot rows, StreamSchema to, int[] from) {
            List<FieldVector> vectors = new ArrayList<>();
            List<Field> fields = ArrowTypes.schema(to).getFields();
            for (int i = 0; i < from.length; i++) {
                FieldVector vector = rows.getVector(from[i]);
                TransferPair pair = vector.getTransferPair(fields.get(i), vector.getAllocator());
                pair.transfer();
                vectors.add((FieldVector) pair.getTo());
            }
            // What was not handed over, the fields that are left out, is freed.
            VectorSchemaRoot root = new VectorSchemaRoot(fields, vectors, rows.getRowCount());
            rows.close();
            return root;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
