package io.windrow.api.source;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The rows of a stream whose value in one column lies within bounds. A row without a value in the column is in none. Bounds
 * are data: no part of them is ever taken for a query (H19).
 *
 * @param column the column, as the source calls it
 * @param from the first value that is in it; empty: there is no lower bound
 * @param to where it ends; empty: there is no upper bound
 * @param end whether {@code to} itself is in it
 */
public record Slice(String column, Optional<Bound> from, Optional<Bound> to, End end) {
    /** Whether the upper bound belongs to the slice. */
    public enum End {
        /** It does not. */
        EXCLUSIVE,
        /** It does. */
        INCLUSIVE
    }

    /**
     * One bound.
     *
     * @param text as the source spells the value
     * @param value the same in the unit of the delivered vectors: the number itself, for dates days and for times
     *     microseconds since 1970-01-01 (UTC)
     */
    public record Bound(String text, BigDecimal value) {}

    /** Every row that has a value in the column. */
    public static Slice whole(String column) {
        return new Slice(column, Optional.empty(), Optional.empty(), End.EXCLUSIVE);
    }

    /** Whether a delivered value lies in the slice. */
    public boolean holds(BigDecimal value) {
        if (from.isPresent() && value.compareTo(from.get().value()) < 0) {
            return false;
        }
        int last = end == End.INCLUSIVE ? 0 : -1;
        return to.isEmpty() || value.compareTo(to.get().value()) <= last;
    }

    /** Whether no value can lie in it. */
    public boolean isEmpty() {
        return from.isPresent() && to.isPresent() && !holds(from.get().value());
    }

    @Override
    public String toString() {
        return column + " from " + from.map(Bound::text).orElse("the lowest") + " up to "
                + (end == End.INCLUSIVE || to.isEmpty() ? "and with " : "but without ")
                + to.map(Bound::text).orElse("the highest");
    }
}
