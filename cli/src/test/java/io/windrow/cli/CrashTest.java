package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.CrashChain;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.crash.TableChurn.Change;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills {@code windrow run} with SIGKILL at every failpoint while the table changes; each restart is the recovery and
 * the next victim. {@code -Dwindrow.crash.rounds} kills at each failpoint that often, {@code -Dwindrow.crash.seed}
 * repeats an order.
 */
@Tag("server")
class CrashTest {
    private static final Pattern ROW = Pattern.compile("\"id\":(\\d+),\"payload\":\"([0-9a-f]*)\"");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> EVERYWHERE = List.of(
            "postgres.before_copy", "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared",
            "run.after_commit", "run.after_save_committed", "run.after_acknowledge", "files.after_write",
            "files.before_sync", "files.after_stage", "files.before_publish", "files.after_rename",
            "files.before_manifest", "files.after_manifest");

    @TempDir
    Path folder;

    @Test
    void aSnapshotThatReplacesIsExactAfterKillsEverywhere() throws Exception {
        List<String> places = new ArrayList<>(EVERYWHERE);
        places.addAll(List.of("files.before_swap", "files.after_swap"));
        chain("mode: snapshot", EnumSet.allOf(Change.class), places);
    }

    @Test
    void anIncrementalReadThatAppendsIsExactAfterKillsEverywhere() throws Exception {
        chain("mode: incremental, cursor: updated_at", EnumSet.of(Change.INSERT, Change.VACUUM), EVERYWHERE);
    }

    private void chain(String mode, Set<Change> changes, List<String> places) throws Exception {
        long seed = Long.getLong("windrow.crash.seed", System.nanoTime());
        int kills = places.size() * Integer.getInteger("windrow.crash.rounds", 3);
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18));
                TableChurn churn = TableChurn.start(database, "churned", 3000, changes, seed)) {
            Path file = Files.writeString(folder.resolve("crash.yaml"), """
                    pipeline: crash
                    source:
                      postgres:
                        url: '%s'
                        split_size: 64KiB
                        batch_rows: 200
                        streams:
                          - {table: public.churned, %s}
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_rows: 700}
                    """.formatted(database.url(), mode));
            CrashChain chain = new CrashChain(
                    Main.class.getName(), List.of("run", file.toString()), places, seed, PATIENCE);
            CrashChain.Summary summary = chain.run(kills, churn::pause, () -> {
                // The recovery may have finished a read of an older moment: one more reads what is there now.
                try (ChildJvm last = ChildJvm.start(Main.class.getName(), List.of("run", file.toString()), Map.of())) {
                    assertThat(last.awaitEnd(PATIENCE)).as(last.output()).isZero();
                }
                Oracle.requireEqual(database.query("SELECT id, payload FROM churned"), delivered());
                churn.resume();
            });
            System.out.println(mode + ": " + summary);
            assertThat(summary.kills()).isEqualTo(kills);
            assertThat(summary.byFailpoint().keySet()).containsExactlyInAnyOrderElementsOf(places);
        }
    }

    private List<List<String>> delivered() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder.resolve("out").resolve("public.churned"), FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher row = ROW.matcher(line);
                    assertThat(row.find()).as(line).isTrue();
                    rows.add(List.of(row.group(1), row.group(2)));
                }
            }
        }
        return rows;
    }
}
