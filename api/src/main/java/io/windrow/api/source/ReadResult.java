package io.windrow.api.source;

import io.windrow.api.batch.Batch;

/** What one call of {@link SplitReader#read} brought. */
public sealed interface ReadResult {
    /** Rows. The receiver owns the batch. */
    record Data(Batch batch) implements ReadResult {}

    /** Nothing by the deadline; the split goes on. */
    record Idle() implements ReadResult {}

    /** The split has ended, with evidence. No call of {@code read} follows. */
    record End(EndProof proof) implements ReadResult {}
}
