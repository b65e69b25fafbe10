package io.windrow.core.replay;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Rereading;
import io.windrow.api.source.Slice;
import io.windrow.api.source.SplitReader;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.SteppedReader;
import io.windrow.core.policy.WatermarkPolicy;
import io.windrow.core.quarantine.KnownRows;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.quarantine.QuarantinedKeys;
import io.windrow.core.replay.Comparing.Lone;
import io.windrow.core.transform.dedupe.CarriedMemory;
import io.windrow.core.transform.provenance.RunFacts;
import io.windrow.core.transform.watermark.ReplayedTimes;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A part of one stream, read again and staged, beside what was delivered of it. Used by one thread; nothing at target
 * and state is changed by it. Closing it ends its reads and lets the staged rows go, unless they are to be kept.
 */
public final class Reextraction implements AutoCloseable {
    private static final long IDENTITIES_AT_ONCE = 200_000;

    private final ReplayParts parts;
    private final PlannedStream task;
    private final StreamEpoch committed;
    private final Reconciliation source;
    private final Rereading rereading;
    private final StreamSteps steps;
    private final DeliveredRows delivered;
    private final SortedSet<Long> lineage;
    private final Disposed disposed;
    private final Scope scope;
    private final StagedRows staged;
    private final RowHasher rowHashes;
    private RowHash stagedHash = RowHash.ZERO;
    private final Set<Commit> holding = new LinkedHashSet<>();
    private final Set<List<String>> passing = new HashSet<>();
    private Optional<Changes> changes = Optional.empty();

    /** Finds out what is read again, once it is known how source, steps and target show the stream. */
    private interface Scoping {
        Scope of(Rereading rereading, StreamSteps steps, DeliveredRows delivered);
    }

    private Reextraction(
            ReplayParts parts, PlannedStream task, StreamEpoch committed, Reconciliation source, Scoping scoping) {
        this.parts = parts;
        this.task = task;
        this.committed = committed;
        this.source = source;
        StreamName stream = task.stream();
        source.begin();
        this.rereading = source.rereading().orElseThrow(() -> notOffered(stream, "the source cannot read a part of it again"));
        DeliveryAudit audit = parts.sink().audit(stream)
                .orElseThrow(() -> notOffered(stream, "the sink cannot show what it delivered"));
        this.steps = StreamSteps.of(parts, source.schema(stream, committed.planner()));
        String pipeline = parts.plan().spec().pipeline();
        List<Commit> commits = audit.commits();
        this.delivered = new DeliveredRows(
                audit, DeliveredRows.shown(parts.store(), pipeline, task, committed, commits), steps.output(), parts.allocator());
        this.lineage = Lineage.generations(parts.store(), pipeline, stream, committed.generation());
        this.disposed = Disposed.of(parts.store(), pipeline, task, lineage, commits);
        this.scope = scoping.of(rereading, steps, delivered);
        this.rowHashes = parts.key().rowHasher(Set.of());
        try (SplitReader reader = scope.open()) {
            this.staged = StagedRows.write(parts.staging(), steps.output(), reader, parts.allocator(), this::staging);
        }
    }

    private void staging(Batch batch) {
        stagedHash = stagedHash.plus(rowHashes.hash(batch));
        if (scope instanceof Scope.OfQuarantine quarantine) {
            for (int row = 0; row < batch.rowCount(); row++) {
                passing.add(quarantine.keys().key(batch, row));
            }
        }
    }

    /** Reads a window again, at one moment of the source, and stages it. Refuses what cannot be compared. */
    public static Reextraction open(ReplayParts parts, PlannedStream task, StreamState state, WindowText window) {
        Optional<String> eventTime = Optional.ofNullable(
                        parts.plan().spec().governance().watermark().get(task.stream().toString()))
                .map(WatermarkPolicy::field);
        return open(parts, task, state, (rereading, steps, delivered) -> {
            WindowFinder.Found found =
                    new WindowFinder(rereading, steps.all(), steps.input(), eventTime, delivered).find(window);
            return new Scope.OfWindow(found, () -> new SteppedReader(
                    rereading.read(task.stream(), state.base().orElseThrow().planner(), found.slice()),
                    steps.undeduplicated().bind(steps.input())));
        });
    }

