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
 * not moved although others wrote. Lives as long as the source, over all attempts of a run. The planner's thread observes, the
 * reader's asks whether it may go on.
 */
final class SlotWatch {
    private final ChangesConfig config;
    private final Map<StreamName, WindrowException> failed = new ConcurrentHashMap<>();
    private volatile @Nullable WindrowException stopped;
    private boolean seen;
    private long confirmed;
    private long movedAt;
    private long warnAt;

    SlotWatch(ChangesConfig config) {
        this.config = config;
        this.warnAt = config.warnRetained().bytes();
    }

    /**
     * Takes in how the slot stands.
     *
     * @param nanos the {@link System#nanoTime()} at which it did
     * @return why that is more than the pipeline allows, if it is
     */
    Optional<String> observe(String slot, SlotFacts facts, long nanos, Context context) {
        context.levels().show(Levels.Level.LOG_RETAINED, facts.retained());
        if (!seen || facts.confirmed() != confirmed || facts.behind() <= 0) {
            seen = true;
            confirmed = facts.confirmed();
            movedAt = nanos;
        }
        if (warnAt > 0 && facts.retained() > warnAt) {
            warnAt = facts.retained() * 2;
            context.notices().tell(
                    "postgres.log_retained",
                    "Slot " + slot + " holds back " + facts.amount() + ": the disk fills until the streams have caught up.");
        }
        long limit = config.limitRetained().bytes();
        if (limit > 0 && facts.retained() > limit) {
            return Optional.of("slot " + slot + " holds back " + facts.amount() + ", limit_retained is " + limit + " bytes");
        }
        long behind = config.limitBehind().toNanos();
        if (behind > 0 && nanos - movedAt > behind) {
            return Optional.of("slot " + slot + " has not moved for longer than limit_behind allows, and " + facts.behind()
                    + " bytes were written since");
        }
        return Optional.empty();
    }

    /** Nobody can move the slot now, since a table is copied first: for how long it has not is counted from the next look on. */
    void waits() {
        seen = false;
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
