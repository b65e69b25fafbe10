package io.windrow.core.observe;

import io.windrow.api.schema.StreamName;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a stream is, measured now. Counts are of this run only.
 *
 * @param stream the stream
 * @param state what it is doing
 * @param rowsRead rows read, committed or not
 * @param rowsCommitted rows in committed epochs
 * @param bytes bytes of the batches read, in memory
 * @param rowsPerSecond smoothed over the last few seconds
 * @param share the estimated share done, 0 to 1; −1 if there is no estimate. Stays below 1 until the end is proven (I9)
 * @param secondsLeft the estimated time left in seconds; −1 if there is no estimate
 * @param lastCut when the newest committed epoch was cut, also by an earlier run: what the target shows is at least that
 *     old. Empty: nothing is committed
 */
public record Progress(
        StreamName stream,
        State state,
        long rowsRead,
        long rowsCommitted,
        long bytes,
        double rowsPerSecond,
        double share,
        double secondsLeft,
        Optional<Instant> lastCut) {
    /** What a stream is doing. */
    public enum State {
        /** No split of it has been opened yet. */
        WAITING,
        /** Splits are being read. */
        READING,
        /** All splits are read; the last epoch is not committed yet. */
        COMMITTING,
        /** It has ended well. */
        DONE,
        /** It is parked by an error. */
        PARKED
    }
}
