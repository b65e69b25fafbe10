package io.windrow.core.run;

/**
 * Bounds the retries of a whole run, so that a stream which makes a little progress before each failure cannot retry for
 * ever. Starts full; every retry spends one; every so many rows earn one back, up to the start value. Used by one thread.
 */
public final class RetryBudget {
    private final int capacity;
    private final long rowsPerRetry;
    private int left;
    private long earned;

    /**
     * A full budget.
     *
     * @param capacity the most retries that can be saved up, 0 or more
     * @param rowsPerRetry delivered rows that earn one retry, 1 or more
     */
    public RetryBudget(int capacity, long rowsPerRetry) {
        if (capacity < 0 || rowsPerRetry < 1) {
            throw new IllegalArgumentException("A retry budget needs a capacity of 0 or more and 1 row or more per retry");
        }
        this.capacity = capacity;
        this.rowsPerRetry = rowsPerRetry;
        this.left = capacity;
    }

    /** Takes one retry if there is one, and says whether there was. */
    public boolean spend() {
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
        left = (int) Math.min(capacity, left + retries);
    }

    /** Retries that are left. */
    public int left() {
        return left;
    }
}
