package io.windrow.benchmarks;

import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** A PostgreSQL 18 with one table, TPC-H's lineitem, cached in its shared buffers. */
final class Lineitem implements AutoCloseable {
    private static final int CHUNK = 1 << 20;
    private final PostgresServer server;
    private final long rows;

    private Lineitem(PostgresServer server, long rows) {
        this.server = server;
        this.rows = rows;
    }

    /** Starts the server and loads the table; scale 1 is six million rows. */
    static Lineitem load(double scale) throws SQLException, IOException {
        PostgresServer server = PostgresServer.start(
                PostgresOptions.of(18).with("shared_buffers", "3GB").with("jit", "off").with("autovacuum", "off"));
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE lineitem (orderkey bigint NOT NULL, partkey bigint NOT NULL, suppkey bigint NOT NULL,
                      linenumber int NOT NULL, quantity numeric(15,2) NOT NULL, extendedprice numeric(15,2) NOT NULL,
                      discount numeric(15,2) NOT NULL, tax numeric(15,2) NOT NULL, returnflag char(1) NOT NULL,
                      linestatus char(1) NOT NULL, shipdate date NOT NULL, commitdate date NOT NULL,
                      receiptdate date NOT NULL, shipinstruct varchar(25) NOT NULL, shipmode varchar(10) NOT NULL,
                      comment varchar(44) NOT NULL)""");
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
                    "COPY lineitem FROM STDIN (FORMAT text, DELIMITER '|')");
            StringBuilder chunk = new StringBuilder(CHUNK + 1024);
            for (LineItem row : new LineItemGenerator(scale, 1, 1)) {
                String line = row.toLine();
                chunk.append(line, 0, line.length() - 1).append('\n');
                if (chunk.length() >= CHUNK) {
                    send(copy, chunk);
                }
            }
            send(copy, chunk);
            long rows = copy.endCopy();
            statement.execute("VACUUM (FREEZE, ANALYZE) lineitem");
            statement.execute("CHECKPOINT");
            return new Lineitem(server, rows);
        }
    }

    private static void send(CopyIn copy, StringBuilder chunk) throws SQLException {
        byte[] bytes = chunk.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        chunk.setLength(0);
    }

    PostgresServer server() {
        return server;
    }

    long rows() {
        return rows;
    }

    /** The process id whose children are the backends. */
    long postmaster() throws IOException {
        return Long.parseLong(
                Files.readAllLines(server.data().resolve("postmaster.pid")).getFirst().strip());
    }

    @Override
    public void close() {
        server.close();
    }
}
