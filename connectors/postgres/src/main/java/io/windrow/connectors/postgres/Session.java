package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.codec.CanonicalSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection with the settings on which reading relies, whatever the server's, the database's or the role's defaults
 * are. Belongs to one thread; {@link Wire#wake} may come from another.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    /** Who gives a read up waits for the request to cancel it, and a runner for him. */
    private static final long CANCEL_SECONDS = 10;

    /** What the server shows of us. */
    static final String APPLICATION = "windrow";

    private static final String SERVER =
            "coalesce(pg_catalog.host(pg_catalog.inet_server_addr()) || ':' || pg_catalog.inet_server_port(),"
                    + " 'a local socket') || ', up since ' || pg_catalog.pg_postmaster_start_time()::pg_catalog.text";

    private final Connection connection;
    private final Wire wire;
    private final List<String> settings;
    private final int silenceMillis;
    private volatile Optional<Process> process = Optional.empty();

    private Session(Connection connection, Wire wire, List<String> settings, int silenceMillis) {
        this.connection = connection;
        this.wire = wire;
        this.settings = List.copyOf(settings);
        this.silenceMillis = silenceMillis;
    }

    static Session open(PostgresAddress address, PostgresConfig config) {
        return open(address, config, new Wire(Wire.Content.BYTES));
    }

    /** What a connection is for. */
    enum Purpose {
        QUERIES,
        /** Replication commands, and queries in simple form. */
        REPLICATION
    }

    static Session open(PostgresAddress address, PostgresConfig config, Wire wire) {
        return open(address, config, wire, Purpose.QUERIES);
    }

    static Session open(PostgresAddress address, PostgresConfig config, Wire wire, Purpose purpose) {
        Properties properties = address.properties();
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("connectTimeout", Long.toString(config.connectTimeout().toSeconds()));
        // Also for what follows the handshake: a proxy without a server behind it accepts and never says a word.
        properties.setProperty("socketTimeout", Long.toString(config.connectTimeout().toSeconds()));
        properties.setProperty(
                "cancelSignalTimeout", Long.toString(Math.min(CANCEL_SECONDS, config.connectTimeout().toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", Wire.Sockets.class.getName());
        properties.setProperty("socketFactoryArg", wire.id());
        if (wire.content() == Wire.Content.TLS) {
            properties.setProperty("sslfactory", Wire.tls(Optional.ofNullable(properties.getProperty("sslfactory"))));
        }
        if (purpose == Purpose.REPLICATION) {
            properties.setProperty("replication", "database");
            properties.setProperty("preferQueryMode", "simple");
        }
        String doing = "Connecting to " + address.display() + " as " + address.user();
        try {
            Connection connection = new Driver().connect(address.jdbcUrl(), properties);
            wire.opened();
            if (connection == null) {
                throw WindrowException.of(PostgresError.URL_INVALID, doing + ": the driver does not know the URL");
            }
            try {
                int silenceMillis = Math.toIntExact(
                        Math.min(Integer.MAX_VALUE, config.silence().plus(config.lockTimeout()).toMillis()));
                Session session = new Session(connection, wire, settings(connection, config), silenceMillis);
                boolean direct = session.isDirect();
                if (purpose == Purpose.REPLICATION || direct) {
                    session.set("SET ");
                } else {
                    // The next client of this server process would run with our search_path and without its time limits, and
                    // a statement prepared on it would be missing on the next.
                    connection.unwrap(PGConnection.class).setPrepareThreshold(0);
                }
                connection.setNetworkTimeout(Runnable::run, 0);
                return session;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlStates.coded(doing, e);
        } finally {
            wire.close();
        }
    }

    private static List<String> settings(Connection connection, PostgresConfig config) throws SQLException {
        List<String> settings = new ArrayList<>(CanonicalSession.settings());
        settings.add("statement_timeout = 0");
        settings.add("idle_in_transaction_session_timeout = 0");
        settings.add("idle_session_timeout = 0");
        settings.add("lock_timeout = " + config.lockTimeout().toMillis());
        // Rows of a part come in the heap's order, from its beginning, and all of them or an error.
        settings.add("synchronize_seqscans = off");
        settings.add("row_security = off");
        if (connection.getMetaData().getDatabaseMajorVersion() >= 17) {
            settings.add("transaction_timeout = 0");
        }
        return settings;
    }

    /**
     * Whether the server process is this connection's own. A pooler between the two gives the client a process id of its
     * making, because it changes the process from transaction to transaction; then settings hold in transactions only.
     */
    boolean isDirect() throws SQLException {
        int told = connection.unwrap(PGConnection.class).getBackendPID();
        List<@Nullable String> row = row("SELECT pg_catalog.pg_backend_pid(), " + SERVER);
        boolean direct = Integer.toString(told).equals(row.get(0));
        process = direct ? Optional.of(new Process(told, String.valueOf(row.get(1)))) : Optional.empty();
        return direct;
    }

    /**
     * A server process that is a connection's own.
     *
     * @param id its id
     * @param server which server it is one of, spelled as the connection's own defaults have it: equal for one role and server
     */
    record Process(int id, String server) {}

    /** The server process at the other end; empty if a pooler stands between. Any thread. */
    Optional<Process> process() {
        return process;
    }

    private void set(String command) throws SQLException {
        execute(command + String.join("; " + command, settings));
    }

    /** Which server process is at the other end: its own address, if it has one, and since when it runs. */
    String server() throws SQLException {
        return String.valueOf(row("SELECT " + SERVER).get(0));
    }

    Connection connection() {
        return connection;
    }

    Wire wire() {
        return wire;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Begins a read-only transaction of one snapshot: a new one, or an exported one. The settings are made anew within it:
     * behind a pooler the session has none, and row_security = on would hide rows without a word.
     */
    void begin(@Nullable String exportedSnapshot) throws SQLException {
        promptly(() -> {
            execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            if (exportedSnapshot != null) {
                execute("SET TRANSACTION SNAPSHOT " + Identifier.literal(exportedSnapshot));
            }
            set("SET LOCAL ");
            return null;
        });
    }

    /** Something that uses the connection. */
    interface Work<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    /**
     * Runs the work within a savepoint, to which the transaction returns: a failure does not end the transaction and the
     * snapshot that it exports, and locks are given back.
     */
    <T extends @Nullable Object> T guarded(Work<T> work) throws SQLException {
        execute("SAVEPOINT windrow");
        try {
            return work.run();
        } finally {
            if (!connection.isClosed()) {
                execute("ROLLBACK TO SAVEPOINT windrow; RELEASE SAVEPOINT windrow");
            }
        }
    }

    /** Runs the work, which is done or not done whatever becomes of its transaction, for no longer than a time. */
    <T extends @Nullable Object> T limited(Duration longest, Work<T> work) throws SQLException {
        execute("BEGIN; SET LOCAL statement_timeout = " + longest.toMillis());
        try {
            return work.run();
        } finally {
            if (!connection.isClosed()) {
                execute("ROLLBACK");
            }
        }
    }

    /**
     * Asks for what the server has at hand or waits for a lock to have. If nothing comes for as long as a followed log may be
     * silent, beside the time that a lock is waited for, the connection is lost: an answer may have been, without either end
     * having noticed. What computes over rows may take longer and does not belong here.
     */
    <T extends @Nullable Object> T promptly(Work<T> work) throws SQLException {
        int before = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, silenceMillis);
        try {
            return work.run();
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, before);
            }
        }
    }

    /** The first row's columns as text; empty if there is no row. */
    List<@Nullable String> row(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<@Nullable String> row = new ArrayList<>();
            if (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
            }
            return row;
        }
    }

    /** The first column of every row. */
    List<String> column(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (rows.next()) {
                column.add(rows.getString(1));
            }
            return column;
        }
    }

    /** Every row's columns as text. */
    List<List<@Nullable String>> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<@Nullable String>> all = new ArrayList<>();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                all.add(row);
            }
            return all;
        }
    }

    CopyOut copy(String sql) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
    }

    CopyDual copyDual(String sql) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI().copyDual(sql);
    }

    /** Ends whatever runs, without waiting for the rest of a copy, and closes. */
    void abort() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("Cancelling a query: SQLSTATE {}; the server notices when the socket closes", e.getSQLState());
        }
        drop();
    }

    /** Closes the socket, whatever runs. */
    void drop() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("Dropping a connection: SQLSTATE {}", e.getSQLState());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            drop();
        }
    }
}
