package io.windrow.core.epoch;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.ModelWorld.Backup;
import io.windrow.core.epoch.ModelWorld.Budget;
import io.windrow.core.epoch.ModelWorld.Runner;
import io.windrow.core.epoch.ModelWorld.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Explores every interleaving of a run over the real {@link EpochProtocol}: crashes before and after every step,
 * commits whose answer is lost (applied, not applied, or applied later), rejections, a second runner that takes over
 * while the first one lives on, resets, and a state store that is restored to an older copy.
 */
final class EpochModel {
    private static final ErrorCode CODE = EpochError.UNSETTLED;
    private static final WindrowException REASON = WindrowException.of(CODE, "Committing: no answer");

    /** What an exploration found. The trace leads to the first loss or duplicate. */
    record Result(int states, int completed, int parked, int lost, int duplicated, int incomplete, String trace) {}

    private record Node(ModelWorld world, Trace trace) {}

    /** 128 bits stand for a world's key; the keys themselves would fill the memory. */
    private record Seen(long high, long low) {
        static Seen of(String key) {
            long high = 0x9E3779B97F4A7C15L;
            long low = 0xC2B2AE3D27D4EB4FL;
            for (int i = 0; i < key.length(); i++) {
                high = (high ^ key.charAt(i)) * 0x100000001B3L;
                low = Long.rotateLeft(low + key.charAt(i), 23) * 0x165667B19E3779F9L;
            }
            return new Seen(high, low);
        }
    }

    private record Trace(Trace before, String step) {
        @Override
        public String toString() {
            return before == null ? step : before + "\n" + step;
        }
    }

    private final Mutation mutation;
    private final boolean stopAtFirst;
    private final Set<Seen> seen = new HashSet<>();
    private final Deque<Node> open = new ArrayDeque<>();
    private int completed;
    private int parked;
    private int lost;
    private int duplicated;
    private int incomplete;
    private String firstTrace = "";

    private EpochModel(Mutation mutation) {
        this.mutation = mutation;
        this.stopAtFirst = mutation != Mutation.NONE;
    }

    static Result explore(Mutation mutation, List<Shape> shapes, Budget budget) {
        return explore(mutation, shapes, budget, 0);
    }

    /** The same; so many of the runs may be of one stream only. */
    static Result explore(Mutation mutation, List<Shape> shapes, Budget budget, int partial) {
        EpochModel model = new EpochModel(mutation);
        ModelWorld first = new ModelWorld(shapes, budget);
        first.partial = partial;
        model.visit(first, new Trace(null, "begin"));
        while (!model.open.isEmpty() && !(model.stopAtFirst && !model.firstTrace.isEmpty())) {
            Node node = model.open.removeLast();
            model.expand(node.world, node.trace);
        }
        return new Result(
                model.seen.size(), model.completed, model.parked, model.lost, model.duplicated, model.incomplete,
                model.firstTrace);
    }

    private void visit(ModelWorld world, Trace trace) {
        world.prune();
        if (!seen.add(Seen.of(world.key()))) {
            return;
        }
        boolean bad = false;
        if (world.hasLost()) {
            lost++;
            bad = true;
        }
        if (world.hasDuplicates()) {
            duplicated++;
            bad = true;
        }
        if (bad) {
            fail(trace);
            return;
        }
        open.add(new Node(world, trace));
    }

    private void fail(Trace trace) {
        if (firstTrace.isEmpty()) {
            firstTrace = trace.toString();
        }
    }

