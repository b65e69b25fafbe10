package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;

/** A state store in a PostgreSQL database, in the connection's current schema. Leases go by the server's clock (G16). */
final class PostgresDialect implements Dialect {
    private static final Set<String> OPTIONS = Set.of(
            "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "ssl", "currentSchema", "ApplicationName",
            "connectTimeout", "socketTimeout", "loginTimeout", "tcpKeepAlive", "targetServerType", "channelBinding",
            "gssEncMode");
    private static final String NOW = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint";

    private final String place;
    /** What the driver gets beside the place, user and password among it: a URL that it cannot read it prints whole. */
    private final Properties options;

    private PostgresDialect(String place, Properties options) {
        this.place = place;
        this.options = options;
    }

    static PostgresDialect open(String url) {
        int options = url.indexOf('?');
        String place = options < 0 ? url : url.substring(0, options);
        if (place.indexOf('@') >= 0) {
            throw WindrowException.of(
                    CheckpointError.URL_REFUSED,
                    "Opening the state store: user and password stand behind the question mark of a PostgreSQL URL,"
                            + " as user=…&password=…");
        }
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "windrow state");
        if (options >= 0) {
            for (String option : url.substring(options + 1).split("&")) {
                int equals = option.indexOf('=');
                String name = equals < 0 ? option : option.substring(0, equals);
                if (!OPTIONS.contains(name)) {
                    throw WindrowException.of(
                                    CheckpointError.URL_REFUSED,
                                    "Opening the state store: the option " + name + " is not one of " + OPTIONS)
                            .at(place);
                }
                properties.setProperty(name, equals < 0 ? "" : decoded(option.substring(equals + 1), name, place));
            }
        }
        return new PostgresDialect(place, properties);
    }

    /** A value of the URL's options, which is quoted nowhere: it may be the password. */
    private static String decoded(String text, String option, String place) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw WindrowException.of(
                            CheckpointError.URL_REFUSED,
                            "Opening the state store: in the value of the option " + option + " a % is written %25")
                    .at(place);
        }
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Connection connect() {
        String doing = "Opening the state store";
        Connection connection = null;
        boolean ready = false;
        try {
            connection = raw();
            long layout = layout(connection);
            if (layout > LAYOUT) {
                throw WindrowException.of(
                                CheckpointError.NEWER_VERSION,
                                doing + ": its layout is " + layout + ", this program knows up to " + LAYOUT)
                        .at(place);
            }
            if (layout < LAYOUT) {
                migrate();
            }
            ready = true;
            return connection;
        } catch (SQLException e) {
            throw coded(doing, e);
        } finally {
            if (!ready && connection != null) {
                closeQuietly(connection);
            }
        }
    }

    private Connection raw() throws SQLException {
        Driver driver;
        try {
            driver = DriverManager.getDriver(place);
        } catch (SQLException e) {
            throw WindrowException.of(
                    CheckpointError.DRIVER_MISSING, "Opening the state store: no driver for PostgreSQL", e);
        }
        Connection connection = driver.connect(place, options);
        if (connection == null) {
            throw WindrowException.of(
                            CheckpointError.URL_REFUSED,
                            "Opening the state store: expected jdbc:postgresql://host:port/database")
                    .at(place);
        }
        // What was saved must survive a crash of the server, whatever its default is.
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit TO on");
            statement.execute("SET lock_timeout TO '10s'");
        }
        return connection;
    }

    private static long layout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM windrow_store")) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException e) {
            if ("42P01".equals(e.getSQLState())) {
                return 0;
            }
            throw e;
        }
    }

    private void migrate() {
        String doing = "Bringing the state store to layout " + LAYOUT;
        try {
            Migrations.run(this::raw, "postgresql", 0);
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw coded(doing, sql);
                }
            }
            throw WindrowException.of(CheckpointError.FAILED, doing + ": " + e.getMessage(), e).at(place);
        }
    }

    @Override
    public void begin(Connection connection, Access access) throws SQLException {
        connection.setAutoCommit(false);
        if (access == Access.READ) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            }
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        if (!connection.isClosed() && !connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public Lease acquire(Connection connection, String pipeline, String owner, Duration ttl) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_lease (pipeline, owner, token, held, guarded, ttl_millis, expires_millis, renewals)"
                        + " VALUES (?, ?, 1, 1, 0, ?, " + NOW + " + ?, 0) ON CONFLICT (pipeline) DO UPDATE SET"
                        + " owner = excluded.owner, token = windrow_lease.token + 1, held = 1,"
                        + " ttl_millis = excluded.ttl_millis, expires_millis = excluded.expires_millis, renewals = 0"
                        + " WHERE windrow_lease.held = 0 OR windrow_lease.expires_millis <= " + NOW
                        + " RETURNING token")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, owner);
            upsert.setLong(3, ttl.toMillis());
            upsert.setLong(4, ttl.toMillis());
            try (ResultSet row = upsert.executeQuery()) {
                if (row.next()) {
                    return new Lease(pipeline, owner, row.getLong(1));
                }
            }
        }
        throw held(connection, pipeline);
    }

    private WindrowException held(Connection connection, String pipeline) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT owner, expires_millis - " + NOW + " FROM windrow_lease WHERE pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                String who = row.next()
                        ? row.getString(1) + " has it for another " + Math.max(0, row.getLong(2)) + " ms"
                        : "another run was faster";
                return WindrowException.of(
                                CheckpointError.LEASE_HELD, "Taking the lease of " + pipeline + ": " + who)
                        .at(place);
            }
        }
    }

    @Override
    public Timekeeper timekeeper() {
        return Timekeeper.SERVER;
    }

    @Override
    public String nowMillis() {
        return NOW;
    }

    @Override
    public void released(Lease lease) {
        // Nothing is held outside the database.
    }

    @Override
    public void close() {
        // Nothing is held outside the database.
    }

    /** The table is written anew without its dead rows, and its old file goes. What the server has archived is not ours. */
    @Override
    public void wipe(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("VACUUM FULL windrow_document");
        }
    }

    @Override
    public String rowLock() {
        return " FOR UPDATE";
    }

    @Override
    public WindrowException coded(String doing, SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        CheckpointError code;
        if (state.equals("53100") || state.equals("53200")) {
            code = CheckpointError.FULL;
        } else if (state.startsWith("XX")) {
            code = CheckpointError.CORRUPTED;
        } else if (state.equals("25006")) {
            code = CheckpointError.READ_ONLY;
        } else if (state.equals("55P03") || state.startsWith("40")) {
            code = CheckpointError.LOCKED;
        } else if (state.startsWith("28") || state.equals("42501") || state.equals("3D000")) {
            code = CheckpointError.ACCESS_DENIED;
        } else if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
            code = CheckpointError.UNREACHABLE;
        } else if (state.startsWith("58")) {
            code = CheckpointError.IO;
        } else {
            code = CheckpointError.FAILED;
        }
        return WindrowException.of(code, doing + ": " + error.getMessage(), error).at(place);
    }

    @Override
    public boolean leavesOpen(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("58") || state.startsWith("XX")
                || state.equals("40003");
    }

    @Override
    public boolean broken(Connection connection, SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            org.slf4j.LoggerFactory.getLogger(PostgresDialect.class).debug("Closing a connection: {}", e.getMessage());
        }
    }
}
