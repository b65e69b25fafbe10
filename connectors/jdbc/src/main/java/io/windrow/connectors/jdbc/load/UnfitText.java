package io.windrow.connectors.jdbc.load;

/** What becomes of a text with a character that the database cannot hold, which is U+0000 in PostgreSQL. */
public enum UnfitText {
    /** The stream stops. */
    STOP,
    /** The character is written as U+FFFD, and counted; not in a key, whose rows would no longer be told apart. */
    REPLACE
}
