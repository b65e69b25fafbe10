package io.windrow.core.transform;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;

/**
 * A step that does not concern a stream.
 *
 * @param output the schema that goes in and comes out
 */
public record Unchanged(StreamSchema output) implements BoundTransform {
    @Override
    public Batch apply(Batch batch) {
        return batch;
    }

    @Override
    public void close() {}
}
