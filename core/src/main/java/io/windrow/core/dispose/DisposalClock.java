package io.windrow.core.dispose;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * What time it is, for what is deleted for good by its age (G16): by the state store's server, else by the context's clock.
 *
 * @param store says it, and when its pipeline delivered last
 * @param context names the pipeline
 * @param trust whether a time that does not fit the ledger is believed
 */
record DisposalClock(StateStore store, Context context, Trust trust) {
    /** So much the clocks of the machines that wrote the ledger may be ahead. */
    private static final Duration AHEAD = Duration.ofHours(1);
    private static final Duration BACK = Duration.ofDays(2 * 366);

    /** Whether the clock is believed. */
    enum Trust {
        /** As long as the ledger does not speak against it. */
        EXAMINED,
        /** Whatever the ledger says. */
        GIVEN
    }

    Instant now() {
        return store.serverTime().orElseGet(context.clock()::instant);
    }

    /** Refuses a time before the newest ledger entry, or so long after it that a clock that jumped is likelier than a pipeline at rest. */
    void expectPlausible(Instant now) {
        Optional<Instant> newest = store.load(context.pipeline()).stream()
                .flatMap(state -> state.committed().stream())
                .map(StreamEpoch::ledger)
                .map(LedgerEntry::cut)
                .max(Comparator.naturalOrder());
        if (trust == Trust.EXAMINED && newest.isPresent()
                && (newest.get().isAfter(now.plus(AHEAD)) || newest.get().isBefore(now.minus(BACK)))) {
            throw WindrowException.of(
                    DisposeError.CLOCK,
                    "Disposing of what " + context.pipeline() + " has kept long enough: it is " + now
                            + (store.serverTime().isPresent() ? " by the state store's server" : " by this machine's clock")
                            + ", and the newest entry of the ledger is of " + newest.get());
        }
    }
}
