package io.windrow.api.source;

/** How a stream is read. */
public enum ReadMode {
    /** All rows as of one moment. */
    SNAPSHOT,
    /** Rows with a cursor value at or above the saved bound. */
    INCREMENTAL,
    /** The change stream, after a first snapshot. */
    CDC
}
