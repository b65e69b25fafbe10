package io.windrow.testkit.postgres;

import io.windrow.api.error.WindrowException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database of one's own on a shared server, copied from a template that is filled once per server and set of
 * statements. As a JUnit extension in a static field, one per test class:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PostgresDatabase database = PostgresDatabase.on(18, "CREATE TABLE t (id int PRIMARY KEY)");
 * }</pre>
 *
 * <p>Elsewhere {@link #create} makes one that the caller closes. Safe for use by many threads once it is there.
 */
public final class PostgresDatabase implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();

    private final int major;
    private final List<String> statements;
    private @Nullable PostgresServer server;
    private String name = "";

    private PostgresDatabase(int major, List<String> statements) {
        this.major = major;
        this.statements = statements;
    }

    /** A database on {@link PostgresServer#shared}, made before the first test of the class and dropped after the last. */
    public static PostgresDatabase on(int major, String... template) {
        return new PostgresDatabase(major, List.of(template));
    }

    /** A database on the given server, there at once; the caller closes it. */
    public static PostgresDatabase create(PostgresServer server, String... template) {
        PostgresDatabase database = new PostgresDatabase(server.major(), List.of(template));
        database.open(server);
        return database;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        open(PostgresServer.shared(major));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    private void open(PostgresServer on) {
        name = "test_" + NUMBERS.incrementAndGet();
        if (statements.isEmpty()) {
            on.execute("CREATE DATABASE " + name);
        } else {
            String template = TEMPLATES.computeIfAbsent(on.port() + ":" + statements, key -> fill(on));
            synchronized (TEMPLATES) {
                on.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            }
        }
        server = on;
    }

    private String fill(PostgresServer on) {
        String template = "template_" + NUMBERS.incrementAndGet();
        on.execute("CREATE DATABASE " + template);
        run(on.jdbcUrl(template), statements);
        return template;
    }

    /** The server that holds the database. */
    public PostgresServer server() {
        PostgresServer current = server;
        if (current == null) {
            throw new IllegalStateException("The database is made before the first test: is the field static and @RegisterExtension?");
        }
        return current;
    }

    /** The database's name. */
    public String name() {
        return name;
    }

    /** The URL for pgjdbc. */
    public String jdbcUrl() {
        return server().jdbcUrl(name);
    }

    /** The URL as libpq writes it. */
    public String url() {
        return server().url(name);
    }

    /** A new connection; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl());
    }

    /** Runs statements one after the other, each in a transaction of its own. */
    public void execute(String... sql) {
        run(jdbcUrl(), Arrays.asList(sql));
    }

    /** The rows of a query, each value in PostgreSQL's own text form, null for NULL. */
    public List<List<@Nullable String>> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            List<List<@Nullable String>> result = new ArrayList<>();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(rows.getString(i));
                }
                result.add(row);
            }
            return result;
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    /** The only value of a query that yields one number. */
    public long number(String sql) {
        String value = query(sql).getFirst().getFirst();
        return Long.parseLong(String.valueOf(value));
    }

    /** Drops a replication slot, if there is one of the name; its reader may have gone a moment ago. */
    public void dropSlot(String slot) {
        dropSlots(server(), "slot_name = '" + slot + "'");
    }

    /** The reader of a slot may be a process that was killed, or a connection of whose end the server has not heard yet. */
    private static void dropSlots(PostgresServer server, String which) {
        server.execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE " + which
                + " AND active_pid IS NOT NULL");
        server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE " + which);
    }

    /** Drops the database, with whatever still uses it. May be called again. */
    @Override
    public void close() {
        PostgresServer current = server;
        if (current != null) {
            server = null;
            // A slot belongs to the server and would keep the database.
            dropSlots(current, "database = '" + name + "'");
            current.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        }
    }

    private static void run(String url, List<String> statements) {
        String current = "";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failed(current, e);
        }
    }

    private static WindrowException failed(String sql, SQLException e) {
        return WindrowException.of(PostgresError.STATEMENT_FAILED, "Running " + sql + ": " + e.getMessage(), e);
    }
}
