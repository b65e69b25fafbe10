package io.windrow.connectors.connect.database;

import io.windrow.api.config.Secret;
import io.windrow.connectors.connect.host.PluginLoader;
import java.sql.Driver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What the configs of SQL Server, Oracle and Db2 have in common. The components are those of the configs. */
public record RelationalSettings(String host, int port, String user, Secret password, List<String> excludeColumns) {
    /** What the connector is told. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("database.hostname", host);
        settings.put("database.port", Integer.toString(port));
        settings.put("database.user", user);
        settings.put("database.password", password.reveal());
        settings.put("time.precision.mode", "adaptive_time_microseconds");
        settings.put("schema.history.internal.store.only.captured.tables.ddl", "true");
        if (!excludeColumns.isEmpty()) {
            settings.put("column.exclude.list", Preset.listed(excludeColumns));
        }
        return settings;
    }

    /** Connects to the server with a driver from the plugin's folder. */
    public Server open(PluginLoader loader, String driver, String url, Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(more);
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        return new JdbcServer(loader.make(driver, Driver.class), url, properties, excludeColumns);
    }
}
