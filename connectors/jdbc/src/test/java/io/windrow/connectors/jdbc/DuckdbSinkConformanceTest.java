package io.windrow.connectors.jdbc;

import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.testkit.conformance.SinkConformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The sink's traits are true of a DuckDB file, as read by SQL of the test's own. */
class DuckdbSinkConformanceTest extends SinkConformance {
    @TempDir
    Path folder;

    @Override
    protected Sink open(Context with) {
        return new JdbcSink(JdbcConfig.of(Secret.of("jdbc:duckdb:" + folder.resolve("target.duckdb"))), with);
    }

    @Override
    protected SinkTraits traits() {
        return JdbcConnector.TRAITS;
    }

    @Override
    protected List<Long> visible(StreamName stream) {
        List<Long> ids = new ArrayList<>();
        if (!Files.exists(folder.resolve("target.duckdb"))) {
            return ids;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("target.duckdb"));
                Statement statement = connection.createStatement()) {
            try (ResultSet there = statement.executeQuery(
                    "SELECT 1 FROM information_schema.tables WHERE table_name = '" + stream.name().replace("'", "''") + "'")) {
                if (!there.next()) {
                    return ids;
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT id FROM " + "\"" + stream.name().replace("\"", "\"\"") + "\"")) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
            return ids;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
