package io.windrow.connectors.jdbc.source;

import io.windrow.api.config.Doc;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.source.ReadMode;
import java.util.List;
import java.util.Optional;

/** One stream, or all streams that a wildcard selects. */
@Doc("One table or view, or all tables that a wildcard selects.")
public record StreamConfig(
        @Doc(
                        value = "The table or view as namespace.name: MariaDB and MySQL database.table, SQL Server, Oracle and DuckDB "
                                + "schema.table, SQLite the table alone. A part may be a wildcard (shop.*, orders_*) or be quoted "
                                + "(\"a.b\"). Without a namespace: the URL's database, or the user's schema.",
                        example = "shop.orders")
                String table,
        @Doc(value = "Tables that a wildcard must not select, in the same form as table.", example = "[shop.audit_*]")
                List<String> exclude,
        @Doc(value = "snapshot: all rows as of one moment. incremental: rows that are new or changed since the last run.", defaultValue = "snapshot")
                ReadMode mode,
        @Doc(value = "The column that grows with every change, a number, date or timestamp; needed by mode incremental.", example = "updated_at")
                Optional<String> cursor,
        @Doc("How an incremental read knows what is new. conditional (SQLite and DuckDB, their default): right if the database sets the "
                        + "cursor inside the writing transaction. settle (every database; needs lag): rows that come later than lag are lost.")
                Optional<Level> guarantee,
        @Doc(value = "With guarantee settle: how far behind the newest cursor value rows may still appear: a duration for times (5m), a number for numbers.", example = "5m")
                Optional<String> lag,
        @Doc(value = "Where an incremental stream begins, in the cursor's own text form.", example = "2024-01-01 00:00:00") Optional<String> start,
        @Doc("The columns to read, in this order. Without it: all.") List<String> columns,
        @Doc(value = "A condition in the database's SQL that rows must meet.", example = "region = 'EU'") Optional<String> where,
        @Doc("The columns that identify a row, if the database does not say so or says otherwise.") List<String> key,
        @Doc(value = "What to do with a value that the column's type cannot hold: fail, null (counted) or text (the whole column).", defaultValue = "fail")
                OutOfRange outOfRange,
        @Doc(
                        value = "snapshot: a table's rows are of one moment; an interrupted read begins again. per_range: the table is read in "
                                + "ranges of its key side by side, each of its own moment, and an interrupted read goes on. For tables whose key never changes.",
                        defaultValue = "snapshot")
                Consistency consistency) {
    public StreamConfig {
        exclude = List.copyOf(exclude);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        require(mode != ReadMode.CDC, "mode cdc is not for the jdbc source; the sources postgres, mariadb and mysql follow changes");
        require(mode != ReadMode.INCREMENTAL || cursor.isPresent(), "an incremental stream needs a cursor");
        require(guarantee.isEmpty() || guarantee.get() != Level.SETTLE || lag.isPresent(), "guarantee settle needs a lag");
        require(start.isEmpty() || cursor.isPresent(), "start needs a cursor");
        require(
                consistency == Consistency.SNAPSHOT || mode == ReadMode.SNAPSHOT, "consistency per_range is for snapshots");
    }

    /** A table read as a snapshot; for programs. */
    public static StreamConfig snapshot(String table) {
        return of(table, ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), OutOfRange.FAIL, Consistency.SNAPSHOT);
    }

    /** The same in ranges of the key; for programs. */
    public static StreamConfig ranges(String table) {
        return of(table, ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), OutOfRange.FAIL, Consistency.PER_RANGE);
    }

    /** A table read incrementally, settled after a lag if there is one; for programs. */
    public static StreamConfig incremental(String table, String cursor, Optional<String> lag) {
        return of(table, ReadMode.INCREMENTAL, Optional.of(cursor), lag, OutOfRange.FAIL, Consistency.SNAPSHOT);
    }

    /** The same with another rule for values out of range; for programs. */
    public StreamConfig with(OutOfRange rule) {
        return of(table, mode, cursor, lag, rule, consistency);
    }

    private static StreamConfig of(
            String table, ReadMode mode, Optional<String> cursor, Optional<String> lag, OutOfRange rule, Consistency consistency) {
        return new StreamConfig(
                table, List.of(), mode, cursor, lag.map(value -> Level.SETTLE), lag, Optional.empty(), List.of(), Optional.empty(),
                List.of(), rule, consistency);
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }

    /** How an incremental read knows what is new. */
    public enum Level {
        PROVEN,
        CONDITIONAL,
        SETTLE
    }

    /** What is of one moment. */
    public enum Consistency {
        SNAPSHOT,
        PER_RANGE
    }
}
