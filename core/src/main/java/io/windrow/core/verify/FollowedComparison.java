package io.windrow.core.verify;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Reconciliation.Change;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compares a stream that follows a log with its target while both may go on. The source is read as of one moment, and the
 * target once it has come to that moment; it may have come further, so that keys differ which are changed just then. A key
 * counts only if it differs again, as of another moment, with the same row on either side.
 */
final class FollowedComparison {
    private static final int LOOKS = 2;
    private static final int REMEMBERED = 200_000;

    private final StreamName stream;
    private final Reconciliation source;
    private final Supplier<Optional<StreamState>> newest;
    private final Patience patience;
    private final BiFunction<PlannerState, Function<List<Suspect>, List<Change>>, StreamVerdict> look;
    private Set<Suspect> before = Set.of();
    private Set<Suspect> now = new HashSet<>();

    /**
     * A comparison.
     *
     * @param newest the stream as the state store has it at that time
     * @param patience how long the target may take to come to the moment of a look
     * @param look compares once, as of the moment of the source's last {@code begin}
     */
    FollowedComparison(
            StreamName stream,
            Reconciliation source,
            Supplier<Optional<StreamState>> newest,
            Patience patience,
            BiFunction<PlannerState, Function<List<Suspect>, List<Change>>, StreamVerdict> look) {
        this.stream = stream;
        this.source = source;
        this.newest = newest;
        this.patience = patience;
        this.look = look;
    }

    /** The verdict. The first look needs no moment to be reached: what is equal is equal. */
    StreamVerdict run(StreamEpoch epoch) {
        StreamVerdict verdict = look.apply(epoch.planner(), this::undecided);
        boolean reached = true;
        for (int i = 0; i < LOOKS && !verdict.settled() && reached; i++) {
            source.begin();
            Optional<StreamEpoch> there = reached();
            reached = there.isPresent();
            if (reached) {
                before = now;
                now = new HashSet<>();
                boolean first = i == 0;
                verdict = look.apply(there.get().planner(), first ? this::undecided : this::judged);
            }
        }
        return reached
                ? verdict
                : verdict.because("the target has not come to this moment of the source within " + patience.seconds()
                        + " s: run the pipeline, or let it follow, and verify again");
    }

    /** Waits until all that the source shows at its moment is committed; gives the epoch that did it. */
    private Optional<StreamEpoch> reached() {
        return patience.await(() -> newest.get().flatMap(StreamState::committed).filter(this::holds));
    }

    private boolean holds(StreamEpoch epoch) {
        return source.holds(stream, epoch.planner(), places(epoch)).orElse(true);
    }

    static List<Position> places(StreamEpoch epoch) {
        return epoch.openSplits().values().stream().map(OpenSplit::position).flatMap(Optional::stream).toList();
    }

    private List<Change> undecided(List<Suspect> suspects) {
        remember(suspects);
        return suspects.stream().map(suspect -> Change.UNDECIDABLE).toList();
    }

    private List<Change> judged(List<Suspect> suspects) {
        List<Change> changes = new ArrayList<>();
        for (Suspect suspect : suspects) {
            changes.add(before.contains(suspect)
                    ? Change.UNCHANGED
                    : before.size() < REMEMBERED ? Change.CHANGED : Change.UNDECIDABLE);
        }
        return changes;
    }

    private void remember(List<Suspect> suspects) {
        for (Suspect suspect : suspects) {
            if (now.size() == REMEMBERED) {
                return;
            }
            now.add(suspect);
        }
    }
}
