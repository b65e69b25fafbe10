package io.windrow.connectors.postgres.codec;

/** In which form a change log that is read with binary values has those of a column. */
public enum LogForm {
    /** As the snapshot reads it: the type's binary send form. */
    BINARY,
    /** The type has no binary form: its text, as the snapshot reads it too. */
    TEXT,
    /** A binary form that nobody here knows, or an error; asked for texts, the log has what the snapshot reads (I7). */
    TEXT_ON_REQUEST
}
