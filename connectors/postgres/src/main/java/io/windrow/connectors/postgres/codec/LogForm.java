package io.windrow.connectors.postgres.codec;

/** In which form a column's value stands in a change log that is read with binary values. */
public enum LogForm {
    /** As the snapshot reads it: the type's binary send form. */
    BINARY,
    /** The type has no binary form: its text, as the snapshot reads it too. */
    TEXT,
    /** The log holds a binary form that is not the one that the snapshot is told to read: the column cannot be followed (I7). */
    OTHER
}
