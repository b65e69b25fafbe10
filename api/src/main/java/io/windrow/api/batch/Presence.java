package io.windrow.api.batch;

/** What stands in a cell (I8). The ordinal is the value in a presence vector. */
public enum Presence {
    /** A value, which the data vector holds. */
    PRESENT,
    /** SQL null or its like. */
    NULL,
    /** The source says that the value did not change and does not send it. */
    UNCHANGED,
    /** The source does not say anything about this column. */
    ABSENT
}
