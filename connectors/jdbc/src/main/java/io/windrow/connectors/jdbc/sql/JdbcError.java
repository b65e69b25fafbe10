package io.windrow.connectors.jdbc.sql;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import java.util.Set;

/** What can go wrong with a database, and with it as a target. */
public enum JdbcError implements ErrorCode {
    /** The URL cannot be used. */
    URL_INVALID("url_invalid", ErrorKind.USER, "The database's URL cannot be used.",
            "Write postgres://, mariadb://, mysql://, sqlserver://, oracle://, jdbc:sqlite: or jdbc:duckdb:, with parameters of the list only."),
    /** Nobody says where tables go. */
    SCHEMA_MISSING("schema_missing", ErrorKind.USER, "The session has no schema that tables are made in.",
            "Name a schema that is there in sink.jdbc.schema; or give the role one in PostgreSQL (ALTER ROLE … SET search_path = …) and the right "
                    + "to use it; in MariaDB name the database in the URL."),
    /** The database's driver is not on the class path. */
    DRIVER_MISSING("driver_missing", ErrorKind.USER, "The driver of this database is not part of the distribution.",
            "Name its jar in WINDROW_CLASSPATH, or of a source in source.jdbc.driver, as docs/how-to/extract-from-a-database.md says."),
    /** The database is read from only. */
    NO_TARGET("no_target", ErrorKind.USER, "The database can be read from and not written to.",
            "Write into PostgreSQL, MariaDB, SQLite, DuckDB or files."),
    /** Nobody answers. */
    CONNECT_REFUSED("connect_refused", ErrorKind.EXTERNAL_TRANSIENT, "The database does not answer.",
            "Check host, port and network; a run tries again by itself."),
    /** The connection broke. */
    CONNECTION_LOST("connection_lost", ErrorKind.EXTERNAL_TRANSIENT, "The connection to the database broke.",
            "Nothing is to be done: the run goes on where it was; of a target it looks at its book first."),
    /** The database does not know us. */
    AUTHENTICATION("authentication", ErrorKind.EXTERNAL_PERMANENT, "The database refuses the user or the password.",
            "Check user, password and the server's access rules."),
    /** TLS cannot be had as asked. */
    TLS_REFUSED("tls_refused", ErrorKind.EXTERNAL_PERMANENT, "TLS with a verified certificate cannot be had.",
            "Name the authority in the URL (sslrootcert or serverSslCert), or say sslmode=disable if the way is safe."),
    /** The user may not do it. */
    PERMISSION_DENIED("permission_denied", ErrorKind.EXTERNAL_PERMANENT, "The user may not do this in the database.",
            "Grant the right that the message names; `windrow check` prints it."),
    /** Another session is in the way. */
    BUSY("busy", ErrorKind.EXTERNAL_TRANSIENT, "Another session holds a lock for longer than lock_timeout.",
            "Nothing is to be done if it passes; else look for the session that holds the lock."),
    /** The server takes no writes. */
    READ_ONLY("read_only", ErrorKind.EXTERNAL_TRANSIENT, "The database takes no writes at this time.",
            "Nothing is to be done while another server takes over; else name the one that takes writes, or set its read_only off."),
    /** No room. */
    TARGET_FULL("target_full", ErrorKind.RESOURCE, "The database has no room or no connection left.",
            "Make room at the database; the run then goes on where it was."),
    /** A value that the column cannot hold. */
    VALUE_REFUSED("value_refused", ErrorKind.DATA, "A value cannot be held by the target's column.",
            "See docs/reference/jdbc-types.md for what each database can hold; cast or filter the column, or set unfit_text: replace for texts "
                    + "that PostgreSQL cannot hold."),
    /** A foreign key refuses a row. */
    REFERENCE_REFUSED("reference_refused", ErrorKind.EXTERNAL_PERMANENT,
            "A foreign key of the target refuses a row: it refers to one that is not there, or is referred to by one that stays.",
            "Drop the foreign keys among mirrored tables, or of others to them: each stream's rows are committed by themselves, so that "
                    + "another table's may come, or go, later."),
    /** The table takes rows that it does not keep. */
    ROWS_SWALLOWED("rows_swallowed", ErrorKind.EXTERNAL_PERMANENT, "The target's table did not take all rows that it was given.",
            "Look for a trigger or a rule on the table that leaves rows out or puts them elsewhere, and drop it; nothing was committed."),
    /** A statement was refused. */
    STATEMENT_REFUSED("statement_refused", ErrorKind.EXTERNAL_PERMANENT, "The database refuses a statement.",
            "Look up the state in the database's manual; its log has the statement."),
    /** A name does not fit. */
    NAME_REFUSED("name_refused", ErrorKind.USER, "A table or column cannot have this name in the target.",
            "Give the table another name with sink.jdbc.tables, rename the column with select."),
    /** The table belongs to somebody else. */
    TABLE_TAKEN("table_taken", ErrorKind.USER, "The target's table holds rows of somebody else.",
            "Give the stream another table with sink.jdbc.tables, or empty the table."),
    /** The table was written in another mode. */
    MODE_CHANGED("mode_changed", ErrorKind.USER, "The table was written in a mode that lays rows out in another way.",
            "Give the stream another table with sink.jdbc.tables, or drop the table and its row in _windrow_commits."),
    /** The mode cannot be had. */
    MODE_UNSUPPORTED("mode_unsupported", ErrorKind.USER, "The stream cannot be written in this mode.",
            "Choose another write mode."),
    /** The rows are told apart by another key. */
    KEY_CHANGED("key_changed", ErrorKind.USER, "The stream has another key than the one by which the target's table tells rows apart.",
            "Give the table a primary key of these columns by hand, if its rows can have it; or drop the table and its row in _windrow_commits "
                    + "and reset the stream; or give the stream another table with sink.jdbc.tables."),
    /** No index holds the key. */
    KEY_TOO_LONG("key_too_long", ErrorKind.USER, "The columns of the stream's key are longer together than an index of the target's can be.",
            "Give the stream a shorter key at the source (an id or a hash), or write it in mode append or replace without a key."),
    /** There is no key. */
    KEY_MISSING("key_missing", ErrorKind.USER, "This write mode needs a stream with a key.",
            "Give the stream a key at the source, or write it in mode append or replace."),
    /** A column has an incompatible type. */
    COLUMN_INCOMPATIBLE("column_incompatible", ErrorKind.USER, "A column of the target has a type that cannot become the stream's.",
            "Change the column in the target by hand; or, where all rows come again (in mode replace, or with `windrow run --full-refresh`), "
                    + "drop the table before: it is made anew."),
    /** A column's new name is taken. */
    COLUMN_TAKEN("column_taken", ErrorKind.USER, "A column was renamed at the source, and another column of the target has its new name.",
            "Rename or drop columns of the target by hand until they are called as at the source, and set column_names of the stream's row in "
                    + "_windrow_commits to null; in mode mirror with hard deletes, or replace, read the stream anew with `windrow run --full-refresh`."),
    /** The database computes a column. */
    COLUMN_FILLED("column_filled", ErrorKind.USER, "The database fills a column of the target by itself.",
            "Make it a plain column (in PostgreSQL: ALTER TABLE … ALTER COLUMN … DROP EXPRESSION, or DROP IDENTITY), or leave it out with select."),
    /** A column is gone. */
    COLUMN_LOST("column_lost", ErrorKind.EXTERNAL_PERMANENT, "A column is gone from the target's table, whose rows were written with it.",
            "Copy the table again with `windrow run --full-refresh`, so that its rows are delivered with the column; or add the column by hand, "
                    + "with what it shall hold in the rows that are there."),
    /** The table is gone. */
    TABLE_LOST("table_lost", ErrorKind.EXTERNAL_PERMANENT, "The target's table is gone, with the rows that were written to it.",
            "Copy it again with `windrow run --full-refresh`, or bring it back with its rows; an empty one is made in its place."),
    /** The table's engine knows no transactions. */
    TABLE_UNSAFE("table_unsafe", ErrorKind.USER, "The target's table is kept by a storage engine that cannot take a commit back.",
            "ALTER TABLE … ENGINE=InnoDB, or give the stream another table."),
    /** There are too many columns. */
    TABLE_TOO_WIDE("table_too_wide", ErrorKind.USER, "A table of the target cannot have as many columns, or such long rows.",
            "Leave columns out with select, or write files; docs/reference/jdbc-types.md says how many columns each database's tables may have."),
    /** Other tables' rows would go with the table's. */
    TABLE_REFERENCED("table_referenced", ErrorKind.USER, "All rows of the table are to be replaced, and a foreign key would take rows of another along.",
            "Drop the foreign key; in mode replace it may be ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED instead, where the database has that; "
                    + "or write the stream in mode upsert."),
    /** A type has no place in this database. */
    TYPE_UNSUPPORTED("type_unsupported", ErrorKind.USER, "The database has no place for this type.",
            "See docs/reference/jdbc-types.md; cast the column, or leave it out with select."),
    /** A newer owner has committed. */
    STALE_OWNER("stale_owner", ErrorKind.EXTERNAL_PERMANENT, "A newer owner of the pipeline has written since.",
            "Nothing is to be done: the other runner goes on."),
    /** The target shows something else. */
    COMMIT_CONFLICT("commit_conflict", ErrorKind.UNKNOWN_OUTCOME, "The target shows another commit than the state store expects.",
            "Compare `windrow ledger` with the target's _windrow_commits before anything else."),
    /** Whether the commit took effect is not known. */
    COMMIT_UNKNOWN("commit_unknown", ErrorKind.UNKNOWN_OUTCOME, "The database did not say whether the commit took effect.",
            "Nothing is to be done: the run looks at the target's book."),
    /** Staged rows are gone. */
    STAGING_GONE("staging_gone", ErrorKind.UNKNOWN_OUTCOME, "A staging table is not there any more.",
            "Look for who dropped it; nothing is cleaned up until the target's book has been read."),
    /** An unchanged value has no row. */
    ROW_MISSING("row_missing", ErrorKind.EXTERNAL_PERMANENT, "A change leaves columns as they were, and the target has no such row.",
            "The target is not the mirror that it should be: reset the stream, so that it is read anew. If the row was set aside when it "
                    + "came, mend it at the source before; changes that name all columns (REPLICA IDENTITY FULL) need no earlier row."),
    /** An unchanged value was never delivered. */
    VALUE_MISSING("value_missing", ErrorKind.EXTERNAL_PERMANENT,
            "A change leaves a column as it was that the target's table came to have later than the row.",
            "Copy the table again (or reset the stream), so that its rows are delivered with the column; changes that name all columns "
                    + "(REPLICA IDENTITY FULL) need no earlier value."),
    /** The policy forbids a truncate. */
    TRUNCATED("truncated", ErrorKind.EXTERNAL_PERMANENT, "The source's table was truncated, which sink.jdbc.truncates refuses.",
            "Set truncates: apply to empty the target too, or ignore."),
    /** A writer that failed was used again. */
    WRITER_POISONED("writer_poisoned", ErrorKind.BUG, "A writer was used after it had failed.", "Report it."),
    /** A text of ours cannot be read. */
    BOOK_UNREADABLE("book_unreadable", ErrorKind.UNKNOWN_OUTCOME, "What a run laid down at the target or in the state cannot be read.",
            "Use the version of Windrow that wrote it.");

    /** A database that answers so to a commit has taken all of it back. */
    public static final Set<JdbcError> REFUSES_ROWS = Set.of(VALUE_REFUSED, REFERENCE_REFUSED);

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    JdbcError(String reason, ErrorKind kind, String meaning, String remedy) {
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
