package io.windrow.core.transform.dedupe;

/**
 * Room for the hashes of a batch's rows.
 *
 * @param lows the lower halves
 * @param highs the upper halves
 */
record RowHashes(long[] lows, long[] highs) {
    /** No room at all. */
    static final RowHashes NONE = new RowHashes(new long[0], new long[0]);

    /** Room for so many rows: these, or others where these are too short. */
    RowHashes holding(int rows) {
        return lows.length < rows ? new RowHashes(new long[rows], new long[rows]) : this;
    }
}
