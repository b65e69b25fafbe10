package io.windrow.connectors.jdbc.sql;

/** The form in which a value passes through the driver. */
public enum Wire {
    /** A signed 64-bit number: whole numbers, 0 and 1, days, microseconds. */
    LONG,
    /** A 64-bit float. */
    DOUBLE,
    /** Characters; what is no text is in the form of {@code load.CellText}. */
    TEXT,
    /** Bytes. */
    BYTES
}
