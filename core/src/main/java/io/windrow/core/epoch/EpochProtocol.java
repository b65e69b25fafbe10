package io.windrow.core.epoch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochAction.Acknowledge;
import io.windrow.core.epoch.EpochAction.AskTarget;
import io.windrow.core.epoch.EpochAction.Commit;
import io.windrow.core.epoch.EpochAction.Discard;
import io.windrow.core.epoch.EpochAction.Park;
import io.windrow.core.epoch.EpochAction.Rewind;
import io.windrow.core.epoch.EpochAction.Save;
import io.windrow.core.epoch.EpochState.Phase;
import io.windrow.core.epoch.EpochState.Step;
import io.windrow.core.epoch.EpochState.Stream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The epoch protocol: stage, save PREPARED, commit, save COMMITTED, acknowledge. A pure function; whoever carries out the
 * actions in their order, and stops at the first that throws, loses and duplicates nothing. {@link EpochDriver} does.
 *
 * <p>At the start every stream's last identity is read from the target and compared with the store: a store or a target
 * that was restored is found before a row is read. A PREPARED epoch of an earlier run is committed again. Streams are
 * decided one by one: one that cannot be decided is parked, the others go on.
 */
public final class EpochProtocol {
    private static final int MAX_ATTEMPTS = 2;

    private EpochProtocol() {}

    /**
     * The state after an event, and what is to be done now.
     *
     * @param state the new state
     * @param actions to be carried out in this order
     */
    public record Next(EpochState state, List<EpochAction> actions) {
        public Next {
            actions = List.copyOf(actions);
        }
    }

    /**
     * The start of a run.
     *
     * @param fencingToken the lease's
     * @param loaded all that the store holds of the pipeline, also of streams that this run leaves alone
     * @param run the streams of this run; of the others, only a PREPARED epoch is settled
     */
    public static Next start(String pipeline, long fencingToken, Collection<StreamState> loaded, Set<StreamName> run) {
        long lastEpoch = 0;
        SortedMap<StreamName, Stream> streams = new TreeMap<>();
        for (StreamName name : run) {
            StreamState fresh = new StreamState(name, 1, 0, Optional.empty(), Optional.empty(), Optional.empty());
            streams.put(name, new Stream(fresh, Step.LOOKING, 0, false, Optional.empty()));
        }
        for (StreamState known : loaded) {
            lastEpoch = Math.max(lastEpoch, known.lastEpoch());
            // What an earlier run prepared is settled first, also of a stream that this run does not read: who reads the
            // target sees whole epochs, and a stream that nobody runs for long leaves no commit open.
            if (run.contains(known.stream()) || known.prepared().isPresent()) {
                streams.put(known.stream(), new Stream(known, Step.LOOKING, 0, false, Optional.empty()));
            }
        }
        List<EpochAction> actions = new ArrayList<>();
        streams.keySet().forEach(name -> actions.add(new AskTarget(name)));
        EpochState state = new EpochState(pipeline, fencingToken, Phase.STARTING, lastEpoch, streams);
        return streams.isEmpty() ? new Next(state.with(Phase.READY), actions) : new Next(state, actions);
    }

    /** The next step. Throws {@link EpochError} only for a defect of the caller or the writers. */
    public static Next step(EpochState state, EpochEvent event) {
        return switch (event) {
            case EpochEvent.Cut cut -> cut(state, cut.cuts());
            case EpochEvent.Saved ignored -> saved(state);
            case EpochEvent.Answered answered -> answered(state, answered.stream(), answered.outcome());
            case EpochEvent.TargetShows shows -> shown(state, shows);
            case EpochEvent.TargetSilent silent -> silent(state, silent.stream(), silent.reason());
        };
    }

    /**
     * The generation that a reset, a rewind or an edit of the state opens: above everything that the store and the target
     * know, so that no number is used twice (I4).
     *
     * @param known what the store holds of the stream
     * @param atTarget the target's last identity
     * @param start where to read on; empty: from the very start
     */
    public static GenerationStart newGeneration(
            StreamName stream, Optional<StreamState> known, Optional<CommitIdentity> atTarget, Optional<Progress> start) {
        long generation = Math.max(
                known.map(StreamState::generation).orElse(0L), atTarget.map(CommitIdentity::generation).orElse(0L));
        generation = Math.max(
                generation, known.flatMap(StreamState::pending).map(StreamEpoch::generation).orElse(0L));
        long epoch =
                Math.max(known.map(StreamState::lastEpoch).orElse(0L), atTarget.map(CommitIdentity::epoch).orElse(0L));
        return new GenerationStart(stream, generation + 1, epoch, start);
    }

