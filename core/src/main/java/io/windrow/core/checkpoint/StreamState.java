package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.util.Optional;

/**
 * All that the store knows of a stream.
 *
 * @param stream the stream
 * @param generation the current generation, from 1
 * @param lastEpoch the highest epoch number that was ever saved for the stream; 0 if none was
 * @param start where the generation begins if it was opened at a chosen place ({@code state set})
 * @param committed the last committed epoch; empty until the generation's first commit after a reset
 * @param pending the epoch after it, PREPARED or ROLLED_BACK, if there is one
 */
public record StreamState(
        StreamName stream,
        long generation,
        long lastEpoch,
        Optional<Progress> start,
        Optional<StreamEpoch> committed,
        Optional<StreamEpoch> pending) {
    /** From where the stream is read on, leaving a pending epoch out of account. Empty: from the very start. */
    public Optional<Progress> base() {
        return committed.map(StreamEpoch::progress).or(() -> start);
    }

    /** The epoch whose commit must be settled before anything else, if there is one. */
    public Optional<StreamEpoch> prepared() {
        return pending.filter(epoch -> epoch.status() == Status.PREPARED);
    }
}
