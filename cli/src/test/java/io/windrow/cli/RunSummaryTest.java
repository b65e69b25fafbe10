package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a run says at its end is true of every stream, the failed and the empty one included. */
@Tag("server")
class RunSummaryTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    @Tag("I07")
    @Tag("I08")
    void aFailedStreamIsNamedAndTheOthersAreCompleteWithTheirCountsAndZeroHasItsProof() throws IOException {
        DATABASE.execute(
                "CREATE TABLE full_one (id int PRIMARY KEY)",
                "INSERT INTO full_one SELECT generate_series(1, 1234)",
                "CREATE TABLE empty_one (id int PRIMARY KEY)");
        Path file = Files.writeString(folder.resolve("three.yaml"), """
                pipeline: three
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.full_one, mode: snapshot}
                      - {table: public.empty_one, mode: snapshot}
                      - {query: 'SELECT 1 / (id - 700) AS q FROM full_one', name: broken, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                """.formatted(DATABASE.url()));
        Ended told = windrow("run", file.toString());
        assertThat(told.exit()).as(told.out()).isEqualTo(ExitCode.PARTIAL.value());
        assertThat(told.out())
                .containsPattern("public.full_one +completed +1,234 +1,234 +100% +≤ .*1,234 of 1,234 rows counted in the output")
                .containsPattern("public.empty_one +completed +0 +0 +100% +≤ .*command_complete.*0 of 0 rows counted")
                .containsPattern("broken +failed")
                .contains("stream broken", "2 of 3 streams are complete");

        Ended machine = windrow("run", "--json", file.toString());
        assertThat(machine.exit()).as(machine.out()).isEqualTo(ExitCode.PARTIAL.value());
        String last = machine.out().lines().reduce("", (before, line) -> line);
        assertThat(last).contains("\"event\":\"finished\"", "\"outcome\":\"failed\"")
                .containsPattern("\"stream\":\"public.empty_one\",\"outcome\":\"completed\"[^}]*\"expected_rows\":0,")
                .containsPattern("\"received_rows\":1234,\"written_rows\":1234,\"duplicate_rows\":0,"
                        + "\"duplicate_ratio\":0.0,\"quarantined_rows\":0,\"read_back_rows\":1234,"
                        + "\"age_seconds_at_most\":[0-9.]+")
                .containsPattern("\"stream\":\"broken\",\"outcome\":\"failed\"");
        String empty = last.substring(last.indexOf("\"stream\":\"public.empty_one\""));
        for (String count : new String[] {
            "expected_rows", "received_rows", "written_rows", "duplicate_rows", "quarantined_rows", "read_back_rows"
        }) {
            assertThat(empty).containsPattern("^[^{}]*(\\{[^{}]*\\}[^{}]*)*\"" + count + "\":0,");
        }
    }

    /** The database is this class's own, but its server is shared: others' transactions may have ended in between. */
    @Test
    @Tag("I08")
    void anIncrementalRunThatHasNothingNewSaysWhatProvesIt() throws IOException {
        DATABASE.execute(
                "CREATE TABLE still (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO still VALUES (1), (2)");
        Path file = Files.writeString(folder.resolve("still.yaml"), """
                pipeline: still
                source:
                  postgres: {url: '%s', streams: [{table: public.still, mode: incremental, cursor: at}]}
                sink:
                  files: {path: ./still, format: jsonl}
                """.formatted(DATABASE.url()));
        assertThat(windrow("run", file.toString()).out()).containsPattern("public.still +completed +2 +2 +100% ");
        Ended idle = windrow("run", file.toString());
        assertThat(idle.exit()).as(idle.out()).isZero();
        assertThat(idle.out()).containsPattern(
                "public.still +completed +0 +0 +100% +≤ .*(no_new_transaction|command_complete).*0 of 0 rows counted");
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 240), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
