package io.windrow.demo;

import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * An embedded PostgreSQL 18 with an empty database. It ends with this JVM, also when that is killed, and is deleted
 * then. Safe for use by many threads.
 */
public final class DemoDatabase implements AutoCloseable {
    private static final String NAME = "tpch";

    private final PostgresServer server;

    private DemoDatabase(PostgresServer server) {
        this.server = server;
    }

    /** Starts the server; 1 to 5 s, the first time on a machine the longest. */
    public static DemoDatabase start() {
        PostgresServer server = PostgresServer.start(PostgresOptions.of(18)
                .with("autovacuum", "on")
                .with("shared_buffers", "256MB")
                .with("max_wal_size", "4GB")
                .with("checkpoint_timeout", "30min"));
        server.execute("CREATE DATABASE " + NAME);
        return new DemoDatabase(server);
    }

    /** The URL for a pipeline file, {@code postgresql://…}. Free of secrets. */
    public String url() {
        return server.url(NAME);
    }

    /** The URL for pgjdbc. */
    public String jdbcUrl() {
        return server.jdbcUrl(NAME);
    }

    /** A new connection; the caller closes it. */
    public Connection connect() throws SQLException {
        return server.connect(NAME);
    }

    /** Stops the server and deletes its files. May be called again. */
    @Override
    public void close() {
        server.close();
    }
}
