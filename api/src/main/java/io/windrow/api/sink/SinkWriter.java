package io.windrow.api.sink;

import io.windrow.api.batch.Batch;
import java.util.List;

/**
 * Writes one stream's rows to the target's staging. Called by one thread at a time. After any exception the writer is
 * poisoned: every call but {@link #close} throws.
 */
public interface SinkWriter extends AutoCloseable {
    /** Takes the rows. The batch stays the caller's, who closes it after the call. */
    void write(Batch batch);

    /** Bytes written since the last cut, as far as they are known now. */
    long bytes();

    /**
     * Makes everything written since the last cut durable but not visible, reads back what the proof needs, and gives
     * it away. Empty if nothing was written. The writer goes on with the next epoch.
     */
    List<Staged> prepareCommit(long epoch);

    /**
     * Stages what shows that a copy is complete and has no rows: something without rows that still names the columns. Called
     * in {@link WriteMode#REPLACE} on a writer that was given nothing, at the cut that completes a generation whose last epoch
     * has no rows, once its earlier epochs are committed. Empty if the target shows rows of the generation, or needs nothing to
     * show that there are none.
     */
    default List<Staged> prepareEmpty(long epoch) {
        return List.of();
    }

    /** Throws away what was not prepared. Leaves nothing that a reader could take for data. */
    @Override
    void close();
}
