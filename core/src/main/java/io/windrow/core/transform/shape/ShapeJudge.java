package io.windrow.core.transform.shape;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.transform.Unchanged;
import java.util.function.Predicate;

/**
 * Drops and sets aside the rows that a shape would, and leaves the others as they are: for a step before the shape that
 * remembers which rows go on.
 *
 * @param shape the shape
 * @param streams the streams that it concerns
 */
record ShapeJudge(ShapeTransform shape, Predicate<StreamName> streams) implements Transform {
    @Override
    public BoundTransform bind(StreamSchema input) {
        return streams.test(input.stream()) && shape.bind(input) instanceof BoundShape bound ? new Bound(input, bound) : new Unchanged(input);
    }

    private record Bound(StreamSchema output, BoundShape shape) implements BoundTransform {
        @Override
        public Batch apply(Batch batch) {
            return shape.judged(batch);
        }

        @Override
        public void close() {
            shape.close();
        }
    }
}
