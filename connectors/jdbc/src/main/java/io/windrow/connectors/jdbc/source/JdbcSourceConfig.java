package io.windrow.connectors.jdbc.source;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How to read from a MariaDB, MySQL, SQL Server, Oracle, SQLite or DuckDB database. */
@Doc("Reads tables and views of a MariaDB, MySQL, SQL Server, Oracle, SQLite or DuckDB database, as snapshots or incrementally.")
public record JdbcSourceConfig(
        @Doc(
                        value = "The database: mariadb://user:password@host:3306/database, the same with mysql, sqlserver or oracle, "
                                + "jdbc:sqlite:file or jdbc:duckdb:file (a relative file starts at the working directory). TLS is verified "
                                + "unless the host is this machine or the URL says otherwise (sslmode).",
                        example = "${secret:shop/url}")
                Secret url,
        @Doc(value = "The password, if it does not stand in the URL.", example = "${env:SHOP_PASSWORD}") Optional<Secret> password,
        @Doc(
                        value = "The jar of the database's driver, or the folder with its jars. Default: the class path, which has the drivers "
                                + "of MariaDB and SQLite.",
                        example = "drivers/mysql")
                Optional<Path> driver,
        @Doc("What to read. Without it: every table that is visible in the URL's database or schema, as a snapshot.")
                List<StreamConfig> streams,
        @Doc(
                        value = "How many connections read one moment side by side, where the database can give several connections the "
                                + "same moment (MariaDB with its binary log, DuckDB).",
                        defaultValue = "4")
                int connections,
        @Doc(value = "About how many rows of a table one reader reads at a time.", defaultValue = "500000") int splitRows,
        @Doc(value = "How many bytes of memory a batch of rows takes at most; a larger row is a batch of its own.", defaultValue = "8MiB")
                ByteSize batchSize,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "8192") int batchRows,
        @Doc(value = "How long to wait for another session's lock.", defaultValue = "10s") Duration lockTimeout,
        @Doc(value = "How long to wait for a connection.", defaultValue = "10s") Duration connectTimeout) {
    public JdbcSourceConfig {
        streams = List.copyOf(streams);
        require(connections >= 1 && connections <= 64, "connections must lie between 1 and 64");
        require(splitRows >= 1, "split_rows must be 1 or more");
        require(batchSize.bytes() >= 1024, "batch_size must be 1KiB or more");
        require(batchRows >= 1 && batchRows <= 1_000_000, "batch_rows must lie between 1 and 1000000");
        require(!lockTimeout.isNegative() && !lockTimeout.isZero(), "lock_timeout must be more than 0");
        require(!connectTimeout.isNegative() && !connectTimeout.isZero(), "connect_timeout must be more than 0");
    }

    /** A config with the defaults and these streams; for programs. */
    public static JdbcSourceConfig of(Secret url, List<StreamConfig> streams) {
        return new JdbcSourceConfig(
                url, Optional.empty(), Optional.empty(), streams, 4, 500_000, ByteSize.parse("8MiB"), 8192, Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    /** The same with other sizes; for programs. */
    public JdbcSourceConfig sized(int newConnections, int newSplitRows, int newBatchRows) {
        return new JdbcSourceConfig(
                url, password, driver, streams, newConnections, newSplitRows, batchSize, newBatchRows, lockTimeout, connectTimeout);
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }
}