    private static Next cut(EpochState state, List<StreamCut> cuts) {
        if (state.phase() != Phase.READY || cuts.isEmpty()) {
            throw outOfTurn(state, "a cut of " + cuts.size() + " streams");
        }
        long number = state.nextEpoch();
        List<StreamEpoch> epochs = new ArrayList<>();
        Set<StreamName> seen = new HashSet<>();
        EpochState after = state;
        for (StreamCut cut : cuts) {
            Stream stream = state.streams().get(cut.stream());
            if (stream == null || stream.step() != Step.IDLE || !seen.add(cut.stream())
                    || cut.generation() < stream.known().generation()) {
                throw outOfTurn(state, "a cut of " + cut.stream() + " in generation " + cut.generation());
            }
            expectStaged(cut, number);
            StreamEpoch epoch = new StreamEpoch(
                    cut.stream(), cut.generation(), number, Status.PREPARED, cut.mode(), cut.planner(),
                    cut.openSplits(), cut.staged(), EpochDigest.of(cut), cut.supersedes(), cut.completesGeneration(),
                    cut.ledger(), cut.remembered());
            epochs.add(epoch);
            StreamState known = stream.known();
            StreamState pending = new StreamState(
                    known.stream(), cut.generation(), number, known.start(), known.committed(), Optional.of(epoch));
            after = after.with(new Stream(pending, Step.COMMITTING, 0, false, Optional.empty()));
        }
        EpochState preparing = new EpochState(
                state.pipeline(), state.fencingToken(), Phase.PREPARING, number, after.streams());
        // I3: positions and staged set are saved in one write before anything becomes visible.
        return new Next(preparing, List.of(new Save(epochs)));
    }

    /** I1: what is about to be committed is what the books speak of. */
    private static void expectStaged(StreamCut cut, long number) {
        long rows = rows(cut.staged(), Staged.Part.DATA);
        long aside = rows(cut.staged(), Staged.Part.QUARANTINE);
        boolean foreign = cut.staged().stream().anyMatch(staged -> !staged.stream().equals(cut.stream()));
        if (foreign || rows != cut.ledger().account().written() || aside != cut.ledger().account().quarantined()
                || cut.ledger().epoch() != number
                || cut.ledger().generation() != cut.generation() || !cut.ledger().stream().equals(cut.stream())) {
            throw WindrowException.of(
                    EpochError.STAGED_DIFFERS,
                    "Cutting epoch " + number + " of " + cut.stream() + " in generation " + cut.generation() + ": "
                            + rows + " rows are staged" + (foreign ? ", some of another stream" : "")
                            + ", the ledger entry is of epoch " + cut.ledger().epoch() + " of " + cut.ledger().stream()
                            + " in generation " + cut.ledger().generation() + " with " + cut.ledger().account().written()
                            + " rows and " + cut.ledger().account().quarantined() + " quarantined, of which " + aside
                            + " are staged");
        }
    }

    private static long rows(List<Staged> staged, Staged.Part part) {
        return staged.stream().filter(one -> one.part() == part).mapToLong(Staged::rows).sum();
    }

    private static Next saved(EpochState state) {
        return switch (state.phase()) {
            case PREPARING -> {
                EpochState after = state.with(Phase.COMMITTING);
                List<EpochAction> actions = new ArrayList<>();
                for (Stream stream : state.streams().values()) {
                    if (stream.step() == Step.COMMITTING) {
                        after = after.with(attempt(stream));
                        actions.add(commit(state, stream));
                    }
                }
                yield new Next(after, actions);
            }
            case SETTLING -> settled(state);
            case STARTING -> throw outOfTurn(state, "a save");
            case READY -> throw outOfTurn(state, "a save");
            case COMMITTING -> throw outOfTurn(state, "a save");
        };
    }

