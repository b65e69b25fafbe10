package io.windrow.api.batch;

/**
 * A number that adds up over batches, splits and epochs: how often something was seen and between which bounds. What it
 * measures stands in its name, for example {@code event_time:created_at} in microseconds since 1970.
 *
 * @param count how many values
 * @param min the smallest; {@link Long#MAX_VALUE} if there is none
 * @param max the largest; {@link Long#MIN_VALUE} if there is none
 */
public record Measure(long count, long min, long max) {
    /** Nothing seen. */
    public static final Measure NONE = new Measure(0, Long.MAX_VALUE, Long.MIN_VALUE);

    /** Something without bounds, seen so often. */
    public static Measure ofCount(long count) {
        return new Measure(count, Long.MAX_VALUE, Long.MIN_VALUE);
    }

    /** Both together. */
    public Measure plus(Measure other) {
        return new Measure(count + other.count, Math.min(min, other.min), Math.max(max, other.max));
    }
}
