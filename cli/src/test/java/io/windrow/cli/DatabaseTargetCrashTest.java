package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.mariadb.MariaServer;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jspecify.annotations.Nullable;

/** A table is mirrored into a database while it changes; the run is killed at every place of staging and committing. */
@Tag("server")
@Tag("slow")
class DatabaseTargetCrashTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @ParameterizedTest
    @Tag("B28")
    @CsvSource({
        "postgres,mirror,jdbc.after_write,2", "postgres,mirror,jdbc.after_stage,2", "postgres,mirror,jdbc.before_apply,2",
        "postgres,mirror,jdbc.before_commit,2", "postgres,mirror,jdbc.after_commit,2", "sqlite,mirror,jdbc.after_write,2",
        "sqlite,mirror,jdbc.after_stage,2", "sqlite,mirror,jdbc.before_apply,2", "sqlite,mirror,jdbc.before_commit,2",
        "sqlite,mirror,jdbc.after_commit,2", "sqlite,soft,jdbc.after_commit,1", "sqlite,history,jdbc.after_commit,1",
        "mariadb,mirror,jdbc.before_commit,1", "duckdb,mirror,jdbc.after_commit,1"
    })
    void theMirrorIsWhatTheTableIsWhereverTheRunDies(String target, String mode, String place, int kills, @TempDir Path folder) throws Exception {
        Optional<String> missing = target.equals("mariadb") ? MariaServer.missing() : Optional.empty();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        long seed = Kills.seed();
        try (PostgresDatabase source = PostgresDatabase.create(PostgresServer.shared(18));
                PostgresDatabase other = PostgresDatabase.create(PostgresServer.shared(18));
                TableChurn churn = TableChurn.start(source, "churned", 2000, TableChurn.Change.all(), seed)) {
            String to = switch (target) {
                case "postgres" -> other.url();
                case "mariadb" -> {
                    execute(MariaServer.shared().jdbcUrl(""), "DROP DATABASE IF EXISTS crashed", "CREATE DATABASE crashed");
                    yield MariaServer.shared().url("crashed");
                }
                default -> "jdbc:" + target + ":" + folder.resolve("mirror.db");
            };
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: mirrored-%s
                    source:
                      postgres: {url: '%s', split_size: 64KiB, batch_rows: 200, streams: [{table: public.churned, mode: cdc}]}
                    sink:
                      jdbc: {url: '%s', deletes: %s}
                    write: {public.churned: %s}
                    run: {epoch_rows: 700}
                    """.formatted(
                            target + "-" + mode + "-" + place.replace('.', '-'), source.url(), to, mode.equals("soft") ? "soft" : "hard",
                            mode.equals("history") ? "history" : "mirror"));
            List<String> arguments = List.of("run", file.toString());
            for (int pass = 1; pass <= kills; pass++) {
                try (ChildJvm child = ChildJvm.start(
                        Main.class.getName(), arguments, Map.of(KillingFailpoints.VARIABLE, place + ":" + pass))) {
                    if (child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)) {
                        child.kill();
                    } else {
                        assertThat(pass).as("reached at least once: " + child.output()).isGreaterThan(1);
                    }
                }
            }
            churn.pause();
            try (ChildJvm last = ChildJvm.start(Main.class.getName(), arguments, Map.of())) {
                assertThat(last.awaitEnd(PATIENCE)).as(last.output()).isZero();
            }
            String rows = "SELECT id, payload FROM churned";
            List<List<@Nullable String>> table = source.query(rows);
            String shown = switch (mode) {
                case "soft" -> " WHERE NOT _deleted";
                case "history" -> " WHERE is_current";
                default -> "";
            };
            List<List<@Nullable String>> mirror = target.equals("postgres") ? other.query(rows)
                    : query(target.equals("mariadb") ? MariaServer.shared().jdbcUrl("crashed") : to, rows + shown);
            assertThat(Oracle.compare(table, mirror).toString())
                    .as("seed " + seed)
                    .isEqualTo(Oracle.compare(table, table).toString());
        }
    }

    private static void execute(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<List<@Nullable String>> query(String url, String sql) throws SQLException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(sql)) {
            while (results.next()) {
                List<@Nullable String> row = new ArrayList<>();
                row.add(results.getString(1));
                row.add(results.getString(2));
                rows.add(row);
            }
        }
        return rows;
    }
}
