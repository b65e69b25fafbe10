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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compares a stream that follows a log with its target while both may go on. The source is read as of one moment, and the
 * target once it has come to that moment; it may have come further, so that keys differ which are changed just then.
 *
 * <p>A key counts if it differs as of two moments with the same row on either side, and the source tells that nothing has written
 * its row in between. The target was read between the two, after it had come to the first: it had to show that very row, however
 * often the row is changed at other times. So no row that is changed to and fro is taken for one that differs. Of a row that the
 * source does not have, and behind a mask of the key, the source tells nothing: such a key counts if it differs in the same way as of
 * {@value #LOOKS} moments. Only of a row that is deleted and inserted again all the time, always with the same values, about one in
 * 4<sup>4</sup> could do so by chance.
 */
final class FollowedComparison {
    private static final int LOOKS = 5;
    private static final int LEAST = 2;
    private static final int REMEMBERED = 200_000;

    private final StreamName stream;
    private final Reconciliation source;
    private final Supplier<Optional<StreamState>> newest;
    private final Patience patience;
    private final BiFunction<PlannerState, Function<List<Suspect>, List<Change>>, StreamVerdict> look;
    private Map<Suspect, Seen> before = Map.of();
    private Map<Suspect, Seen> now = new HashMap<>();
    /** Whether there is a key that another look can tell more of. */
    private boolean open;

    /**
     * How a key that differs was seen last.
     *
     * @param version of the source's row; empty: there is none, or nobody knows
     * @param looks in so many looks in a row it differed in this way
     */
    private record Seen(Optional<String> version, int looks) {}

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
        StreamVerdict verdict = look.apply(epoch.planner(), suspects -> Collections.nCopies(suspects.size(), Change.UNDECIDABLE));
        boolean reached = true;
        for (int i = 0; i < LOOKS && (i < LEAST || open) && !verdict.settled() && reached; i++) {
            source.begin();
            Optional<StreamEpoch> there = reached();
            reached = there.isPresent();
            if (reached) {
                before = now;
                now = new HashMap<>();
                open = false;
                int looks = i + 1;
                PlannerState planner = there.get().planner();
                verdict = look.apply(planner, suspects -> judged(suspects, planner, looks));
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

    private List<Change> judged(List<Suspect> suspects, PlannerState planner, int looks) {
        Map<Suspect, String> versions = versions(suspects, planner, looks);
        List<Change> changes = new ArrayList<>();
        for (Suspect suspect : suspects) {
            Optional<Seen> was = Optional.ofNullable(before.get(suspect));
            Seen is = new Seen(Optional.ofNullable(versions.get(suspect)), was.map(Seen::looks).orElse(0) + 1);
            if (now.size() < REMEMBERED) {
                now.put(suspect, is);
            }
            changes.add(looks == 1 ? undecided() : was.isPresent() ? judged(was.get(), is, looks) : unseen());
        }
        return changes;
    }

    /** The versions of the source's rows, where they are known: of no more than are remembered. */
    private Map<Suspect, String> versions(List<Suspect> suspects, PlannerState planner, int looks) {
        List<Suspect> asked = looks > 1
                ? suspects.stream().filter(before::containsKey).toList()
                : suspects.subList(0, Math.min(suspects.size(), REMEMBERED - now.size()));
        List<Optional<String>> versions = source.versions(stream, planner, asked.stream().map(Suspect::key).toList());
        Map<Suspect, String> known = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            Suspect suspect = asked.get(i);
            versions.get(i).ifPresent(version -> known.put(suspect, version));
        }
        return known;
    }

    /** Of a key that has not differed in this way before. */
    private Change unseen() {
        return before.size() < REMEMBERED ? Change.CHANGED : Change.UNDECIDABLE;
    }

    private Change judged(Seen was, Seen is, int looks) {
        if (is.version.isPresent() && was.version.isPresent()) {
            return is.version.equals(was.version) ? Change.UNCHANGED : Change.CHANGED;
        }
        return is.looks < looks ? Change.CHANGED : is.looks == LOOKS ? Change.UNCHANGED : undecided();
    }

    private Change undecided() {
        open = true;
        return Change.UNDECIDABLE;
    }
}
