package io.windrow.core.run;

import java.time.Duration;

/**
 * Bounds the retries of a whole run, so that a stream which makes a little progress before each failure does not retry
 * without pause. Starts full; every retry spends one; delivered rows and time that passes earn retries back, up to the start
 * value: a run that follows for months may fail now and then, and never often at a time. Used by one thread.
 */
public final class RetryBudget {
    private final int capacity;
    private final long rowsPerRetry;
    private final long nanosPerRetry;
    private int left;
    private long earned;
    private long earnedUntil;

    /**
     * A full budget.
     *
     * @param capacity the most retries that can be saved up, 0 or more
     * @param rowsPerRetry delivered rows that earn one retry, 1 or more
     * @param timePerRetry the time in which one more retry is earned, more than 0
     * @param nowNanos the time, as {@link System#nanoTime()} tells it
     */
    public RetryBudget(int capacity, long rowsPerRetry, Duration timePerRetry, long nowNanos) {
        if (capacity < 0 || rowsPerRetry < 1 || timePerRetry.toNanos() < 1) {
            throw new IllegalArgumentException(
                    "A retry budget needs a capacity of 0 or more, 1 row or more per retry and some time per retry");
        }
        this.capacity = capacity;
        this.rowsPerRetry = rowsPerRetry;
        this.nanosPerRetry = timePerRetry.toNanos();
        this.left = capacity;
        this.earnedUntil = nowNanos;
    }

    /**
     * Takes one retry if there is one, and says whether there was.
     *
     * @param nowNanos the time, as {@link System#nanoTime()} tells it
     */
    public boolean spend(long nowNanos) {
        long retries = (nowNanos - earnedUntil) / nanosPerRetry;
        earnedUntil += retries * nanosPerRetry;
        add(retries);
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Rows were committed. */
    public void earn(long rows) {
        earned += rows;
        long retries = earned / rowsPerRetry;
        earned %= rowsPerRetry;
        add(retries);
    }

    private void add(long retries) {
        left = (int) Math.min(capacity, left + retries);
    }

    /** Retries that are left. */
    public int left() {
        return left;
    }
}
