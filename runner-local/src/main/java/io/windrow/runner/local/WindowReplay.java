package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.RowHash;
import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.api.source.Source;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.RunMark;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.epoch.StreamCut;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Replay;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.ledger.Written;
import io.windrow.core.observe.RunListener;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.quarantine.QuarantinedKeys;
import io.windrow.core.replay.Correction;
import io.windrow.core.replay.Difference;
import io.windrow.core.replay.Reextraction;
import io.windrow.core.replay.ReplayError;
import io.windrow.core.replay.ReplayParts;
import io.windrow.core.replay.Staging;
import io.windrow.core.replay.WindowText;
import io.windrow.core.transform.provenance.RunFacts;
import io.windrow.core.transform.watermark.ReplayedTimes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * Delivers a part of a stream again, under the lease and by the epoch protocol: a process that dies anywhere leaves the target as it
 * was or as it was to be, and what it had prepared is settled by the next run or replay. Used by one thread. The store and
 * the context stay the caller's.
 */
public final class WindowReplay {
    private final StateStore store;
    private final Context context;
    private final RunListener listener;
    private final Plan plan;
    private final Pace pace;

    /** For the streams of one pipeline. */
    public WindowReplay(StateStore store, Context context, RunListener listener, Plan plan) {
        this.store = store;
        this.context = context;
        this.listener = listener;
        this.plan = plan;
        this.pace = Pace.of(plan.spec().run());
    }

    /**
     * What was done.
     *
     * @param difference how window and target differed
     * @param epoch what was committed; empty if there was nothing to deliver
     */
    public record Applied(Difference difference, Optional<LedgerEntry> epoch) {}

    /** Opens what is to be delivered again, at the moment of the source at which it is called. */
    private interface Opening {
        Reextraction open(ReplayParts parts, StreamState state);
    }

    /** What is left to do, still under the lease, when the store shows the rows as delivered. */
    private interface Afterwards {
        void delivered(Reextraction again, Optional<LedgerEntry> epoch, Context leased);
    }

    /** Compares a window with what was delivered of it and delivers the difference as a new generation. */
    public Applied apply(PlannedStream task, WindowText window, Staging staging) {
        return apply(
                task, staging, (parts, state) -> Reextraction.open(parts, task, state, window), (again, epoch, leased) -> {});
    }

    /**
     * Reads the rows again whose keys stand in quarantine, judges them as a run would now, delivers those that pass and were
     * not delivered since, and takes those that pass out of quarantine, with a record. One that dies between the two takes
     * them out when it is repeated, since they are delivered then.
     *
     * @param who for the record
     */
    public Applied apply(
            PlannedStream task, Quarantine quarantine, Quarantine.Filter filter, String who, Staging staging) {
        return apply(
                task, staging, (parts, state) -> Reextraction.open(parts, task, state, quarantine, filter),
                (again, epoch, leased) -> {
                    context.failpoints().reach("replay.before_release");
                    QuarantinedKeys keys = again.quarantined().orElseThrow();
                    quarantine.with(leased.sealing(Sealing.Use.SET_ASIDE)).release(
                            filter.and(row -> row.stream().equals(task.stream())
                                    && keys.key(row).filter(again.passing()::contains).isPresent()),
                            who + ", quarantine replay: delivered "
                                    + epoch.map(entry -> "in epoch " + entry.epoch()).orElse("before"),
                            context.clock().instant());
                });
    }

