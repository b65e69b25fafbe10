package io.windrow.api.schema;

/**
 * The declared rule for a source value that the column's type cannot hold (a numeric NaN in a decimal, a date of
 * infinity, the time 24:00:00). There is no silent fourth way.
 */
public enum OutOfRange {
    /** The run stops with a DATA error that names the stream, the column and the kind of value. The default. */
    FAIL,
    /** The value becomes null and is counted in the ledger by column and kind. */
    NULL,
    /** The whole column is delivered as text, in the source's own canonical form. */
    TEXT
}
