package io.windrow.connectors.connect.database;

import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.connect.host.PluginLoader;
import java.sql.Driver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** What the configs of MariaDB and MySQL have in common. The components are those of the configs. */
public record BinlogSettings(
        String host, int port, String user, Secret password, List<String> excludeColumns, Optional<Long> serverId, Lock copyLock,
        OutOfRange outOfRange) {
    /** How long a question about tables and settings may take. */
    private static final String ASK_MILLIS = "60000";
    /** How long a copy may hear nothing; it waits for locks, too. */
    private static final String COPY_MILLIS = "600000";

    /** How tables are kept still while a copy takes its place in the log. */
    public enum Lock {
        /** A global read lock until place and tables are known. */
        MINIMAL,
        /** None. */
        NONE
    }

    /** Refuses the rule that needs the value's own text, which a log does not have. */
    public static void requireNoText(OutOfRange outOfRange) {
        if (outOfRange == OutOfRange.TEXT) {
            throw new IllegalArgumentException("out_of_range: text is not for a log, which holds binary values; null or fail");
        }
    }

    /** What the connector is told. */
    public Map<String, String> settings(String pipeline, String sslMode) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("database.hostname", host);
        settings.put("database.port", Integer.toString(port));
        settings.put("database.user", user);
        settings.put("database.password", password.reveal());
        settings.put("database.ssl.mode", sslMode);
        settings.put("database.server.id", Long.toString(serverId.orElse(100_000L + Math.floorMod(pipeline.hashCode(), 1_000_000_000))));
        settings.put("snapshot.locking.mode", copyLock.name().toLowerCase(Locale.ROOT));
        // Timestamps are instants: nobody's own time zone is between them and what is read.
        settings.put("database.timezone", "UTC");
        settings.put("database.connectionTimeZone", "UTC");
        // The year 1 is not 2001.
        settings.put("enable.time.adjuster", "false");
        settings.put("bigint.unsigned.handling.mode", "precise");
        settings.put("time.precision.mode", "adaptive_time_microseconds");
        settings.put("schema.history.internal.store.only.captured.tables.ddl", "true");
        settings.put("schema.history.internal.store.only.captured.databases.ddl", "true");
        settings.put("converters", "windrow");
        settings.put("windrow.type", "io.windrow.connectors.connect.plugin.ZeroDates");
        settings.put("topic.naming.strategy", "io.windrow.connectors.connect.plugin.TableTopics");
        // D41: of whom nobody is there any more, a copy would wait for ever. The log has signs of life instead.
        settings.put("driver.socketTimeout", COPY_MILLIS);
        // Events by which the server says that it is idle: they tell how far the log was read when nothing happens in it. The
        // client makes their interval of this one.
        settings.put("connect.keep.alive.interval.ms", "250");
        // Else the client takes a reader who waits longer than that for a lost connection, makes another one and reads the
        // transaction again, beside what still waits. A connection that is lost ends the read, and the runner goes on.
        settings.put("connect.keep.alive", "false");
        if (!excludeColumns.isEmpty()) {
            settings.put("column.exclude.list", Preset.listed(excludeColumns));
        }
        return settings;
    }

    /** Connects to the server with the plugin's driver. */
    public Server open(PluginLoader loader, String driver, String url, Map<String, String> more, List<String> statusSql) {
        Properties properties = new Properties();
        properties.putAll(more);
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("socketTimeout", ASK_MILLIS);
        return new BinlogServer(loader.make(driver, Driver.class), url, properties, statusSql, excludeColumns, outOfRange);
    }
}
