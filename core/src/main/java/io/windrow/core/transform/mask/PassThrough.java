package io.windrow.core.transform.mask;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;

/** A stream that no rule concerns. */
record PassThrough(StreamSchema output) implements BoundTransform {
    @Override
    public Batch apply(Batch batch) {
        return batch;
    }

    @Override
    public void close() {}
}
