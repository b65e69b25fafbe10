package io.windrow.api.sink;

/** How rows change the target. */
public enum WriteMode {
    /** Rows are added. A new generation of an unfinished read takes the place of that read's rows. */
    APPEND,
    /** A complete generation takes the place of the one before, at once. */
    REPLACE,
    /** A row takes the place of the one with its key, or is added. Nothing is ever removed: deletes are counted as filtered. */
    UPSERT,
    /**
     * The target holds what the source holds: rows are replaced by key, and removed (or marked, if the sink is set so) when
     * they are deleted. Without changes in a batch every row is one to replace. A new generation begins with an empty target.
     */
    MIRROR,
    /** Every change adds a version of its row, valid from its commit until that of the next (a slowly changing dimension, type 2). */
    HISTORY;

    /** Whether rows are told apart by the stream's key. */
    public boolean needsKey() {
        return this == UPSERT || this == MIRROR || this == HISTORY;
    }
}
