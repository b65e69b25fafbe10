package io.windrow.api.sink;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Optional;

/** Reads what the target holds of a stream now, decoding the target's own format. Used by one thread. */
public interface Delivery extends AutoCloseable {
    /** How many rows the target holds, by its own books (manifests, footers). */
    long count();

    /**
     * The next rows, laid out by the given schema; empty at the end. The caller owns the batch. Its position is
     * meaningless. What is gone or damaged is left out, once {@link #unreadable} tells of it; only what hinders the reading
     * itself is thrown.
     */
    Optional<Batch> read(StreamSchema schema);

    /** What was left out so far because it is gone or damaged. None at the end: everything was given. */
    default List<DeliveryAudit.Finding> unreadable() {
        return List.of();
    }

    @Override
    void close();
}