    private void expand(ModelWorld world, Trace trace) {
        Budget b = world.budget;
        for (int i = 0; i < world.inFlight.size(); i++) {
            ModelWorld next = world.copy();
            StreamCommit late = next.inFlight.remove(i);
            target(next, late);
            visit(next, new Trace(trace, "a late commit of " + late.identity().epoch() + " arrives"));
        }
        if (b.restores() > 0) {
            if (world.backup.isEmpty()) {
                ModelWorld next = world.copy();
                next.backup = Optional.of(new Backup(next.store, next.token, next.resetBase));
                visit(next, new Trace(trace, "the store is backed up"));
            } else if (world.runners.isEmpty() && world.inFlight.isEmpty()) {
                // Whoever restores a store waits until nothing is under way: no number tells an old commit from a new one.
                ModelWorld next = world.copy();
                next.budget = new Budget(
                        b.crashes(), b.ambiguous(), b.rejections(), b.takeovers(), b.resets(), b.restores() - 1);
                next.store = world.backup.get().store();
                next.token = world.backup.get().token();
                next.resetBase = world.backup.get().resetBase();
                visit(next, new Trace(trace, "the store is restored"));
            }
        }
        if (world.runners.isEmpty()) {
            if (world.ends < 2) {
                start(world, trace);
            }
            if (b.resets() > 0) {
                for (Shape shape : world.shapes) {
                    reset(world, shape, trace);
                }
            }
            return;
        }
        if (b.takeovers() > 0 && world.runners.size() == 1) {
            ModelWorld next = world.copy();
            next.budget = new Budget(
                    b.crashes(), b.ambiguous(), b.rejections(), b.takeovers() - 1, b.resets(), b.restores());
            start(next, new Trace(trace, "the lease runs out"));
        }
        for (int i = 0; i < world.runners.size(); i++) {
            if (b.crashes() > 0) {
                ModelWorld next = world.copy();
                next.budget = new Budget(
                        b.crashes() - 1, b.ambiguous(), b.rejections(), b.takeovers(), b.resets(), b.restores());
                Runner gone = next.runners.remove(i);
                visit(next, new Trace(trace, "runner " + gone.token + " crashes"));
            }
            if (world.runners.get(i).queue.isEmpty()) {
                cuts(world, i, trace);
            } else {
                act(world, i, trace);
            }
        }
    }

    private void start(ModelWorld world, Trace trace) {
        Set<StreamName> names = new TreeSet<>();
        world.shapes.forEach(shape -> names.add(shape.stream()));
        start(world, names, trace);
        if (world.partial > 0) {
            ModelWorld fewer = world.copy();
            fewer.partial--;
            names.forEach(name -> start(fewer, Set.of(name), trace));
        }
    }

    private void start(ModelWorld world, Set<StreamName> names, Trace trace) {
        ModelWorld next = world.copy();
        next.token++;
        Map<StreamName, StreamState> loaded = new TreeMap<>(next.store);
        if (mutation == Mutation.LEAVE_OTHER_STREAMS_PREPARED) {
            loaded.keySet().retainAll(names);
        }
        if (mutation == Mutation.TAKE_PREPARED_FOR_COMMITTED_ON_RECOVERY || mutation == Mutation.FORGET_PREPARED_ON_RECOVERY) {
            loaded.replaceAll((name, state) -> forgetting(state));
        }
        EpochProtocol.Next start = EpochProtocol.start("p", next.token, loaded.values(), names);
        Runner runner = new Runner(next.token, start.state(), new ArrayList<>(start.actions()), new TreeMap<>(), names);
        for (Shape shape : next.shapes) {
            EpochState.Stream stream = start.state().streams().get(shape.stream());
            if (stream == null) {
                runner.read.putAll(ModelWorld.positions(shape, Optional.empty()));
                continue;
            }
            StreamState known = stream.known();
            runner.read.putAll(ModelWorld.positions(
                    shape, known.prepared().map(StreamEpoch::progress).or(known::base)));
        }
        next.runners.add(runner);
        visit(next, new Trace(trace, "runner " + next.token + " starts with " + names));
    }

    private StreamState forgetting(StreamState state) {
        if (state.prepared().isEmpty()) {
            return state;
        }
        Optional<StreamEpoch> committed = mutation == Mutation.FORGET_PREPARED_ON_RECOVERY
                ? state.committed()
                : state.prepared().map(epoch -> epoch.with(Status.COMMITTED));
        return new StreamState(
                state.stream(), state.generation(), state.lastEpoch(), state.start(), committed, Optional.empty());
    }

