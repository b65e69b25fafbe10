package io.windrow.connectors.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.testkit.conformance.SinkConformance;
import io.windrow.testkit.mariadb.MariaServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The sink's traits are true of MariaDB, as read by SQL of the test's own. */
@Tag("server")
class MariadbSinkConformanceTest extends SinkConformance {
    @BeforeEach
    void empty() throws SQLException {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS mirror_conformance");
            statement.execute("CREATE DATABASE mirror_conformance");
        }
    }

    @Override
    protected Sink open(Context with) {
        return new JdbcSink(JdbcConfig.of(Secret.of(MariaServer.shared().url("mirror_conformance"))), with);
    }

    @Override
    protected SinkTraits traits() {
        return JdbcConnector.TRAITS;
    }

    @Override
    protected List<Long> visible(StreamName stream) {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl("mirror_conformance"));
                Statement statement = connection.createStatement()) {
            try (ResultSet there = statement.executeQuery(
                    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '" + stream.name().replace("'", "''") + "'")) {
                if (!there.next()) {
                    return ids;
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT id FROM " + "`" + stream.name().replace("`", "``") + "`")) {
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
