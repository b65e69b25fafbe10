package io.windrow.connectors.files.parquet;

/**
 * What one page must hold when it is read back: taken from the Arrow vectors while the page was filled, never from the
 * encoded bytes.
 *
 * @param rowGroup ordinal of the row group, from 0
 * @param leaf ordinal of the leaf column, from 0
 * @param page ordinal of the data page within the column chunk, from 0
 * @param offset where the page's header begins in the file, in bytes
 * @param bytes length of the page with its header, in bytes
 * @param values number of values, nulls included
 * @param digest digest of levels and values, in order; of a {@link Kind#STORED} page the checksum of its stored bytes
 * @param kind what is compared
 */
public record PageProof(int rowGroup, int leaf, int page, long offset, int bytes, int values, long digest, Kind kind) {
    /** What is compared when a page is read back. */
    public enum Kind {
        /** Its values, decoded. */
        DECODED,
        /** Its stored bytes, in small pieces: the page holds one value too large to be decoded in memory. */
        STORED
    }
}
