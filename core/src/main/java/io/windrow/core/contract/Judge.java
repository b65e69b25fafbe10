package io.windrow.core.contract;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Presence;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.transform.GoneValues;
import io.windrow.core.transform.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/** The rules of one stream at work. A batch without bad rows passes as it is, and nothing is allocated for it. */
final class Judge implements BoundTransform {
    private final StreamSchema schema;
    private final FieldRules.Rule[] rules;
    private final String version;

    Judge(StreamSchema schema, List<FieldRules.Rule> rules, String version) {
        this.schema = schema;
        this.version = version;
        this.rules = rules.toArray(FieldRules.Rule[]::new);
    }

    @Override
    public StreamSchema output() {
        return schema;
    }

    @Override
    public Map<String, String> policies() {
        return rules.length == 0 ? Map.of() : Map.of("contract", version);
    }

    @Override
    public Batch apply(Batch batch) {
        int rows = batch.rowCount();
        ChangeColumns changes = batch.changes().orElse(null);
        int[] broken = null;
        int bad = 0;
        for (int number = 0; number < rules.length; number++) {
            FieldRules.Rule rule = rules[number];
            FieldVector column = batch.arrow().getVector(rule.column());
            TinyIntVector presence = changes == null ? null : changes.presence().get(rule.id());
            for (int row = rule.check().next(column, 0, rows); row < rows; row = rule.check().next(column, row + 1, rows)) {
                if (isSent(presence, row) && !GoneValues.isGone(changes, row)) {
                    if (broken == null) {
                        broken = new int[rows];
                    }
                    if (broken[row] == 0) {
                        broken[row] = number + 1;
                        bad++;
                    }
                }
            }
        }
        return broken == null ? batch : part(batch, broken, bad);
    }

    /** I8: what the source did not send is neither null nor a value, and no contract judges it. */
    static boolean isSent(@Nullable TinyIntVector presence, int row) {
        if (presence == null) {
            return true;
        }
        int stands = presence.get(row);
        return stands != Presence.UNCHANGED.ordinal() && stands != Presence.ABSENT.ordinal();
    }

    private Batch part(Batch batch, int[] broken, int count) {
        int[] kept = new int[broken.length - count];
        int[] bad = new int[count];
        List<Rejected.Reason> reasons = new ArrayList<>(count);
        int keptAt = 0;
        for (int row = 0; row < broken.length; row++) {
            if (broken[row] == 0) {
                kept[keptAt++] = row;
            } else {
                bad[reasons.size()] = row;
                FieldRules.Rule rule = rules[broken[row] - 1];
                reasons.add(new Rejected.Reason(row, rule.code().code(), rule.field(), rule.text()));
            }
        }
        return Rows.setAside(batch, kept, keptAt, bad, reasons);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
