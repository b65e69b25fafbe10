package io.windrow.connectors.connect.host;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong with a hosted connector. {@link Failures} maps what connectors and drivers throw to these. */
public enum ConnectError implements ErrorCode {
    PLUGIN_MISSING("plugin_missing", ErrorKind.USER, "The folder with the connector's jars is not there or is empty.",
            "Fill it as docs/how-to/change-streams-with-debezium.md says, or name another one with the setting plugin."),
    PLUGIN_BROKEN("plugin_broken", ErrorKind.USER, "The connector's folder lacks a class or holds one that cannot be used.",
            "Fill the folder anew, with the jars of one version only."),
    CONFIG_REFUSED("config_refused", ErrorKind.USER, "The connector refuses its settings.",
            "Correct the setting that the message names."),
    STREAM_INVALID("stream_invalid", ErrorKind.USER, "A table cannot be followed as it is.",
            "Do what the message says, or take the table out of the pipeline."),
    NO_SUCH_STREAM("no_such_stream", ErrorKind.USER, "A table does not exist, or this user cannot see it.",
            "Correct the name (exact, also in upper and lower case) or grant SELECT on the table."),
    TYPE_UNKNOWN("type_unknown", ErrorKind.USER, "A column has a type that is not delivered.",
            "Leave the column out with exclude_columns."),
    CONNECT_REFUSED("connect_refused", ErrorKind.EXTERNAL_TRANSIENT, "The server could not be reached, or the connection was lost.",
            "The read goes on by itself. If it happens again, check host, port and the network between."),
    AUTHENTICATION("authentication", ErrorKind.USER, "The server refuses the user or the password.",
            "Check user, password, and from which hosts the user may connect."),
    PERMISSION_DENIED("permission_denied", ErrorKind.USER, "The user lacks a privilege.",
            "Run check: it prints the GRANT that is missing."),
    NOT_PREPARED("not_prepared", ErrorKind.USER, "The server does not keep the log that following needs.",
            "Set what the message names and restart the server, as docs/how-to/change-streams-with-debezium.md says."),
    LOG_LOST("log_lost", ErrorKind.EXTERNAL_PERMANENT, "The server no longer has the log from where the streams stand: changes are missing.",
            "Run the pipeline with --full-refresh, which copies the tables again as a new generation, and have the server keep its log for longer."),
    LOG_WENT_BACK("log_went_back", ErrorKind.EXTERNAL_PERMANENT, "The log goes on at a place before the last one: another server, or an older state of it.",
            "If that is meant, run the pipeline with --full-refresh, which copies the tables again as a new generation."),
    SERVER_CHANGED("server_changed", ErrorKind.EXTERNAL_PERMANENT, "Another server answers than the one whose log was read (MySQL's"
            + " server_uuid or MariaDB's server_id tells), and its log is not proven to hold just the transactions that were read: a GTID is missing,"
            + " others stand before it, or the place has none. A place of the one means nothing in the other's log.",
            "Point the pipeline to the server that it followed, or to a MariaDB replica of it that has the transaction which the message names. If the"
            + " change is meant, run the pipeline with --full-refresh, which copies the tables again as a new generation."),
    SERVER_BEHIND("server_behind", ErrorKind.EXTERNAL_TRANSIENT, "Another server answers than the one whose log was read, and its log does not hold"
            + " yet what was read of the other's: a replica that lags, or one that was promoted without its last transactions.",
            "The next attempt looks again. If it lags, let it catch up. If it was promoted without them, rows were delivered that it will never have: run the"
            + " pipeline with --full-refresh, which copies the tables again as a new generation."),
    SERVER_ID_TAKEN("server_id_taken", ErrorKind.USER, "Another reader of the server's log has the same number.",
            "Give this pipeline a number of its own with the setting server_id."),
    EVENT_TOO_LARGE("event_too_large", ErrorKind.RESOURCE, "The log holds an event that is larger than the server sends.",
            "Raise max_allowed_packet on the server, then run again: the read goes on where it stood."),
    HISTORY_LOST("history_lost", ErrorKind.EXTERNAL_PERMANENT, "What the tables looked like at a place of the log is not known any more.",
            "Run the pipeline with --full-refresh, which copies the tables again as a new generation."),
    COPY_LOST("copy_lost", ErrorKind.EXTERNAL_TRANSIENT, "The first copy of the tables was interrupted.",
            "The next attempt copies them again, in the place of what was delivered of them."),
    COPY_LOCKED("copy_locked", ErrorKind.EXTERNAL_TRANSIENT, "The first copy did not get the lock by which it takes its place in the log, mostly"
            + " because somebody else holds one.",
            "The next attempt tries again. If it happens again, end the session that holds the lock (SHOW FULL PROCESSLIST), or set copy_lock to none,"
            + " under which nobody may alter a table during the copy. Run check: it says whether the user may lock at all."),
    COPY_ALONE("copy_alone", ErrorKind.USER, "A table cannot be copied by itself while others are being followed with this connector.",
            "Give the table a pipeline of its own, or run this one with --full-refresh for all of its tables."),
    END_UNKNOWN("end_unknown", ErrorKind.USER, "This connector does not say where its log ends, so a run cannot know when it is done.",
            "Run it with --follow."),
    RELATION_CHANGED("relation_changed", ErrorKind.EXTERNAL_TRANSIENT, "A table was altered while it was followed.",
            "The next attempt plans it anew from that place, under the contract's on_drift."),
    RELATION_DIFFERS("relation_differs", ErrorKind.EXTERNAL_PERMANENT, "Older changes hold a table in another form than it has now, and nobody guesses how they fit.",
            "Run the stream's pipeline with --full-refresh."),
    TABLE_EMPTIED("table_emptied", ErrorKind.EXTERNAL_PERMANENT, "A statement replaced a followed table or took rows from it that the log does not name one by one.",
            "Run the stream's pipeline with --full-refresh, which copies the tables again as a new generation."),
    ROW_INCOMPLETE("row_incomplete", ErrorKind.EXTERNAL_PERMANENT, "The log holds a row with another number of columns than its table has,"
            + " as a session writes it whose binlog_row_image is not FULL: what is missing is not known.",
            "Have every session write whole rows (binlog_row_image), then run the pipeline with --full-refresh, which copies the tables again"
            + " as a new generation."),
    STATEMENT_LOGGED("statement_logged", ErrorKind.EXTERNAL_PERMANENT, "The log holds a statement in the place of the rows that it changed, as a"
            + " session writes it whose binlog_format is not ROW, and it names a followed table, or nobody can tell that it changed none: which rows"
            + " is not known.",
            "Have every session write rows (binlog_format), then run the pipeline with --full-refresh, which copies the tables again as a new"
            + " generation."),
    CHANGES_TAKEN_BACK("changes_taken_back", ErrorKind.EXTERNAL_PERMANENT, "The log takes back changes of followed tables after it has named"
            + " them one by one, by ROLLBACK or by XA ROLLBACK of a prepared transaction: some of them may have been delivered.",
            "Run the pipeline with --full-refresh, which copies the tables again as a new generation."),
    STATEMENT_UNREADABLE("statement_unreadable", ErrorKind.EXTERNAL_PERMANENT, "The log holds a statement that alters tables and that the connector cannot read.",
            "Look it up at the place that the message names. Once the connector knows it (another version in the plugin folder), the read goes on there;"
            + " else run the pipeline with --full-refresh, which copies the tables as they are now and goes on behind it."),
    EVENT_UNREADABLE("event_unreadable", ErrorKind.EXTERNAL_PERMANENT, "The log holds an event that the connector cannot read, of whichever table:"
            + " it reads them all.",
            "Look it up at the place that the message names: a table with a COMPRESSED column writes such rows, and so does a server that is newer than"
            + " the connector. Mend that, then run the pipeline with --full-refresh, which copies the tables anew and goes on behind it."),
    PLACE_MISSING("place_missing", ErrorKind.USER, "The connector gives records that do not say how far their source was read, so that a run could"
            + " not go on behind them without a gap or a repeat.",
            "Have the connector give an offset with each record, if it has a setting for that; else it cannot be read exactly once, and is not read."),
    VALUE_OUT_OF_RANGE("value_out_of_range", ErrorKind.DATA, "A column that may not be null holds a date of zeros, which is no date.",
            "Set the source's out_of_range to null (counted), or correct the value in the database and run with --full-refresh; or leave the column"
            + " out with exclude_columns."),
    VALUE_UNKNOWN("value_unknown", ErrorKind.EXTERNAL_PERMANENT, "The connector delivers something that is not known here.",
            "Report it with the message; leave the column out with exclude_columns until then."),
    CONNECTOR_FAILED("connector_failed", ErrorKind.EXTERNAL_PERMANENT, "The connector gave up.",
            "Look at its own log: run again with WINDROW_LOG_PLUGINS=info, which may show values of rows."),
    CONNECTOR_RETRIES("connector_retries", ErrorKind.EXTERNAL_TRANSIENT, "The connector failed in a way that it takes for temporary.",
            "The read goes on by itself. If it lasts, look at the connector's own log."),
    STATE_INVALID("state_invalid", ErrorKind.EXTERNAL_PERMANENT, "The saved state does not fit this connector or this version.",
            "Run the pipeline with --full-refresh, which says what is delivered twice."),
    PLANNER_MISUSED("planner_misused", ErrorKind.BUG, "The runner asked for something that the planner's contract does not allow.",
            "Report it with the message.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    ConnectError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "connect." + reason;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    /** An altered table reads as it is only once it is planned as it is, and a copy begins with a plan. */
    @Override
    public boolean needsNewPlan() {
        return this == RELATION_CHANGED || this == COPY_LOST;
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
