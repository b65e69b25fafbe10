package io.windrow.api.sink;

/** How rows change the target. */
public enum WriteMode {
    /** Rows are added. A new generation of an unfinished read takes the place of that read's rows. */
    APPEND,
    /** A complete generation takes the place of the one before, at once. */
    REPLACE
}
