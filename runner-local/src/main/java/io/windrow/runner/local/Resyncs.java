package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Resync;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.epoch.EpochEffects;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Begins the copies that were asked for, at the beginning of an attempt: of streams that hold still and have nothing undecided.
 * Used by the caller's thread.
 */
final class Resyncs {
    private final RunParts parts;
    private final LeaseKeeper lease;

    Resyncs(RunParts parts, LeaseKeeper lease) {
        this.parts = parts;
        this.lease = lease;
    }

    /** Streams that were left behind and are asked for are read again with the others. */
    void revive(Map<StreamName, StreamTrack> tracks, Map<StreamName, StreamTrack> todo) {
        for (Resync resync : asked()) {
            StreamTrack track = tracks.get(resync.stream());
            if (track != null && track.error().isPresent()) {
                parts.announcer().revived(track.stream());
                todo.put(track.stream(), track);
            }
        }
    }

    /**
     * Opens a new generation of each stream of the attempt that was asked for, which takes the request away with it. What is
     * asked of a stream that this run does not read, or that could not be settled, stays.
     *
     * @return whether there was one: then what the store holds is another than the driver knows
     */
    boolean begin(Map<StreamName, StreamTrack> todo, EpochDriver driver, EpochEffects target) {
        boolean begun = false;
        for (Resync resync : asked()) {
            StreamName stream = resync.stream();
            if (!todo.containsKey(stream) || driver.parked().contains(stream)) {
                parts.announcer().tell("run.resync_waits", "The copy of " + stream + " that was asked for at " + resync.askedAt()
                        + " waits: this run does not read the stream, or could not settle what was prepared of it.");
                continue;
            }
            parts.context().failpoints().reach("run.before_resync");
            GenerationStart start = start(driver.stream(stream), target);
            lease.check();
            parts.store().open(lease.lease(), start);
            parts.context().failpoints().reach("run.after_resync");
            parts.announcer().tell("run.resync", "Stream " + stream + " is copied again as generation " + start.generation()
                    + ", as was asked for at " + resync.askedAt() + ".");
            begun = true;
        }
        return begun;
    }

    /** A generation that was opened in the store (resync, reset) begins beside its log; one that this run opens may be read at once. */
    static StreamRequest.Copy copy(StreamState state, long generation) {
        return generation > 1 && generation == state.generation() && state.base().isEmpty()
                ? StreamRequest.Copy.BESIDE_LOG
                : StreamRequest.Copy.OF_ITSELF;
    }

    private List<Resync> asked() {
        return parts.store().resyncs(parts.job().pipeline());
    }

    /** Numbers are never reused (I4): the target may know higher ones than a store that was restored. */
    private static GenerationStart start(StreamState state, EpochEffects target) {
        StreamName stream = state.stream();
        Optional<CommitIdentity> last = target.lastCommitted(stream);
        Optional<Committer.Unfinished> part = target.unfinished(stream);
        long generation = highest(
                state.generation(), state.pending().map(StreamEpoch::generation), last.map(CommitIdentity::generation),
                part.map(Committer.Unfinished::generation));
        long epoch = highest(
                state.lastEpoch(), Optional.empty(), last.map(CommitIdentity::epoch), part.map(Committer.Unfinished::epoch));
        return new GenerationStart(stream, generation + 1, epoch, Optional.empty());
    }

    private static long highest(long known, Optional<Long> pending, Optional<Long> committed, Optional<Long> unfinished) {
        return Math.max(Math.max(known, pending.orElse(0L)), Math.max(committed.orElse(0L), unfinished.orElse(0L)));
    }
}
