package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows that an incremental read cannot see because an assumption does not hold: the plan names the assumption, no run claims
 * more, and verify finds each row by its key. With guarantee proven such rows arrive.
 */
@Tag("server")
class BrokenAssumptionsTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aSequenceThatHandsOutBlocksLosesTheLowerOneAndVerifyNamesIt() throws Exception {
        DATABASE.execute("CREATE TABLE cached (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 10) PRIMARY KEY, v text)");
        Path file = pipeline("cached", "cursor: id");
        Invoked plan = windrow("plan", file);
        assertThat(plan.out()).contains("assumes: ").contains("an identity with CACHE 1");
        assertThat(plan.err()).contains("10 values of the cursor id").contains("postgres.cursor_cached");
        try (Connection lower = DriverManager.getConnection(DATABASE.jdbcUrl());
                Connection higher = DriverManager.getConnection(DATABASE.jdbcUrl())) {
            insert(lower, "INSERT INTO cached (v) VALUES ('first of the lower block')");
            insert(higher, "INSERT INTO cached (v) VALUES ('first of the higher block')");
            settle(file);
            insert(lower, "INSERT INTO cached (v) VALUES ('too late')");
        }
        lost(file, "id = 2");
    }

    @Test
    void aBackDatedValueIsLostAndVerifyNamesIt() throws Exception {
        DATABASE.execute(
                "CREATE TABLE dated (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO dated SELECT generate_series(1, 20)");
        Path file = pipeline("dated", "cursor: at");
        assertThat(windrow("plan", file).out()).contains("Nobody writes a value of at by hand");
        settle(file);
        DATABASE.execute("INSERT INTO dated VALUES (77, now() - interval '1 day')");
        lost(file, "id = 77");
        Path proven = pipeline("dated", "guarantee: proven", "proven");
        settle(proven);
        DATABASE.execute("INSERT INTO dated VALUES (78, now() - interval '2 days')");
        assertThat(read(run(proven)).get("written_rows")).isEqualTo("1");
        assertThat(windrow("verify", proven).exit()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    void whatIsWrittenWhileTheClockIsSetBackIsLostAndVerifyNamesIt() throws Exception {
        DATABASE.execute(
                "CREATE TABLE clock (ahead interval)",
                "INSERT INTO clock VALUES ('0')",
                "CREATE FUNCTION ticking() RETURNS timestamptz LANGUAGE sql AS 'SELECT now() + ahead FROM clock'",
                "CREATE TABLE stepped (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT ticking())",
                "INSERT INTO stepped SELECT generate_series(1, 20)");
        Path file = pipeline("stepped", "cursor: at");
        assertThat(windrow("plan", file).out()).contains("the server's clock never steps back");
        settle(file);
        DATABASE.execute("UPDATE clock SET ahead = '-1 hour'", "INSERT INTO stepped VALUES (88)");
        lost(file, "id = 88");
    }

    @Test
    void whatComesLaterThanTheLagIsLostIsCalledUnprovenAndVerifyNamesIt() throws Exception {
        DATABASE.execute(
                "CREATE TABLE lagging (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO lagging SELECT generate_series(1, 20)");
        Path file = pipeline("lagging", "cursor: at, guarantee: settle, lag: 5m");
        assertThat(windrow("plan", file).out()).contains("assumes: Unproven: ").contains("later ones are lost");
        settle(file);
        DATABASE.execute(
                "INSERT INTO lagging VALUES (98, now() - interval '2 minutes')", "INSERT INTO lagging VALUES (99, now() - interval '10 minutes')");
        Invoked run = run(file);
        assertThat(read(run).get("written_rows")).as(run.whole()).isEqualTo("1");
        lost(file, "id = 99");
    }

    /** Runs until the safe bound stands at the highest value: somebody has to have written something in between. */
    private static void settle(Path file) {
        for (int i = 0; i < 3; i++) {
            run(file);
            DATABASE.execute("CREATE TABLE something ()", "DROP TABLE something");
        }
    }

    private static void lost(Path file, String key) {
        Invoked run = run(file);
        assertThat(read(run).get("written_rows")).as(run.whole()).isEqualTo("0");
        assertThat(String.valueOf(((Map<?, ?>) read(run).get("guarantee")).get("name"))).isNotEqualTo("proven");
        Invoked verify = windrow("verify", file, "--json");
        assertThat(verify.exit()).as(verify.whole()).isEqualTo(ExitCode.DIFFERENT.value());
        Map<?, ?> verdict = (Map<?, ?>) ((List<?>) verify.json().getFirst().get("streams")).getFirst();
        assertThat(verdict.get("missing")).as(verify.whole()).isEqualTo("1");
        assertThat(verdict.get("extra")).isEqualTo("0");
        assertThat(verdict.get("different")).isEqualTo("0");
        assertThat(verdict.get("examples")).asString().contains(key + ": missing at the target");
    }

    private static Invoked run(Path file) {
        Invoked run = windrow("run", file, "--json");
        assertThat(run.exit()).as(run.whole()).isZero();
        return run;
    }

    private static Map<?, ?> read(Invoked run) {
        return (Map<?, ?>) ((List<?>) run.json().getLast().get("streams")).getFirst();
    }

    private static void insert(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Path pipeline(String table, String how) throws IOException {
        return pipeline(table, how, table);
    }

    private Path pipeline(String table, String how, String name) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.%s, mode: incremental, %s}
                sink:
                  files: {path: ./out-%s, format: jsonl}
                """.formatted(name, DATABASE.url(), table, how, name));
    }
}
