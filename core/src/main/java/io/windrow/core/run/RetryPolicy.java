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
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final double FACTOR = 2.5;

    public RetryPolicy {
        if (attempts < 0 || first.isNegative() || longest.compareTo(first) < 0 || factor < 1) {
            throw new IllegalArgumentException("A retry policy must not have negative or shrinking pauses");
        }
    }

    /**
     * As many attempts as make an outage of the given length be outlived: the pauses grow from half a second to half a
     * minute, and the shortest that they can be last so long together.
     *
     * @param outage 0 or more; 0: nothing is tried again
     */
    public static RetryPolicy lasting(Duration outage) {
        RetryPolicy policy = new RetryPolicy(0, FIRST, LONGEST, FACTOR);
        int attempts = 0;
        for (Duration paused = Duration.ZERO; paused.compareTo(outage) < 0; attempts++) {
            paused = paused.plus(policy.pause(attempts + 1, 0));
        }
        return new RetryPolicy(attempts, FIRST, LONGEST, FACTOR);
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

    /** The pause before what has failed more often than that is tried once more, if it is; a failure after it is one in a row still. */
    public Duration afterAll() {
        return longest.multipliedBy(5);
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
