package io.windrow.benchmarks.soak;

import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Mirrored tables, in a SQLite file or in another database of a PostgreSQL server behind a proxy. */
sealed interface TableReplica extends Replica {
    /** A connection that no fault touches. */
    Connection connect() throws SQLException;

    /** The column's text at this target. */
    UnaryOperator<String> text();

    /** Whether there is a table yet. */
    boolean stands();

    @Override
    default List<List<@Nullable String>> rows(String table, List<String> columns, List<String> added) throws SQLException {
        if (!stands()) {
            return List.of();
        }
        try (Connection connection = connect()) {
            Set<String> there = new HashSet<>();
            try (ResultSet found = connection.getMetaData().getColumns(null, null, table, null)) {
                while (found.next()) {
                    there.add(found.getString("COLUMN_NAME"));
                }
            }
            if (there.isEmpty()) {
                return List.of();
            }
            StringBuilder sql = new StringBuilder("SELECT ").append(String.join(", ", columns.stream().map(text()).toList()));
            added.forEach(column -> sql.append(", ").append(there.contains(column) ? column : "NULL"));
            return Oracle.rows(connection, sql.append(" FROM ").append(table).toString());
        }
    }

    /** A SQLite file. It is held by a lock for writing. */
    final class Sqlite implements TableReplica {
        private final Path file;
        private @Nullable Connection holder;

        Sqlite(Path folder) {
            this.file = folder.resolve("mirror.db");
        }

        @Override
        public String name() {
            return "sqlite";
        }

        @Override
        public String sink() {
            return "sink: {jdbc: {url: 'jdbc:sqlite:" + file + "'}}\nwrite: {public.items: mirror, public.pairs: mirror}\n";
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + file);
        }

        @Override
        public UnaryOperator<String> text() {
            return column -> column.endsWith(" AS at") ? "at" : column;
        }

        @Override
        public boolean stands() {
            return Files.exists(file);
        }

        @Override
        public void hold() throws SQLException {
            if (!stands()) {
                return;
            }
            Connection connection = connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 3000");
                statement.execute("BEGIN IMMEDIATE");
                holder = connection;
            } catch (SQLException e) {
                connection.close();
                if (!String.valueOf(e.getMessage()).contains("BUSY")) {
                    throw e;
                }
            }
        }

        @Override
        public void release() throws SQLException {
            Connection held = holder;
            if (held != null) {
                held.close();
                holder = null;
            }
        }

        @Override
        public void close() throws SQLException {
            release();
        }
    }

    /** A database of a PostgreSQL server, behind a proxy of its own. */
    final class Postgres implements TableReplica {
        private final PostgresDatabase database;
        private final TcpProxy proxy;
        private final Random random;

        Postgres(PostgresDatabase database, long seed) {
            this.database = database;
            this.proxy = TcpProxy.to("127.0.0.1", database.server().port());
            this.random = new Random(seed);
        }

        @Override
        public String name() {
            return "postgres";
        }

        @Override
        public String sink() {
            return "sink: {jdbc: {url: '" + database.url().replace(":" + database.server().port(), ":" + proxy.port())
                    + "', schema: public}}\nwrite: {public.items: mirror, public.pairs: mirror}\n";
        }

        @Override
        public Connection connect() throws SQLException {
            return database.connect();
        }

        @Override
        public UnaryOperator<String> text() {
            return UnaryOperator.identity();
        }

        @Override
        public boolean stands() {
            return true;
        }

        /** Slow, or cut off: at once, or somewhere in what it says next, which may be that a commit is done. */
        @Override
        public void hold() {
            switch (random.nextInt(4)) {
                case 0 -> proxy.resetAll();
                case 1 -> proxy.resetAfter(random.nextInt(20_000));
                case 2 -> proxy.dropReplies();
                default -> proxy.delay(Duration.ofMillis(50 + random.nextInt(300)));
            }
        }

        @Override
        public void release() {
            proxy.pass();
        }

        @Override
        public void close() {
            proxy.close();
            database.close();
        }
    }
}
