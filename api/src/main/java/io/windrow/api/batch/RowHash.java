package io.windrow.api.batch;

/**
 * A sum of keyed 128-bit row hashes modulo 2^128. Addition commutes, so the hash of a set of rows does not depend on
 * their order, and hashes of parts add up to the hash of the whole.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record RowHash(long high, long low) {
    /** The hash of no rows. */
    public static final RowHash ZERO = new RowHash(0, 0);

    /** The hash of both sets of rows together. */
    public RowHash plus(RowHash other) {
        long newLow = low + other.low;
        long carry = Long.compareUnsigned(newLow, low) < 0 ? 1 : 0;
        return new RowHash(high + other.high + carry, newLow);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "%016x%016x", high, low);
    }

    /** The inverse of {@link #toString()}. */
    public static RowHash parse(String text) {
        if (text.length() != 32) {
            throw new IllegalArgumentException("A row hash has 32 hexadecimal digits: " + text);
        }
        return new RowHash(Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16));
    }
}
