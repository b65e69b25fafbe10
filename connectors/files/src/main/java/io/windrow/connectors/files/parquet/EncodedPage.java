package io.windrow.connectors.files.parquet;

import org.jspecify.annotations.Nullable;

/**
 * One data page in its chunk, as the indexes and the proof describe it.
 *
 * @param offset bytes from the first data page of the chunk
 * @param size bytes, header included
 * @param rows rows that begin in it
 * @param values values, nulls included
 * @param nulls values that are not there
 * @param bounds smallest and largest value, or null if unknown or all null
 * @param digest of the values, if sampled
 * @param proof how the page is to be read back, or null if it is none of those that are
 */
record EncodedPage(
        long offset, int size, int rows, int values, long nulls, @Nullable Bounds bounds, long digest,
        PageProof.@Nullable Kind proof) {
    /**
     * The smallest and largest value in PLAIN form, perhaps shortened.
     *
     * @param minExact whether min is a value of the page and not a bound below it
     * @param maxExact whether max is a value of the page and not a bound above it
     * @param minKey min as a number whose order is the column's; 0 for byte columns
     * @param maxKey max likewise
     */
    record Bounds(byte[] min, byte[] max, boolean minExact, boolean maxExact, long minKey, long maxKey) {}
}
