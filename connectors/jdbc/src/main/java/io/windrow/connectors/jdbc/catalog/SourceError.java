package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong with a database as a source. */
public enum SourceError implements ErrorCode {
    /** A stream's settings do not fit. */
    STREAM_INVALID("stream_invalid", ErrorKind.USER, "A stream's settings do not fit the database.",
            "Correct the setting that the message names."),
    /** There is no such table. */
    NO_SUCH_STREAM("no_such_stream", ErrorKind.USER, "A table does not exist, or this user cannot see it.",
            "Run discover to see the tables; names are exact, also in upper and lower case."),
    /** The database has a source of its own. */
    NO_SOURCE("no_source", ErrorKind.USER, "This database is not read by the jdbc source.",
            "Use the source postgres, which reads PostgreSQL by its own protocol."),
    /** A type that has no row in the table of types. */
    TYPE_REFUSED("type_refused", ErrorKind.USER, "A column has a type that cannot be delivered.",
            "Leave the column out with the stream's columns setting, or read a query or view that casts it; docs/reference/jdbc-source-types.md has the types."),
    /** A value that the column's type cannot hold, under the rule fail. */
    VALUE_OUT_OF_RANGE("value_out_of_range", ErrorKind.DATA, "A value does not fit the type in which its column is delivered.",
            "Set the stream's out_of_range to null (counted) or text, or correct the value in the database."),
    /** The snapshot of an unfinished read is gone. */
    SNAPSHOT_LOST("snapshot_lost", ErrorKind.EXTERNAL_TRANSIENT, "The moment of an unfinished read is gone.",
            "The next attempt keeps finished tables and reads an unfinished one anew, in the place of what was delivered of it."),
    /** The table was altered. */
    TABLE_CHANGED("table_changed", ErrorKind.EXTERNAL_TRANSIENT, "A table was altered or dropped while it was read.",
            "The stream is planned again as the table is now, and its contract's on_drift decides."),
    /** The column cannot be a cursor. */
    CURSOR_INVALID("cursor_invalid", ErrorKind.USER, "The column cannot serve as a cursor.",
            "Choose a column without nulls that grows with every change: a timestamp or a number that the database sets."),
    /** A guarantee that the database cannot give. */
    GUARANTEE_UNAVAILABLE("guarantee_unavailable", ErrorKind.USER, "The database cannot give this guarantee.",
            "Set guarantee: settle and a lag that is longer than any transaction takes; docs/how-to/extract-from-a-database.md says why."),
    /** A key that is none. */
    KEY_BROKEN("key_broken", ErrorKind.EXTERNAL_PERMANENT, "Rows do not come in the order of their key, or a key is null.",
            "Look at the table's key and its collation; a view of the table is read without a key."),
    /** The settings that choose rows were changed. */
    SELECTION_CHANGED("selection_changed", ErrorKind.USER,
            "The settings that choose an incremental stream's rows were changed: older rows that only the new ones choose would never arrive.",
            "Put where and start back as they were, or run the stream with --full-refresh, which reads it anew."),
    /** Rows that would wait for good. */
    TOO_MANY_UNSETTLED("too_many_unsettled", ErrorKind.USER,
            "More rows share the highest value of a cursor, or lie within the lag of it, than a state remembers, so that none of them can be delivered.",
            "They are delivered as soon as a row has a higher value; else choose a cursor that tells rows apart, such as a growing id, or read the table as a snapshot."),
    /** A row is too large. */
    ROW_TOO_LARGE("row_too_large", ErrorKind.RESOURCE, "A row needs more memory than the pipeline may use.",
            "Raise run.memory and the heap (WINDROW_JAVA_OPTS=-Xmx2g), or leave the column out with the stream's columns setting."),
    /** A saved state does not fit. */
    STATE_INVALID("state_invalid", ErrorKind.EXTERNAL_PERMANENT, "The saved state does not fit this database or this version.",
            "Run the stream with --full-refresh, which says what is delivered twice."),
    /** The contract was broken. */
    PLANNER_MISUSED("planner_misused", ErrorKind.BUG, "The runner asked for something that the planner's contract does not allow.",
            "Report it with the message.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    SourceError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.code = "jdbc." + reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