    private void reset(ModelWorld world, Shape shape, Trace trace) {
        ModelWorld next = world.copy();
        Budget b = next.budget;
        next.budget = new Budget(
                b.crashes(), b.ambiguous(), b.rejections(), b.takeovers(), b.resets() - 1, b.restores());
        next.token++;
        GenerationStart start = EpochProtocol.newGeneration(
                shape.stream(), Optional.ofNullable(next.store.get(shape.stream())),
                Optional.ofNullable(next.last.get(shape.stream())), Optional.empty());
        next.store.put(shape.stream(), new StreamState(
                shape.stream(), start.generation(), start.lastEpoch(), start.start(), Optional.empty(), Optional.empty()));
        next.resetBase.put(shape.stream(), start.generation() - 1);
        shape.splits().keySet().forEach(split -> next.trimmed.put(split, 0));
        visit(next, new Trace(trace, shape.stream() + " is reset"));
    }

    /** Everything that a runner which has nothing to do can cut; or its end. */
    private void cuts(ModelWorld world, int index, Trace trace) {
        Runner runner = world.runners.get(index);
        List<List<Map<String, Integer>>> choices = new ArrayList<>();
        boolean anything = false;
        for (Shape shape : world.shapes) {
            List<Map<String, Integer>> options = new ArrayList<>();
            options.add(Map.of());
            if (runner.own.contains(shape.stream())
                    && runner.protocol.streams().get(shape.stream()).step() == EpochState.Step.IDLE) {
                Map<String, Integer> one = new TreeMap<>();
                Map<String, Integer> all = new TreeMap<>();
                for (Map.Entry<String, Integer> split : shape.splits().entrySet()) {
                    if (runner.read.get(split.getKey()) < split.getValue()) {
                        if (one.isEmpty()) {
                            one.put(split.getKey(), runner.read.get(split.getKey()) + 1);
                        }
                        all.put(split.getKey(), split.getValue());
                    }
                }
                if (!all.isEmpty()) {
                    options.add(all);
                    anything = true;
                    if (!one.equals(all)) {
                        options.add(one);
                    }
                }
            }
            choices.add(options);
        }
        if (!anything) {
            end(world, index, trace);
            return;
        }
        for (Map<String, Integer> first : choices.get(0)) {
            for (Map<String, Integer> second : choices.size() > 1 ? choices.get(1) : List.of(Map.<String, Integer>of())) {
                if (!first.isEmpty() || !second.isEmpty()) {
                    cut(world, index, List.of(first, second), trace);
                }
            }
        }
    }

    private void end(ModelWorld world, int index, Trace trace) {
        Runner runner = world.runners.get(index);
        boolean any = false;
        for (Shape shape : world.shapes) {
            EpochState.Stream stream = runner.protocol.streams().get(shape.stream());
            if (stream != null && stream.step() == EpochState.Step.PARKED) {
                any = true;
            } else if (!runner.own.contains(shape.stream())) {
                StreamState kept = world.store.get(shape.stream());
                if (kept != null && kept.prepared().isPresent() && runner.token == world.token) {
                    incomplete++;
                    fail(new Trace(trace, "the run ends, and a commit of " + shape.stream() + " is left open"));
                    return;
                }
            } else if (world.isIncomplete(shape)) {
                incomplete++;
                fail(new Trace(trace, "the run ends, and " + shape.stream() + " lacks rows"));
                return;
            }
        }
        if (any) {
            parked++;
        } else {
            completed++;
        }
        ModelWorld next = world.copy();
        next.runners.remove(index);
        boolean whole = runner.own.size() == world.shapes.size();
        next.ends += whole ? 1 : 0;
        if (!whole || !next.runners.isEmpty() || next.budget.resets() > 0 || next.budget.restores() > 0 || !next.inFlight.isEmpty()) {
            visit(next, new Trace(trace, "runner " + runner.token + " ends"));
        }
    }

