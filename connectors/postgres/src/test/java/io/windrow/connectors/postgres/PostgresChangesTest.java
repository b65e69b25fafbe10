package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Following a table's changes through a slot, on the oldest and on the newest server. */
@Tag("server")
@ParameterizedClass
@ValueSource(ints = {14, 18})
class PostgresChangesTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final StreamName U = new StreamName("public", "u");
    private static PostgresServer server;

    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.start(PostgresOptions.of(major).with("synchronous_commit", "on"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private LogDrive drive(String... tables) {
        return new LogDrive(
                LogDrive.config(db.url(), tables),
                List.of(tables).stream().map(table -> StreamPattern.parse(table).exact()).toArray(StreamName[]::new));
    }

    @Test
    @Tag("D01")
    @Tag("D22")
    void A_table_is_copied_and_its_changes_follow_in_order() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int, big text)", "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t VALUES (1, 1, 'a'), (2, NULL, repeat('x', 9000))");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            assertThat(drive.rows()).containsExactlyInAnyOrder("COPY|1|1|a", "COPY|2|null|" + "x".repeat(9000));
            drive.rows().clear();
            db.execute(
                    "INSERT INTO t VALUES (3, 3, NULL)", "UPDATE t SET n = 22 WHERE id = 2", "DELETE FROM t WHERE id = 1",
                    "UPDATE t SET id = 30 WHERE id = 3", "UPDATE t SET id = 20 WHERE id = 2", "TRUNCATE t",
                    "INSERT INTO t VALUES (4, 4, '')");
            drive.run();
            assertThat(drive.rows())
                    .containsExactly(
                            "INSERT|3|3|null", "UPDATE|2|22|~", "DELETE|1|-|-", "DELETE>|3|-|-", "INSERT<|30|3|null",
                            "DELETE>|2|-|-", "INSERT<|20|22|~", "TRUNCATE|-|-|-", "INSERT|4|4|");
            drive.run();
            assertThat(drive.rows()).hasSize(9);
        }
    }
}
