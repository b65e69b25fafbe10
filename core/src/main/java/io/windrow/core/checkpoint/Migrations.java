package io.windrow.core.checkpoint;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings a store to this program's layout. The only class that touches Flyway: it is loaded only when a store is behind. */
final class Migrations {
    private Migrations() {}

    interface Connections {
        Connection connect() throws SQLException;
    }

    /**
     * Runs the migrations of {@code folder}, which lies beside this class. Throws Flyway's exceptions.
     *
     * @param layout the layout that a store without a history of migrations has, because it was made with it; 0 if it is empty
     */
    static void run(Connections connections, String folder, long layout) {
        Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(new Source(connections))
                .locations("classpath:io/windrow/core/checkpoint/" + folder)
                .table("windrow_migration")
                .baselineOnMigrate(true)
                .baselineVersion(Long.toString(layout))
                .load()
                .migrate();
    }

    private record Source(Connections connections) implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            return connections.connect();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return connections.connect();
        }

        @Override
        public PrintWriter getLogWriter() {
            return new PrintWriter(java.io.Writer.nullWriter());
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException("Asking for a logger: there is none");
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("Unwrapping a data source as " + type.getName() + ": it wraps nothing");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
