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

/** Rows that were set aside are judged again by the contract that there is now; those that pass are delivered once. */
@Tag("server")
class QuarantineReplayTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    private Path pipeline(String table, String mode, String write, String least, String mask) throws IOException {
        return Files.writeString(folder.resolve("bills.yaml"), """
                pipeline: bills
                source:
                  postgres:
                    url: '%s'
                    streams:
                      - {table: public.%s, %s}
                contract:
                  streams:
                    public.%s:
                      fields:
                        - {field: amount, min: '%s'}
                %ssink:
                  files: {path: ./out, format: jsonl}
                write: {public.%s: %s}
                """.formatted(DATABASE.url(), table, mode, table, least, mask, table, write));
    }

    private static Map<String, @Nullable Object> replay(Path file, String... options) {
        List<Object> words = new ArrayList<>(List.of("--json", "quarantine", "replay", file));
        words.addAll(List.of(options));
        Invoked command = windrow(words.toArray());
        assertThat(command.exit()).as(command.whole()).isZero();
        @SuppressWarnings("unchecked")
        List<Map<String, @Nullable Object>> streams =
                (List<Map<String, @Nullable Object>>) command.json().getFirst().get("streams");
        return streams.isEmpty() ? Map.of() : streams.getFirst();
    }

    private static void done(Object... words) {
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
    }

    /** Twenty rows of which 5 and 15 are bad, and a run after which the safe bound lies above them. */
    private Path delivered(String table, String mode, String write, String mask) throws IOException {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), amount int)",
                "INSERT INTO " + table + " SELECT i, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour',"
                        + " CASE WHEN i % 10 = 5 THEN -i ELSE i END FROM generate_series(1, 20) i");
        Path file = pipeline(table, mode, write, "0", mask);
        for (int i = 0; i < 2; i++) {
            done("run", file);
            DATABASE.execute("INSERT INTO " + table + " VALUES (" + (100 + i) + ", '2026-02-0" + (i + 1) + "', 1)");
        }
        done("run", file);
        return file;
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder.resolve("out"))) {
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(path));
            }
        }
        return lines;
    }

    @Test
    void aRowThatBecameGoodIsDeliveredOnceAndLeavesAndABadOneStays() throws IOException {
        Path file = delivered("mended", "mode: incremental, cursor: at", "append", "");
        DATABASE.execute("UPDATE mended SET amount = 55 WHERE id = 5");
        Map<String, @Nullable Object> dry = replay(file);
        assertThat(dry).as(dry.toString()).containsEntry("rows", "2").containsEntry("passing", "1")
                .containsEntry("to_deliver", "1").containsEntry("left_quarantine", "0");
        assertThat(lines()).noneMatch(line -> line.contains("\"id\":5,"));

        Map<String, @Nullable Object> applied = replay(file, "--apply");
        assertThat(applied).as(applied.toString()).containsEntry("left_quarantine", "1").containsEntry("stay", "1")
                .containsEntry("generation", "2");
        assertThat(lines()).filteredOn(line -> line.contains("\"id\":5,")).hasSize(1);
        done("verify", file, "--files");
        done("verify", file);
        assertThat(replay(file, "--apply")).containsEntry("to_deliver", "0").containsEntry("left_quarantine", "0");
        try (Stream<Path> records = Files.list(folder.resolve("quarantine"))) {
            Path record = records.filter(path -> path.toString().endsWith(".discarded.jsonl")).findFirst().orElseThrow();
            assertThat(Files.readString(record)).contains("quarantine replay: delivered in epoch ");
        }

        // What passes because the contract asks for less now.
        pipeline("mended", "mode: incremental, cursor: at", "append", "-20", "");
        assertThat(replay(file, "--apply")).containsEntry("left_quarantine", "1").containsEntry("stay", "0");
        done("run", file);
        assertThat(lines()).filteredOn(line -> line.contains("\"id\":15,")).hasSize(1);
        assertThat(lines()).hasSize(22);
        assertThat(windrow("quarantine", "list", file).out()).contains("No row is set aside");
    }

    /** A row is set aside before the steps rename and cast its key, and under the name that the source had for it then. */
    @Test
    void aRowIsFoundAgainAlthoughItsKeyIsSpeltOtherwiseInTheTarget() throws IOException {
        DATABASE.execute(
                "CREATE TABLE spelt (id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), amount int)",
                "INSERT INTO spelt SELECT lpad(i::text, 3, '0'), '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour',"
                        + " CASE WHEN i % 10 = 5 THEN -i ELSE i END FROM generate_series(1, 20) i");
        String mode = "mode: incremental, cursor: at";
        Path file = pipeline("spelt", mode, "append", "0", "transform: {public.spelt: {rename: {id: order_no}, cast: {order_no: int64}}}\n");
        for (int i = 0; i < 2; i++) {
            done("run", file);
            DATABASE.execute("INSERT INTO spelt VALUES ('10" + i + "', '2026-02-0" + (i + 1) + "', 1)");
        }
        done("run", file);
        DATABASE.execute("UPDATE spelt SET amount = 55 WHERE id = '005'");
        assertThat(replay(file, "--apply")).containsEntry("left_quarantine", "1").containsEntry("stay", "1").containsEntry("without_key", "0");
        assertThat(lines()).filteredOn(line -> line.contains("\"order_no\":5,")).hasSize(1);

        pipeline("spelt", mode, "append", "0", "transform: {public.spelt: {rename: {number: order_no}, cast: {order_no: int64}}}\n");
        DATABASE.execute("ALTER TABLE spelt RENAME COLUMN id TO number", "INSERT INTO spelt VALUES ('200', '2026-02-03', 1)");
        done("run", file);
        DATABASE.execute("UPDATE spelt SET amount = 66 WHERE number = '015'");
        assertThat(replay(file, "--apply")).containsEntry("left_quarantine", "1").containsEntry("stay", "0");
        assertThat(lines()).filteredOn(line -> line.contains("\"order_no\":15,")).hasSize(1);
        done("verify", file, "--files");
    }

    @Test
    void rowsWhoseLinesHoldNoWholeKeyAreCountedAndStay() throws IOException {
        Path file = delivered("keyless", "mode: snapshot", "replace", "");
        try (Stream<Path> walk = Files.walk(folder.resolve("quarantine"))) {
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                Files.writeString(path, Files.readString(path).replace("\"row\":{\"id\":5,", "\"row\":{\"id\":null,"));
            }
        }
        pipeline("keyless", "mode: snapshot", "replace", "-20", "");
        Map<String, @Nullable Object> dry = replay(file);
        assertThat(dry).as(dry.toString()).containsEntry("passing", "1");
        int lost = Integer.parseInt(String.valueOf(dry.get("without_key")));
        assertThat(lost).isPositive();
        assertThat(windrow("quarantine", "replay", file).out()).contains("no whole key in quarantine", "windrow replay");
        assertThat(replay(file, "--apply")).containsEntry("stay", Integer.toString(lost));
    }

    @ParameterizedTest
    @CsvSource({"replay.before_release", "run.after_save_prepared", "files.before_manifest"})
    void aKilledReplayDeliversOnceAndTakesTheRowOutWhenItIsRepeated(String place) throws Exception {
        String table = "killed_" + place.replace('.', '_');
        Path file = delivered(table, "mode: snapshot", "replace", "");
        DATABASE.execute("UPDATE " + table + " SET amount = 55 WHERE id = 5");
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("quarantine", "replay", file.toString(), "--apply"),
                Map.of(KillingFailpoints.VARIABLE, place))) {
            assertThat(child.awaitLine(KillingFailpoints.REACHED + place, Duration.ofMinutes(3))).as(child.output()).isTrue();
            child.kill();
        }
        Map<String, @Nullable Object> again = replay(file, "--apply");
        assertThat(again).as(again.toString()).containsEntry("passing", "1");
        assertThat(Integer.parseInt(String.valueOf(again.get("left_quarantine")))).isPositive();
        done("verify", file);
        done("verify", file, "--files");
        assertThat(replay(file)).containsEntry("passing", "0");
    }

    @Test
    void aDryRunSaysWhatApplyRefuses() throws IOException {
        Path file = delivered(
                "repeated", "mode: incremental, cursor: at", "append", "dedupe: {public.repeated: {by: [amount], rows: 1000}}\n"
                        + "transform: {public.repeated: {select: [id, at]}}\n");
        DATABASE.execute("UPDATE repeated SET amount = 55 WHERE id = 5");
        Invoked dry = windrow("quarantine", "replay", file);
        assertThat(dry.exit()).as(dry.whole()).isZero();
        assertThat(dry.out()).contains("--apply refuses this: replay.repeated_rows", "Nothing was changed, and --apply would refuse to");
        assertThat(replay(file)).containsEntry("refused", "replay.repeated_rows");
        assertThat(windrow("quarantine", "replay", file, "--apply").whole()).contains("replay.repeated_rows");
    }

    @Test
    void rowsOfAStreamThatThePipelineReadsNoMoreStayAndThatIsSaid() throws IOException {
        Path file = delivered("once", "mode: snapshot", "replace", "");
        DATABASE.execute("CREATE TABLE instead (id int PRIMARY KEY, amount int)");
        pipeline("instead", "mode: snapshot", "replace", "0", "");
        Invoked said = windrow("quarantine", "replay", file);
        assertThat(said.exit()).as(said.whole()).isZero();
        assertThat(said.out()).contains("6 rows of public.once stay: the pipeline does not read the stream any more")
                .doesNotContain("No such row");
        assertThat(windrow("--json", "quarantine", "replay", file).out()).contains("\"unread\"", "public.once");
        Invoked named = windrow("quarantine", "replay", file, "--stream", "once");
        assertThat(named.exit()).as(named.whole()).isEqualTo(ExitCode.USER.value());
        assertThat(named.err()).contains("plan.unknown_stream");
    }

    @Test
    void aRowThatBecameGoodAndRepeatsADeliveredOneLeavesAndIsDropped() throws IOException {
        Path file = delivered(
                "likewise", "mode: incremental, cursor: at", "append", "dedupe: {public.likewise: {by: [amount], rows: 1000}}\n");
        DATABASE.execute("UPDATE likewise SET amount = 7 WHERE id = 5", "UPDATE likewise SET amount = 1555 WHERE id = 15");
        Map<String, @Nullable Object> applied = replay(file, "--apply");
        assertThat(applied).as(applied.toString()).containsEntry("to_deliver", "1").containsEntry("left_quarantine", "2");
        assertThat(lines()).noneMatch(line -> line.contains("\"id\":5,")).anyMatch(line -> line.contains("\"amount\":1555"))
                .anyMatch(line -> line.contains("\"id\":7,"));
        DATABASE.execute("INSERT INTO likewise VALUES (300, '2026-03-01', 1555), (301, '2026-03-02', 301)");
        done("run", file);
        assertThat(lines()).noneMatch(line -> line.contains("\"id\":300,"));
        done("verify", file, "--files");
    }

    @Test
    void rowsAreFoundAgainByMaskedKeys() throws IOException {
        Path file = delivered(
                "hidden", "mode: snapshot", "replace", "mask:\n  - {field: id, with: hmac, key: a key of sixteen bytes or more}\n");
        DATABASE.execute("UPDATE hidden SET amount = 55 WHERE id = 5");
        Map<String, @Nullable Object> applied = replay(file, "--apply");
        assertThat(applied).as(applied.toString()).containsEntry("passing", "1");
        done("verify", file);
    }
}
