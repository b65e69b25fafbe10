package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a real process in the middle of a snapshot, and which run the next one is. */
@Tag("server")
class DrainTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    @Tag("G11")
    void aTerminatedRunCommitsWhatItReadAndTheNextGoesOnWithItAndReadsNoFinishedTableAgain() throws Exception {
        DATABASE.execute(
                "CREATE TABLE done (id int PRIMARY KEY, name text)",
                "INSERT INTO done SELECT i, 'row ' || i FROM generate_series(1, 1000) i",
                "CREATE TABLE base (id int PRIMARY KEY, name text)",
                "INSERT INTO base SELECT i, repeat('row ' || i, 300) FROM generate_series(1, 3000) i",
                // A row every few milliseconds: the run is in the middle of it for long.
                "CREATE VIEW slow AS SELECT id, name FROM base WHERE pg_sleep(0.02) IS NOT NULL");
        Path file = Files.writeString(folder.resolve("drain.yaml"), """
                pipeline: drain
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.done, mode: snapshot}
                      - {table: public.slow, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                write: {public.done: append, public.slow: append}
                run: {epoch_every: 200ms}
                """.formatted(DATABASE.url()));
        try (ChildJvm child = ChildJvm.start(Main.class.getName(), List.of("--json", "run", file.toString()), Map.of())) {
            await().atMost(PATIENCE).until(() -> child.output().contains("\"event\":\"committed\",\"stream\":\"public.slow\"")
                    && child.output().contains("\"event\":\"committed\",\"stream\":\"public.done\""));
            child.terminate();
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isEqualTo(ExitCode.STOPPED.value());
            assertThat(child.output()).contains("\"outcome\":\"stopped\"");
        }
        DATABASE.execute("CREATE OR REPLACE VIEW slow AS SELECT id, name FROM base");
        Ended next = windrow("--json", "run", file.toString());
        assertThat(next.exit()).as(next.out()).isEqualTo(ExitCode.OK.value());
        assertThat(next.out()).contains("run.resumed").contains("completed_before");
        assertThat(next.out()).as("the finished table is not read again").doesNotContain(
                "\"event\":\"committed\",\"stream\":\"public.done\"", "\"event\":\"stream_started\",\"stream\":\"public.done\"");
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", "--files", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        Ended another = windrow("--json", "run", file.toString());
        assertThat(another.out()).as("that run came to its end: this is the next").doesNotContain("run.resumed")
                .contains("\"event\":\"committed\",\"stream\":\"public.done\"");
    }

    @Test
    void aLostStoreMakesHashesIncomparableAndNotDifferent() throws IOException {
        DATABASE.execute(
                "CREATE TABLE lost (id int PRIMARY KEY, name text)",
                "INSERT INTO lost SELECT i, 'row ' || i FROM generate_series(1, 1000) i");
        Path file = Files.writeString(folder.resolve("lost.yaml"), """
                pipeline: lost
                source:
                  postgres:
                    url: '%s'
                    streams: [{table: public.lost, mode: snapshot}]
                sink:
                  files: {path: ./out, format: jsonl}
                """.formatted(DATABASE.url()));
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", "--files", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        // Another secret stands for another store: the ledger is there, its key is not.
        Files.writeString(file, Files.readString(file) + "run: {hash_key: 'another secret than before'}\n");
        Ended verified = windrow("verify", "--files", file.toString());
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(verified.out()).contains("not comparable").doesNotContain("DAMAGED").doesNotContain("another secret");
        assertThat(windrow("verify", file.toString()).exit()).as("source and target need no old key").isEqualTo(ExitCode.OK.value());
        Ended run = windrow("--json", "run", file.toString());
        assertThat(run.out()).contains("run.hash_key_changed").doesNotContain("another secret");
        verified = windrow("verify", "--files", file.toString());
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
