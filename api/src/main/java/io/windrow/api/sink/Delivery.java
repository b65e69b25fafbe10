package io.windrow.api.sink;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import java.util.Optional;

/** Reads what the target holds of a stream now, decoding the target's own format. Used by one thread. */
public interface Delivery extends AutoCloseable {
    /** How many rows the target holds, by its own books (manifests, footers). */
    long count();

    /**
     * The next rows, laid out by the given schema; empty at the proven end. The caller owns the batch. Its position is
     * meaningless.
     */
    Optional<Batch> read(StreamSchema schema);

    @Override
    void close();
}
