package io.windrow.connectors.connect;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.connectors.connect.database.DatabasePreset;
import io.windrow.connectors.connect.database.RelationalPreset;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.LogOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How to follow the changes of an Oracle database. Not run against one so far. */
@Doc("Follows the changes of tables of an Oracle database, with Debezium's connector in this process. Not run against a real server so far.")
public record OracleConfig(
        @Doc(value = "The server's host.", example = "db.example.com") String host,
        @Doc(value = "The server's port.", defaultValue = "1521") int port,
        @Doc(value = "The database.", example = "shop") String database,
        @Doc(value = "The user.", example = "windrow") String user,
        @Doc(value = "Its password.", example = "${secret:shop/password}") Secret password,
        @Doc(value = "The tables to follow, as schema.table.", example = "[SHOP.orders]") List<String> tables,
        @Doc(value = "Columns that are not delivered, as schema.table.column.", example = "[SHOP.orders.shape]") List<String> excludeColumns,
        @Doc("The folder of the connector's jars, with Oracle's driver put beside them. Default: debezium-3.6 below the launcher's plugins.") Optional<Path> plugin,
        @Doc(value = "Further settings of Debezium's connector, by its own names. Those on which the stream rests are refused, with what to set instead.", example = "{snapshot.fetch.size: '5000'}")
                Map<String, String> properties,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "8192") int batchRows,
        @Doc(value = "How many bytes of memory a batch of rows takes at most.", defaultValue = "8MiB") ByteSize batchSize)
        implements RelationalPreset {
    public OracleConfig {
        tables = List.copyOf(tables);
        excludeColumns = List.copyOf(excludeColumns);
        properties = Map.copyOf(properties);
        DatabasePreset.require(tables, excludeColumns, properties, batchRows, batchSize);
    }

    @Override
    public String vendor() {
        return "oracle";
    }

    @Override
    public String connectorClass() {
        return "io.debezium.connector.oracle.OracleConnector";
    }

    @Override
    public Map<String, String> settings(String pipeline) {
        Map<String, String> settings = common();
        settings.put("database.dbname", database);
        return settings;
    }

    @Override
    public LogOrder order() {
        return new LogOrder.Counted(List.of("commit_scn"));
    }

    @Override
    public Server server(PluginLoader loader) {
        return open(loader, "oracle.jdbc.OracleDriver", "jdbc:oracle:thin:@//" + host + ":" + port + "/" + database, Map.of());
    }
}
