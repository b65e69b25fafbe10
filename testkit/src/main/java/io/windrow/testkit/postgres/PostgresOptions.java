package io.windrow.testkit.postgres;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a server is started.
 *
 * @param major the major version
 * @param durability whether the server flushes to disk
 * @param settings further settings as in {@code postgresql.conf}; they win over the launcher's own
 * @param data a folder for the cluster that outlives the server; empty: a folder that goes with it
 */
public record PostgresOptions(int major, Durability durability, Map<String, String> settings, Optional<Path> data) {
    public PostgresOptions {
        settings = Map.copyOf(settings);
    }

    /** No flushing, no further settings, a folder that goes with the server. */
    public static PostgresOptions of(int major) {
        return new PostgresOptions(major, Durability.NONE, Map.of(), Optional.empty());
    }

    /** The same with one more setting. */
    public PostgresOptions with(String setting, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(setting, value);
        return new PostgresOptions(major, durability, more, data);
    }

    /** The same, flushing to disk as in production. */
    public PostgresOptions durable() {
        return new PostgresOptions(major, Durability.FSYNC, settings, data);
    }

    /** The same with a cluster that is kept in, and found again in, the given folder. */
    public PostgresOptions keptIn(Path folder) {
        return new PostgresOptions(major, durability, settings, Optional.of(folder));
    }

    /** Whether the server flushes to disk. */
    public enum Durability {
        /** {@code fsync=off}: fast; data survives a killed server, but not a killed machine. */
        NONE,
        /** {@code fsync=on}. */
        FSYNC
    }
}
