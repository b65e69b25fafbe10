package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.compact.ChangeLogFold;
import io.windrow.core.compact.ChangeLogFold.Folded;
import io.windrow.core.compact.CurrentRows;
import io.windrow.core.compact.DeliveredLog;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.epoch.StreamCut;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.ledger.Written;
import io.windrow.core.observe.RunListener;
import io.windrow.core.plan.Plan;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Folds a change log that was delivered and delivers the rows that it makes as a stream of its own, which replaces what was folded
 * before: under the lease and by the epoch protocol, so that a process that dies anywhere leaves readers the old rows or the new ones.
 * Used by one thread. The store and the context stay the caller's.
 */
public final class Compaction {
    private final StateStore store;
    private final Context context;
    private final RunListener listener;
    private final Plan plan;
    private final Pace pace;

    /** For the streams of one pipeline. */
    public Compaction(StateStore store, Context context, RunListener listener, Plan plan) {
        this.store = store;
        this.context = context;
        this.listener = listener;
        this.plan = plan;
        this.pace = Pace.of(plan.spec().run());
    }

    /**
     * What was done.
     *
     * @param log the stream whose changes were folded
     * @param upTo the last of its epochs
     * @param epoch what was committed; empty if no row was delivered since the last time
     */
    public record Compacted(StreamName log, long upTo, Optional<LedgerEntry> epoch) {}

    /** Folds what was delivered of a stream's changes. */
    public Compacted apply(StreamName log) {
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
        String pipeline = plan.spec().pipeline();
        plan.seals().expectKeys(store, pipeline);
        Lease lease = store.acquire(
                pipeline, "windrow compact, process " + ProcessHandle.current().pid(), pace.leaseTime());
        Pause saving = new Pause();
        try (LeaseKeeper keeper = new LeaseKeeper(
                store, lease, pace.leaseTime(), new RunThreads(pipeline, id).of("lease"), lost -> saving.end())) {
            Context leased = new RunContext(
                    context, pipeline, context.allocator(), context.notices(), context.levels(),
                    plan.seals().open(store, pipeline, Optional.of(lease), context.clock()));
            StreamName current = CurrentRows.of(log);
            try (Sink sink = plan.runSinks().apply(leased);
                    Committer committer = sink.committer()) {
                Flow flow = new Flow(pace);
                EpochIo io = new EpochIo(
                        store, keeper, committer, context.failpoints(), pace.retry(), saving, flow, new Announcer(listener));
                EpochDriver driver =
                        new EpochDriver(pipeline, lease.fencingToken(), store.load(pipeline), Set.of(current), io);
                settled(flow, current);
                StreamState state = driver.stream(current);
                CurrentRows.expectFree(state);
                try (DeliveredLog changes = DeliveredLog.open(store, pipeline, log, sink)) {
                    long upTo = changes.last().identity().epoch();
                    PlannerState reached = CurrentRows.upTo(log, changes.last());
                    boolean folded = state.committed().map(StreamEpoch::planner).equals(Optional.of(reached));
                    Optional<StreamSchema> schema =
                            folded ? Optional.empty() : changes.schema().or(() -> before(sink, current));
                    if (schema.isEmpty()) {
                        return new Compacted(log, upTo, Optional.empty());
                    }
                    Folding folding = new Folding(changes, sink, lease, state, reached);
                    driver.commit(List.of(folding.stage(schema.get(), driver.nextEpoch())));
                    settled(flow, current);
                    return new Compacted(log, upTo, driver.stream(current).committed().map(StreamEpoch::ledger));
                }
            }
        } finally {
            store.release(lease);
        }
    }

    /** The schema that the rows had before: a table that was delivered anew may have none now. */
    private static Optional<StreamSchema> before(Sink sink, StreamName current) {
        try (DeliveryAudit audit = sink.audit(current).orElseThrow()) {
            return DeliveredLog.newest(audit, audit.commits().stream().filter(Commit::shown).toList());
        }
    }