    private Applied apply(PlannedStream task, Staging staging, Opening opening, Afterwards afterwards) {
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
        String pipeline = plan.spec().pipeline();
        plan.seals().expectKeys(store, pipeline);
        Lease lease = store.acquire(
                pipeline, "windrow replay, process " + ProcessHandle.current().pid(), pace.leaseTime());
        Pause saving = new Pause();
        try (LeaseKeeper keeper = new LeaseKeeper(
                store, lease, pace.leaseTime(), new RunThreads(pipeline, id).of("lease"), lost -> saving.end())) {
            Optional<RunMark> last = store.run(pipeline);
            if (last.filter(RunMark::isOpen).isPresent()) {
                throw WindrowException.of(
                        ReplayError.UNFINISHED,
                        "Replaying a part of " + task.stream() + ": the last run of " + pipeline + " did not come to its end");
            }
            if (last.filter(run -> run.owed().containsKey(task.stream())).isPresent()) {
                throw WindrowException.of(
                        ReplayError.UNFINISHED,
                        "Replaying a part of " + task.stream() + ": a full refresh was asked for it, and no run has begun it yet");
            }
            Context leased = new RunContext(
                    context, pipeline, context.allocator(), context.notices(), context.levels(),
                    plan.seals().open(store, pipeline, Optional.of(lease), context.clock()));
            try (Source source = plan.openSource(context);
                    Sink sink = plan.runSinks().apply(leased);
                    Committer committer = sink.committer()) {
                Flow flow = new Flow(pace);
                EpochIo io = new EpochIo(
                        store, keeper, committer, context.failpoints(), pace.retry(), saving, flow, new Announcer(listener));
                EpochDriver driver =
                        new EpochDriver(pipeline, lease.fencingToken(), store.load(pipeline), Set.of(task.stream()), io);
                settled(flow, task.stream());
                HashKey key = plan.hashKey().orElseGet(() -> store.hashKey(lease));
                ReplayParts parts = new ReplayParts(plan, source, sink, store, key, context.allocator(), staging);
                try (Reextraction again = opening.open(parts, driver.stream(task.stream()))) {
                    context.failpoints().reach("replay.after_stage");
                    Difference difference = again.compare();
                    again.expectApplicable(difference);
                    Quarantine quarantine = new Quarantine(
                            plan.spec().quarantineFolder(), pipeline, leased.sealing(Sealing.Use.SET_ASIDE));
                    if (difference.isEmpty() && again.setAside(quarantine, batch -> {}) == 0) {
                        afterwards.delivered(again, Optional.empty(), leased);
                        return new Applied(difference, Optional.empty());
                    }
                    context.failpoints().reach("replay.before_write");
                    StreamState state = driver.stream(task.stream());
                    Delivering delivering = new Delivering(
                            task, state, again, difference, sink, quarantine, new RunFacts(id, context.clock(), key),
                            lease.fencingToken());
                    StreamCut cut = delivering.stage(driver.nextEpoch());
                    driver.commit(List.of(cut));
                    settled(flow, task.stream());
                    Optional<LedgerEntry> epoch =
                            driver.stream(task.stream()).committed().map(StreamEpoch::ledger);
                    afterwards.delivered(again, epoch, leased);
                    return new Applied(difference, epoch);
                }
            }
        } finally {
            store.release(lease);
        }
    }

    private static void settled(Flow flow, StreamName stream) {
        WindrowException parked = flow.parked().get(stream);
        if (parked != null) {
            throw parked;
        }
    }

    /** Writes one epoch: the rows that stay of the commits that are written anew, and those that come. */
    private final class Delivering {
        private final PlannedStream task;
        private final StreamState state;
        private final Reextraction again;
        private final Difference difference;
        private final Sink sink;
        private final Quarantine quarantine;
        private final RunFacts facts;
        private final long token;
        private final long generation;
        private final Function<Batch, RowHash> hasher;
        private final Map<StreamSchema, SinkWriter> writers = new LinkedHashMap<>();
        private RowHash out = RowHash.ZERO;
        private long written;

        Delivering(
                PlannedStream task, StreamState state, Reextraction again, Difference difference, Sink sink,
                Quarantine quarantine, RunFacts facts, long token) {
            this.task = task;
            this.state = state;
            this.again = again;
            this.difference = difference;
            this.sink = sink;
            this.quarantine = quarantine;
            this.facts = facts;
            this.token = token;
            this.generation =
                    Math.max(state.generation(), state.pending().map(StreamEpoch::generation).orElse(0L)) + 1;
            this.hasher = facts.key().hasher();
        }

