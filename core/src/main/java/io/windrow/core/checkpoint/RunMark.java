package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * The last run of a pipeline: by it a run that was killed is told from one that came to its end. What is committed above
 * {@code afterEpoch} is this run's work.
 *
 * @param id the id of the run that began it; a run that resumes it has an id of its own
 * @param began when it began
 * @param afterEpoch the pipeline's highest epoch before it
 * @param streams the streams it was asked for; empty: all
 * @param start where its streams began
 * @param state whether it came to its end
 */
public record RunMark(String id, Instant began, long afterEpoch, Set<StreamName> streams, Start start, State state) {
    public RunMark {
        streams = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(streams));
    }

    /** Where the streams of a run begin. */
    public enum Start {
        /** Each where the run before ended. */
        CONTINUE,
        /** Each at its very start, in a new generation. */
        FULL
    }

    /** How far a run has come. */
    public enum State {
        /** It goes on, or was interrupted: whoever runs the pipeline next goes on with it. */
        OPEN,
        /** Every stream was delivered or given up, and this was reported: the next run is another one. */
        ENDED
    }

    /** The same run, at its end. */
    public RunMark ended() {
        return new RunMark(id, began, afterEpoch, streams, start, State.ENDED);
    }

    /** Whether the run was interrupted, or still goes on. */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether an epoch was committed by this run. */
    public boolean made(StreamEpoch epoch) {
        return epoch.epoch() > afterEpoch;
    }

    /** Whether the stream was to be read again from its very start by this run. */
    public boolean isFull(StreamName stream) {
        return start == Start.FULL && (streams.isEmpty() || streams.contains(stream));
    }
}
