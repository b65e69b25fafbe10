package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.nio.file.Path;

/** The room that transactions may take on disk until they are committed. One thread. */
final class SpillSpace {
    private final Path folder;
    private final long limit;
    private long used;

    /** Room for so many bytes in the folder. */
    SpillSpace(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
    }

    Path folder() {
        return folder;
    }

    /** Takes so many bytes of it. */
    void take(long bytes) {
        if (bytes > limit - used) {
            throw WindrowException.of(
                    LogError.SPILL_FULL,
                    "Keeping a transaction until its commit: " + used + " bytes are kept, spill_limit is " + limit);
        }
        used += bytes;
    }

    void giveBack(long bytes) {
        used -= bytes;
    }

    /** How much is taken. */
    long used() {
        return used;
    }
}
