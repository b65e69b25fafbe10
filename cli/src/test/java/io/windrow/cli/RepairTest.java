package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a mirror that somebody spoilt are read again by their keys while the stream is followed. */
@Tag("server")
class RepairTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @RegisterExtension
    static final PostgresDatabase SOURCE = PostgresDatabase.on(18);

    @RegisterExtension
    static final PostgresDatabase TARGET = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    private Path mirror(String table) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: "%s"
                    streams: [{table: public.%s, mode: cdc}]
                sink:
                  jdbc: {url: "%s"}
                write: {public.%s: mirror}
                run: {epoch_every: 200ms}
                """.formatted(table, SOURCE.url(), table, TARGET.url(), table));
    }

    private static void isMirrored(String table) {
        String rows = "SELECT * FROM " + table + " ORDER BY 1, 2";
        assertThat(TARGET.query(rows)).isEqualTo(SOURCE.query(rows));
    }

    private static void fine(Invoked done) {
        assertThat(done.exit()).as(done.whole()).isZero();
    }

    @Test
    @Tag("D39")
    void rowsOfAMirrorAreReadAgainByTheNextRunOrByTheOneThatFollowsItInTheirGeneration() throws Exception {
        SOURCE.execute(
                "CREATE TABLE mended (part int, name text, n int, PRIMARY KEY (part, name))",
                "INSERT INTO mended SELECT i, 'row, ' || i, i FROM generate_series(1, 2000) i");
        Path file = mirror("mended");
        Path other = Files.writeString(folder.resolve("other.yaml"), Files.readString(file).replace("mode: cdc", "mode: snapshot"));
        Path appended = Files.writeString(folder.resolve("appended.yaml"), Files.readString(file).replace(": mirror", ": append"));
        Path masked = Files.writeString(
                folder.resolve("masked.yaml"), Files.readString(file) + "mask: [{field: name, with: hmac, key: 'a key that is long enough for it'}]\n");
        fine(Invoked.windrow("run", file));
        List<String> spoil = List.of(
                "UPDATE mended SET n = -1 WHERE part = 5", "DELETE FROM mended WHERE part = 6", "INSERT INTO mended VALUES (100000, 'gone', 7)");
        TARGET.execute(spoil.toArray(String[]::new));

        String key = "[5, \"row, 5\"]";
        assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--key", key).whole())
                .contains("cli.needs_yes", "the row of 1 key", "in generation 1");
        assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--yes").whole()).contains("cli.bad_arguments");
        assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--key", "5", "--yes").whole()).contains("cli.bad_arguments");
        assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--key", "[5", "--yes").whole()).contains("cli.bad_arguments");
        assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--key", "five,x", "--yes").whole()).contains("postgres.key_invalid");
        assertThat(Invoked.windrow("repair", other, "--stream", "mended", "--key", key, "--yes").whole()).contains("cli.not_followed");
        assertThat(Invoked.windrow("repair", appended, "--stream", "mended", "--key", key, "--yes").whole()).contains("cli.not_repaired");
        assertThat(Invoked.windrow("repair", masked, "--stream", "mended", "--key", key, "--yes").whole()).contains("cli.key_masked");
        assertThat(Invoked.windrow("state", "show", file).whole()).doesNotContain("were asked for");

        fine(Invoked.windrow("repair", file, "--stream", "mended", "--key", key, "--key", "100000,gone", "--yes"));
        fine(Invoked.windrow("repair", file, "--stream", "mended", "--key", "[\"6\", \"row, 6\"]", "--yes"));
        assertThat(Invoked.windrow("state", "show", file).whole()).contains("public.mended: rows of 3 keys were asked for");
        Invoked run = Invoked.windrow("run", file);
        fine(run);
        assertThat(run.whole()).contains("the rows of 3 keys were read again");
        isMirrored("mended");
        assertThat(Invoked.windrow("state", "show", file).whole()).doesNotContain("were asked for");

        TARGET.execute(spoil.toArray(String[]::new));
        try (ChildJvm follower = ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of());
                ExecutorService writer = Executors.newSingleThreadExecutor()) {
            // As long as the stream moves, verify sees that the target has come to the moment of its look.
            AtomicBoolean enough = new AtomicBoolean();
            Future<?> writing = writer.submit(() -> {
                while (!enough.get()) {
                    SOURCE.execute("UPDATE mended SET n = n + 1 WHERE part = 200; SELECT pg_sleep(0.2)");
                }
            });
            await().atMost(PATIENCE).until(() -> !follower.alive()
                    || SOURCE.number("SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = 'windrow_mended'") == 1);
            SOURCE.execute("UPDATE mended SET n = n + 1 WHERE part < 100");
            Invoked repaired = Invoked.windrow("repair", file, "--stream", "mended", "--found-by-verify", "--yes", "--wait", "10m");
            assertThat(repaired.exit()).as(repaired.whole() + follower.output()).isZero();
            assertThat(repaired.whole()).contains("Repaired: public.mended");
            SOURCE.execute("UPDATE mended SET n = n + 1 WHERE part < 100");
            await().atMost(PATIENCE).until(() -> TARGET.query("SELECT count(*) FROM mended WHERE name = 'gone' OR n < 0").equals(List.of(List.of("0"))));
            assertThat(Invoked.windrow("repair", file, "--stream", "mended", "--found-by-verify", "--yes").whole()).contains("Nothing differs");
            enough.set(true);
            writing.get();
            follower.terminate();
            follower.awaitEnd(PATIENCE);
        }
        fine(Invoked.windrow("run", file));
        isMirrored("mended");
        fine(Invoked.windrow("verify", file));
        assertThat(TARGET.query("SELECT generation FROM _windrow_commits WHERE stream_name = 'mended'")).isEqualTo(List.of(List.of("1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres.before_repair", "run.after_stage", "run.after_save_prepared", "run.after_commit", "run.before_repaired"})
    @Tag("D39")
    @Tag("B07")
    void aRepairIsExactWhereverTheRunDies(String place) throws Exception {
        String table = "killed_" + place.replace('.', '_');
        SOURCE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT i, 'row ' || i FROM generate_series(1, 500) i");
        Path file = mirror(table);
        fine(Invoked.windrow("run", file));
        TARGET.execute(
                "UPDATE " + table + " SET name = 'spoilt' WHERE id = 5", "DELETE FROM " + table + " WHERE id = 6",
                "INSERT INTO " + table + " VALUES (100000, 'gone')");
        SOURCE.execute("UPDATE " + table + " SET name = 'later' WHERE id IN (4, 5, 6)", "DELETE FROM " + table + " WHERE id = 7");
        fine(Invoked.windrow("repair", file, "--stream", table, "--key", "5", "--key", "6", "--key", "7", "--key", "100000", "--yes"));
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("run", file.toString()), Map.of(KillingFailpoints.VARIABLE, place + ":1"))) {
            assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(child.output()).isTrue();
            child.kill();
        }
        SOURCE.execute("UPDATE " + table + " SET name = 'last' WHERE id = 5", "INSERT INTO " + table + " VALUES (7, 'again')");
        fine(Invoked.windrow("run", file));
        isMirrored(table);
        assertThat(Invoked.windrow("state", "show", file).whole()).doesNotContain("were asked for");
        fine(Invoked.windrow("verify", file));
        assertThat(TARGET.query("SELECT generation FROM _windrow_commits WHERE stream_name = '" + table + "'")).isEqualTo(List.of(List.of("1")));
    }

    @Test
    @Tag("D39")
    void aStreamThatStandsForARowThatTheTargetLacksGoesOnOnceThatRowIsReadAgain() throws IOException {
        SOURCE.execute(
                "CREATE TABLE stood (id int PRIMARY KEY, big text, n int)", "ALTER TABLE stood ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO stood SELECT i, repeat('x', 5000), i FROM generate_series(1, 10) i");
        Path file = mirror("stood");
        fine(Invoked.windrow("run", file));
        TARGET.execute("DELETE FROM stood WHERE id = 1");
        SOURCE.execute("UPDATE stood SET n = 100 WHERE id = 1");
        assertThat(Invoked.windrow("run", file).whole()).contains("jdbc.row_missing");
        fine(Invoked.windrow("repair", file, "--stream", "stood", "--key", "1", "--yes"));
        fine(Invoked.windrow("run", file));
        isMirrored("stood");
    }
}
