package io.windrow.core.epoch;

import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StreamState;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the protocol stands. Immutable; made by {@link EpochProtocol}.
 *
 * @param pipeline the pipeline's name
 * @param fencingToken the owner's token (I6)
 * @param phase what is going on
 * @param lastEpoch the highest epoch number that any stream of the pipeline ever had
 * @param streams the streams of this run, and those of which it settles an earlier run's PREPARED epoch
 */
public record EpochState(
        String pipeline, long fencingToken, Phase phase, long lastEpoch, SortedMap<StreamName, Stream> streams) {
    public EpochState {
        streams = Collections.unmodifiableSortedMap(new TreeMap<>(streams));
    }

    /** What is going on. */
    public enum Phase {
        /** Commits of an earlier run are settled. */
        STARTING,
        /** Rows may be read and staged; {@link EpochEvent.Cut} is welcome. */
        READY,
        /** PREPARED is being saved. */
        PREPARING,
        /** Commits are under way. */
        COMMITTING,
        /** Outcomes are being saved. */
        SETTLING
    }

    /** Where one stream stands within the phase. */
    public enum Step {
        IDLE,
        /** The target was asked before anything was done (start of a run). */
        LOOKING,
        COMMITTING,
        /** The target was asked because an outcome was unknown. */
        ASKING,
        /** COMMITTED is to be saved. */
        COMMITTED,
        /** ROLLED_BACK is to be saved. */
        REJECTED,
        /** Nothing more happens to the stream in this run. */
        PARKED
    }

    /**
     * One stream.
     *
     * @param known what the store holds of it
     * @param step where it stands
     * @param attempts commits of the pending epoch in this run
     * @param shown whether the target showed the pending epoch's identity
     * @param reason of the rejection or of the unknown outcome
     */
    public record Stream(
            StreamState known,
            Step step,
            int attempts,
            boolean shown,
            Optional<io.windrow.api.error.WindrowException> reason) {
        Stream at(Step newStep) {
            return new Stream(known, newStep, attempts, shown, reason);
        }
    }

    /** The number under which the next epoch is to be staged. */
    public long nextEpoch() {
        return lastEpoch + 1;
    }

    /** Streams whose work has ended for this run. */
    public List<StreamName> parked() {
        return streams.entrySet().stream()
                .filter(entry -> entry.getValue().step == Step.PARKED)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The same state, in which the next epoch has a number that is one higher. */
    EpochState skipped() {
        return new EpochState(pipeline, fencingToken, phase, lastEpoch + 1, streams);
    }

    EpochState with(Phase newPhase) {
        return new EpochState(pipeline, fencingToken, newPhase, lastEpoch, streams);
    }

    EpochState with(Stream stream) {
        SortedMap<StreamName, Stream> changed = new TreeMap<>(streams);
        changed.put(stream.known.stream(), stream);
        return new EpochState(pipeline, fencingToken, phase, lastEpoch, changed);
    }
}