    /** Reads the rows again whose keys stand in quarantine, judges them as a run would now, and stages those that pass. */
    public static Reextraction open(
            ReplayParts parts, PlannedStream task, StreamState state, Quarantine quarantine, Quarantine.Filter filter) {
        return open(parts, task, state, (rereading, steps, delivered) -> {
            if (steps.output().key().isEmpty()) {
                throw WindrowException.of(
                        ReplayError.NO_KEY,
                        "Replaying quarantined rows of " + task.stream() + ": it has no key by which they could be found again");
            }
            QuarantinedKeys keys = steps.quarantined(quarantine, filter);
            PlannerState planner = state.base().orElseThrow().planner();
            return new Scope.OfQuarantine(keys, () -> new PickingReader(
                    new SteppedReader(
                            steps.keepsKey()
                                    ? rereading.read(task.stream(), planner, keys.all())
                                    : rereading.read(task.stream(), planner, Slice.whole(steps.input().key().getFirst())),
                            steps.undeduplicated().bind(steps.input())),
                    keys::holds));
        });
    }

    private static Reextraction open(ReplayParts parts, PlannedStream task, StreamState state, Scoping scoping) {
        StreamName stream = task.stream();
        if (task.read() == ReadMode.CDC) {
            throw notOffered(stream, "it is a stream of changes: the source has let its log go up to what was delivered, "
                    + "and a table's rows now are not the changes that made them so");
        }
        StreamEpoch committed = state.committed()
                .filter(epoch -> epoch.completesGeneration() && epoch.openSplits().isEmpty())
                .orElseThrow(() -> WindrowException.of(
                        ReplayError.UNFINISHED,
                        "Replaying a part of " + stream + ": no whole read of it is committed in generation "
                                + state.generation()));
        Reconciliation source = parts.source().reconciliation()
                .orElseThrow(() -> notOffered(stream, "the source offers no reconciliation"));
        boolean opened = false;
        try {
            Reextraction reextraction = new Reextraction(parts, task, committed, source, scoping);
            opened = true;
            return reextraction;
        } finally {
            if (!opened) {
                source.close();
            }
        }
    }

    private static WindrowException notOffered(StreamName stream, String why) {
        return WindrowException.of(ReplayError.NOT_OFFERED, "Replaying a part of " + stream + ": " + why);
    }

    /** Compares the staged rows with what the target shows of the window. */
    public Difference compare() {
        Identities identities = identities();
        Set<Integer> ids = identities.fields();
        List<String> shown = identities.kind() == Identity.ROW || identities.kind().tellsRepeats()
                ? steps.output().columns().stream().filter(c -> ids.isEmpty() || ids.contains(c.id())).map(Column::name).limit(4).toList()
                : steps.output().key();
        Comparing comparing =
                new Comparing(identities, rowHashes, keys(identities), shown, lone -> alive(identities, lone));
        Tally tally = new Tally();
        int partitions = partitions(staged.account().in());
        pass(comparing, 0, partitions, tally::add);
        if (comparing.overflowed()) {
            // The target has far more rows of the part than the source has now.
            partitions = partitions(Math.max(staged.account().in(), tally.rows));
            pass(comparing, 0, partitions, (commit, batch, in) -> {});
        }
        comparing.finish();
        for (int partition = 1; partition < partitions; partition++) {
            pass(comparing, partition, partitions, (commit, batch, in) -> {});
            comparing.finish();
        }
        changes = Optional.of(comparing.changes());
        Account account = staged.account();
        Optional<Refusal> refusal = new Hindrances(task, committed, steps, scope, disposed, parts.plan().isHeld(task.stream()))
                .of(comparing, task.write() == WriteMode.REPLACE ? delivered.commits() : List.copyOf(holding));
        return new Difference(
                task.stream(), scope.text(), account.in() - account.out(), tally.rows, stagedHash, tally.hash,
                comparing.equal, comparing.added, comparing.changed, comparing.missing, comparing.left, comparing.repeated,
                comparing.earlierVersions, account.quarantined(), scope.withoutKey(), comparing.ambiguous, refusal, comparing.examples());
    }