    private void cut(ModelWorld world, int index, List<Map<String, Integer>> to, Trace trace) {
        ModelWorld next = world.copy();
        Runner runner = next.runners.get(index);
        List<StreamCut> cuts = new ArrayList<>();
        for (int i = 0; i < next.shapes.size(); i++) {
            if (!to.get(i).isEmpty()) {
                List<String> rows = new ArrayList<>();
                StreamCut cut = next.cut(runner, next.shapes.get(i), to.get(i), rows);
                cuts.add(cut);
                if (mutation != Mutation.SAVE_POSITIONS_BEFORE_STAGING) {
                    next.staged.put(cut.staged().getFirst().text(), rows);
                }
                if (mutation == Mutation.ACKNOWLEDGE_BEFORE_SAVE) {
                    next.release(cut.stream(), new io.windrow.core.checkpoint.Progress(cut.planner(), cut.openSplits()));
                }
                runner.read.putAll(to.get(i));
            }
        }
        EpochProtocol.Next step = EpochProtocol.step(runner.protocol, new EpochEvent.Cut(cuts));
        runner.protocol = step.state();
        runner.queue.addAll(step.actions());
        if (mutation == Mutation.COMMIT_BEFORE_SAVE) {
            // The commits that would follow the save are done first; the save comes too late.
            EpochProtocol.Next early = EpochProtocol.step(runner.protocol, new EpochEvent.Saved());
            runner.queue.addAll(0, early.actions());
        }
        visit(next, new Trace(trace, "runner " + runner.token + " stages " + to));
    }

    private void act(ModelWorld world, int index, Trace trace) {
        switch (world.runners.get(index).queue.getFirst()) {
            case EpochAction.Save save -> save(world, index, save, trace);
            case EpochAction.Commit commit -> commit(world, index, commit.commit(), trace);
            case EpochAction.AskTarget ask -> {
                ModelWorld next = world.copy();
                Optional<CommitIdentity> shown = Optional.ofNullable(next.last.get(ask.stream()));
                if (mutation == Mutation.IDENTITY_IS_ONLY_A_NUMBER
                        || mutation == Mutation.SAVE_POSITIONS_BEFORE_STAGING
                        || mutation == Mutation.TAKE_PREPARED_FOR_COMMITTED_ON_RECOVERY
                        || mutation == Mutation.FORGET_PREPARED_ON_RECOVERY) {
                    // Who keeps no identity at the target has nothing to compare.
                    StreamState known = next.runners.get(index).protocol.streams().get(ask.stream()).known();
                    shown = known.committed().map(epoch -> epoch.identity("p"));
                }
                tell(next, index, new EpochEvent.TargetShows(ask.stream(), shown, Optional.empty()));
                visit(next, new Trace(trace, "the target shows " + shown.map(CommitIdentity::epoch)));
            }
            case EpochAction.Acknowledge acknowledge -> {
                ModelWorld next = world.copy();
                next.runners.get(index).queue.removeFirst();
                next.release(acknowledge.epoch());
                visit(next, new Trace(trace, "epoch " + acknowledge.epoch().epoch() + " is acknowledged"));
            }
            case EpochAction.Discard discard -> {
                ModelWorld next = world.copy();
                next.runners.get(index).queue.removeFirst();
                discard(next, discard.staged());
                visit(next, new Trace(trace, "staged data of " + discard.stream() + " is discarded"));
            }
            case EpochAction.Rewind rewind -> {
                ModelWorld next = world.copy();
                Runner runner = next.runners.get(index);
                runner.queue.removeFirst();
                for (Shape shape : next.shapes) {
                    if (shape.stream().equals(rewind.stream())) {
                        runner.read.putAll(ModelWorld.positions(shape, rewind.base()));
                    }
                }
                visit(next, new Trace(trace, rewind.stream() + " is read again"));
            }
            case EpochAction.Park park -> {
                ModelWorld next = world.copy();
                next.runners.get(index).queue.removeFirst();
                visit(next, new Trace(trace, park.stream() + " is parked: " + park.reason().getMessage()));
            }
        }
    }

    private static void discard(ModelWorld world, List<Staged> staged) {
        staged.forEach(s -> world.staged.remove(s.text()));
    }

    private void tell(ModelWorld world, int index, EpochEvent event) {
        Runner runner = world.runners.get(index);
        runner.queue.removeFirst();
        EpochProtocol.Next next = EpochProtocol.step(runner.protocol, event);
        runner.protocol = next.state();
        runner.queue.addAll(next.actions());
        // A run that starts reads on from wherever its streams came to be settled.
        if (next.state().phase() == EpochState.Phase.READY && runner.queue.stream().noneMatch(EpochAction.Rewind.class::isInstance)) {
            for (Shape shape : world.shapes) {
                EpochState.Stream stream = next.state().streams().get(shape.stream());
                if (stream != null && stream.step() == EpochState.Step.IDLE) {
                    runner.read.putAll(ModelWorld.positions(shape, stream.known().base()));
                }
            }
        }
    }

