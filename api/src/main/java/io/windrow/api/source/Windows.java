package io.windrow.api.source;

import java.util.List;
import java.util.Optional;

/**
 * A cut of a stream into windows of one column, and what a source can sum up of each by itself. Window 0 holds the rows
 * whose column is null; window {@code 1 + n} those at or above {@code n} of the cuts. Without a column all rows are in
 * window 1.
 *
 * @param column the column; one of the key
 * @param order by which values are compared with the cuts, on both sides
 * @param cuts ascending by the order, without repetition, in the form that the order names
 * @param measures what is summed up per window
 */
public record Windows(Optional<String> column, Order order, List<String> cuts, List<Measure> measures) {
    /** One window, and nothing but rows is counted. */
    public static final Windows NONE = new Windows(Optional.empty(), Order.WHOLE, List.of(), List.of());

    public Windows {
        cuts = List.copyOf(cuts);
        measures = List.copyOf(measures);
    }

    /** How many windows there are, that of the nulls included. */
    public int count() {
        return cuts.size() + 2;
    }

    /**
     * An order in which a source and Java cannot differ. Texts have none but that of their bytes: what a collation makes of
     * them is known to the database alone.
     */
    public enum Order {
        /** Whole numbers, cuts in decimal digits. */
        WHOLE,
        /** Decimal numbers, cuts in decimal digits. */
        DECIMAL,
        /** Days, cuts as {@link java.time.LocalDate} prints them. */
        DATE,
        /** Dates with times of a day, cuts as {@link java.time.LocalDateTime} prints them. */
        DATE_TIME,
        /** Moments, cuts as {@link java.time.Instant} prints them. */
        INSTANT,
        /** The sixteen bytes of a UUID, unsigned; cuts in the form 8-4-4-4-12. */
        UUID,
        /** The bytes of a text in UTF-8, unsigned, whatever its collation; cuts are the texts. */
        BYTES
    }

    /** The values of windows {@code first} to {@code last}, neither of which is 0. */
    public Range range(int first, int last) {
        return new Range(
                first == 1 ? Optional.empty() : Optional.of(cuts.get(first - 2)),
                last == count() - 1 ? Optional.empty() : Optional.of(cuts.get(last - 1)));
    }

    /** Values from {@code low} up to but without {@code high}. */
    public record Range(Optional<String> low, Optional<String> high) {}

    /**
     * One column summed up exactly.
     *
     * @param column its name
     * @param kind what is added
     */
    public record Measure(String column, Kind kind) {
        /** What is added; a null adds nothing. */
        public enum Kind {
            /** 1 for each value that is not null. */
            PRESENT,
            /** The whole or decimal number. */
            VALUE,
            /** The count of days since 1970-01-01. */
            DAYS,
            /** The length in bytes of UTF-8. */
            LENGTH
        }
    }

    /**
     * What one window holds.
     *
     * @param window its number
     * @param rows how many rows
     * @param sums for each measure in order, a decimal number as text
     */
    public record Totals(int window, long rows, List<String> sums) {
        public Totals {
            sums = List.copyOf(sums);
        }
    }
}