        StreamCut stage(long epoch) {
            Instant began = context.clock().instant();
            sink.prepare(again.schema(), task.write());
            List<BoundTransform> origins = again.origins(facts);
            origins.forEach(step -> step.epoch(epoch));
            try {
                Correction correction = again.correction();
                List<Commit> rewritten = correction.rewritten();
                Optional<ReplayedTimes> times = again.eventTimes(quarantine);
                long gone = correction.staying(
                        rewritten, this::write, going -> times.ifPresent(counting -> counting.went(going)));
                long stayed = written;
                Optional<QuarantinedKeys> aside = times.flatMap(counting -> again.knownAside(quarantine));
                correction.coming(batch -> {
                    times.ifPresent(counting -> counting.came(
                            batch, row -> aside.filter(keys -> keys.holds(batch, row)).isPresent()));
                    come(batch, origins);
                });
                long setAside = again.setAside(quarantine, batch -> come(batch, origins));
                List<Staged> staged = new ArrayList<>();
                for (SinkWriter writer : writers.values()) {
                    staged.addAll(writer.prepareCommit(epoch));
                }
                if (task.write() == WriteMode.APPEND && !rewritten.isEmpty()) {
                    staged.add(sink.replacing(task.stream(), rewritten.stream().map(Commit::identity).toList())
                            .orElseThrow(() -> WindrowException.of(
                                    ReplayError.NOT_OFFERED,
                                    "Replaying a part of " + task.stream() + ": the sink cannot replace what it delivered")));
                }
                LedgerEntry entry = ledger(epoch, staged, rewritten, gone, stayed, setAside, began);
                // Of rows that are set aside now nobody counted the event times.
                LedgerEntry ledger = times.filter(counting -> setAside == 0)
                        .map(ReplayedTimes::times)
                        .map(entry::with)
                        .orElse(entry);
                return new StreamCut(
                        task.stream(), generation, task.write(), again.committed().planner(), Map.of(), staged,
                        Optional.empty(), true, ledger, facts.key(), again.remembered(correction, epoch, ledger.cut()));
            } finally {
                origins.forEach(BoundTransform::close);
                writers.values().forEach(SinkWriter::close);
            }
        }

        /** The batch may be spent: whoever gave it closes what is left of it. */
        private void come(Batch batch, List<BoundTransform> origins) {
            Batch whole = batch;
            try {
                for (BoundTransform step : origins) {
                    whole = step.apply(whole);
                }
                write(whole);
            } finally {
                whole.close();
            }
        }

        private void write(Batch batch) {
            writers.computeIfAbsent(batch.schema(), schema ->
                            sink.writer(schema, task.write(), new WriterId(generation, token, writers.size())))
                    .write(batch);
            out = out.plus(hasher.apply(batch));
            written += batch.rowCount();
        }

        private LedgerEntry ledger(
                long epoch, List<Staged> staged, List<Commit> rewritten, long gone, long stayed, long setAside,
                Instant began) {
            Account read = again.account();
            long came = written - stayed;
            // I1: rows of the window that are read again, and delivered ones that are. Of those that do not pass, the ones
            // that lie in quarantine since they were first read are measured only.
            Account account = new Account(
                    0, read.read() - read.quarantined() + setAside + stayed + gone, read.expanded(), written, setAside,
                    difference.sourceRows() - came, read.filtered(), read.sampledOut(), gone, read.folded(), read.merged());
            List<Staged> data = staged.stream()
                    .filter(one -> one.part() == Staged.Part.DATA && one.rows() > 0)
                    .toList();
            Replay replay = new Replay(
                    difference.window(), state.generation(),
                    rewritten.stream().map(commit -> commit.identity().epoch()).toList(), difference.added(),
                    difference.changed(), difference.missing());
            return new LedgerEntry(
                    plan.spec().pipeline(), task.stream(), generation, epoch, task.write(), account, Optional.empty(),
                    facts.key().id(), out,
                    new Written(
                            data.stream().mapToLong(Staged::rows).sum(), Optional.empty(),
                            data.isEmpty() ? "nothing was written" : data.getFirst().proof()),
                    List.of(new SplitRange("replay", Optional.empty(), Optional.empty(), Optional.of(again.end()))),
                    again.schema().version(), again.committed().ledger().guarantee(), true, List.of(),
                    data.stream().mapToLong(Staged::bytes).sum(), began, context.clock().instant(), Map.of())
                    .with(Map.of("replay.set_aside", Measure.ofCount(difference.setAside())), again.policies())
                    .of(replay);
        }
    }
}
