package io.windrow.connectors.connect;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.connect.database.BinlogSettings;
import io.windrow.testkit.mariadb.MariaServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of a test's own on the shared MariaDB, and the user that reads it. */
final class MariaShop {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    /** Filled before the tests by the module that this one depends on. */
    static final Path PLUGIN = Path.of("plugins", "debezium-3.5").toAbsolutePath();

    final MariaServer server;
    final String database;

    MariaShop() {
        this(shared());
    }

    /** A new database on a server. */
    MariaShop(MariaServer server) {
        this(server, "shop" + ProcessHandle.current().pid() + "_" + NUMBERS.incrementAndGet());
        run("CREATE DATABASE " + database + " CHARACTER SET utf8mb4",
                "CREATE USER IF NOT EXISTS 'windrow'@'%' IDENTIFIED BY 'reads'",
                "GRANT SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'windrow'@'%'");
    }

    private static MariaServer shared() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        return MariaServer.shared();
    }

    /** The database of another server's shop, which this one has by replication. */
    MariaShop(MariaServer server, String database) {
        this.server = server;
        this.database = database;
    }

    void run(String... statements) {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql.replace("$", database));
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** What a query gives, as texts with a bar between values. */
    List<String> query(String sql) {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql.replace("$", database))) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join("|", values));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Removes every file of the log but the last. One whose reader has gone goes when the server has noticed that. */
    void purge() {
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            List<String> files = logFiles();
            run("PURGE BINARY LOGS TO '" + files.getLast() + "'");
            return logFiles().size() == 1;
        });
    }

    private List<String> logFiles() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""));
                Statement statement = connection.createStatement();
                ResultSet file = statement.executeQuery("SHOW BINARY LOGS")) {
            List<String> files = new ArrayList<>();
            while (file.next()) {
                files.add(file.getString(1));
            }
            return files;
        }
    }

    MariadbConfig config(String... tables) {
        return config(8192, tables);
    }

    MariadbConfig config(int batchRows, String... tables) {
        return config("windrow", "reads", batchRows, tables);
    }

    MariadbConfig as(String user, String password, String... tables) {
        return config(user, password, 8192, tables);
    }

    /** Follows a table without some of its columns, given as {@code table.column}. */
    MariadbConfig without(List<String> columns, String table) {
        return config("windrow", "reads", 8192, columns.stream().map(this::table).toList(), table);
    }

    /** The same with settings of the connector's own. */
    MariadbConfig through(int port, Map<String, String> properties, String... tables) {
        return config(OutOfRange.FAIL, properties, port, "windrow", "reads", 1000, List.of(), tables);
    }

    /** Reaches the server by another port of this machine. */
    MariadbConfig through(int port, String... tables) {
        return config(port, "windrow", "reads", 8192, List.of(), tables);
    }

    private MariadbConfig config(String user, String password, int batchRows, String... tables) {
        return config(user, password, batchRows, List.of(), tables);
    }

    private MariadbConfig config(String user, String password, int batchRows, List<String> excluded, String... tables) {
        return config(server.port(), user, password, batchRows, excluded, tables);
    }

    private MariadbConfig config(int port, String user, String password, int batchRows, List<String> excluded, String... tables) {
        return config(OutOfRange.FAIL, Map.of(), port, user, password, batchRows, excluded, tables);
    }

    /** Follows tables under a rule for dates of zeros. */
    MariadbConfig under(OutOfRange rule, String... tables) {
        return config(rule, Map.of(), server.port(), "windrow", "reads", 8192, List.of(), tables);
    }

    private MariadbConfig config(
            OutOfRange rule, Map<String, String> properties, int port, String user, String password, int batchRows, List<String> excluded, String... tables) {
        return new MariadbConfig(
                "127.0.0.1", port, user, Secret.of(password),
                java.util.Arrays.stream(tables).map(table -> database + "." + table).toList(), excluded, Optional.empty(),
                Optional.empty(), BinlogSettings.Lock.MINIMAL, rule, Optional.of(PLUGIN), properties, batchRows, ByteSize.parse("8MiB"));
    }

    String table(String name) {
        return database + "." + name;
    }
}
