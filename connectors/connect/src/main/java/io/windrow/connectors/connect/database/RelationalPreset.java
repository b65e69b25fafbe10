package io.windrow.connectors.connect.database;

import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.Values;
import java.sql.Driver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** A preset for SQL Server, Oracle or Db2, of Debezium's newest line. None of them has been run against a server so far. */
public interface RelationalPreset extends DatabasePreset {
    /** The database. */
    String database();

    @Override
    default String line() {
        return "debezium-3.6";
    }

    @Override
    default Values.Dialect dialect() {
        return Values.Dialect.PLAIN;
    }

    /** What all three tell their connector; more may be put to it. */
    default Map<String, String> common() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("database.hostname", host());
        settings.put("database.port", Integer.toString(port()));
        settings.put("database.user", user());
        settings.put("database.password", password().reveal());
        settings.put("time.precision.mode", "adaptive_time_microseconds");
        settings.put("schema.history.internal.store.only.captured.tables.ddl", "true");
        if (!excludeColumns().isEmpty()) {
            settings.put("column.exclude.list", Preset.listed(excludeColumns()));
        }
        return settings;
    }

    /** Connects to the server with a driver from the plugin's folder. */
    default Server open(PluginLoader loader, String driver, String url, Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(more);
        properties.setProperty("user", user());
        properties.setProperty("password", password().reveal());
        return new JdbcServer(loader.make(driver, Driver.class), url, properties, excludeColumns());
    }
}
