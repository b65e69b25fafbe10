package io.windrow.core.replay;

import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.transform.mask.MaskTransform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What hinders a difference from being delivered exactly. */
record Hindrances(PlannedStream task, StreamEpoch committed, StreamSteps steps, Scope scope, Disposed disposed, boolean held) {
    /**
     * The first that is found.
     *
     * @param comparing the finished comparison
     * @param written the commits that would be counted as the replay's own
     */
    Optional<Refusal> of(Comparing comparing, List<Commit> written) {
        return when(held && scope instanceof Scope.OfQuarantine, ReplayError.HELD,
                        "it is on legal hold, and rows that are delivered would leave quarantine")
                .or(() -> otherPolicies(written).map(why -> new Refusal(ReplayError.POLICY_CHANGED, why)))
                .or(() -> when(comparing.ambiguous > 0, ReplayError.KEY_NOT_UNIQUE,
                        comparing.ambiguous + " keys stand for several rows of the source"))
                .or(() -> when(steps.repeats().filter(repeats -> !repeats.delivered()).isPresent(), ReplayError.REPEATED_ROWS,
                        "the fields by which its repeated rows are told are not delivered as they are compared"))
                .or(() -> when(steps.output().key().isEmpty() && comparing.missing > 0 && task.read() == ReadMode.INCREMENTAL,
                        ReplayError.NO_KEY, comparing.missing + " rows are not in the window any more"))
                .or(() -> disposed.hindrance(scope, steps.output(), comparing.added)
                        .map(why -> new Refusal(ReplayError.DISPOSED, why)));
    }

    private static Optional<Refusal> when(boolean holds, ReplayError error, String why) {
        return holds ? Optional.of(new Refusal(error, why)) : Optional.empty();
    }

    /** Under which other policies rows were delivered that an applied replay would count as its own. */
    private Optional<String> otherPolicies(List<Commit> written) {
        if (scope instanceof Scope.OfQuarantine && task.write() == WriteMode.APPEND) {
            // Nothing is written anew: the rows stand beside older ones, as those of a next run would.
            MaskTransform.continues(task.stream(), committed.ledger().policies(), steps.policies(), Optional.empty());
            return Optional.empty();
        }
        Map<String, String> now = treatment(steps.policies());
        for (Commit commit : written) {
            Optional<Map<String, String>> then = commit.ledger().map(LedgerEntry::parse).map(LedgerEntry::policies);
            if (then.isPresent()
                    && !(treatment(then.get()).equals(now) && MaskTransform.isSame(then.get(), steps.policies()))) {
                return Optional.of("epoch " + commit.identity().epoch() + " was delivered under " + then.get()
                        + ", the pipeline file has " + steps.policies());
            }
        }
        return Optional.empty();
    }

    /** What shaped the rows, but for the mask, which may know other columns. */
    private Map<String, String> treatment(Map<String, String> policies) {
        Map<String, String> treatment = new TreeMap<>(policies);
        treatment.keySet().removeIf(name -> name.startsWith(MaskTransform.POLICY));
        treatment.remove("provenance");
        if (scope instanceof Scope.OfQuarantine) {
            // That the contract is another one now is what such a replay is for; it changes no value.
            treatment.remove("contract");
        }
        return treatment;
    }
}