    private static void settled(Flow flow, StreamName stream) {
        WindrowException parked = flow.parked().get(stream);
        if (parked != null) {
            throw parked;
        }
    }

    /** One folding, from what was delivered to what is staged. */
    private final class Folding {
        private final DeliveredLog changes;
        private final Sink sink;
        private final Lease lease;
        private final StreamName stream;
        private final PlannerState reached;
        private final HashKey key;
        private final long generation;
        private final Instant began = context.clock().instant();
        private RowHash out = RowHash.ZERO;

        Folding(DeliveredLog changes, Sink sink, Lease lease, StreamState state, PlannerState reached) {
            this.changes = changes;
            this.sink = sink;
            this.lease = lease;
            this.stream = state.stream();
            this.reached = reached;
            this.key = plan.hashKey().orElseGet(() -> store.hashKey(lease));
            this.generation =
                    Math.max(state.generation(), state.pending().map(StreamEpoch::generation).orElse(0L)) + 1;
        }

        StreamCut stage(StreamSchema newest, long epoch) {
            try (BufferAllocator memory = context.allocator().newChildAllocator("compact", 0, pace.memory())) {
                ChangeLogFold fold = changes.fold(newest, memory, context.temporaryFolder(), pace.memory() / 8);
                StreamSchema made = fold.schema();
                StreamSchema schema = new StreamSchema(stream, made.version(), made.columns(), made.key());
                sink.prepare(schema, WriteMode.REPLACE);
                try (SinkWriter writer =
                        sink.writer(schema, WriteMode.REPLACE, new WriterId(generation, lease.fencingToken(), 0))) {
                    Function<Batch, RowHash> hasher = key.hasher();
                    Folded folded = fold.fold(rows -> {
                        Batch batch = new Batch(schema, rows.arrow(), rows.position(), rows.account());
                        writer.write(batch);
                        out = out.plus(hasher.apply(batch));
                    });
                    context.failpoints().reach("compact.after_fold");
                    List<Staged> staged =
                            folded.rows() == 0 ? writer.prepareEmpty(epoch) : writer.prepareCommit(epoch);
                    context.failpoints().reach("compact.after_stage");
                    return new StreamCut(
                            stream, generation, WriteMode.REPLACE, reached, Map.of(), staged, Optional.empty(), true,
                            ledger(epoch, folded, staged, schema), key);
                }
            }
        }

        private LedgerEntry ledger(long epoch, Folded folded, List<Staged> staged, StreamSchema schema) {
            // I1: every change of the log is read again, and is one of the rows or folded into one, or into its absence.
            Account account = new Account(
                    0, folded.changes(), 0, folded.rows(), 0, 0, 0, 0, 0, folded.changes() - folded.rows(), 0);
            Guarantee guarantee = new Guarantee(
                    "folded", "The rows that the changes of " + changes.epoch().stream() + " make, up to a whole epoch.",
                    List.of("Position and ordinal order the changes of a key."),
                    List.of("Rows that were set aside, and what changed after that epoch."));
            SplitRange range = new SplitRange(
                    "log", Optional.empty(), Optional.of(new Position(reached.version(), reached.text())),
                    Optional.of(new EndProof(
                            "reached_position", folded.changes(), "every change that was delivered up to the position")));
            return new LedgerEntry(
                            plan.spec().pipeline(), stream, generation, epoch, WriteMode.REPLACE, account, Optional.empty(),
                            key.id(), out,
                            new Written(
                                    staged.stream().mapToLong(Staged::rows).sum(), Optional.empty(),
                                    staged.isEmpty() ? "nothing was written" : staged.getFirst().proof()),
                            List.of(range), schema.version(), guarantee, true, List.of(),
                            staged.stream().mapToLong(Staged::bytes).sum(), began, context.clock().instant(), Map.of())
                    .with(Map.of(), changes.epoch().ledger().policies());
        }
    }
}
