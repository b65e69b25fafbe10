package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.StreamName;

/**
 * A table or view that can be seen.
 *
 * @param name its name
 * @param kind whether rows lie in it
 * @param rows about how many rows it has, −1 if unknown
 * @param bytes about how many bytes it takes, −1 if unknown
 * @param moments whether a transaction sees it as of one moment
 */
public record NativeTable(StreamName name, Kind kind, long rows, long bytes, Moments moments) {
    /** What it is. */
    public enum Kind {
        /** Rows lie in it. */
        TABLE,
        /** Rows are made when it is read. */
        VIEW
    }

    /** What a transaction sees. */
    public enum Moments {
        /** The rows of one moment. */
        KEPT,
        /** Whatever is there when a row is reached: the storage engine keeps no versions. */
        NOT_KEPT
    }
}
