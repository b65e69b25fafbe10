package io.windrow.connectors.postgres.codec;

/** The kinds of value that PostgreSQL has and a target type may lack. */
public enum OutOfRangeKind {
    /** numeric NaN in a decimal. */
    NAN("NaN"),
    /** Positive infinity of a numeric, date, timestamp or interval. */
    INFINITY("infinity"),
    /** Negative infinity of a numeric, date, timestamp or interval. */
    NEGATIVE_INFINITY("-infinity"),
    /** A number with more digits than its column declares. */
    TOO_MANY_DIGITS("a number of more digits than declared"),
    /** A timestamp that 64 bits of microseconds since 1970 cannot hold (after 294247-01-10). */
    BEYOND_MICROSECONDS("a timestamp beyond 64 bits of microseconds since 1970"),
    /** The time of day 24:00:00. */
    END_OF_DAY("the time 24:00:00");

    private final String description;

    OutOfRangeKind(String description) {
        this.description = description;
    }

    /** For people, as the object of a sentence. */
    public String description() {
        return description;
    }
}
