package io.windrow.connectors.connect.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.testkit.mariadb.MariaServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What JDBC tells of tables, asked of the one server that is here. */
@Tag("server")
class JdbcServerTest {
    @Test
    void columnsAndKeysAreWhatTheDriverSays() throws SQLException {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        MariaServer server = MariaServer.shared();
        try (Connection connection = new org.mariadb.jdbc.Driver().connect(server.jdbcUrl(""), new Properties()); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE by_jdbc");
            statement.execute("CREATE TABLE by_jdbc.a_b (y int, x varchar(5), total decimal(10,2) NOT NULL, left_out geometry, PRIMARY KEY (x, y))");
            statement.execute("CREATE TABLE by_jdbc.aXb (other int)");
        }
        Properties root = new Properties();
        root.setProperty("user", "root");
        try (Server jdbc = new JdbcServer(
                new org.mariadb.jdbc.Driver(), "jdbc:mariadb://127.0.0.1:" + server.port() + "/by_jdbc", root, List.of("by_jdbc.a_b.left_out"))) {
            StreamSchema schema = jdbc.schema(new StreamName("by_jdbc", "a_b"));
            assertThat(schema.columns()).extracting(Column::name).containsExactly("y", "x", "total");
            assertThat(schema.columns()).extracting(Column::type)
                    .containsExactly(new ColumnType.Int(32, true), new ColumnType.Text(), new ColumnType.Decimal(10, 2));
            assertThat(schema.columns()).extracting(Column::nullable).containsExactly(false, false, false);
            assertThat(schema.key()).containsExactly("x", "y");
            assertThat(jdbc.end()).isEmpty();
            assertThatThrownBy(() -> jdbc.schema(new StreamName("by_jdbc", "absent")))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.NO_SUCH_STREAM));
        }
    }
}
