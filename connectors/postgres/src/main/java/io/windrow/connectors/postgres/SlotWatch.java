package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.context.Levels;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a slot does to its server, against what the pipeline allows: how much of the log it holds back, and for how long it has
 * not moved although others wrote. The planner's thread observes, the reader's asks whether it may go on.
 */
final class SlotWatch {
    private final ChangesConfig config;
    private final Map<StreamName, WindrowException> failed = new ConcurrentHashMap<>();
    private volatile @Nullable WindrowException stopped;
    private final Stand stand;

    /** How a slot stood when it was looked at last. Outlives the source: each attempt of each run of a process has its own. */
    static final class Stand {
        private boolean seen;
        private long confirmed;
        private long movedAt;
        private long warnAt;
    }

    SlotWatch(ChangesConfig config, Stand stand) {
        this.config = config;
        this.stand = stand;
    }

    /**
     * Takes in how the slot stands.
     *
     * @param nanos the {@link System#nanoTime()} at which it did
     * @return why that is more than the pipeline allows, if it is
     */
    Optional<String> observe(String slot, SlotFacts facts, long nanos, Context context) {
        context.levels().show(Levels.Level.LOG_RETAINED, facts.retained());
        context.levels().show(Levels.Level.LOG_BEHIND, Math.max(0, facts.behind()));
        long stood = stood(facts, nanos);
        long warnAt = Math.max(stand.warnAt, config.warnRetained().bytes());
        if (warnAt > 0 && facts.retained() > warnAt) {
            stand.warnAt = facts.retained() * 2;
            context.notices().tell(
                    "postgres.log_retained",
                    "Slot " + slot + " holds back " + facts.amount() + ": the disk fills until the streams have caught up.");
        }
        long limit = config.limitRetained().bytes();
        if (limit > 0 && facts.retained() > limit) {
            return Optional.of("slot " + slot + " holds back " + facts.amount() + ", limit_retained is " + limit + " bytes");
        }
        long behind = config.limitBehind().toNanos();
        if (behind > 0 && stood > behind) {
            return Optional.of("slot " + slot + " has not moved for longer than limit_behind allows, and " + facts.behind()
                    + " bytes were written since");
        }
        return Optional.empty();
    }

    /** For how long it has not moved although others wrote. */
    private long stood(SlotFacts facts, long nanos) {
        if (!stand.seen || facts.confirmed() != stand.confirmed || facts.behind() <= 0) {
            stand.seen = true;
            stand.confirmed = facts.confirmed();
            stand.movedAt = nanos;
        }
        return nanos - stand.movedAt;
    }

    /** Nobody can move the slot now, since a table is copied first: for how long it has not is counted from the next look on. */
    void waits() {
        stand.seen = false;
    }

    /** From now on nothing more is read from the slot. */
    void stop(WindrowException why) {
        stopped = why;
    }

    /** From now on nothing more is read of the stream. */
    void fail(StreamName stream, WindrowException why) {
        failed.put(stream, why);
    }

    /** A plan begins, which judges anew. */
    void planned() {
        stopped = null;
        failed.clear();
    }

    /** The streams of which nothing more is read. */
    Map<StreamName, WindrowException> failed() {
        return failed;
    }

    /** Throws why nothing more is to be read, if that is so. */
    void expectAllowed() {
        WindrowException why = stopped;
        if (why != null) {
            throw why;
        }
    }
}
