package io.windrow.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("server")
class PostgresServerTest {
    @RegisterExtension
    static final PostgresDatabase database =
            PostgresDatabase.on(18, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (7)");

    static List<Integer> majors() {
        return PostgresServer.majors();
    }

    @ParameterizedTest
    @MethodSource("majors")
    void aServerOfEachMajorRunsWithLogicalWalAndUtf8(int major) {
        try (PostgresDatabase own = PostgresDatabase.create(PostgresServer.shared(major))) {
            assertThat(own.number("SELECT current_setting('server_version_num')::int / 10000")).isEqualTo(major);
            assertThat(own.query("SELECT current_setting('wal_level'), current_setting('server_encoding')"))
                    .containsExactly(List.of("logical", "UTF8"));
        }
    }

    @Test
    void aDatabaseIsACopyOfItsTemplateAndChangesStayInIt() {
        database.execute("INSERT INTO t VALUES (8)");
        try (PostgresDatabase second = PostgresDatabase.create(
                database.server(), "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (7)")) {
            assertThat(second.query("SELECT id FROM t")).containsExactly(List.of("7"));
        }
        assertThat(database.number("SELECT count(*) FROM t")).isEqualTo(2);
    }

    @Test
    void aKilledServerRecoversOnItsPortAndIsDeletedWhenClosed() {
        PostgresServer server = PostgresServer.start(PostgresOptions.of(18).durable().with("work_mem", "5MB"));
        int port = server.port();
        server.execute("CREATE TABLE kept AS SELECT 1 AS x");
        server.kill();
        assertThatThrownBy(() -> server.execute("SELECT 1")).isInstanceOf(WindrowException.class);
        server.start();
        assertThat(server.port()).isEqualTo(port);
        server.execute("INSERT INTO kept VALUES (2)");
        server.close();
        assertThat(Files.exists(server.data())).isFalse();
    }

    @Test
    void aMajorWithoutBinariesIsRefusedByName() {
        assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(9)))
                .isInstanceOf(WindrowException.class)
                .hasMessageContaining("PostgreSQL 9");
    }
}
