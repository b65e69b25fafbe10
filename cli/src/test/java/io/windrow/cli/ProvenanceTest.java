package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.telemetry.OtlpReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
class ProvenanceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ALL = "provenance: {fields: [run, epoch, extracted_at, position], names: {run: load_id}}\n";

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"jsonl", "parquet", "csv", "avro", "arrow"})
    void rowsSayWhereTheyComeFromAndVerifyStillCallsThemEqual(String format) throws IOException {
        String table = "from_" + format;
        rows(table);
        Path file = pipeline(table, "mode: snapshot", format, ALL);
        Invoked run = windrow("--json", "run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        for (List<String> depth : List.of(List.of("--depth", "hashes"), List.of("--depth", "keys"), List.of("--depth", "counts"))) {
            Invoked verified = windrow("verify", depth.get(0), depth.get(1), file);
            assertThat(verified.exit()).as(verified.whole()).isZero();
        }
        Invoked files = windrow("verify", "--files", file);
        assertThat(files.exit()).as(files.whole()).isZero();
        if (format.equals("jsonl")) {
            assertThat(values(table, "load_id")).containsExactly(String.valueOf(run.json().getLast().get("run")));
            assertThat(values(table, "_windrow_epoch")).containsExactly("1");
            assertThat(values(table, "_windrow_extracted_at")).allMatch(at -> at.startsWith("20"));
            assertThat(values(table, "_windrow_position")).allMatch(position -> position.startsWith("{"));
        }
        // Not the source's fields, so not part of what is shown before a run.
        assertThat(windrow("preview", file).out()).doesNotContain("load_id");
    }

    /** The staged file is the truth: what a dead run had decided is committed by another with the first one's facts. */
    @Test
    @Tag("slow")
    void anEpochThatIsCommittedAgainAfterAKillKeepsTheRunAndTheTimeOfItsReading() throws Exception {
        rows("killed");
        Path file = pipeline("killed", "mode: incremental, cursor: id, guarantee: proven", "jsonl", ALL);
        String line = "failpoint reached: run.after_save_prepared";
        try (ChildJvm child = ChildJvm.start(
                Main.class.getName(), List.of("run", file.toString()),
                Map.of("WINDROW_FAILPOINT", "run.after_save_prepared"))) {
            assertThat(child.awaitLine(line, PATIENCE)).as(child.output()).isTrue();
            child.kill();
        }
        DATABASE.execute("INSERT INTO killed VALUES (9001, 'later')");
        Invoked second = windrow("--json", "run", file);
        assertThat(second.exit()).as(second.whole()).isZero();
        String id = String.valueOf(second.json().getLast().get("run"));

        List<String> lines = lines("killed");
        assertThat(lines).hasSize(501);
        List<String> old = lines.stream().filter(text -> !text.contains("later")).toList();
        assertThat(old).hasSize(500).noneMatch(text -> text.contains(id));
        assertThat(old).allMatch(text -> text.contains("\"_windrow_epoch\":1"));
        assertThat(lines.stream().filter(text -> text.contains("later"))).singleElement()
                .satisfies(text -> assertThat(text).contains(id).doesNotContain("\"_windrow_epoch\":1,"));
        assertThat(windrow("verify", file).exit()).isZero();
        assertThat(windrow("verify", "--files", file).exit()).isZero();
    }

    /** Each row carries the number of the epoch that the ledger has it in. */
    @Test
    void theEpochOfARowIsTheOneOfTheLedger() throws IOException {
        DATABASE.execute("CREATE TABLE many AS SELECT i AS id, 'row ' || i AS name FROM generate_series(1, 20000) i");
        Path file = pipeline("many", "mode: snapshot", "jsonl", "provenance: {fields: [epoch], prefix: _}\nrun: {epoch_rows: 100}\n");
        assertThat(windrow("run", file).exit()).isZero();
        Map<String, Long> rows = new java.util.TreeMap<>();
        for (String line : lines("many")) {
            Matcher epoch = Pattern.compile("\"_epoch\":(\\d+)").matcher(line);
            assertThat(epoch.find()).isTrue();
            rows.merge(epoch.group(1), 1L, Long::sum);
        }
        Map<String, Long> ledger = new java.util.TreeMap<>();
        String json = windrow("--json", "ledger", "--entries", "1000", file).out();
        Matcher entry = Pattern.compile("\"epoch\":(\\d+).*?\"written\":(\\d+)").matcher(json);
        while (entry.find()) {
            if (!entry.group(2).equals("0")) {
                ledger.put(entry.group(1), Long.parseLong(entry.group(2)));
            }
        }
        assertThat(rows).hasSizeGreaterThan(1).isEqualTo(ledger);
    }

    @Test
    void whatComesTwiceIsDroppedAlthoughItsOriginDiffers() throws IOException {
        DATABASE.execute("CREATE TABLE twice (id int, name text)", "INSERT INTO twice VALUES (1, 'a'), (1, 'a'), (2, 'b')");
        Path file = pipeline("twice", "mode: incremental, guarantee: proven", "jsonl", ALL + "dedupe: {public.twice: {rows: 1000}}\n");
        assertThat(windrow("run", file).exit()).isZero();
        DATABASE.execute("INSERT INTO twice VALUES (2, 'b'), (3, 'c')");
        assertThat(windrow("run", file).exit()).isZero();
        assertThat(lines("twice")).hasSize(3);
    }

    @Test
    void aPositionShowsNoKeyThatTheTargetDoesNotGetAndAMaskedOneIsRefused() throws Exception {
        DATABASE.execute(
                "CREATE TABLE secretive (id text PRIMARY KEY, name text)",
                "INSERT INTO secretive SELECT 'canary-' || i, 'row ' || i FROM generate_series(1, 300) i");
        String read = "mode: snapshot, consistency: per_range";
        Path file = pipeline("secretive", read, "jsonl", ALL + """
                contract: {streams: {public.secretive: {fields: [{field: name, pattern: 'row .*[1-9]'}]}}}
                transform: {public.secretive: {select: [name]}}
                run: {epoch_rows: 100}
                """);
        String spans;
        try (OtlpReceiver receiver = OtlpReceiver.start(OtlpReceiver.Answer.ACCEPT);
                ChildJvm run = ChildJvm.start(
                        Main.class.getName(), List.of("run", "--debug", file.toString()),
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(), "WINDROW_LOG", "trace"))) {
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
            assertThat(run.output()).contains("Read ").doesNotContain("canary");
            spans = receiver.spans().toString();
        }
        assertThat(lines("secretive")).hasSize(270).noneMatch(line -> line.contains("canary"));
        assertThat(values("secretive", "_windrow_position")).allMatch(position -> position.matches("[0-9a-f]{32}"));
        // The position stands in all of them, and in none of them in clear.
        String ledger = windrow("--json", "ledger", "--entries", "100", file).out();
        for (String shown : List.of(ledger, spans, text(folder.resolve("out-secretive")), text(folder.resolve("quarantine")))) {
            assertThat(shown).contains("withheld_bytes").doesNotContain("canary");
        }
        Invoked set = windrow("quarantine", "show", file);
        assertThat(set.whole()).doesNotContain("canary");

        pipeline("secretive", read, "jsonl",
                ALL + "mask: [{field: id, with: hmac, key: 'a key that is long enough for it'}]\n");
        assertThat(windrow("run", "--full-refresh", file).whole()).contains("mask.cursor_masked");
    }

    @Test
    void aNameThatIsTakenIsRefusedBeforeAnythingIsReadWithItsPlace() throws IOException {
        DATABASE.execute("CREATE TABLE taken (id int PRIMARY KEY, _windrow_run text)", "INSERT INTO taken VALUES (1, 'x')");
        Path file = pipeline("taken", "mode: snapshot", "jsonl", "provenance: {fields: [run]}\n");
        for (String command : List.of("plan", "run")) {
            Invoked refused = windrow(command, file);
            assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.USER.value());
            assertThat(refused.whole()).contains("provenance.name_taken", "_windrow_run", "taken.yaml:8:");
        }
        assertThat(folder.resolve("out-taken/public.taken")).doesNotExist();
        pipeline("taken", "mode: snapshot", "jsonl", "provenance: {fields: [run], prefix: from_}\n");
        assertThat(windrow("run", file).exit()).isZero();
    }

    private static void rows(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT i, 'row ' || i FROM generate_series(1, 500) i");
    }

    /** Everything that lies in a folder, one after the other. */
    private static String text(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private List<String> lines(String table) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder.resolve("out-" + table))) {
            for (Path path : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(path));
            }
        }
        return lines;
    }

    private Set<String> values(String table, String field) throws IOException {
        Pattern pattern = Pattern.compile("\"" + field + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}]*))");
        Set<String> values = new TreeSet<>();
        for (String line : lines(table)) {
            Matcher found = pattern.matcher(line);
            assertThat(found.find()).as(line).isTrue();
            values.add(found.group(1) == null ? found.group(2) : found.group(1));
        }
        return values;
    }

    private Path pipeline(String table, String read, String format, String policies) throws IOException {
        return Files.writeString(folder.resolve(table + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 50
                    streams: [{table: public.%s, %s}]
                sink: {files: {path: ./out-%s, format: %s}}
                %s""".formatted(table, DATABASE.url(), table, read, table, format, policies));
    }
}
