package io.windrow.connectors.connect;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.connect.database.BinlogPreset;
import io.windrow.connectors.connect.database.BinlogSettings;
import io.windrow.connectors.connect.database.DatabasePreset;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.database.Tls;
import io.windrow.connectors.connect.host.PluginLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How to follow the changes of a MariaDB server. */
@Doc("Follows the changes of tables of a MariaDB server, with Debezium's connector in this process.")
public record MariadbConfig(
        @Doc(value = "The server's host.", example = "db.example.com") String host,
        @Doc(value = "The server's port.", defaultValue = "3306") int port,
        @Doc(value = "The user; check prints what it needs.", example = "windrow") String user,
        @Doc(value = "Its password.", example = "${secret:shop/password}") Secret password,
        @Doc(value = "The tables to follow, as database.table.", example = "[shop.orders, shop.customers]") List<String> tables,
        @Doc(value = "Columns that are not delivered, as database.table.column.", example = "[shop.orders.shape]")
                List<String> excludeColumns,
        @Doc("Whether the connection is encrypted and the server's certificate verified. Default: verify_full, but disable on this machine.")
                Optional<Tls> tls,
        @Doc("The number under which the server knows this reader, unique among its replicas. Default: one made of the pipeline's name.")
                Optional<Long> serverId,
        @Doc(value = "How tables are kept still while the first copy takes its place in the log: minimal (a global read lock for as long as that takes) or none (nobody may alter a table meanwhile).", defaultValue = "minimal")
                BinlogSettings.Lock copyLock,
        @Doc(value = "What to do with a date of zeros in a column that may not be null: fail, or null (counted). Where it may be null, it is null.", defaultValue = "fail")
                OutOfRange outOfRange,
        @Doc("The folder of the connector's jars. Default: debezium-3.5 below the launcher's plugins.") Optional<Path> plugin,
        @Doc(value = "Further settings of Debezium's connector, by its own names. Those on which the stream rests are refused, with what to set instead.", example = "{connect.timeout.ms: '5000'}")
                Map<String, String> properties,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "8192") int batchRows,
        @Doc(value = "How many bytes of memory a batch of rows takes at most.", defaultValue = "8MiB") ByteSize batchSize)
        implements BinlogPreset {
    public MariadbConfig {
        tables = List.copyOf(tables);
        excludeColumns = List.copyOf(excludeColumns);
        properties = Map.copyOf(properties);
        BinlogSettings.requireNoText(outOfRange);
        DatabasePreset.require(tables, excludeColumns, properties, batchRows, batchSize);
    }

    @Override
    public String vendor() {
        return "mariadb";
    }

    @Override
    public String line() {
        return "debezium-3.5";
    }

    @Override
    public String connectorClass() {
        return "io.debezium.connector.mariadb.MariaDbConnector";
    }

    @Override
    public Map<String, String> settings(String pipeline) {
        return binlog().settings(pipeline, tls().orElse(Tls.of(host)).mariadb());
    }

    /** Else the connector keeps a table's replacement to itself: it takes the statement for one that is about no table. */
    @Override
    public Map<String, String> following() {
        return Map.of("schema.history.internal.store.only.captured.tables.ddl", "false");
    }

    @Override
    public Server server(PluginLoader loader) {
        return binlog().open(loader, "org.mariadb.jdbc.Driver", "jdbc:mariadb://" + host + ":" + port + "/",
                Map.of("sslMode", tls().orElse(Tls.of(host)).mariadb()), List.of("SHOW MASTER STATUS"));
    }
}
