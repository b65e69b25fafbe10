package io.windrow.api.transform;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import java.util.Map;

/**
 * A transform bound to a schema. Pure: no I/O, no clock. Used by one thread; instances that are bound for several splits
 * may share state that is safe for many threads and belongs to the epoch. Rows that were set aside
 * ({@link io.windrow.api.batch.Rejected}) are passed on.
 */
public interface BoundTransform extends AutoCloseable {
    /** The schema of the batches that come out. */
    StreamSchema output();

    /** Takes the batch and gives back one whose books balance (I1), maybe empty, never null. */
    Batch apply(Batch batch);

    /**
     * The version of each policy that shapes this stream's rows, by the section of the pipeline file: the same text means
     * the same treatment. Versions of keys are keyed fingerprints (I11). Empty if the stream is not concerned.
     */
    default Map<String, String> policies() {
        return Map.of();
    }

    /** The batches to come belong to this epoch. Called before the first batch and at every cut. */
    default void epoch(long epoch) {}

    @Override
    void close();
}
