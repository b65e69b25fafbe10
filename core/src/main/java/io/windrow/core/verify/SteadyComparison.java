package io.windrow.core.verify;

import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Compares a stream again where something was delivered meanwhile. The source is read as of one moment, and the target as it
 * is when it is opened: what was committed in between has rows that the moment does not show, and lacks others that it
 * shows. Nothing changes at the target but while the state store has an epoch as PREPARED (I3), so the store tells.
 */
final class SteadyComparison {
    private static final int LOOKS = 3;

    private final StreamName stream;
    private final Supplier<Optional<StreamState>> newest;
    private final Patience patience;
    private final Function<StreamState, StreamVerdict> look;
    private final Predicate<StreamState> bearing;

    /**
     * A comparison.
     *
     * @param newest the stream as the state store has it at that time
     * @param patience how long an epoch may take to be settled
     * @param look compares once, as of a moment of the source that it chooses itself
     * @param bearing asked after a look, whether it bears deliveries that come in between
     */
    SteadyComparison(
            StreamName stream,
            Supplier<Optional<StreamState>> newest,
            Patience patience,
            Function<StreamState, StreamVerdict> look,
            Predicate<StreamState> bearing) {
        this.stream = stream;
        this.newest = newest;
        this.patience = patience;
        this.look = look;
        this.bearing = bearing;
    }

    StreamVerdict run() {
        Optional<StreamState> before = newest.get();
        for (int looks = 1; before.isPresent(); looks++) {
            StreamVerdict verdict = look.apply(before.get());
            // What is equal is equal, whatever came in between.
            if (verdict.settled() || bearing.test(before.get())) {
                return verdict;
            }
            Optional<StreamState> after = newest.get();
            if (after.isPresent() && isSteady(before.get(), after.get())) {
                return verdict;
            }
            if (looks == LOOKS) {
                return verdict.disturbed("the target was delivered to during each of " + LOOKS
                        + " comparisons, so that what differs may be what came in between: verify again while no run commits");
            }
            before = patience.await(() -> newest.get().filter(state -> state.prepared().isEmpty()));
            Optional<StreamEpoch> underWay = before.isPresent() ? Optional.empty() : newest.get().flatMap(StreamState::prepared);
            if (underWay.isPresent()) {
                return verdict.disturbed("epoch " + underWay.get().epoch() + " has been on its way into the "
                        + "target for " + patience.seconds() + " s, so that what differs may be a part of it: run again, then verify");
            }
        }
        return StreamVerdict.undecided(stream, "the state store knows nothing of it any more");
    }

    private static boolean isSteady(StreamState before, StreamState after) {
        return before.prepared().isEmpty()
                && after.prepared().isEmpty()
                && before.generation() == after.generation()
                && before.lastEpoch() == after.lastEpoch()
                && before.committed().map(StreamEpoch::epoch).equals(after.committed().map(StreamEpoch::epoch));
    }
}
