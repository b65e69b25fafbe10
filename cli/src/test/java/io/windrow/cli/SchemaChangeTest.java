package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A table's columns change between two runs of an incremental stream that appends to Parquet. */
@Tag("server")
class SchemaChangeTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aColumnThatIsAddedBetweenRunsIsInTheNewFilesAndTheOldFilesStayAsTheyAre() throws IOException {
        DATABASE.execute(
                "CREATE TABLE grown (id int PRIMARY KEY, name text)",
                "INSERT INTO grown SELECT i, 'row ' || i FROM generate_series(1, 1000) i");
        Path file = pipeline("grown");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute(
                "ALTER TABLE grown ADD COLUMN colour text",
                "INSERT INTO grown SELECT i, 'row ' || i, 'green' FROM generate_series(1001, 1500) i");
        run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        equalAndWhole(file);
        List<String> manifests = manifests("grown");
        assertThat(manifests).hasSize(2);
        assertThat(schema(manifests.getFirst())).as("each file is listed with the schema it was written with")
                .isNotEqualTo(schema(manifests.getLast()));
    }

    @Test
    void aColumnThatIsDroppedBetweenRunsIsGoneFromTheNewFilesOnly() throws IOException {
        DATABASE.execute(
                "CREATE TABLE shrunk (id int PRIMARY KEY, name text, note text)",
                "INSERT INTO shrunk SELECT i, 'row ' || i, 'x' FROM generate_series(1, 1000) i");
        Path file = pipeline("shrunk");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute(
                "ALTER TABLE shrunk DROP COLUMN note",
                "INSERT INTO shrunk SELECT i, 'row ' || i FROM generate_series(1001, 1500) i");
        run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        equalAndWhole(file);
        List<String> manifests = manifests("shrunk");
        assertThat(schema(manifests.getFirst())).isNotEqualTo(schema(manifests.getLast()));
    }

    @Test
    void aTypeThatIsChangedBetweenRunsStopsTheStreamWithARemedyAndTouchesNothing() throws IOException {
        DATABASE.execute(
                "CREATE TABLE retyped (id int PRIMARY KEY, amount int)",
                "INSERT INTO retyped SELECT i, i FROM generate_series(1, 1000) i");
        Path file = pipeline("retyped");
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        List<String> before = manifests("retyped");
        DATABASE.execute("ALTER TABLE retyped ALTER COLUMN amount TYPE bigint");
        Ended run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.EXTERNAL.value());
        assertThat(run.out()).contains("postgres.table_rewritten").contains("--full-refresh");
        assertThat(manifests("retyped")).isEqualTo(before);
        run = windrow("run", "--full-refresh", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        assertThat(schema(before.getLast())).isNotEqualTo(schema(manifests("retyped").getLast()));
    }

    /** The rewritten table stops a run before it would have refused the type. */
    @Test
    void aChangeThatNoRunHasComeToJudgeIsAcceptedAsTheSourceHasIt() throws IOException {
        DATABASE.execute(
                "CREATE TABLE agreed (id int PRIMARY KEY, amount int)",
                "INSERT INTO agreed SELECT i, i FROM generate_series(1, 100) i");
        Path file = pipeline("agreed");
        Files.writeString(file, "contract: {on_drift: freeze}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(windrow("run", file.toString()).exit()).isEqualTo(ExitCode.OK.value());
        DATABASE.execute("ALTER TABLE agreed ALTER COLUMN amount TYPE bigint");
        assertThat(windrow("run", file.toString()).out()).contains("postgres.table_rewritten");
        String[] accept = {"schema", "accept", file.toString(), "--stream", "public.agreed"};
        assertThat(windrow(accept).out()).contains("no run has refused one", "--now");
        Ended check = windrow("schema", "check", file.toString());
        assertThat(check.exit()).as(check.out()).isEqualTo(ExitCode.CHECK_FAILED.value());
        assertThat(check.out()).contains("amount was int32 and is the wider int64 now", "--stream public.agreed --now");
        Ended accepted = windrow(Stream.concat(Stream.of(accept), Stream.of("--now")).toArray(String[]::new));
        assertThat(accepted.exit()).as(accepted.out()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("schema", "check", file.toString()).out()).contains("public.agreed: same");
        Ended run = windrow("run", "--full-refresh", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
    }

    private static void equalAndWhole(Path file) {
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        Ended files = windrow("verify", "--files", file.toString());
        assertThat(files.exit()).as(files.out()).isEqualTo(ExitCode.OK.value());
    }

    private List<String> manifests(String table) throws IOException {
        try (Stream<Path> found = Files.list(folder.resolve("out/.windrow/public." + table + "/manifests"))) {
            List<String> texts = new ArrayList<>();
            for (Path manifest : found.sorted().toList()) {
                texts.add(Files.readString(manifest));
            }
            return texts;
        }
    }

    private static String schema(String manifest) {
        Matcher schema = Pattern.compile("\"schema\":\"([0-9a-f]+)\"").matcher(manifest);
        assertThat(schema.find()).as(manifest).isTrue();
        return schema.group(1);
    }

    private Path pipeline(String table) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams: [{table: public.%s, mode: incremental, cursor: id}]
                sink:
                  files: {path: ./out, format: parquet}
                """.formatted(table, DATABASE.url(), table));
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