    private static int partitions(long rows) {
        return Math.toIntExact(Math.min(10_000, rows / IDENTITIES_AT_ONCE + 1));
    }

    /** Takes rows that the target shows, with those that lie in the part. */
    private interface Taker {
        void take(Commit commit, Batch batch, boolean[] in);
    }

    private void pass(Comparing comparing, int partition, int of, Taker also) {
        comparing.begin(partition, of);
        staged.each(parts.allocator(), comparing::staged);
        for (Commit commit : delivered.commits()) {
            Comparing.Quoting quoting = steps.quoting(commit);
            delivered.each(commit, (written, batch) -> {
                boolean[] in = scope.rows(batch);
                comparing.delivered(batch, row -> in[row], quoting);
                also.take(commit, batch, in);
            });
        }
    }

    /** Counts the delivered rows of the part. */
    private final class Tally {
        private long rows;
        private RowHash hash = RowHash.ZERO;

        void add(Commit commit, Batch batch, boolean[] in) {
            long[][] hashes = Identities.hashes(batch, rowHashes);
            for (int row = 0; row < in.length; row++) {
                if (in[row]) {
                    rows++;
                    holding.add(commit);
                    hash = hash.plus(Identities.at(hashes, row));
                }
            }
        }
    }

    private Identities identities() {
        Identity usual = steps.output().key().isEmpty()
                ? Identity.ROW
                : task.write() == WriteMode.REPLACE
                        ? Identity.KEY_ANYWHERE
                        : scope instanceof Scope.OfQuarantine ? Identity.KEY_AND_STATE : Identity.KEY;
        Set<Integer> fields = usual == Identity.ROW ? Set.of() : steps.keyIds();
        return steps.repeats()
                .filter(Repeats::delivered)
                .map(repeats -> new Identities(
                        scope instanceof Scope.OfQuarantine ? Identity.REPEATS_BESIDE : Identity.REPEATS, usual, repeats.fields(),
                        repeats.hasher(parts.key()), parts.key().rowHasher(fields)))
                .orElseGet(() -> Identities.of(usual, fields, parts.key()));
    }

    /** Where repeated rows are told by other fields, what was delivered of a row may still be that of its key. */
    private Optional<RowHasher> keys(Identities identities) {
        return identities.kind().tellsRepeats() && !steps.output().key().isEmpty()
                ? Optional.of(parts.key().rowHasher(steps.keyIds()))
                : Optional.empty();
    }

    /** Which delivered rows have only left the part that was read: the source still has them. */
    private Set<RowHash> alive(Identities identities, List<Lone> lone) {
        if (scope instanceof Scope.OfQuarantine) {
            // A bad row says nothing against what was delivered of its key before.
            return lone.stream().map(Lone::identity).collect(Collectors.toSet());
        }
        Alive asking = new Alive(task.stream(), rereading, steps, identities, keys(identities), this::keeping);
        return !identities.kind().tellsRepeats() && steps.keepsKey() ? asking.byKey(lone) : asking.byReading(lone);
    }

    /** A row that left the window keeps what was delivered of it; in incremental streams older states stay beside newer ones. */
    private boolean[] keeping(Batch batch) {
        boolean[] keeping = scope.rows(batch);
        for (int row = 0; row < keeping.length; row++) {
            keeping[row] = !keeping[row] || task.read() == ReadMode.INCREMENTAL;
        }
        return keeping;
    }

    /** Refuses what cannot be applied exactly. After {@link #compare}. */
    public void expectApplicable(Difference difference) {
        difference.refusal().ifPresent(refusal -> {
            throw WindrowException.of(refusal.error(), "Applying a replay of " + task.stream() + ": " + refusal.why());
        });
    }

