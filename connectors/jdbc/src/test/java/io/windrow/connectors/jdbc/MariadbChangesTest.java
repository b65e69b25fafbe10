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
class MariadbChangesTest extends ChangesSuite {
    @BeforeEach
    void empty() throws SQLException {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS mirror_Changes");
            statement.execute("CREATE DATABASE mirror_Changes");
        }
    }

    @Override
    protected String url() {
        return MariaServer.shared().url("mirror_Changes");
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(MariaServer.shared().jdbcUrl("mirror_Changes"));
    }
}
