package io.windrow.connectors.postgres;

import io.windrow.api.config.Doc;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.source.ReadMode;
import java.util.List;
import java.util.Optional;

/** One stream, or all streams that a wildcard selects. */
@Doc("One table, view or query, all tables that a wildcard selects, or the messages of applications.")
public record StreamConfig(
        @Doc(
                        value = "The table or view as schema.name. A part may be a wildcard (public.*, *.orders_*) or be quoted "
                                + "(\"My Schema\".\"a.b\"). Without a schema: public.",
                        example = "public.orders")
                Optional<String> table,
        @Doc(
                        value = "Instead of a table: one SELECT whose rows are the stream. Names in it carry their schema.",
                        example = "SELECT id, total FROM public.orders")
                Optional<String> query,
        @Doc(value = "The stream's name, required for a query and for messages.", example = "open_orders") Optional<String> name,
        @Doc(value = "Tables that a wildcard must not select, in the same form as table.", example = "[public.audit_*]")
                List<String> exclude,
        @Doc(value = "snapshot: all rows as of one moment. incremental: rows that are new or changed since the last run. cdc: all rows as of one moment, then every change.", defaultValue = "snapshot")
                ReadMode mode,
        @Doc(value = "The column that grows with every change, a number, date or timestamp; needed by guarantee conditional and settle.", example = "updated_at")
                Optional<String> cursor,
        @Doc(
                        value = "How an incremental read knows what is new. proven: by transaction ids, scans the table. conditional: the same, but only rows at or above the cursor's safe "
                                + "bound are looked at, which is right if the database sets the cursor inside the writing transaction. settle: rows that come later than lag are lost.",
                        defaultValue = "conditional")
                Level guarantee,
        @Doc(value = "With guarantee settle: how far behind the newest cursor value rows may still appear: a duration for times (5m), a number for numbers.", example = "5m")
                Optional<String> lag,
        @Doc(value = "Where an incremental stream begins, in the cursor's own text form.", example = "2024-01-01 00:00:00+00") Optional<String> start,
        @Doc("The columns to read, in this order. Without it: all.") List<String> columns,
        @Doc(value = "A condition in SQL that rows must meet. Names of types, functions and operators outside pg_catalog carry their schema: email OPERATOR(ext.=) 'x'.", example = "region = 'EU'")
                Optional<String> where,
        @Doc("The columns that identify a row, if the database does not say so or says otherwise.") List<String> key,
        @Doc(value = "What to do with a value that the column's type cannot hold: fail, null (counted) or text (the whole column).", defaultValue = "fail")
                OutOfRange outOfRange,
        @Doc(
                        value = "snapshot: a table's rows are of one moment; an interrupted read begins again. per_range: the table is read in ranges of its key, "
                                + "each of its own moment, and an interrupted read goes on. For tables whose key never changes.",
                        defaultValue = "snapshot")
                Consistency consistency,
        @Doc(
                        value = "Instead of a table, with mode: cdc: the prefixes of messages that applications write to the log with pg_logical_emit_message; * stands for all.",
                        example = "[outbox]")
                List<String> messages) {
    private static final String ANY_PREFIX = "*";
    /** The columns of messages. The database keeps none: they are in its log only. */
    private static final String MESSAGES =
            "SELECT ''::pg_catalog.text AS prefix, ''::pg_catalog.bytea AS content, true AS transactional, '0/0'::pg_catalog.pg_lsn AS lsn WHERE false";

    public StreamConfig {
        exclude = List.copyOf(exclude);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        messages = List.copyOf(messages);
        require(
                (table.isPresent() ? 1 : 0) + (query.isPresent() ? 1 : 0) + (messages.isEmpty() ? 0 : 1) == 1,
                "a stream has either a table, a query or messages");
        require(table.isPresent() || name.isPresent(), "a stream of a query or of messages needs a name");
        require(table.isEmpty() || name.isEmpty(), "a table's stream is called like the table: name is for queries and messages");
        require(messages.isEmpty() || mode == ReadMode.CDC, "messages are in the log only: mode must be cdc");
        require(messages.stream().noneMatch(String::isEmpty), "messages: a prefix is not empty");
        require(
                mode != ReadMode.CDC || query.isEmpty() && where.isEmpty() && cursor.isEmpty() && key.isEmpty(),
                "a cdc stream is a table; where, cursor and key are not for it: its replica identity is its key");
        require(
                mode != ReadMode.INCREMENTAL || guarantee == Level.PROVEN || cursor.isPresent(),
                "an incremental stream needs a cursor, or guarantee: proven");
        require(
                mode != ReadMode.INCREMENTAL || guarantee != Level.SETTLE || lag.isPresent(),
                "guarantee settle needs a lag");
        require(
                mode != ReadMode.INCREMENTAL || query.isEmpty(),
                "a query stream is read as a snapshot; give the table for an incremental one");
        require(start.isEmpty() || cursor.isPresent(), "start needs a cursor");
        require(
                consistency == Consistency.SNAPSHOT || (mode == ReadMode.SNAPSHOT && table.isPresent()),
                "consistency per_range is for snapshots of tables");
    }

    /** A table read as a snapshot; for programs. */
    public static StreamConfig snapshot(String table) {
        return new StreamConfig(
                Optional.of(table), Optional.empty(), Optional.empty(), List.of(), ReadMode.SNAPSHOT, Optional.empty(),
                Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(),
                OutOfRange.FAIL, Consistency.SNAPSHOT);
    }

    /** A table read incrementally; for programs. */
    public static StreamConfig incremental(String table, String cursor, Level guarantee) {
        return new StreamConfig(
                Optional.of(table), Optional.empty(), Optional.empty(), List.of(), ReadMode.INCREMENTAL,
                Optional.of(cursor), guarantee, guarantee == Level.SETTLE ? Optional.of("5m") : Optional.empty(),
                Optional.empty(), List.of(), Optional.empty(), List.of(), OutOfRange.FAIL, Consistency.SNAPSHOT);
    }

    /** A stream of a table or a query, not of messages; for programs. */
    public StreamConfig(
            Optional<String> table, Optional<String> query, Optional<String> name, List<String> exclude, ReadMode mode,
            Optional<String> cursor, Level guarantee, Optional<String> lag, Optional<String> start, List<String> columns,
            Optional<String> where, List<String> key, OutOfRange outOfRange, Consistency consistency) {
        this(
                table, query, name, exclude, mode, cursor, guarantee, lag, start, columns, where, key, outOfRange, consistency,
                List.of());
    }

    /** Whether the rows are messages of applications. */
    boolean isOfMessages() {
        return !messages.isEmpty();
    }

    /** Whether messages of this prefix belong to the stream. */
    boolean hasMessages(String prefix) {
        return messages.contains(ANY_PREFIX) || messages.contains(prefix);
    }

    /** What stands in the place of a table: the query, or the form of messages without any. */
    Optional<String> sql() {
        return isOfMessages() ? Optional.of(MESSAGES) : query;
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
