package io.windrow.core.run;

import io.windrow.api.error.ErrorKind;
import java.time.Duration;

/**
 * How often and after what pauses a failure is tried again. Immutable.
 *
 * @param attempts how many failures in a row without progress are met with another attempt, 0 or more
 * @param first the pause after the first failure, before jitter
 * @param longest the longest pause, before jitter
 * @param factor by how much each pause is longer than the one before, 1 or more
 */
public record RetryPolicy(int attempts, Duration first, Duration longest, double factor) {
    /** Five attempts over about half a minute. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(30), 2.5);

    public RetryPolicy {
        if (attempts < 0 || first.isNegative() || longest.compareTo(first) < 0 || factor < 1) {
            throw new IllegalArgumentException("A retry policy must not have negative or shrinking pauses");
        }
    }

    /**
     * Decides about one failure: the only place where an error's kind turns into an action.
     *
     * @param kind the kind of the error
     * @param failures failures in a row without progress, this one included, from 1
     * @param chance a number in [0, 1) that spreads the pauses of many runners apart
     */
    public Verdict judge(ErrorKind kind, int failures, double chance) {
        return switch (kind) {
            case EXTERNAL_TRANSIENT -> failures <= attempts
                    ? new Verdict.Retry(pause(failures, chance))
                    : new Verdict.Park();
            case USER, EXTERNAL_PERMANENT, DATA, BUG -> new Verdict.Park();
            case RESOURCE -> new Verdict.Drain();
            case UNKNOWN_OUTCOME -> new Verdict.Freeze();
        };
    }

    /**
     * For a run at whose first connection nobody listened: the address is more often wrong than the other side down, and
     * whoever started the run waits for the answer. Three attempts at most, within about two seconds.
     */
    public RetryPolicy whenNobodyListens() {
        return new RetryPolicy(Math.min(attempts, 2), first, longest, factor);
    }

    /** What has gone well for so long has not failed in a row with what was before. */
    public Duration settled() {
        return longest.multipliedBy(10);
    }

    /** The pause after so many failures in a row: grows by the factor up to the longest, then between half and all of it. */
    public Duration pause(int failures, double chance) {
        double whole = first.toNanos() * Math.pow(factor, Math.max(0, failures - 1));
        double capped = Math.min(whole, longest.toNanos());
        return Duration.ofNanos((long) (capped * (0.5 + chance / 2)));
    }
}
