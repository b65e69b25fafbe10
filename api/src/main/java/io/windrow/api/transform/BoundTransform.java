package io.windrow.api.transform;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;

/** A transform bound to a schema. Pure: no I/O, no clock. Used by one thread. */
public interface BoundTransform extends AutoCloseable {
    /** The schema of the batches that come out. */
    StreamSchema output();

    /** Takes the batch and gives back one whose books balance (I1), maybe empty, never null. */
    Batch apply(Batch batch);

    @Override
    void close();
}