    /** What makes the target like the source. After {@link #compare}. */
    public Correction correction() {
        return new Correction(
                task, delivered, staged, scope, identities(),
                changes.orElseThrow(() -> new IllegalStateException("Nothing was compared yet")));
    }

    /**
     * Gives the rows of the window that do not pass and do not stand in quarantine yet, read once more at the same moment. Of
     * rows that were looked for in quarantine none: they stay there as they are. None either once rows that the delivery set
     * aside were disposed of: any of them may be one whose time in quarantine is over.
     *
     * @param taker takes batches without good rows, each valid during the call
     * @return how many rows they are
     */
    public long setAside(Quarantine quarantine, Consumer<Batch> taker) {
        if (staged.account().quarantined() == 0 || scope instanceof Scope.OfQuarantine || disposed.filesAside() > 0) {
            return 0;
        }
        KnownRows known = KnownRows.of(quarantine, task.stream());
        long[] rows = new long[1];
        try (SplitReader reader = scope.open()) {
            StagedRows.each(reader, batch -> rows[0] += known.others(batch, taker));
        }
        return rows[0];
    }

    /** Of rows whose keys stand in quarantine: the keys of those that pass now. */
    public Set<List<String>> passing() {
        return passing;
    }

    /** The keys that were looked for in quarantine, for whoever takes rows out of it; empty if it was a window. */
    public Optional<QuarantinedKeys> quarantined() {
        return scope instanceof Scope.OfQuarantine quarantine ? Optional.of(quarantine.keys()) : Optional.empty();
    }

    /** The epoch that the replay goes on from. */
    public StreamEpoch committed() {
        return committed;
    }

    /** What rows that are delivered now follow, with what says where they come from. */
    public StreamSchema schema() {
        return steps.provenance().output(steps.output());
    }

    /** The steps that say of rows that come, which are compared without, where they come from; the caller closes them. */
    public List<BoundTransform> origins(RunFacts replay) {
        return steps.provenance().begin(replay).bind(steps.output());
    }

    /**
     * What to note the event times of rows in that come and go; empty if none were counted so far, if the rows do not hold
     * them as they were read, or if rows that were counted as read may be none of those that were delivered.
     */
    public Optional<ReplayedTimes> eventTimes(Quarantine quarantine) {
        return disposed.filesAside() > 0 || quarantine.threwAway(task.stream(), lineage)
                ? Optional.empty()
                : CountedTimes.of(parts, committed, steps, lineage, staged.account());
    }

    /** The keys of the rows that the delivery set aside and that stand in quarantine; empty if the stream has no key. */
    public Optional<QuarantinedKeys> knownAside(Quarantine quarantine) {
        return steps.output().key().isEmpty()
                ? Optional.empty()
                : Optional.of(steps.quarantined(quarantine, Quarantine.Filter.ALL.and(row -> lineage.contains(row.generation()))));
    }

    /** What the stream remembers when the correction is delivered, to tell later repetitions by. After its rows were given. */
    public List<RememberedRows> remembered(Correction correction, long epoch, Instant cut) {
        return steps.repeats()
                .map(repeats -> CarriedMemory.of(
                        repeats.told(parts.store().remembered(parts.plan().spec().pipeline(), task.stream()), correction.gone()),
                        correction.gone(), correction.came(), repeats.most(), epoch, cut))
                .orElse(List.of());
    }

    /** The versions of the policies that rows follow now. */
    public Map<String, String> policies() {
        return steps.policies();
    }

    /** The books of the read; its rows are those that {@link #compare} compares. */
    public Account account() {
        return staged.account();
    }

    /** The evidence that the window was read to its end. */
    public EndProof end() {
        return staged.end();
    }

    @Override
    public void close() {
        try (staged) {
            delivered.audit().close();
        } finally {
            source.close();
        }
    }
}
