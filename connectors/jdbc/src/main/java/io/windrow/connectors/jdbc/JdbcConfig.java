package io.windrow.connectors.jdbc;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.jdbc.load.UnfitText;
import io.windrow.connectors.jdbc.table.Layout;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How to write into the tables of a PostgreSQL, MariaDB, SQLite or DuckDB database. */
@Doc("Writes tables of a PostgreSQL, MariaDB, SQLite or DuckDB database: append, replace, upsert, mirror or history.")
public record JdbcConfig(
        @Doc(
                        value = "The database: postgres://user:password@host:5432/database, mariadb://user:password@host:3306/database, "
                                + "jdbc:sqlite:file or jdbc:duckdb:file (a relative file starts at the working directory). TLS is "
                                + "verified (verify-full) unless the host is this machine or the URL says otherwise.",
                        example = "${secret:warehouse/url}")
                Secret url,
        @Doc(value = "The password, if it does not stand in the URL.", example = "${env:WAREHOUSE_PASSWORD}")
                Optional<Secret> password,
        @Doc(
                        value = "The schema of the tables; it must be there. Default: the one that the connection writes to (PostgreSQL: "
                                + "the first of search_path; MariaDB: the database; DuckDB: main). SQLite has none.",
                        example = "mirror")
                Optional<String> schema,
        @Doc(
                        value = "Tables for single streams. Without it a table is called as the stream, without its namespace.",
                        example = "[{stream: sales.orders, table: sales_orders}]")
                List<TableConfig> tables,
        @Doc(
                        value = "What a mirror does with rows that were deleted at the source: hard deletes them, soft marks them in a "
                                + "column _deleted.",
                        defaultValue = "hard")
                Layout.Deletes deletes,
        @Doc(
                        value = "What a mirror and a history do when the source's table is truncated: apply it, refuse it (the stream "
                                + "stops) or ignore it.",
                        defaultValue = "apply")
                Truncates truncates,
        @Doc(
                        value = "What becomes of a text with the character U+0000, which PostgreSQL cannot hold: stop the stream, or "
                                + "replace the character by U+FFFD, with a notice that counts such texts. In a key it stops the stream.",
                        defaultValue = "stop")
                UnfitText unfitText,
        @Doc(value = "How long to wait for another session's lock.", defaultValue = "10s") Duration lockTimeout,
        @Doc(value = "How long to wait for a connection.", defaultValue = "10s") Duration connectTimeout) {
    public JdbcConfig {
        tables = List.copyOf(tables);
        Set<String> named = new HashSet<>();
        for (TableConfig one : tables) {
            if (!named.add(one.stream())) {
                throw new IllegalArgumentException("tables has two entries for the stream " + one.stream());
            }
        }
        if (lockTimeout.isNegative() || lockTimeout.isZero() || connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("lock_timeout and connect_timeout must be more than 0");
        }
    }

    /** A config with the defaults; for programs. */
    public static JdbcConfig of(Secret url) {
        return new JdbcConfig(
                url, Optional.empty(), Optional.empty(), List.of(), Layout.Deletes.HARD, Truncates.APPLY, UnfitText.STOP,
                Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    /** The same with other deletes and truncates; for programs. */
    public JdbcConfig with(Layout.Deletes newDeletes, Truncates newTruncates) {
        return new JdbcConfig(
                url, password, schema, tables, newDeletes, newTruncates, unfitText, lockTimeout, connectTimeout);
    }

    /** The same with another rule for texts that the database cannot hold; for programs. */
    public JdbcConfig with(UnfitText newUnfitText) {
        return new JdbcConfig(
                url, password, schema, tables, deletes, truncates, newUnfitText, lockTimeout, connectTimeout);
    }

    /** The name of a stream's table. */
    String table(StreamName stream) {
        return tables.stream()
                .filter(one -> one.stream().equals(stream.toString()))
                .map(TableConfig::table)
                .findFirst()
                .orElse(stream.name());
    }

    /** What becomes of a truncate at the source. */
    public enum Truncates {
        /** The target is emptied too. */
        APPLY,
        /** The stream stops. */
        REFUSE,
        /** The target keeps its rows; the event is counted as filtered. */
        IGNORE
    }

    /**
     * The table of one stream.
     *
     * @param stream the stream as {@link StreamName#toString} writes it
     * @param table the table's name
     */
    public record TableConfig(
            @Doc(value = "The stream's name.", example = "sales.orders") String stream,
            @Doc(value = "The table's name.", example = "sales_orders") String table) {}
}
