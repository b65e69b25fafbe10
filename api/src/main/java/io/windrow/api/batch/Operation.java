package io.windrow.api.batch;

/** What a row says happened to its key. The ordinal is the value in the operation vector. */
public enum Operation {
    /** A new row, or a row read by a snapshot. */
    INSERT,
    /** A row's new state. */
    UPDATE,
    /** A row is gone; at least the key columns are present. */
    DELETE,
    /** All rows of the stream are gone. Its columns are absent. */
    TRUNCATE
}
