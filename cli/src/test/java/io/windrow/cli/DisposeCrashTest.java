package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kills {@code dispose --apply} with SIGKILL: the next one finishes it, and nothing that was to stay is gone. */
@Tag("server")
class DisposeCrashTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> PLACES = List.of(
            "dispose.after_intent", "dispose.after_manifest", "dispose.after_file", "dispose.after_set_aside",
            "dispose.after_roll_up", "dispose.after_shred", "dispose.before_done");

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aKilledDisposalIsFinishedByTheNext() throws Exception {
        DATABASE.execute(
                "CREATE TABLE due (id int PRIMARY KEY, name text)", "CREATE TABLE held (id int PRIMARY KEY)",
                "INSERT INTO held SELECT generate_series(1, 100)");
        Path file = Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: killed-disposal
                source:
                  postgres:
                    url: "%s"
                    streams:
                      - {table: public.due, mode: incremental, guarantee: proven}
                      - {table: public.held, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                contract: {streams: {public.due: {fields: [{field: name, not_null: true}]}}}
                encryption: {key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=}
                retention: {files: 1ms, quarantine: 1ms, checkpoints: 1ms, hold: [public.held]}
                """.formatted(DATABASE.url()));
        int round = 0;
        for (String place : PLACES) {
            round++;
            for (int run = 0; run < 3; run++) {
                int first = round * 1000 + run * 10;
                DATABASE.execute("INSERT INTO due SELECT " + first + " + i, CASE WHEN i > 1 THEN 'row' END"
                        + " FROM generate_series(1, 9) i");
                done("run", file);
            }
            try (ChildJvm child = ChildJvm.start(
                    Main.class.getName(), List.of("dispose", "--apply", file.toString()),
                    Map.of(KillingFailpoints.VARIABLE, place))) {
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(place + child.output()).isTrue();
                child.kill();
            }
            assertThat(windrow("verify", "--files", file).out()).as(place).doesNotContain("missing  ");
            done("dispose", "--apply", file);
            Invoked ledger = windrow("--json", "ledger", file);
            assertThat(ledger.out()).as(place).doesNotContain("INTENDED");
            assertThat(files("out/public.due").filter(path -> path.getFileName().toString().startsWith("g"))).as(place).isEmpty();
            assertThat(files("quarantine").filter(path -> path.toString().endsWith(".enc"))).as(place).isEmpty();
            done("verify", "--files", file);
        }
        assertThat(files("out").filter(path -> path.toString().contains("held") && path.toString().endsWith(".enc")))
                .as("a stream on hold").hasSize(3 * PLACES.size());
    }

    private Stream<Path> files(String under) throws IOException {
        Path root = folder.resolve(under);
        return Files.exists(root) ? Files.walk(root).filter(Files::isRegularFile) : Stream.empty();
    }

    private static void done(Object... words) {
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
    }
}
