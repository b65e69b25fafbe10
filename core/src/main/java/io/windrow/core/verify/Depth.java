package io.windrow.core.verify;

/** How deeply windows are compared that agree. One that disagrees is always followed to its keys. */
public enum Depth {
    /** Rows and exact sums, those of the source computed by the source itself. Values are not compared. */
    COUNTS,
    /** Also hash sums of all values of all rows, the source's read again through the codec of a run. */
    HASHES,
    /** Every row by its key. */
    KEYS
}
