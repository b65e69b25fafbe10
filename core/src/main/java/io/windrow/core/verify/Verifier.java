package io.windrow.core.verify;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.verify.KeyComparison.TargetKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Compares source and target stream by stream, in three stages: counts and exact sums per window, the source's computed by
 * the source; hash sums per window, read again through the same codec as a run; and, where either differs, the exact
 * keys. Used by one thread. Source and sink stay the caller's.
 */
public final class Verifier {
    private final Source source;
    private final Sink sink;
    private final Steps steps;
    private final Depth depth;
    private final Listener listener;
    private final Progress progress;
    private final Function<StreamName, Optional<Delivery>> logs;

    /** Hears how far a comparison has come, after each batch and on the verifier's thread. */
    @FunctionalInterface
    public interface Listener {
        /** What is being done to a stream, and through how many rows it has come. */
        void at(StreamName stream, String doing, long rows);
    }

    /**
     * How streams that follow a log go on meanwhile.
     *
     * @param newest a stream as the state store has it at the time of the call
     * @param patience how long a target may take to come to a moment of its source
     */
    public record Progress(Function<StreamName, Optional<StreamState>> newest, Duration patience) {}

    /**
     * A verifier.
     *
     * @param steps what a run does to rows on their way; rows of the source go through them before they are
     *     compared, but for provenance, which is no part of a row
     * @param logs opens the rows that the changes make which the target keeps of a stream by now; empty: they cannot be read
     *     back
     */
    public Verifier(
            Source source, Sink sink, Steps steps, Depth depth, Progress progress, Function<StreamName, Optional<Delivery>> logs,
            Listener listener) {
        this.source = source;
        this.sink = sink;
        this.steps = steps.repeatable();
        this.depth = depth;
        this.progress = progress;
        this.logs = logs;
        this.listener = listener;
    }

    /**
     * Compares one stream as of its last committed epoch with the source as it is now. What is wrong with this stream alone is
     * the reason of an undecided verdict.
     *
     * @throws WindrowException if the source cannot be asked at all, or something that others share is unwell
     */
    public StreamVerdict verify(StreamName stream) {
        Optional<Reconciliation> capability = source.reconciliation();
        if (capability.isEmpty()) {
            return StreamVerdict.undecided(
                    stream, "this kind of source cannot be read again as of a moment that can be compared with what was delivered; "
                            + "`verify --files` compares the target with what was delivered");
        }
        try (SteppedReconciliation reconciliation = new SteppedReconciliation(capability.get(), steps)) {
            return new SteadyComparison(
                    stream, () -> progress.newest().apply(stream), new Patience(progress.patience()),
                    state -> look(state, reconciliation), state -> follows(state, reconciliation)).run();
        }
    }

    private StreamVerdict look(StreamState state, SteppedReconciliation reconciliation) {
        if (state.committed().isEmpty()) {
            return StreamVerdict.undecided(state.stream(), "nothing is committed in generation " + state.generation());
        }
        StreamEpoch epoch = state.committed().get();
        if (epoch.mode() == WriteMode.REPLACE && !epoch.completesGeneration()) {
            return StreamVerdict.undecided(
                    state.stream(), "generation " + epoch.generation() + " is not complete, so the target shows an older one");
        }
        // After the state was loaded, so that the moment shows all that is committed by it.
        reconciliation.begin();
        try {
            return compared(epoch, reconciliation);
        } catch (WindrowException e) {
            return switch (e.kind()) {
                case USER, DATA, EXTERNAL_PERMANENT -> StreamVerdict.undecided(state.stream(), e);
                case EXTERNAL_TRANSIENT, RESOURCE, UNKNOWN_OUTCOME, BUG -> throw e;
            };
        }
    }

    /** A stream that follows a log is compared as often as it needs; none of them is replaced as a whole. */
    private static boolean follows(StreamState state, Reconciliation reconciliation) {
        return state.committed()
                .filter(epoch -> epoch.mode() != WriteMode.REPLACE)
                .flatMap(epoch -> reconciliation.holds(state.stream(), epoch.planner(), FollowedComparison.places(epoch)))
                .isPresent();
    }

    private StreamVerdict compared(StreamEpoch epoch, SteppedReconciliation reconciliation) {
        StreamName stream = epoch.stream();
        Map<String, String> policies = reconciliation.policies(stream, epoch.planner());
        if (policies.containsKey("dedupe")) {
            return StreamVerdict.undecided(
                    stream, "repeated rows are dropped, and which of them is delivered hangs on the order of the "
                            + "run; `verify --files` judges what was delivered");
        }
        if (!treatment(policies).equals(treatment(epoch.ledger().policies()))) {
            return StreamVerdict.undecided(
                    stream, "the rows were delivered under policies of version " + epoch.ledger().policies()
                            + ", the pipeline file has " + policies);
        }
        if (reconciliation.holds(stream, epoch.planner(), FollowedComparison.places(epoch)).isPresent()) {
            return followed(epoch, reconciliation);
        }
        StreamVerdict verdict = compare(
                stream, reconciliation, epoch.planner(), sink::delivery, new RowDigest(), KeyComparison.Deleted.GONE,
                suspects -> reconciliation.changedSince(
                        stream, epoch.planner(), suspects.stream().map(Suspect::key).toList()));
        boolean legible = verdict.damage().stream().noneMatch(found -> found.kind() == Finding.Kind.BOOKS);
        long disposed = epoch.mode() == WriteMode.APPEND && legible ? disposed(epoch) : 0;
        return disposed == 0 ? verdict : verdict.withDisposed(disposed);
    }

