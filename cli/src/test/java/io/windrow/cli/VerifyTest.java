package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.verify.Depth;
import io.windrow.core.verify.StreamVerdict;
import io.windrow.core.verify.Verifier;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.RunOptions;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.RootAllocator;
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

    @Test
    void aChangedSinceRowIsCountedAsSuchWithItsProof() throws IOException {
        rows("since");
        Path file = run("since", "mode: snapshot");
        DATABASE.execute("UPDATE since SET name = 'other' WHERE id = 7");
        Ended verified = windrow("verify", file, "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).contains("\"changed_since\" : 1", "\"equal\" : 4999", "\"different\" : 0")
                .contains("id = 7: changed since the delivery");
    }

    /** No trigger and no cursor tells of this update; the transaction that wrote the row does. */
    @Test
    void anUpdateThatTheCursorDoesNotShowIsStillProvedToBeLater() throws IOException {
        DATABASE.execute(
                "CREATE TABLE quiet (id int PRIMARY KEY, name text, at timestamptz DEFAULT now())",
                "INSERT INTO quiet SELECT i, 'row ' || i FROM generate_series(1, 100) i");
        Path file = run("quiet", "mode: incremental, cursor: at");
        DATABASE.execute("BEGIN; SET LOCAL session_replication_role = replica; UPDATE quiet SET name = 'x' WHERE id = 9; COMMIT");
        Ended verified = windrow("verify", file, "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).contains("\"changed_since\" : 1", "id = 9: changed since the delivery");
    }

    @Test
    void aRowOfAViewThatChangedIsUndecidableBecauseAViewDoesNotSayWhoWroteIt() throws IOException {
        DATABASE.execute(
                "CREATE TABLE beneath (id int PRIMARY KEY, name text)",
                "INSERT INTO beneath SELECT i, 'row ' || i FROM generate_series(1, 100) i",
                "CREATE VIEW above AS SELECT * FROM beneath");
        Path file = run("above", "mode: snapshot, key: [id]");
        DATABASE.execute("UPDATE beneath SET name = 'x' WHERE id = 9");
        Ended verified = windrow("verify", file, "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(verified.out()).contains("\"undecidable\" : 1", "id = 9: undecidable: ");
    }

    @Test
    void aValueThatSomeoneElseWroteIntoTheFileIsDifferentAndItsKeyIsFoundInOneWindow() throws IOException {
        rows("forged");
        Path file = run("forged", "mode: snapshot");
        forge("forged", "\"name\":\"row 4242\"", "\"name\":\"row 4243\"");
        Ended verified = windrow("verify", file, "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out()).contains("\"different\" : 1", "\"equal\" : 4999", "id = 4242: different", "1 of 1001 windows");
    }

    /** What a sum of lengths cannot tell, depth counts does not claim. */
    @Test
    void countsSeeAChangedNumberAndDoNotClaimToHaveComparedTexts() throws IOException {
        rows("summed");
        Path file = run("summed", "mode: snapshot");
        forge("summed", "\"name\":\"row 4242\"", "\"name\":\"row 4243\"");
        Ended texts = windrow("verify", file, "--depth", "counts");
        assertThat(texts.exit()).as(texts.out()).isEqualTo(ExitCode.OK.value());
        assertThat(texts.out()).contains("agreeing", "values were not compared").doesNotContain("equal: every");
        assertThat(windrow("verify", file, "--depth", "keys").exit()).isEqualTo(ExitCode.DIFFERENT.value());

        forge("summed", "\"amount\":17.00", "\"amount\":18.00");
        Ended numbers = windrow("verify", file, "--depth", "counts");
        assertThat(numbers.exit()).as(numbers.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(numbers.out()).contains("id = 51: different");
    }

    @Test
    void everyRowCanBeComparedByItsKey() throws IOException {
        rows("keyed");
        Path file = run("keyed", "mode: snapshot");
        Ended verified = windrow("verify", file, "--depth", "keys", "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(verified.out()).contains("\"equal\" : 5000", "every row exact keys");
    }

    @Test
    void numbersWithoutASumAreJudgedByTheirHashes() throws IOException {
        DATABASE.execute(
                "CREATE TABLE odd (id int PRIMARY KEY, f float8, n numeric, d date, t text)",
                "INSERT INTO odd VALUES (1, 'NaN', 'NaN', '2000-01-01', null), (2, '-0', 1e30, '1999-12-31', ''), "
                        + "(3, 'Infinity', 0.1, null, 'ş'), (4, null, null, '0044-03-15 BC', 'x')");
        Path file = run("odd", "mode: snapshot");
        Ended verified = windrow("verify", file);
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    void aSourceThatIsWrittenToDuringVerifyIsNeverCalledDifferent() throws IOException {
        Map<String, String> modes = Map.of(
                "churned", "mode: snapshot", "followed", "mode: incremental, cursor: updated_at, guarantee: proven");
        for (Map.Entry<String, String> mode : modes.entrySet()) {
            try (TableChurn churn = TableChurn.start(
                    DATABASE, mode.getKey(), 3000, EnumSet.of(TableChurn.Change.INSERT, TableChurn.Change.UPDATE), 7)) {
                Path file = run(mode.getKey(), mode.getValue());
                for (int i = 0; i < 3; i++) {
                    Ended verified = windrow("verify", file, "--json");
                    assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.OK.value());
                    assertThat(verified.out()).contains("\"missing\" : 0", "\"different\" : 0", "\"extra\" : 0");
                }
                assertThat(churn.done()).isPositive();
            }
        }
    }

    /** The source is read as of one moment and the target is opened after it: what a run commits in between is no difference. */
    @Test
    void aRunThatCommitsDuringTheComparisonMakesNothingDifferent() throws IOException {
        rows("raced");
        Path file = run("raced", "mode: snapshot");
        AtomicInteger looks = new AtomicInteger();
        StreamVerdict once = verdict(file, () -> {
            if (looks.incrementAndGet() == 1) {
                DATABASE.execute("UPDATE raced SET name = 'v2' WHERE id = 7", "DELETE FROM raced WHERE id = 8");
                assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
            }
        });
        assertThat(once.outcome()).as(once.toString()).isEqualTo(StreamVerdict.Outcome.EQUAL);
        assertThat(once.equal()).isEqualTo(4999);
        assertThat(looks).hasValue(2);

        StreamVerdict always = verdict(file, () -> {
            DATABASE.execute("UPDATE raced SET name = 'v' || (name || '3') WHERE id = 7");
            assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        });
        assertThat(always.outcome()).as(always.toString()).isEqualTo(StreamVerdict.Outcome.UNDECIDED);
        assertThat(always.how()).contains("delivered to during each of 3 comparisons");
        assertThat(always.different() + always.missing() + always.extra()).isZero();
        assertThat(always.undecidable()).isEqualTo(1);
    }

    @Test
    void whatDiffersWhileAnEpochIsOnItsWayIntoTheTargetIsUndecided() throws IOException {
        rows("midway");
        Path file = run("midway", "mode: snapshot");
        forge("midway", "row 4242", "row 4243");
        Plan plan = plan(file);
        try (StateStore store = Stores.required(plan.spec()); ProcessContext context = dyingAt("run.after_save_prepared", plan)) {
            assertThatThrownBy(() -> new LocalRunner(store, context, event -> {}).run(plan, RunOptions.NONE)).hasMessage("killed");
        }
        StreamVerdict verdict = verdict(file, () -> {});
        assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(StreamVerdict.Outcome.UNDECIDED);
        assertThat(verdict.how()).contains("on its way into the target", "run again");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.OK.value());
    }

    @Test
    void aStreamThatIsGoneIsUndecidedWithItsReasonAndTheOthersAreJudged() throws IOException {
        rows("stays");
        rows("drop_me");
        rows("leaves");
        String streams = "{table: public.stays}, {table: 'public.drop_*'}";
        Path file = streams("going", streams + ", {table: public.leaves}");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.OK.value());

        DATABASE.execute("DROP TABLE drop_me");
        streams("going", streams);
        Ended gone = windrow("verify", file);
        assertThat(gone.exit()).as(gone.out()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(gone.out()).containsPattern("public.stays +equal").containsPattern("public.drop_me +undecided")
                .containsPattern("public.leaves +undecided").contains("selects no such stream (postgres.no_such_stream)");

        forge("going", "row 4242", "row 4243", "public.stays");
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.DIFFERENT.value());

        assertThat(windrow("run", file).out()).contains("public.drop_me was delivered before").contains("state reset --stream");
        assertThat(Invoked.windrow("state", "reset", file, "--stream", "drop_me", "--stream", "leaves", "--yes").exit()).isZero();
        assertThat(windrow("run", file).out()).as("they are gone on purpose").doesNotContain("drop_me", "leaves");
        Ended meant = windrow("verify", file);
        assertThat(meant.exit()).as(meant.out()).isEqualTo(ExitCode.OK.value());
        assertThat(meant.out()).contains("public.stays").doesNotContain("drop_me", "leaves");
        assertThat(windrow("verify", file, "--stream", "leaves").exit()).as("asked for by name").isEqualTo(ExitCode.UNDECIDED.value());

        Files.writeString(file, Files.readString(file).replaceFirst("url: '[^']*'", "url: 'postgresql://nobody@127.0.0.1:1/none'"));
        Ended unwell = windrow("verify", file);
        assertThat(unwell.exit()).as("the source answers nobody: " + unwell.out()).isEqualTo(ExitCode.EXTERNAL.value());
    }

    @Test
    void aMissingOrDamagedFileIsNamedAndItsRowsAreMissingAndTheOtherStreamsAreJudged() throws IOException {
        rows("holed");
        rows("sound");
        Path file = streams("holes", "{table: public.holed}, {table: public.sound}");
        assertThat(windrow("run", file).exit()).isEqualTo(ExitCode.OK.value());
        Path data = data("holes", "public.holed");
        byte[] whole = Files.readAllBytes(data);
        byte[] flipped = whole.clone();
        flipped[40] ^= 1;
        Path manifest;
        try (Stream<Path> manifests = Files.list(folder.resolve("out-holes/.windrow/public.holed/manifests"))) {
            manifest = manifests.toList().getFirst();
        }
        String book = Files.readString(manifest);

        Files.delete(data);
        damaged(file, "missing", data.getFileName().toString());
        Files.write(data, flipped);
        damaged(file, "checksum", data.getFileName().toString());
        Files.write(data, Arrays.copyOf(whole, 4000));
        damaged(file, "length", data.getFileName().toString());
        Files.write(data, whole);
        Files.writeString(manifest, book.substring(1));
        damaged(file, "books", "manifest");
        Files.writeString(manifest, book);
        assertThat(windrow("verify", file).exit()).isEqualTo(ExitCode.OK.value());
    }

    private static void damaged(Path file, String kind, String place) {
        Ended verified = windrow("verify", file, "--json");
        assertThat(verified.exit()).as(verified.out()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out()).contains("\"kind\" : \"" + kind + "\"").contains(place)
                .contains("\"missing\" : 5000", "\"verdict\" : \"different\"", "\"verdict\" : \"equal\"");
        assertThat(windrow("verify", file).out()).contains("public.holed  " + kind + "  ");
    }

    /** Compares at the default depth; something is done whenever the source's moment was chosen and the target not opened yet. */
    private static StreamVerdict verdict(Path file, Runnable meanwhile) {
        Plan plan = plan(file);
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext context = ProcessContext.open(plan.spec().pipeline(), Notices.IGNORE);
                Source source = plan.openSource(context);
                Sink sink = plan.openSink(context)) {
            Verifier.Progress progress =
                    new Verifier.Progress(stream -> store.load(plan.spec().pipeline()).stream().findFirst(), Duration.ZERO);
            return new Verifier(source, sink, plan.steps(), Depth.HASHES, progress, stream -> Optional.empty(), (stream, doing, rows) -> {
                if (doing.equals("counts and sums by the source")) {
                    meanwhile.run();
                }
            }).verify(new StreamName("public", plan.spec().pipeline()));
        }
    }

    private static Plan plan(Path file) {
        Registry registry = Registry.load();
        return new Planner(registry).plan(PipelineFiles.of(registry).read(file));
    }

    private static ProcessContext dyingAt(String failpoint, Plan plan) throws IOException {
        return new ProcessContext(
                plan.spec().pipeline(), Clock.systemUTC(), new RootAllocator(), Files.createTempDirectory("windrow-test-"),
                reached -> {
                    if (reached.equals(failpoint)) {
                        throw new Error("killed");
                    }
                }, Notices.IGNORE, use -> Optional.empty());
    }

    private void rows(String table) {
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, name text, amount numeric(12,2))",
                "INSERT INTO " + table + " SELECT i, 'row ' || i, i / 3.0 FROM generate_series(1, 5000) i");
    }

    private Path run(String table, String mode) throws IOException {
        Path file = pipeline("public." + table, mode);
        Ended run = windrow("run", file);
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        return file;
    }

    /** Rewrites a value in the one file that has it, and the manifest so that length and checksum fit. */
    private void forge(String table, String from, String to) throws IOException {
        forge(table, from, to, "public." + table);
    }

    private void forge(String pipeline, String from, String to, String stream) throws IOException {
        Path out = folder.resolve("out-" + pipeline);
        Path data = data(pipeline, stream);
        String text = Files.readString(data);
        String changed = text.replaceFirst(from, to);
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(data, changed);
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(data));
        try (Stream<Path> manifests = Files.list(out.resolve(".windrow/" + stream + "/manifests"))) {
            for (Path manifest : manifests.toList()) {
                Files.writeString(manifest, Files.readString(manifest)
                        .replaceFirst("\"bytes\":\\d+", "\"bytes\":" + Files.size(data))
                        .replaceFirst("\"crc32c\":\\d+", "\"crc32c\":" + crc.getValue()));
            }
        }
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

    private Path streams(String pipeline, String streams) throws IOException {
        return Files.writeString(folder.resolve(pipeline + ".yaml"), """
                pipeline: %1$s
                source:
                  postgres:
                    url: '%2$s'
                    streams: [%3$s]
                sink:
                  files: {path: ./out-%1$s, format: jsonl}
                """.formatted(pipeline, DATABASE.url(), streams));
    }

    /** The one file of a stream. */
    private Path data(String pipeline, String stream) throws IOException {
        try (Stream<Path> walk = Files.walk(folder.resolve("out-" + pipeline + "/.windrow/" + stream + "/generations"))) {
            return walk.filter(path -> path.toString().endsWith(".jsonl")).findFirst().orElseThrow();
        }
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String command, Path file, String... options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(List.of(command, file.toString()));
        arguments.addAll(List.of(options));
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments.toArray(String[]::new));
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
