package io.windrow.core.run;

/**
 * A token bucket: so many units (rows, bytes, calls) a second, with a burst of at most one second's worth. A request
 * larger than the bucket is let through and paid for afterwards. Used by one thread; time is an argument.
 */
public final class RateLimit {
    private final double unitsPerNano;
    private final double burst;
    private double tokens;
    private long lastNanos;

    /**
     * A full bucket.
     *
     * @param unitsPerSecond more than 0
     * @param nowNanos {@link System#nanoTime()}
     */
    public RateLimit(double unitsPerSecond, long nowNanos) {
        if (!(unitsPerSecond > 0)) {
            throw new IllegalArgumentException("A rate limit must be more than 0 units a second");
        }
        this.unitsPerNano = unitsPerSecond / 1e9;
        this.burst = unitsPerSecond;
        this.tokens = unitsPerSecond;
        this.lastNanos = nowNanos;
    }

    /** Takes the units and returns how many nanoseconds the caller has to wait before it uses them, 0 if none. */
    public long take(long units, long nowNanos) {
        // A clock that steps back earns nothing.
        tokens = Math.min(burst, tokens + Math.max(0, nowNanos - lastNanos) * unitsPerNano);
        lastNanos = nowNanos;
        tokens -= units;
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / unitsPerNano);
    }
}
