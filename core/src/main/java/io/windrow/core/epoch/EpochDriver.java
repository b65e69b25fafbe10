package io.windrow.core.epoch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochProtocol.Next;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what {@link EpochProtocol} wants, through the runner's {@link EpochEffects}. Used by one thread. After an
 * exception it is of no further use: load the state and start again.
 */
public final class EpochDriver {
    private final EpochEffects effects;
    private EpochState state;

    /**
     * Settles what an earlier run left, and returns when every stream is ready or parked.
     *
     * @param fencingToken the lease's
     * @param loaded {@link io.windrow.core.checkpoint.StateStore#load} under the lease
     * @param streams the streams of this run; of the others, a PREPARED epoch is settled all the same
     */
    public EpochDriver(
            String pipeline,
            long fencingToken,
            Collection<StreamState> loaded,
            Set<StreamName> streams,
            EpochEffects effects) {
        this.effects = effects;
        Next start = EpochProtocol.start(pipeline, fencingToken, loaded, streams);
        this.state = start.state();
        carryOut(start.actions());
    }

    /** The number under which the next epoch is to be staged. */
    public long nextEpoch() {
        return state.nextEpoch();
    }

    /**
     * What is known of a stream of this run: its generation, and from where it is to be read
     * ({@link StreamState#base}).
     */
    public StreamState stream(StreamName name) {
        EpochState.Stream stream = state.streams().get(name);
        if (stream == null) {
            throw new IllegalArgumentException("The stream " + name + " is not part of this run");
        }
        return stream.known();
    }

    /** From where a stream is to be read on; empty: from the very start. Short for {@code stream(name).base()}. */
    public Optional<Progress> base(StreamName name) {
        return stream(name).base();
    }

    /** Streams whose work has ended for this run because they could not be decided. */
    public List<StreamName> parked() {
        return state.parked();
    }

    /** Takes an epoch from staged to acknowledged. Every stream of it is committed, rewound or parked on return. */
    public void commit(List<StreamCut> cuts) {
        Next next = EpochProtocol.step(state, new EpochEvent.Cut(cuts));
        state = next.state();
        carryOut(next.actions());
    }

    /**
     * Leaves out the next number: nothing was staged under it. Rows that were read meanwhile know the number after it as
     * theirs, so it is not given to them.
     */
    public void skip() {
        state = state.skipped();
    }

    private void carryOut(List<EpochAction> first) {
        Deque<EpochAction> actions = new ArrayDeque<>(first);
        while (!actions.isEmpty()) {
            EpochEvent event = carryOut(actions.removeFirst());
            if (event != null) {
                Next next = EpochProtocol.step(state, event);
                state = next.state();
                actions.addAll(next.actions());
            }
        }
    }

    private @Nullable EpochEvent carryOut(EpochAction action) {
        return switch (action) {
            case EpochAction.Save save -> {
                effects.save(save.epochs());
                yield new EpochEvent.Saved();
            }
            case EpochAction.Commit commit -> new EpochEvent.Answered(
                    commit.commit().identity().stream(), effects.commit(commit.commit()));
            case EpochAction.AskTarget ask -> {
                try {
                    yield new EpochEvent.TargetShows(
                            ask.stream(), effects.lastCommitted(ask.stream()), effects.unfinished(ask.stream()));
                } catch (WindrowException e) {
                    yield new EpochEvent.TargetSilent(ask.stream(), e);
                }
            }
            case EpochAction.Acknowledge acknowledge -> {
                effects.acknowledge(acknowledge.epoch());
                yield null;
            }
            case EpochAction.Discard discard -> {
                effects.discard(discard.stream(), discard.staged());
                yield null;
            }
            case EpochAction.Rewind rewind -> {
                effects.rewind(rewind.stream(), rewind.base(), rewind.reason());
                yield null;
            }
            case EpochAction.Park park -> {
                effects.park(park.stream(), park.reason());
                yield null;
            }
        };
    }
}
