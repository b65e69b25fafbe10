package io.windrow.connectors.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.testkit.mariadb.MariaServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("server")
class MariadbEveryTypeTest extends EveryTypeSuite {
    @BeforeEach
    void empty() throws SQLException {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS mirror_EveryType");
            statement.execute("CREATE DATABASE mirror_EveryType");
        }
    }

    @Override
    protected String url() {
        return MariaServer.shared().url("mirror_EveryType");
    }

    @Override
    protected double[] floats() {
        return new double[] {0.0, -0.0, -1.5, 1e30, 0.1};
    }

    @Override
    protected long[] moments() {
        return new long[] {-62_135_596_800_000_000L, 253_402_300_799_999_999L};
    }
}
