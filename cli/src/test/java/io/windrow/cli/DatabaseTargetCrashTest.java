package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.fault.KillingFailpoints;
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
        "postgres,jdbc.after_write", "postgres,jdbc.after_stage", "postgres,jdbc.before_apply", "postgres,jdbc.before_commit",
        "postgres,jdbc.after_commit", "sqlite,jdbc.after_write", "sqlite,jdbc.after_stage", "sqlite,jdbc.before_apply",
        "sqlite,jdbc.before_commit", "sqlite,jdbc.after_commit"
    })
    void theMirrorIsWhatTheTableIsWhereverTheRunDies(String target, String place, @TempDir Path folder) throws Exception {
        long seed = Kills.seed();
        try (PostgresDatabase source = PostgresDatabase.create(PostgresServer.shared(18));
                PostgresDatabase other = PostgresDatabase.create(PostgresServer.shared(18));
                TableChurn churn = TableChurn.start(source, "churned", 2000, TableChurn.Change.all(), seed)) {
            Path lite = folder.resolve("mirror.db");
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: mirrored-%s
                    source:
                      postgres: {url: '%s', split_size: 64KiB, batch_rows: 200, streams: [{table: public.churned, mode: cdc}]}
                    sink:
                      jdbc: {url: '%s'}
                    write: {public.churned: mirror}
                    run: {epoch_rows: 700}
                    """.formatted(target + "-" + place.replace('.', '-'), source.url(), target.equals("postgres") ? other.url() : "jdbc:sqlite:" + lite));
            List<String> arguments = List.of("run", file.toString());
            for (int pass = 1; pass <= 2; pass++) {
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
            List<List<@Nullable String>> mirror = target.equals("postgres") ? other.query(rows) : sqlite(lite, rows);
            assertThat(Oracle.compare(table, mirror).toString())
                    .as("seed " + seed)
                    .isEqualTo(Oracle.compare(table, table).toString());
        }
    }

    private static List<List<@Nullable String>> sqlite(Path file, String sql) throws SQLException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
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
