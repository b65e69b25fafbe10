package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kills {@code replay --apply} with SIGKILL at every place: who reads by the manifests sees the old rows or the new ones. */
@Tag("server")
class ReplayCrashTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> PLACES = List.of(
            "postgres.before_copy", "replay.after_stage", "replay.before_write", "files.after_write", "files.before_sync",
            "files.after_stage", "run.after_save_prepared", "files.before_publish", "files.after_rename", "files.before_manifest",
            "files.after_manifest", "run.after_commit", "run.after_save_committed");

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @ParameterizedTest
    @CsvSource({
        "replaced, 'mode: snapshot', replace, jsonl",
        "appended, 'mode: incremental, cursor: at', append, parquet",
        "copied, 'mode: snapshot', append, jsonl"
    })
    void aKilledApplyLeavesTheWindowAsItWasOrAsItWasToBe(
            String table, String mode, String write, String format, @TempDir Path folder) throws Exception {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), name text)",
                "INSERT INTO " + table + " SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour', 'row'"
                        + " FROM generate_series(1, 300) i");
        Path file = Files.writeString(folder.resolve("killed.yaml"), """
                pipeline: killed
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 50
                    streams:
                      - {table: public.%s, %s}
                sink:
                  files: {path: ./out, format: %s}
                write: {public.%s: %s}
                run: {epoch_rows: 100}
                """.formatted(DATABASE.url(), table, mode, format, table, write));
        for (int i = 0; i < 3; i++) {
            // With each run that finds something the safe bound follows, and what happens below it is a replay's to find.
            DATABASE.execute("INSERT INTO " + table + " VALUES (" + (500 + i) + ", '2026-02-0" + (1 + i) + " 00:00:00+00', 'row')");
            assertThat(windrow("run", file).exit()).isZero();
        }
        List<String> places = new ArrayList<>(PLACES);
        places.addAll(write.equals("replace") ? List.of("files.before_swap", "files.after_swap") : List.of("files.after_replace"));
        List<String> window = List.of("replay", file.toString(), "--by", "at", "--from", "2026-01-02", "--to", "2026-01-12");
        List<String> applying = new ArrayList<>(window);
        applying.add("--apply");
        int round = 0;
        for (String place : places) {
            round++;
            DATABASE.execute(
                    "UPDATE " + table + " SET name = 'round " + round + "' WHERE id BETWEEN 50 AND 60",
                    "DELETE FROM " + table + " WHERE id = " + (100 + round),
                    "INSERT INTO " + table + " VALUES (" + (1000 + round) + ", '2026-01-05 00:00:00+00', 'added')");
            Path temporary = Files.createDirectories(folder.resolve("temporary"));
            try (ChildJvm child = ChildJvm.start(Main.class.getName(), applying, Map.of(
                    KillingFailpoints.VARIABLE, place, "_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary))) {
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(place + child.output()).isTrue();
                child.kill();
            }
            try (Stream<Path> left = Files.walk(temporary)) {
                assertThat(left.filter(path -> path.startsWith(temporary) && path.toString().contains("windrow-")).filter(Files::isRegularFile))
                        .as("rows that were read again are nowhere to be found").isEmpty();
            }
            Map<String, @Nullable Object> seen = stream(windrow(words("--json", window)));
            String counts = seen.get("added") + " " + seen.get("changed") + " " + seen.get("missing");
            assertThat(counts).as(place).isIn("1 11 1", "0 0 0");
            Map<String, @Nullable Object> applied = stream(windrow(words("--json", applying)));
            assertThat(stream(windrow(words("--json", window)))).as(place + applied)
                    .containsEntry("added", "0").containsEntry("changed", "0").containsEntry("missing", "0");
            assertThat(stream(windrow(words("--json", applying)))).as(place).doesNotContainKey("epoch");
            Invoked whole = windrow("verify", file, "--files");
            assertThat(whole.exit()).as(place + whole.whole()).isZero();
        }
        if (!write.equals("append") || mode.contains("incremental")) {
            Invoked verified = windrow("--json", "verify", file);
            assertThat(verified.exit()).as(verified.whole()).isZero();
        }
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(windrow("verify", file, "--files").exit()).isZero();
    }

    @Test
    void aRunSettlesWhatAReplayHadPreparedAndReadsTheSourceAsItIsNow(@TempDir Path folder) throws Exception {
        DATABASE.execute(
                "CREATE TABLE settled (id int PRIMARY KEY, name text)",
                "INSERT INTO settled SELECT i, 'row' FROM generate_series(1, 100) i");
        Path file = Files.writeString(folder.resolve("settled.yaml"), """
                pipeline: settled
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.settled, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                """.formatted(DATABASE.url()));
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("UPDATE settled SET name = 'replayed' WHERE id = 7");
        String place = "run.after_save_prepared";
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("replay", file.toString(), "--from", "1", "--to", "10", "--apply"),
                Map.of(KillingFailpoints.VARIABLE, place))) {
            assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(child.output()).isTrue();
            child.kill();
        }
        DATABASE.execute("UPDATE settled SET name = 'later' WHERE id = 70");
        Invoked run = windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        Map<String, @Nullable Object> seen = stream(windrow("--json", "replay", file, "--from", "1"));
        assertThat(seen).as(seen.toString()).containsEntry("equal", "100").containsEntry("changed", "0");
    }

    private static Object[] words(String first, List<String> rest) {
        List<Object> words = new ArrayList<>(List.of(first));
        words.addAll(rest);
        return words.toArray();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> stream(Invoked command) {
        assertThat(command.exit()).as(command.whole()).isZero();
        return ((List<Map<String, @Nullable Object>>) command.json().getFirst().get("streams")).getFirst();
    }
}
