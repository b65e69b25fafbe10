package io.windrow.core.plan;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.transform.change.ChangeLogError;
import io.windrow.core.transform.dedupe.Dedupe;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.sample.SampleTransform;
import io.windrow.core.transform.shape.ShapeTransform;
import io.windrow.core.transform.watermark.WatermarkTransform;
import java.util.List;
import java.util.Optional;

/** Refuses steps that do not go with how a stream is read and written, each with its place in the file. Pure. */
final class UnfitSteps {
    private UnfitSteps() {}

    /** Refuses steps that need whole rows, which a change does not always have. */
    static void ofChanges(StreamName stream, List<Transform> steps) {
        for (Transform transform : steps) {
            switch (transform) {
                case ShapeTransform shape ->
                    refuse(stream, shape.wholeRows(stream), "filter and computed fields need whole rows");
                case SampleTransform sample ->
                    refuse(stream, sample.origin(stream), "a sample needs whole rows, and would tear changes apart");
                case Dedupe dedupe ->
                    refuse(stream, dedupe.origin(stream), "a row that changes back to what it was is no repeated one");
                case WatermarkTransform watermark ->
                    refuse(stream, watermark.origin(stream), "changes are not counted by the event times of rows");
                default -> {}
            }
        }
    }

    private static void refuse(StreamName stream, Optional<Origin> policy, String why) {
        policy.ifPresent(origin -> {
            throw WindrowException.of(ChangeLogError.STEP_UNFIT, "Following the changes of " + stream + ": " + why)
                    .at(origin.place());
        });
    }

    /** Refuses steps after which a row is not found under the key that it was delivered under, or two rows share one. */
    static void ofKey(StreamSchema input, List<Transform> steps, List<BoundTransform> bound) {
        StreamSchema schema = input;
        for (int i = 0; i < bound.size(); i++) {
            switch (steps.get(i)) {
                case MaskTransform mask -> mask.checkKey(schema);
                case ShapeTransform shape -> shape.checkKey(schema);
                default -> {}
            }
            schema = bound.get(i).output();
        }
    }
}
