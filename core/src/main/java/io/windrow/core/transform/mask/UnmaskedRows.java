package io.windrow.core.transform.mask;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A stream of which the mask hides nothing. Its rows pass as they are; only what was set aside in another layout may have a
 * column that a rule names.
 *
 * @param output the stream's schema
 * @param concerned the columns of another layout that hold what a mask hides
 */
record UnmaskedRows(StreamSchema output, Function<StreamSchema, Set<String>> concerned) implements BoundTransform {
    @Override
    public Map<String, String> policies() {
        return Map.of(
                MaskTransform.COLUMNS,
                ColumnVersions.text(output.columns(), Collections.nCopies(output.columns().size(), Optional.empty())));
    }

    @Override
    public Batch apply(
Batch batch) {
        if (batch.rejected().stream().allMatch(this::isPlain)) {
            return batch;
        }
        Batch.Parts parts = batch.release();
        List<Rejected> aside = parts.rejected().stream()
                .map(rejected -> isPlain(rejected) ? rejected : rejected.withheld(concerned.apply(rejected.schema())))
                .toList();
        return parts.withRejected(aside).batch();
    }

    private boolean isPlain(Rejected rejected) {
        return rejected.schema().equals(output) || concerned.apply(rejected.schema()).isEmpty();
    }

    @Override
    public void close() {}
}
