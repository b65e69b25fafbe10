package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * @param owed streams that an earlier full refresh did not come to, with the generation that they stood at: whichever run
 *     reads them reads them from their very start
 */
public record RunMark(
        String id, Instant began, long afterEpoch, Set<StreamName> streams, Start start, State state,
        Map<StreamName, Long> owed) {
    public RunMark {
        streams = Collections.unmodifiableSortedSet(new TreeSet<>(streams));
        owed = Collections.unmodifiableSortedMap(new TreeMap<>(owed));
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

    /** The same run, at its end; what is still to be read anew is left to the next ones. */
    public RunMark ended(Map<StreamName, Long> stillOwed) {
        return new RunMark(id, began, afterEpoch, streams, start, State.ENDED, stillOwed);
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

    /** Whether an earlier full refresh asked for the stream and nothing of a new generation is committed yet. */
    public boolean owes(StreamState state) {
        return state.generation() <= owed.getOrDefault(state.stream(), 0L);
    }

    /** What is to be read anew and is not begun, if the run ends where the pipeline's streams now stand. */
    public Map<StreamName, Long> owedAt(List<StreamState> states) {
        Map<StreamName, Long> still = new TreeMap<>();
        for (StreamState state : states) {
            boolean untouched = isOpen() && isFull(state.stream()) && state.committed().filter(this::made).isEmpty();
            if (state.committed().isPresent() && (owes(state) || untouched)) {
                still.put(state.stream(), state.generation());
            }
        }
        return still;
    }
}
