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

@Tag("server")
class VerifyTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aSnapshotIsEqualAndStaysSoWhenRowsProvablyChangedLater() throws IOException {
        DATABASE.execute(
                "CREATE TABLE kept (id int PRIMARY KEY, name text)",
                "INSERT INTO kept SELECT i, 'row ' || i FROM generate_series(1, 1000) i");
        Path file = pipeline("public.kept", "mode: snapshot");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.OK.value());

        DATABASE.execute("UPDATE kept SET name = 'other' WHERE id = 7");
        Ended later = windrow("verify", file);
        assertThat(later.out()).contains("public.kept");
        assertThat(later.exit()).as(later.out()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    void aRowThatIsGoneAtTheSourceIsUndecidableAndNeverCalledEqual() throws IOException {
        DATABASE.execute("CREATE TABLE gone (id int PRIMARY KEY)", "INSERT INTO gone SELECT generate_series(1, 100)");
        Path file = pipeline("public.gone", "mode: snapshot");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());

        DATABASE.execute("DELETE FROM gone WHERE id = 42");
        Ended verified = windrow("verify", file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.UNDECIDED.value());
    }

    @Test
    void aRowThatTheTargetLacksIsMissingAndOneThatItHasTooManyIsExtra() throws IOException {
        DATABASE.execute("CREATE TABLE held (id int PRIMARY KEY)", "INSERT INTO held SELECT generate_series(1, 100)");
        Path file = pipeline("public.held", "mode: snapshot, where: 'id <> 42'");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.OK.value());

        pipeline("public.held", "mode: snapshot");
        Ended lacking = windrow("verify", file);
        assertThat(lacking.exit()).as(lacking.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(lacking.out()).contains("42");

        pipeline("public.held", "mode: snapshot, where: 'id not in (42, 43)'");
        Ended tooMany = windrow("verify", file);
        assertThat(tooMany.exit()).as(tooMany.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(tooMany.out()).contains("43");
    }

    private Path pipeline(String table, String mode) throws IOException {
        return Files.writeString(folder.resolve(table.substring(7) + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: %s, %s}
                sink:
                  files: {path: ./out-%s, format: jsonl}
                """.formatted(table.substring(7), DATABASE.url(), table, mode, table.substring(7)));
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String command, Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), command, file.toString());
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