    private StreamVerdict followed(StreamEpoch epoch, SteppedReconciliation reconciliation) {
        StreamName stream = epoch.stream();
        boolean log = epoch.mode() == WriteMode.APPEND;
        Function<StreamName, Optional<Delivery>> target = log ? logs : sink::delivery;
        RowDigest digest = new RowDigest();
        KeyComparison.Deleted deleted = sink.keepsDeleted(epoch.mode()) ? KeyComparison.Deleted.STAY : KeyComparison.Deleted.GONE;
        try {
            return new FollowedComparison(
                    stream, reconciliation, () -> progress.newest().apply(stream), new Patience(progress.patience()),
                    (planner, judge) -> compare(stream, reconciliation, planner, target, digest, deleted, judge)).run(epoch);
        } catch (WindrowException e) {
            // A log of which a part is gone makes other rows, so none of them is compared.
            if (log && (e.kind() == ErrorKind.EXTERNAL_PERMANENT || e.kind() == ErrorKind.DATA)) {
                return StreamVerdict.undecided(stream, e).damaged(damage(epoch));
            }
            throw e;
        }
    }

    /** What of the delivery is gone or damaged. */
    private List<Finding> damage(StreamEpoch epoch) {
        Optional<DeliveryAudit> offered = sink.audit(epoch.stream());
        if (offered.isEmpty()) {
            return List.of();
        }
        try (DeliveryAudit audit = offered.get()) {
            List<Commit> commits = audit.commits();
            long first = first(commits, epoch);
            return commits.stream()
                    .filter(commit -> commit.shown() && commit.identity().generation() >= first)
                    .flatMap(commit -> audit.examine(commit, rows -> {}).findings().stream())
                    .filter(found -> found.kind() != Finding.Kind.UNDECIDABLE)
                    .toList();
        }
    }

    private StreamVerdict compare(
            StreamName stream,
            SteppedReconciliation reconciliation,
            PlannerState delivered,
            Function<StreamName, Optional<Delivery>> target,
            RowDigest digest,
            KeyComparison.Deleted deleted,
            Function<List<Suspect>, List<Reconciliation.Change>> judge) {
        return new Comparison(
                stream, reconciliation, delivered, () -> target.apply(stream), digest, judge,
                () -> quoted(stream, reconciliation, delivered), deleted, depth, listener).run();
    }

    /** The target may show rows of an older generation too, whose keys no mask hid, or another one. */
    private TargetKeys quoted(StreamName stream, SteppedReconciliation reconciliation, PlannerState delivered) {
        if (!reconciliation.hidesKey(stream, delivered)) {
            return TargetKeys.SHOWN;
        }
        Optional<DeliveryAudit> offered = sink.audit(stream);
        if (offered.isEmpty()) {
            return TargetKeys.WITHHELD;
        }
        Map<String, String> policies = reconciliation.policies(stream, delivered);
        try (DeliveryAudit audit = offered.get()) {
            return audit.commits().stream()
                            .filter(Commit::shown)
                            .allMatch(commit -> commit.ledger()
                                    .map(LedgerEntry::parse)
                                    .filter(then -> MaskTransform.isSame(then.policies(), policies))
                                    .isPresent())
                    ? TargetKeys.SHOWN
                    : TargetKeys.WITHHELD;
        }
    }

    /** Commits of the delivery whose rows have been deleted since; an earlier delivery had none that this one lacks. */
    private long disposed(StreamEpoch epoch) {
        Optional<DeliveryAudit> offered = sink.audit(epoch.stream());
        if (offered.isEmpty()) {
            return 0;
        }
        try (DeliveryAudit audit = offered.get()) {
            List<Commit> commits = audit.commits();
            long first = first(commits, epoch);
            return commits.stream()
                    .filter(commit -> commit.standing() == DeliveryAudit.Standing.DISPOSED)
                    .filter(commit -> commit.identity().generation() >= first || !epoch.completesGeneration())
                    .count();
        }
    }

    /** The first generation of the delivery that the epoch carries on. */
    private static long first(List<Commit> commits, StreamEpoch epoch) {
        return Lineage.generations(
                        commits.stream().flatMap(commit -> commit.ledger().stream()).map(LedgerEntry::parse).toList(),
                        epoch.generation())
                .first();
    }

    /**
     * What shaped the rows; under which other key they could have been joined shapes nothing, and where they come from is
     * not compared.
     */
    private static Map<String, String> treatment(Map<String, String> policies) {
        Map<String, String> treatment = new TreeMap<>(policies);
        treatment.remove("mask.previous");
        treatment.remove(MaskTransform.COLUMNS);
        treatment.remove("provenance");
        return treatment;
    }
}