    /** The store shows the outcomes: only now may anything be released (I2) or deleted (I5). */
    private static Next settled(EpochState state) {
        EpochState after = state.with(Phase.READY);
        List<EpochAction> actions = new ArrayList<>();
        for (Stream stream : state.streams().values()) {
            StreamState known = stream.known();
            if (stream.step() == Step.COMMITTED) {
                StreamEpoch epoch = known.pending().orElseThrow().with(Status.COMMITTED);
                after = after.with(idle(new StreamState(
                        known.stream(), epoch.generation(), known.lastEpoch(), Optional.empty(), Optional.of(epoch),
                        Optional.empty())));
                actions.add(new Acknowledge(epoch));
            } else if (stream.step() == Step.REJECTED) {
                StreamEpoch epoch = known.pending().orElseThrow().with(Status.ROLLED_BACK);
                // A generation that only the rejected epoch had opened was never seen: the committed one goes on.
                long generation = known.committed().map(StreamEpoch::generation).orElse(known.generation());
                StreamState rolledBack = new StreamState(
                        known.stream(), generation, known.lastEpoch(), known.start(), known.committed(),
                        Optional.of(epoch));
                after = after.with(idle(rolledBack));
                actions.add(new Discard(known.stream(), epoch.staged()));
                actions.add(new Rewind(known.stream(), rolledBack.base(), stream.reason().orElseThrow()));
            }
        }
        return new Next(after, actions);
    }

    private static Next answered(EpochState state, StreamName name, CommitOutcome outcome) {
        Stream stream = expect(state, name, Step.COMMITTING, "an answer");
        return switch (outcome) {
            case CommitOutcome.Committed done -> committed(state, stream, done.outputs());
            case CommitOutcome.AlreadyCommitted done -> committed(state, stream, done.outputs());
            case CommitOutcome.Rejected rejected -> settleIfDone(
                    state.with(new Stream(
                            stream.known(), Step.REJECTED, stream.attempts(), false, Optional.of(rejected.reason()))),
                    List.of());
            case CommitOutcome.Unknown unknown -> {
                if (stream.shown()) {
                    // The target has shown our identity before: it is committed, whatever this answer means.
                    yield committed(state, stream, List.of());
                }
                Stream asking = new Stream(
                        stream.known(), Step.ASKING, stream.attempts(), false, Optional.of(unknown.reason()));
                yield new Next(state.with(asking), List.of(new AskTarget(name)));
            }
        };
    }

    private static Next committed(EpochState state, Stream stream, List<String> outputs) {
        StreamState known = stream.known();
        StreamEpoch epoch = known.pending().orElseThrow();
        StreamEpoch proven = epoch.with(epoch.ledger().withOutputs(outputs));
        StreamState updated = new StreamState(
                known.stream(), known.generation(), known.lastEpoch(), known.start(), known.committed(),
                Optional.of(proven));
        return settleIfDone(
                state.with(new Stream(updated, Step.COMMITTED, stream.attempts(), true, Optional.empty())), List.of());
    }

    private static Next shown(EpochState state, EpochEvent.TargetShows shows) {
        StreamName name = shows.stream();
        Optional<CommitIdentity> last = shows.last();
        Stream stream = state.streams().get(name);
        if (stream == null || (stream.step() != Step.LOOKING && stream.step() != Step.ASKING)) {
            throw outOfTurn(state, "the target's last commit of " + name);
        }
        Optional<String> owner = TargetView.owner(state.pipeline(), stream.known(), last);
        if (owner.isPresent()) {
            return park(state, stream, WindrowException.of(
                    EpochError.TARGET_TAKEN, "Looking for the target's last commit of " + name + ": it was made by the pipeline "
                            + owner.get() + ", and this one, " + state.pipeline() + ", has delivered nothing there"));
        }
        Optional<String> conflict = TargetView.conflict(state.pipeline(), stream.known(), last)
                .or(() -> shows.unfinished().flatMap(part -> TargetView.conflict(stream.known(), part)));
        if (conflict.isPresent()) {
            return park(state, stream, WindrowException.of(
                    EpochError.TARGET_DIVERGED, "Comparing the target's last commit of " + name + " with the state store: "
                            + conflict.get()));
        }
        Optional<StreamEpoch> prepared = stream.known().prepared();
        if (prepared.isPresent()) {
            boolean ours = prepared.map(epoch -> epoch.identity(state.pipeline())).equals(last);
            Stream seen = new Stream(stream.known(), Step.COMMITTING, stream.attempts(), ours, stream.reason());
            if (seen.attempts() < MAX_ATTEMPTS) {
                // Committing again is harmless (I4), and tells the outputs if it was done before.
                return new Next(state.with(attempt(seen)), List.of(commit(state, seen)));
            }
            return ours ? committed(state, seen, List.of()) : unsettled(state, stream);
        }
        List<EpochAction> actions = new ArrayList<>();
        stream.known().pending().ifPresent(epoch -> actions.add(new Discard(name, epoch.staged())));
        stream.known().committed().ifPresent(epoch -> actions.add(new Acknowledge(epoch)));
        return settleIfDone(state.with(stream.at(Step.IDLE)), actions);
    }

