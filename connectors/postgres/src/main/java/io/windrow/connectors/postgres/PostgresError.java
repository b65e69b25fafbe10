package io.windrow.connectors.postgres;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong between Windrow and a PostgreSQL server. {@link SqlStates} maps SQLSTATEs to these. */
public enum PostgresError implements ErrorCode {
    URL_INVALID("url_invalid", ErrorKind.USER, "The database's URL cannot be used.",
            "Write postgres://user@host:5432/database and give the password as a secret."),
    STREAM_INVALID("stream_invalid", ErrorKind.USER, "A stream's settings do not fit the database.",
            "Correct the setting that the message names."),
    NO_SUCH_STREAM("no_such_stream", ErrorKind.USER, "A stream does not exist, or this role cannot see it.",
            "Run discover to see the tables; names are exact, also in upper and lower case."),
    CONNECT_REFUSED("connect_refused", ErrorKind.EXTERNAL_TRANSIENT, "The server could not be reached.",
            "Check host and port, that the server runs, and that the network lets this machine through."),
    SERVER_UNAVAILABLE("server_unavailable", ErrorKind.EXTERNAL_TRANSIENT, "The server is starting, stopping or out of a resource.",
            "Wait; the read goes on by itself. Look at the server's log if it lasts."),
    CONNECTION_LOST("connection_lost", ErrorKind.EXTERNAL_TRANSIENT, "The connection to the server was lost.",
            "The read goes on by itself. If it happens again, look at the server's log and at the network between."),
    TOO_MANY_CONNECTIONS("too_many_connections", ErrorKind.EXTERNAL_TRANSIENT, "The server has no connection left for this role.",
            "Read with fewer readers, or raise max_connections or the role's connection limit."),
    TLS_REFUSED("tls_refused", ErrorKind.USER, "The server's TLS certificate could not be verified, or the server has no TLS.",
            "Give the authority's certificate as sslrootcert in the URL. Only if the network is trusted: sslmode=require or disable."),
    AUTHENTICATION("authentication", ErrorKind.USER, "The server refuses the user or the password.",
            "Check user, password and the server's pg_hba.conf."),
    NO_SUCH_DATABASE("no_such_database", ErrorKind.USER, "The database does not exist.", "Correct the database's name in the URL."),
    PERMISSION_DENIED("permission_denied", ErrorKind.USER, "The role lacks a privilege.",
            "Run check: it prints the exact GRANT that is missing."),
    ROW_SECURITY("row_security", ErrorKind.USER, "A row security policy would hide rows from this role.",
            "Use a role with BYPASSRLS, or read a view that says what is meant to be read."),
    NO_SUCH_OBJECT("no_such_object", ErrorKind.USER, "A table, column, function or type that is named does not exist.",
            "Correct the name; in where and query, names outside pg_catalog carry their schema."),
    SQL_INVALID("sql_invalid", ErrorKind.USER, "The server does not understand the SQL of the pipeline file.",
            "Correct where, query or start."),
    QUERY_FAILED("query_failed", ErrorKind.EXTERNAL_PERMANENT, "The server could not evaluate an expression for one of the rows.",
            "Correct the view, query or where; the server's log shows the value."),
    TEXT_INVALID("text_invalid", ErrorKind.EXTERNAL_PERMANENT, "A text cannot become UTF-8: the database does not know its encoding (SQL_ASCII), or it holds a byte that is no character of the one it has.",
            "Mend the text; or read the column as bytes, by a view or query that selects pg_catalog.convert_to(column, 'SQL_ASCII'); or leave it out with columns."),
    LOCK_TIMEOUT("lock_timeout", ErrorKind.EXTERNAL_TRANSIENT, "Another session holds a lock on the table.",
            "Look in pg_locks for who holds it, or raise lock_timeout."),
    CONFLICT("conflict", ErrorKind.EXTERNAL_TRANSIENT, "The server ended the read in favour of other work: a deadlock, or recovery of a standby.",
            "On a standby raise max_standby_streaming_delay or set hot_standby_feedback; the read is tried again."),
    CANCELED("canceled", ErrorKind.EXTERNAL_TRANSIENT, "The query was cancelled.", "Look for who cancelled it; the read is tried again."),
    SERVER_RESOURCES("server_resources", ErrorKind.EXTERNAL_TRANSIENT, "The server ran out of memory, disk or another resource.",
            "Make room on the server; the read is tried again."),
    NOT_SUPPORTED("not_supported", ErrorKind.EXTERNAL_PERMANENT, "The server cannot do what the read needs.",
            "Check that the server is PostgreSQL 14 or newer."),
    DATA_CORRUPTED("data_corrupted", ErrorKind.EXTERNAL_PERMANENT, "The server says that its data is damaged.",
            "Have the database checked before anything else is done."),
    SERVER_FAULT("server_fault", ErrorKind.EXTERNAL_PERMANENT, "The server answered with an error that is none of ours.",
            "Look in the server's log."),
    SNAPSHOT_LOST("snapshot_lost", ErrorKind.EXTERNAL_TRANSIENT, "The snapshot of an unfinished read is gone.",
            "The next attempt keeps finished tables and reads an unfinished one anew, in the place of what was delivered of it."),
    STATE_INVALID("state_invalid", ErrorKind.EXTERNAL_PERMANENT, "The saved state does not fit this database or this version.",
            "Run the stream with --full-refresh, which says what is delivered twice."),
    TABLE_CHANGED("table_changed", ErrorKind.EXTERNAL_TRANSIENT, "A table was altered, rewritten, emptied or replaced while it was read.",
            "The stream's epoch is cut; the stream is planned again as the table is now, and its contract's on_drift decides."),
    OTHER_CLUSTER("other_cluster", ErrorKind.EXTERNAL_PERMANENT, "The database is not the one that was read before: another cluster, or an older state of it.",
            "If that is meant, run the stream with --full-refresh: transaction ids of one cluster mean nothing in another."),
    STANDBY_BEHIND("standby_behind", ErrorKind.EXTERNAL_TRANSIENT, "The standby has not come as far as the server that the stream was read from last.",
            "The stream goes on by itself once the standby has caught up. Look at its replay if it lasts."),
    SELECTION_CHANGED("selection_changed", ErrorKind.USER, "The settings that choose an incremental stream's rows were changed: older rows that only the new ones choose would never arrive.",
            "Put where and start back as they were, or run the stream with --full-refresh, which reads it anew."),
    TABLE_REWRITTEN("table_rewritten", ErrorKind.EXTERNAL_PERMANENT, "The table was rewritten or replaced since the last run, so that delivered rows can no longer be told from new ones.",
            "Run the stream with --full-refresh."),
    TRANSACTION_IDS_LOST("transaction_ids_lost", ErrorKind.EXTERNAL_PERMANENT, "More transactions have passed since the last run than can be told apart.",
            "Run the stream with --full-refresh, and run it more often."),
    CURSOR_INVALID("cursor_invalid", ErrorKind.USER, "The column cannot serve as a cursor.",
            "Use guarantee: proven, which takes no bound from the cursor; or choose a whole number, numeric, date or timestamp that the database sets."),
    BOUND_INVALID("bound_invalid", ErrorKind.USER, "A bound of a replay is no value of the column by which the window is cut.",
            "Write it as the column's type spells its values (times as 2026-01-31 12:00:00+00), or name another column with --by."),
    SLICE_INVALID("slice_invalid", ErrorKind.USER, "A window cannot be cut by this column or from this position.",
            "Name a column of whole numbers, decimals, dates or timestamps with --by, or choose the window by epoch:N."),
    KEY_INVALID("key_invalid", ErrorKind.USER, "A key of a row that is to be read again is none of the table's.",
            "Write a value for each column of the key, as its type spells them."),
    REPAIR_UNFIT("repair_unfit", ErrorKind.USER, "Rows of this table cannot be read again by their keys.",
            "Copy the whole table again with 'windrow resync'."),
    END_NOT_PROVEN("end_not_proven", ErrorKind.EXTERNAL_TRANSIENT, "The server's count of rows differs from what arrived.",
            "The read is tried again. If it happens again, report it with the counts."),
    ROW_TOO_LARGE("row_too_large", ErrorKind.RESOURCE, "A row needs more memory than the process has.",
            "Raise the heap to five times the largest row (WINDROW_JAVA_OPTS=-Xmx2g) and, if it is set, run.memory to twice the row; or leave the column out with the stream's columns setting."),
    SERVER_ROW_LIMIT("server_row_limit", ErrorKind.EXTERNAL_PERMANENT, "A row or a value is larger than the server can send: it makes no message above 1 GiB.",
            "Leave a large column out with the stream's columns setting, or the row with where."),
    PLANNER_MISUSED("planner_misused", ErrorKind.BUG, "The runner asked for something that the planner's contract does not allow.",
            "Report it with the message.");

    private final String reason;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    PostgresError(String reason, ErrorKind kind, String meaning, String remedy) {
        this.reason = reason;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return "postgres." + reason;
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

    @Override
    public boolean needsNewPlan() {
        return this == TABLE_CHANGED;
    }
}
