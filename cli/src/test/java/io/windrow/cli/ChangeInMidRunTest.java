package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A table is altered while a run reads it. The run is held in the middle of a split, behind epochs that are committed, until
 * the ALTER TABLE waits for the split's lock; then both go on.
 */
@Tag("server")
class ChangeInMidRunTest {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    private static final Pattern VERSION = Pattern.compile("\"schema_version\" ?: ?(\\d+)");
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final Duration LONG = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "incremental; append; evolve; DROP COLUMN note; 2",
        "incremental; append; evolve; RENAME COLUMN note TO remark; 2",
        "incremental; append; freeze; RENAME COLUMN note TO remark; 1",
        "incremental; append; quarantine; ADD COLUMN extra int; 1",
        "snapshot; append; evolve; DROP COLUMN note; 2",
        "snapshot; replace; evolve; DROP COLUMN note; 2",
        "snapshot; append; ; ALTER COLUMN amount TYPE bigint; 2",
        "snapshot; append; freeze; ADD COLUMN extra int; 1"
    })
    void Nothing_is_lost_or_doubled_and_the_contract_decides_what_follows(
            String read, String write, String drift, String change, int schemas) throws Exception {
        String table = fill();
        Path file = Files.writeString(folder.resolve("p.yaml"), pipeline(table, read, write, drift));
        Ended run = alteredInMidRun(table, file, change);
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(run.out() + verified.out()).isEqualTo(ExitCode.OK.value());
        Ended files = windrow("verify", "--files", file.toString());
        assertThat(files.exit()).as(files.out()).isEqualTo(ExitCode.OK.value());
        assertThat(versions(file)).as("schema versions in the ledger").hasSize(schemas);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "incremental; append; freeze; DROP COLUMN note",
        "incremental; append; stop; RENAME COLUMN note TO remark",
        "snapshot; replace; quarantine; DROP COLUMN note",
        "snapshot; append; evolve; ALTER COLUMN amount TYPE text USING amount::text"
    })
    void What_the_contract_does_not_let_pass_stops_the_stream_behind_a_committed_epoch_until_it_is_accepted(
            String read, String write, String drift, String change) throws Exception {
        String table = fill();
        Path file = Files.writeString(folder.resolve("p.yaml"), pipeline(table, read, write, drift));
        Ended run = alteredInMidRun(table, file, change);
        assertThat(run.exit()).as(run.out()).isNotEqualTo(ExitCode.OK.value());
        assertThat(run.out()).contains("contract.drift").contains("windrow schema accept");
        assertThat(run.out().replaceAll("\\s*\\n\\s*", " ")).containsPattern(read.equals("incremental")
                ? "first met after epoch \\d+, at (position|the start) \\{[^ ]+} of split [^ ]+, and in every split that is not begun: "
                : "first met before the first row of generation 2: ");
        assertThat(versions(file)).hasSize(1);
        Ended accepted = windrow("schema", "accept", file.toString(), "--stream", "public." + table);
        assertThat(accepted.exit()).as(accepted.out()).isEqualTo(ExitCode.OK.value());
        run = windrow("run", file.toString());
        assertThat(run.exit()).as(run.out()).isEqualTo(ExitCode.OK.value());
        Ended verified = windrow("verify", file.toString());
        assertThat(verified.exit()).as(run.out() + verified.out()).isEqualTo(ExitCode.OK.value());
        assertThat(versions(file)).hasSize(2);
    }

    private static String fill() {
        String table = "t" + System.nanoTime();
        DATABASE.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, note text, amount int)",
                "INSERT INTO " + table + " SELECT i, 'note ' || i || repeat('x', 200), i FROM generate_series(1, 20000) i");
        return table;
    }

    private Ended alteredInMidRun(String table, Path file, String change) throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", DATABASE.server().port())) {
            String text = Files.readString(file);
            String direct = DATABASE.url();
            Files.writeString(file, text.replace(direct, direct.replace(":" + DATABASE.server().port(), ":" + proxy.port())));
            // So slow that the run is not through before it is seen to have begun.
            proxy.delay(Duration.ofMillis(10));
            CompletableFuture<Ended> run = CompletableFuture.supplyAsync(() -> windrow("run", file.toString()), THREADS);
            await().atMost(LONG).until(() -> epochs(file).size() >= 2 || run.isDone());
            proxy.blackHole();
            assertThat(run).isNotDone();
            CompletableFuture<Void> altered = CompletableFuture.runAsync(
                    () -> DATABASE.execute("ALTER TABLE " + table + " " + change), THREADS);
            await().atMost(LONG).until(() -> altered.isDone() || waiting(table));
            proxy.pass();
            Ended ended = run.get(LONG.toSeconds(), TimeUnit.SECONDS);
            altered.get(LONG.toSeconds(), TimeUnit.SECONDS);
            Files.writeString(file, text);
            return ended;
        }
    }

    private static boolean waiting(String table) {
        return DATABASE.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = '"
                + table + "'::regclass") > 0;
    }

    /** The schema version of each committed epoch, as the state store shows it. */
    private static List<String> epochs(Path file) {
        Ended ledger = windrow("ledger", "--json", file.toString());
        return VERSION.matcher(ledger.out()).results().map(found -> found.group(1)).toList();
    }

    private static Set<String> versions(Path file) {
        return new TreeSet<>(epochs(file));
    }

    private static String pipeline(String table, String read, String write, String drift) {
        return """
                pipeline: %1$s
                source:
                  postgres:
                    url: '%2$s'
                    split_size: 256KiB
                    batch_rows: 200
                    streams: [{table: public.%1$s, mode: %3$s}]
                run: {parallelism: 1, epoch_rows: 1000}
                write: {public.%1$s: %4$s}
                %5$ssink:
                  files: {path: ./out, format: parquet}
                """.formatted(
                        table, DATABASE.url(), read.equals("incremental") ? "incremental, cursor: id" : read, write,
                        drift == null ? "" : "contract: {on_drift: " + drift + "}\n");
    }

    private record Ended(int exit, String out) {}

    private static Ended windrow(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exit = Main.run(new Screen(stream, stream, false, false, 160), arguments);
        return new Ended(exit, bytes.toString(StandardCharsets.UTF_8));
    }
}
