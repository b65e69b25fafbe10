package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How to read from a PostgreSQL database, versions 14 to 18. */
@Doc("Reads tables, views and queries of a PostgreSQL database, versions 14 to 18.")
public record PostgresConfig(
        @Doc(
                        value = "The database: postgres://user:password@host:5432/database, or the same after jdbc:postgresql:. "
                                + "TLS is verified (sslmode=verify-full) unless the host is this machine or the URL says otherwise.",
                        example = "${secret:pg/orders/url}")
                Secret url,
        @Doc(value = "The password, if it does not stand in the URL.", example = "${env:PGPASSWORD}") Optional<Secret> password,
        @Doc("What to read. Without it: every table, partitioned table and materialized view that is visible, as a snapshot.")
                List<StreamConfig> streams,
        @Doc(
                        value = "What to do with a table that a wildcard selects for the first time after other tables of the "
                                + "wildcard were delivered: include (and say so) or refuse.",
                        defaultValue = "include")
                NewTables newTables,
        @Doc(value = "How much of a table one reader reads at a time.", defaultValue = "256MiB") ByteSize splitSize,
        @Doc(value = "How many bytes of memory a batch of rows takes at most; a larger row is a batch of its own.", defaultValue = "8MiB")
                ByteSize batchSize,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "32768") int batchRows,
        @Doc(value = "How long to wait for another session's lock.", defaultValue = "10s") Duration lockTimeout,
        @Doc(value = "How long to wait for a connection. A snapshot or a followed log whose server has not answered for six times as long is given up, and tried again over a new connection.", defaultValue = "10s") Duration connectTimeout,
        @Doc(value = "A transaction that is open for longer than this and holds an incremental stream back is named. Making a slot waits so long for open transactions.", defaultValue = "10m")
                Duration longTransaction,
        @Doc("How streams of mode cdc follow changes.") Optional<ChangesConfig> changes) {
    private static final int SILENT_TIMES = 6;

    public PostgresConfig {
        streams = List.copyOf(streams);
        require(splitSize.bytes() >= 8192, "split_size must be 8KiB or more");
        require(batchSize.bytes() >= 1024, "batch_size must be 1KiB or more");
        require(batchRows >= 1 && batchRows <= 1_000_000, "batch_rows must lie between 1 and 1000000");
        require(!lockTimeout.isNegative() && !lockTimeout.isZero(), "lock_timeout must be more than 0");
        require(!connectTimeout.isNegative() && connectTimeout.toSeconds() >= 1, "connect_timeout must be 1s or more");
    }

    /** A config with the defaults and these streams; for programs. */
    public static PostgresConfig of(Secret url, List<StreamConfig> streams) {
        return new PostgresConfig(
                url,
                Optional.empty(),
                streams,
                NewTables.INCLUDE,
                ByteSize.parse("256MiB"),
                ByteSize.parse("8MiB"),
                32_768,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Optional.empty());
    }

    /** How long a server that has something to say may say nothing. */
    Duration silence() {
        return connectTimeout.multipliedBy(SILENT_TIMES);
    }

    /** How changes are followed. */
    ChangesConfig following() {
        return changes.orElse(ChangesConfig.DEFAULT);
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(text);
        }
    }

    /** What to do with a table that a wildcard selects for the first time. */
    public enum NewTables {
        /** It is read like the others, and a notice names it. */
        INCLUDE,
        /** It is refused with an error that names it. */
        REFUSE
    }
}