    private void save(ModelWorld world, int index, EpochAction.Save save, Trace trace) {
        ModelWorld next = world.copy();
        Runner runner = next.runners.get(index);
        String step = "runner " + runner.token + " saves " + save.epochs().getFirst().status() + " "
                + save.epochs().getFirst().epoch();
        if (runner.token != next.token && mutation != Mutation.STALE_HOLDERS_MAY_SAVE) {
            next.runners.remove(index);
            visit(next, new Trace(trace, step + " and is refused"));
            return;
        }
        for (StreamEpoch epoch : save.epochs()) {
            StreamState before = next.store.get(epoch.stream());
            next.store.put(epoch.stream(), stored(before, epoch));
        }
        boolean prepared = save.epochs().getFirst().status() == Status.PREPARED;
        if (mutation == Mutation.COMMIT_BEFORE_SAVE && prepared) {
            // The commits were made before: their outcomes wait in the queue.
            runner.queue.removeFirst();
            visit(next, new Trace(trace, step));
            return;
        }
        tell(next, index, new EpochEvent.Saved());
        if (prepared && mutation == Mutation.ACKNOWLEDGE_AFTER_PREPARED) {
            save.epochs().forEach(next::release);
        }
        if (prepared && mutation == Mutation.SAVE_POSITIONS_BEFORE_STAGING) {
            visit(lateStaging(next, save), new Trace(trace, step + ", then stages"));
            // The saved positions are the only record of progress, as in tools that keep nothing else.
            next.store.replaceAll((name, state) -> state.prepared()
                    .map(epoch -> new StreamState(
                            name, epoch.generation(), epoch.epoch(), Optional.empty(),
                            Optional.of(epoch.with(Status.COMMITTED)), Optional.empty()))
                    .orElse(state));
            next.runners.remove(index);
            visit(next, new Trace(trace, step + " and crashes before it stages"));
            return;
        }
        visit(next, new Trace(trace, step));
    }

    /** The rows are staged after the positions were saved; the other branch crashed in between. */
    private static ModelWorld lateStaging(ModelWorld world, EpochAction.Save save) {
        ModelWorld next = world.copy();
        for (StreamEpoch epoch : save.epochs()) {
            String text = epoch.staged().getFirst().text();
            String rows = text.substring(text.lastIndexOf('/') + 1);
            next.staged.put(text, rows.isEmpty() ? List.of() : List.of(rows.split(",")));
        }
        return next;
    }

    private static StreamState stored(StreamState before, StreamEpoch epoch) {
        Optional<StreamEpoch> committed = before == null ? Optional.empty() : before.committed();
        return switch (epoch.status()) {
            case PREPARED -> new StreamState(
                    epoch.stream(), epoch.generation(), epoch.epoch(),
                    before == null ? Optional.empty() : before.start(), committed, Optional.of(epoch));
            case COMMITTED -> new StreamState(
                    epoch.stream(), epoch.generation(), epoch.epoch(), Optional.empty(), Optional.of(epoch),
                    Optional.empty());
            case ROLLED_BACK -> new StreamState(
                    epoch.stream(), epoch.generation(), epoch.epoch(),
                    before == null ? Optional.empty() : before.start(), committed, Optional.of(epoch));
        };
    }

