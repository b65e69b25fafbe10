package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Until;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What one run does otherwise than the pipeline says.
 *
 * @param streams only these streams; empty: all
 * @param refresh where to begin
 * @param limit stop each stream at the first batch boundary at or after so many rows; what was read is committed, but a
 *     limited read is not complete, so replace mode does not swap
 * @param until how long streams without an end are read
 */
public record RunOptions(Set<StreamName> streams, Refresh refresh, OptionalLong limit, Until until) {
    /** All streams, from where they are, to their end. */
    public static final RunOptions NONE = new RunOptions(Set.of(), Refresh.CONTINUE, OptionalLong.empty());

    public RunOptions {
        streams = Set.copyOf(streams);
    }

    /** A run that reads streams without an end up to where their source stands when it begins. */
    public RunOptions(Set<StreamName> streams, Refresh refresh, OptionalLong limit) {
        this(streams, refresh, limit, Until.CAUGHT_UP);
    }

    /** Where a run begins. */
    public enum Refresh {
        /**
         * Where the last one ended; a read that starts over each time (a snapshot) does so if it was complete. If the last
         * run was interrupted, this one goes on with it: what it had completed is not begun again.
         */
        CONTINUE,
        /** At the start, in a new generation. In append mode rows are delivered again. */
        FULL
    }
}
