package io.windrow.core.run;

import java.time.Duration;

/**
 * Keeps many readers from hammering a system that is down: after so many failures in a row it lets nobody through for a
 * while, then one to probe. Used by one thread; time is an argument.
 */
public final class Breaker {
    private final int threshold;
    private final long restNanos;
    private int failures;
    private long openedNanos;
    private boolean probing;

    /**
     * A closed breaker, which lets everybody through.
     *
     * @param threshold failures in a row that open it, 1 or more
     * @param rest how long it stays open before one caller may probe
     */
    public Breaker(int threshold, Duration rest) {
        if (threshold < 1) {
            throw new IllegalArgumentException("A breaker opens after 1 failure or more");
        }
        this.threshold = threshold;
        this.restNanos = rest.toNanos();
    }

    /** Whether a caller may try now. While it is open and rested, exactly one may, until that one reports. */
    public boolean admits(long nowNanos) {
        if (failures < threshold) {
            return true;
        }
        if (probing || nowNanos - openedNanos < restNanos) {
            return false;
        }
        probing = true;
        return true;
    }

    /** A try worked: the breaker is closed. */
    public void succeeded() {
        failures = 0;
        probing = false;
    }

    /** A try failed. */
    public void failed(long nowNanos) {
        failures++;
        probing = false;
        if (failures >= threshold) {
            openedNanos = nowNanos;
        }
    }
}
