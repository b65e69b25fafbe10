package io.windrow.core.transform.expression;

/** The types of values in an expression. How a value is held stands behind each; see {@link Values}. */
enum Kind {
    /** 0 or 1 in a long. */
    BOOL,
    /** A long. */
    INT,
    /** A long without sign. */
    UINT,
    /** A double. */
    DOUBLE,
    /** Unscaled in a long up to 18 digits, else a BigDecimal. */
    DECIMAL,
    /** UTF-8. */
    STRING,
    /** Bytes. */
    BYTES,
    /** An instant: microseconds since 1970-01-01T00:00Z in a long. */
    TIMESTAMP,
    /** A local date and time: microseconds in a long. */
    DATETIME,
    /** Days since 1970-01-01 in a long. */
    DATE,
    /** Microseconds since midnight in a long. */
    TIME,
    /** Microseconds in a long. */
    DURATION,
    /** Nothing but null. */
    NULL,
    /** A value that only a null test can look at. */
    OTHER;

    boolean text() {
        return this == STRING || this == BYTES;
    }
}