    private static Next silent(EpochState state, StreamName name, WindrowException reason) {
        Stream stream = state.streams().get(name);
        if (stream == null || (stream.step() != Step.LOOKING && stream.step() != Step.ASKING)) {
            throw outOfTurn(state, "the target's silence about " + name);
        }
        return stream.step() == Step.LOOKING ? park(state, stream, reason) : unsettled(state, stream);
    }

    private static Next unsettled(EpochState state, Stream stream) {
        StreamName name = stream.known().stream();
        String message = "Committing epoch " + stream.known().lastEpoch() + " of " + name
                + ": the target answered neither yes nor no, and does not show the commit";
        return park(
                state,
                stream,
                stream.reason()
                        .map(reason -> WindrowException.of(
                                EpochError.UNSETTLED, message + " (" + reason.getMessage() + ")", reason))
                        .orElseGet(() -> WindrowException.of(EpochError.UNSETTLED, message)));
    }

    private static Next park(EpochState state, Stream stream, WindrowException reason) {
        return settleIfDone(
                state.with(stream.at(Step.PARKED)), List.of(new Park(stream.known().stream(), reason)));
    }

    /** Saves the outcomes of all streams at once when the last one is known. */
    private static Next settleIfDone(EpochState state, List<EpochAction> before) {
        List<EpochAction> actions = new ArrayList<>(before);
        List<StreamEpoch> outcomes = new ArrayList<>();
        for (Stream stream : state.streams().values()) {
            switch (stream.step()) {
                case LOOKING, COMMITTING, ASKING -> {
                    return new Next(state, actions);
                }
                case COMMITTED -> outcomes.add(stream.known().pending().orElseThrow().with(Status.COMMITTED));
                case REJECTED -> outcomes.add(stream.known().pending().orElseThrow().with(Status.ROLLED_BACK));
                case IDLE, PARKED -> {
                    // Nothing to save.
                }
            }
        }
        if (outcomes.isEmpty()) {
            return new Next(state.with(Phase.READY), actions);
        }
        actions.add(new Save(outcomes));
        return new Next(state.with(Phase.SETTLING), actions);
    }

    private static Commit commit(EpochState state, Stream stream) {
        StreamEpoch epoch = stream.known().pending().orElseThrow();
        return new Commit(new StreamCommit(
                epoch.identity(state.pipeline()), state.fencingToken(), epoch.mode(), epoch.staged(), epoch.supersedes(),
                epoch.completesGeneration(), epoch.ledger().forTarget().toJson()));
    }

    private static Stream attempt(Stream stream) {
        return new Stream(stream.known(), stream.step(), stream.attempts() + 1, stream.shown(), stream.reason());
    }

    private static Stream idle(StreamState known) {
        return new Stream(known, Step.IDLE, 0, false, Optional.empty());
    }

    private static Stream expect(EpochState state, StreamName name, Step step, String what) {
        Stream stream = state.streams().get(name);
        if (stream == null || stream.step() != step) {
            throw outOfTurn(state, what + " for " + name);
        }
        return stream;
    }

    private static WindrowException outOfTurn(EpochState state, String what) {
        return WindrowException.of(
                EpochError.OUT_OF_TURN,
                "Following the epoch protocol of " + state.pipeline() + ": in phase " + state.phase() + " after epoch "
                        + state.lastEpoch() + " came " + what);
    }
}