    private void commit(ModelWorld world, int index, StreamCommit commit, Trace trace) {
        StreamName stream = commit.identity().stream();
        String step = "runner " + world.runners.get(index).token + " commits " + commit.identity().epoch() + " of " + stream;
        ModelWorld plain = world.copy();
        CommitOutcome outcome = target(plain, commit);
        answer(plain, index, commit, outcome);
        visit(plain, new Trace(trace, step + ": " + outcome.getClass().getSimpleName()));
        Budget b = world.budget;
        if (b.ambiguous() > 0) {
            Budget less = new Budget(
                    b.crashes(), b.ambiguous() - 1, b.rejections(), b.takeovers(), b.resets(), b.restores());
            ModelWorld applied = world.copy();
            applied.budget = less;
            target(applied, commit);
            answer(applied, index, commit, new CommitOutcome.Unknown(REASON));
            visit(applied, new Trace(trace, step + ": applied, the answer is lost"));
            ModelWorld late = world.copy();
            late.budget = less;
            late.inFlight.add(commit);
            answer(late, index, commit, new CommitOutcome.Unknown(REASON));
            visit(late, new Trace(trace, step + ": under way, the answer is lost"));
            ModelWorld never = world.copy();
            never.budget = less;
            answer(never, index, commit, new CommitOutcome.Unknown(REASON));
            visit(never, new Trace(trace, step + ": never arrives"));
        }
        if (b.rejections() > 0 && outcome instanceof CommitOutcome.Committed) {
            ModelWorld rejected = world.copy();
            rejected.budget = new Budget(
                    b.crashes(), b.ambiguous(), b.rejections() - 1, b.takeovers(), b.resets(), b.restores());
            if (mutation != Mutation.REJECTION_IS_NOT_FENCED) {
                rejected.dead.add(commit.identity().toString());
            }
            answer(rejected, index, commit, new CommitOutcome.Rejected(REASON));
            visit(rejected, new Trace(trace, step + ": rejected"));
        }
    }

    private void answer(ModelWorld world, int index, StreamCommit commit, CommitOutcome outcome) {
        StreamName stream = commit.identity().stream();
        if (mutation == Mutation.TAKE_UNKNOWN_FOR_COMMITTED && outcome instanceof CommitOutcome.Unknown) {
            tell(world, index, new EpochEvent.Answered(stream, new CommitOutcome.Committed(List.of())));
            return;
        }
        if (mutation == Mutation.DISCARD_AFTER_AN_UNKNOWN_OUTCOME && outcome instanceof CommitOutcome.Unknown) {
            tell(world, index, new EpochEvent.Answered(stream, new CommitOutcome.Rejected(REASON)));
            return;
        }
        if (mutation == Mutation.COMMIT_BEFORE_SAVE) {
            Runner runner = world.runners.get(index);
            runner.queue.removeFirst();
            boolean waiting = runner.queue.stream().anyMatch(EpochAction.Save.class::isInstance);
            if (waiting && outcome instanceof CommitOutcome.Committed) {
                if (runner.queue.getFirst() instanceof EpochAction.Save) {
                    runner.protocol = EpochProtocol.step(runner.protocol, new EpochEvent.Saved()).state();
                }
                lateAnswer(runner, stream, outcome);
                return;
            }
            runner.queue.add(0, new EpochAction.Commit(commit));
        }
        tell(world, index, new EpochEvent.Answered(stream, outcome));
    }

    private static void lateAnswer(Runner runner, StreamName stream, CommitOutcome outcome) {
        if (runner.protocol.phase() == EpochState.Phase.COMMITTING) {
            EpochProtocol.Next next = EpochProtocol.step(runner.protocol, new EpochEvent.Answered(stream, outcome));
            runner.protocol = next.state();
            runner.queue.addAll(next.actions());
        }
    }

    /** What a target does with a commit; the contract of {@link io.windrow.api.sink.Committer#commit}. */
    private CommitOutcome target(ModelWorld world, StreamCommit commit) {
        CommitIdentity identity = commit.identity();
        CommitIdentity shown = world.last.get(identity.stream());
        boolean again = mutation == Mutation.IDENTITY_IS_ONLY_A_NUMBER
                ? shown != null && shown.epoch() >= identity.epoch()
                : identity.equals(shown);
        if (again && mutation != Mutation.COMMIT_IS_NOT_IDEMPOTENT) {
            return new CommitOutcome.AlreadyCommitted(List.of());
        }
        if (world.dead.contains(identity.toString())) {
            return new CommitOutcome.Rejected(REASON);
        }
        boolean lower = shown != null && !again
                && (identity.epoch() <= shown.epoch() || identity.generation() < shown.generation());
        List<List<String>> rows = new ArrayList<>();
        for (Staged staged : commit.staged()) {
            List<String> found = world.staged.get(staged.text());
            if (found == null) {
                return new CommitOutcome.Unknown(REASON);
            }
            rows.add(found);
        }
        if (lower) {
            return new CommitOutcome.Unknown(REASON);
        }
        rows.forEach(world::show);
        world.last.put(identity.stream(), identity);
        return new CommitOutcome.Committed(List.of());
    }
}
