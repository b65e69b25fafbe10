package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.Delivered;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table is copied and then followed while it changes; the run is killed on the way from the one to the other. */
@Tag("server")
class ChangeStreamTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LSN = "SELECT pg_current_wal_insert_lsn() - '0/0'";

    @ParameterizedTest
    @Tag("B05")
    @ValueSource(strings = {
        "postgres.slot_made", "postgres.after_slot", "postgres.before_copy", "run.after_read", "run.after_stage",
        "run.after_save_prepared", "run.after_commit", "run.after_save_committed", "run.after_acknowledge",
        "postgres.before_log", "run.after_release", "run.before_end"
    })
    void theHandOverLeavesNoGapAndRepeatsNothingWhereverItDies(String place, @TempDir Path folder) throws Exception {
        long seed = Kills.seed();
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18));
                TableChurn churn = TableChurn.start(database, "churned", 2000, TableChurn.Change.all(), seed)) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: hand-over-%s
                    source:
                      postgres:
                        url: '%s'
                        split_size: 64KiB
                        batch_rows: 200
                        streams: [{table: public.churned, mode: cdc}]
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_rows: 700}
                    """.formatted(place.replace('.', '-'), database.url()));
            List<String> arguments = List.of("run", file.toString());
            for (int pass = 1; pass <= 2; pass++) {
                try (ChildJvm child = ChildJvm.start(
                        Main.class.getName(), arguments, Map.of(KillingFailpoints.VARIABLE, place + ":" + pass))) {
                    if (child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)) {
                        child.kill();
                    } else {
                        assertThat(pass).as("reached at least once: " + child.output()).isGreaterThan(1);
                    }
                }
            }
            churn.pause();
            requireTheTable(arguments, database, folder.resolve("out/public.churned"), seed);
        }
    }

    /** The next run ends well, and what is delivered by then is the table, which holds still. */
    private static void requireTheTable(List<String> run, PostgresDatabase database, Path output, long seed) throws Exception {
        try (ChildJvm last = ChildJvm.start(Main.class.getName(), run, Map.of())) {
            assertThat(last.awaitEnd(PATIENCE)).as(last.output()).isZero();
        }
        List<List<String>> table = database.query("SELECT id, payload FROM churned");
        List<List<String>> delivered = new Delivered(output, CrashMode.CHANGES).rows().lastEntry().getValue();
        assertThat(Oracle.compare(table, delivered).toString()).as("seed " + seed).isEqualTo(
                Oracle.compare(table, table).toString());
    }

    @ParameterizedTest
    @Tag("D10")
    @Tag("D39")
    @ValueSource(strings = {"postgres.before_range", "run.after_commit"})
    void aTableThatJoinsAnotherIsCopiedBesideItsLogAndExactWhereverTheRunDies(String place, @TempDir Path folder) throws Exception {
        long seed = Kills.seed();
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY)");
                TableChurn churn = TableChurn.start(database, "churned", 2000, TableChurn.Change.all(), seed)) {
            String pipeline = """
                    pipeline: joined-%s
                    source:
                      postgres:
                        url: '%s'
                        split_size: 32KiB
                        batch_rows: 200
                        streams: [{table: public.t, mode: cdc}]
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_rows: 300}
                    """.formatted(place.replace('.', '-'), database.url());
            Path file = Files.writeString(folder.resolve("p.yaml"), pipeline);
            assertThat(Invoked.windrow("run", file.toString()).exit()).isZero();
            Files.writeString(file, pipeline.replace("streams: [", "streams: [{table: public.churned, mode: cdc}, "));
            List<String> arguments = List.of("run", file.toString());
            for (int pass = 2; pass <= 3; pass++) {
                try (ChildJvm child = ChildJvm.start(
                        Main.class.getName(), arguments, Map.of(KillingFailpoints.VARIABLE, place + ":" + pass))) {
                    assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(child.output()).isTrue();
                    child.kill();
                }
            }
            churn.pause();
            requireTheTable(arguments, database, folder.resolve("out/public.churned"), seed);
            assertThat(Invoked.windrow("verify", file.toString(), "--files").exit()).isZero();
        }
    }

    /** Beside the log of another, or alone beside its own. */
    @ParameterizedTest
    @ValueSource(strings = {"{table: public.t, mode: cdc}, ", ""})
    @Tag("D10")
    @Tag("D39")
    void aTableIsCopiedAgainWhileItIsFollowedAndChangesAndExactAlsoIfTheRunDies(String others, @TempDir Path folder) throws Exception {
        String place = "postgres.before_range";
        long seed = Kills.seed();
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY)");
                TableChurn churn = TableChurn.start(database, "churned", 2000, TableChurn.Change.all(), seed)) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: resynced
                    source:
                      postgres:
                        url: '%s'
                        split_size: 32KiB
                        batch_rows: 200
                        streams: [%s{table: public.churned, mode: cdc}]
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_rows: 300, epoch_every: 300ms}
                    """.formatted(database.url(), others));
            assertThat(Invoked.windrow("run", file.toString()).exit()).isZero();
            List<String> follow = List.of("run", "--follow", file.toString());
            try (ChildJvm child = ChildJvm.start(Main.class.getName(), follow, Map.of(KillingFailpoints.VARIABLE, place + ":1"))) {
                Invoked asked = Invoked.windrow("resync", file.toString(), "--stream", "public.churned", "--yes");
                assertThat(asked.exit()).as(asked.whole()).isZero();
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(child.output()).isTrue();
                child.kill();
            }
            assertThat(Invoked.windrow("--json", "state", "show", file.toString()).out()).contains("\"generation\" : 2");
            try (ChildJvm child = ChildJvm.start(Main.class.getName(), follow, Map.of())) {
                Invoked through = Invoked.windrow("resync", file.toString(), "--stream", "public.churned", "--yes", "--wait", "10m");
                assertThat(through.exit()).as(through.whole() + child.output()).isZero();
                child.terminate();
                child.awaitEnd(PATIENCE);
            }
            churn.pause();
            Invoked last = Invoked.windrow("run", file.toString());
            assertThat(last.exit()).as(last.whole()).isZero();
            List<List<String>> table = database.query("SELECT id, payload FROM churned");
            List<List<String>> delivered = new Delivered(folder.resolve("out/public.churned"), CrashMode.CHANGES).newest();
            assertThat(Oracle.compare(table, delivered).toString()).as("seed " + seed).isEqualTo(
                    Oracle.compare(table, table).toString());
            assertThat(Invoked.windrow("--json", "state", "show", file.toString()).out()).contains("\"generation\" : 3");
            assertThat(Invoked.windrow("verify", file.toString(), "--files").exit()).isZero();
        }
    }

    @Test
    @Tag("D10")
    void aTableWhoseKeyIsMaskedIsCopiedAlthoughItsFirstCopyWasKilledAndNothingThatIsKeptHoldsTheKey(@TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(
                PostgresServer.shared(18), "CREATE TABLE t (id text PRIMARY KEY, n int)",
                "INSERT INTO t SELECT 'secret-' || i, i FROM generate_series(1, 1000) i")) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: masked-key
                    source:
                      postgres:
                        url: '%s'
                        batch_rows: 100
                        streams: [{table: public.t, mode: cdc}]
                    sink:
                      files: {path: ./out, format: jsonl}
                    mask: [{field: id, with: hmac, key: 'a key that is long enough for it'}]
                    run: {epoch_rows: 100}
                    """.formatted(database.url()));
            List<String> arguments = List.of("run", file.toString());
            for (int kills = 0; kills < 2; kills++) {
                try (ChildJvm child = ChildJvm.start(
                        Main.class.getName(), arguments, Map.of(KillingFailpoints.VARIABLE, "run.after_commit:2"))) {
                    assertThat(child.awaitLine(KillingFailpoints.REACHED + "run.after_commit", PATIENCE)).as(child.output()).isTrue();
                    child.kill();
                }
                assertThat(Invoked.windrow("plan", file.toString()).exit()).isZero();
            }
            Invoked run = Invoked.windrow("run", file.toString());
            assertThat(run.exit()).as(run.whole()).isZero();
            assertThat(Invoked.windrow("verify", file.toString(), "--files").exit()).isZero();
            try (Stream<Path> walk = Files.walk(folder)) {
                for (Path kept : walk.filter(path -> Files.isRegularFile(path) && !path.equals(file)).toList()) {
                    assertThat(Files.readString(kept, StandardCharsets.ISO_8859_1)).as(kept.toString()).doesNotContain("secret-");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl", "csv", "arrow", "arrow_stream", "avro"})
    void theLogLandsInEveryFormatAndWhatWasDeliveredIsWhole(String format, @TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(
                PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY, big text, at timestamptz)",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT i, repeat('x', 5000), now() FROM generate_series(1, 50) i")) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: format-%s
                    source:
                      postgres: {url: '%s', streams: [{table: public.t, mode: cdc}]}
                    sink:
                      files: {path: ./out, format: %s}
                    mask: [{field: public.t.big, with: redact}]
                    """.formatted(format.replace('_', '-'), database.url(), format));
            Invoked run = Invoked.windrow("run", file.toString());
            assertThat(run.exit()).as(run.out()).isZero();
            database.execute(
                    "UPDATE t SET at = now() WHERE id <= 10", "UPDATE t SET id = id + 100 WHERE id > 45", "DELETE FROM t WHERE id = 20");
            run = Invoked.windrow("run", file.toString());
            assertThat(run.exit()).as(run.out()).isZero();
            Invoked verified = Invoked.windrow("verify", file.toString(), "--files");
            assertThat(verified.exit()).as(verified.out()).isZero();
        }
    }

    @Test
    @Tag("D46")
    void messagesOfApplicationsLandBesideTheTablesAndAreCheckedByTheirFiles(@TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY)")) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: messages
                    source:
                      postgres:
                        url: '%s'
                        streams: [{table: public.t, mode: cdc}, {messages: [outbox], name: outbox, mode: cdc}]
                    sink:
                      files: {path: ./out, format: jsonl}
                    """.formatted(database.url()));
            Invoked run = Invoked.windrow("run", file.toString());
            assertThat(run.exit()).as(run.whole()).isZero();
            database.execute(
                    "BEGIN; SELECT pg_logical_emit_message(true, 'outbox', 'a'); INSERT INTO t VALUES (1); COMMIT",
                    "SELECT pg_logical_emit_message(false, 'outbox', 'b')", "INSERT INTO t VALUES (2)");
            run = Invoked.windrow("run", file.toString());
            assertThat(run.exit()).as(run.whole()).isZero();
            List<String> lines = new ArrayList<>();
            try (Stream<Path> files = Files.walk(folder.resolve("out/outbox"))) {
                for (Path one : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
                    lines.addAll(Files.readAllLines(one));
                }
            }
            assertThat(lines).hasSize(2).allMatch(line -> line.contains("\"prefix\":\"outbox\"") && line.contains("\"_op\":\"insert\""));
            assertThat(lines).satisfiesExactlyInAnyOrder(
                    first -> assertThat(first).contains("\"transactional\":true").doesNotContain("\"_transaction\":0"),
                    second -> assertThat(second).contains("\"transactional\":false", "\"_transaction\":0"));
            Invoked files = Invoked.windrow("verify", file.toString(), "--files");
            assertThat(files.exit()).as(files.whole()).isZero();
            Invoked source = Invoked.windrow("verify", file.toString());
            assertThat(source.exit()).as(source.whole()).isEqualTo(ExitCode.UNDECIDED.value());
            assertThat(source.whole()).contains("postgres.not_kept");
        }
    }

    @Test
    void aTableThatIsAlteredWhileItIsFollowedGoesOnInItsNewColumns(@TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(
                PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY, gone text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: altered
                    source:
                      postgres: {url: '%s', streams: [{table: public.t, mode: cdc}]}
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_every: 200ms}
                    """.formatted(database.url()));
            try (ChildJvm follower =
                    ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
                awaitText(follower, "public.t: epoch 1 committed, 2 rows");
                database.execute("INSERT INTO t VALUES (3, 'c')");
                awaitRow(folder, 3);
                database.execute("ALTER TABLE t ADD COLUMN late int", "INSERT INTO t VALUES (4, 'd', 44)");
                awaitRow(folder, 4);
                assertThat(follower.output()).contains("field late is new");
                database.execute("ALTER TABLE t DROP COLUMN gone", "INSERT INTO t VALUES (5, 55)");
                awaitRow(folder, 5);
                follower.terminate();
                follower.awaitEnd(PATIENCE);
            }
            database.execute("ALTER TABLE t ADD COLUMN refused int", "INSERT INTO t VALUES (6, 66, 6)");
            Files.writeString(file, "contract: {on_drift: stop}\n", StandardOpenOption.APPEND);
            assertThat(Invoked.windrow("run", file.toString()).whole()).contains("contract.drift", "field refused is new", ", at position {");
            List<String> lines = rows(folder.resolve("out/public.t"));
            assertThat(lines).hasSize(5);
            theChangeIsNamedThatCarriesTheNewForm(database, file);
            assertThat(lines).filteredOn(line -> line.contains("\"id\":4,")).singleElement().asString().contains("\"late\":44");
            assertThat(lines).filteredOn(line -> line.contains("\"id\":5,")).singleElement().asString()
                    .contains("\"late\":55").contains("\"_absent\":[\"gone\"]");
        }
    }

    @Test
    @Tag("D10")
    void tablesJoinAndLeaveTheRunThatFollowsThemAsThePipelineFileSaysByThen(@TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(
                PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)",
                "INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1), (2), (3)")) {
            String pipeline = """
                    pipeline: written-anew
                    source:
                      postgres: {url: '%s', streams: [{table: public.t, mode: cdc}, {table: 'public.p_*', mode: cdc}]}
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {epoch_every: 200ms}
                    """.formatted(database.url());
            String joined = pipeline.replace("streams: [", "streams: [{table: public.u, mode: cdc}, ");
            Path file = Files.writeString(folder.resolve("p.yaml"), pipeline);
            try (ChildJvm follower = ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
                awaitText(follower, "public.t: epoch 1 committed, 1 row");
                Files.writeString(file, joined);
                awaitIds(follower, folder, "u", 1, 2, 3);
                database.execute("INSERT INTO u VALUES (4)", "INSERT INTO t VALUES (2)");
                awaitIds(follower, folder, "u", 1, 2, 3, 4);
                awaitIds(follower, folder, "t", 1, 2);

                Files.writeString(file, joined.replace("mode: cdc", "mode: cdx"));
                awaitText(follower, "cli.file_refused");
                Files.writeString(file, joined.replace("200ms", "250ms"));
                awaitText(follower, "cli.restart_needed");
                Files.writeString(file, joined.replace("public.u", "public.no_such_table"));
                awaitText(follower, "run.stream_stopped");
                database.execute("CREATE TABLE p_1 (id int PRIMARY KEY)", "INSERT INTO p_1 VALUES (7)", "INSERT INTO t VALUES (3)");
                awaitIds(follower, folder, "t", 1, 2, 3);
                Files.writeString(file, pipeline);
                awaitIds(follower, folder, "p_1", 7);
                awaitText(follower, "run.stream_unselected");
                database.execute("INSERT INTO u VALUES (5)", "INSERT INTO t VALUES (4)", "INSERT INTO p_1 VALUES (8)");
                awaitIds(follower, folder, "t", 1, 2, 3, 4);
                awaitIds(follower, folder, "p_1", 7, 8);
                awaitIds(follower, folder, "u", 1, 2, 3, 4);
                follower.terminate();
                follower.awaitEnd(PATIENCE);
            }
        }
    }

    /** Each once. */
    private static void awaitIds(ChildJvm follower, Path folder, String table, Integer... ids) {
        Path rows = folder.resolve("out/public." + table);
        await().atMost(PATIENCE).until(() -> !follower.alive() || Files.exists(rows) && rows(rows).size() >= ids.length);
        assertThat(follower.alive()).as(follower.output()).isTrue();
        try {
            assertThat(rows(rows)).extracting(line -> Integer.valueOf(line.replaceAll("^\\{\"id\":(\\d+),.*", "$1")))
                    .containsExactlyInAnyOrder(ids);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** It is met in the middle of an epoch that has rows before it, of this stream and of another. */
    private static void theChangeIsNamedThatCarriesTheNewForm(PostgresDatabase database, Path file) throws Exception {
        Files.writeString(file, Files.readString(file)
                .replace("streams: [", "streams: [{table: public.u, mode: cdc}, ").replace("epoch_every: 200ms", "epoch_every: 1h"));
        database.execute("CREATE TABLE u (id int PRIMARY KEY)");
        Invoked accepted = Invoked.windrow("schema", "accept", "--stream", "public.t", file.toString());
        assertThat(accepted.exit()).as(accepted.whole()).isZero();
        Invoked run = Invoked.windrow("run", file.toString());
        assertThat(run.exit()).as(run.whole()).isZero();
        try (ChildJvm follower =
                ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
            await().atMost(PATIENCE).until(() -> !follower.alive()
                    || database.number("SELECT count(*) FROM pg_replication_slots WHERE active") == 1);
            database.execute("INSERT INTO t VALUES (7, 77, 7)", "INSERT INTO u VALUES (1)");
            long before = database.number(LSN);
            database.execute("ALTER TABLE t ADD COLUMN met int", "INSERT INTO u VALUES (2)", "INSERT INTO t VALUES (8, 88, 8, 8)");
            long after = database.number(LSN);
            await().atMost(PATIENCE).until(() -> !follower.alive()
                    || Invoked.windrow("schema", "list", file.toString()).whole().contains("a newer one was refused"));
            follower.terminate();
            follower.awaitEnd(PATIENCE);
            String told = follower.output().replaceAll("\\s+", "");
            Matcher met = Pattern.compile("schemaofpublic\\.twiththeacceptedone,firstmetafterepoch\\d+,atposition"
                    + "\\{\"at\":\"change\",\"commit\":\"[^\"]+\",\"xid\":\\d+,\"record\":\"([^\"]+)\",\"ordinal\":0}").matcher(told);
            assertThat(met.find()).as(told).isTrue();
            assertThat(database.number("SELECT '" + met.group(1) + "'::pg_lsn - '0/0'")).isBetween(before, after);
        }
    }

    /** 105 MB of rows in one transaction, for a process with 48 MB of heap and 32 MiB for batches: at the server, and here. */
    @ParameterizedTest
    @Tag("D11")
    @ValueSource(strings = {"wait", "stream"})
    void aTransactionThatIsLargerThanAllTheMemoryOfTheProcessArrivesWhole(String inProgress, @TempDir Path folder) throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(
                PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY, v text)")) {
            Path file = Files.writeString(folder.resolve("p.yaml"), """
                    pipeline: large-%s
                    source:
                      postgres: {url: '%s', batch_size: 1MiB, streams: [{table: public.t, mode: cdc}], changes: {in_progress: %s}}
                    sink:
                      files: {path: ./out, format: jsonl}
                    run: {memory: 32MiB}
                    """.formatted(inProgress, database.url(), inProgress));
            assertThat(Invoked.windrow("run", file.toString()).exit()).isZero();
            database.execute("INSERT INTO t SELECT i, repeat('x', 1000) FROM generate_series(1, 105000) i");
            try (ChildJvm child = ChildJvm.start(
                    Main.class.getName(), List.of("run", file.toString()), Map.of("_JAVA_OPTIONS", "-Xmx48m"))) {
                assertThat(child.awaitEnd(Duration.ofMinutes(10))).as(child.output()).isZero();
            }
            assertThat(database.number("SELECT count(*) FROM pg_stat_replication_slots WHERE slot_name = 'windrow_large_"
                    + inProgress + "' AND stream_txns > 0")).as("it came in parts").isEqualTo(inProgress.equals("stream") ? 1 : 0);
            BitSet arrived = new BitSet();
            for (String line : rows(folder.resolve("out/public.t"))) {
                int id = Integer.parseInt(line.substring("{\"id\":".length(), line.indexOf(',')));
                assertThat(arrived.get(id)).as("twice: " + id).isFalse();
                arrived.set(id);
            }
            assertThat(arrived.cardinality()).isEqualTo(105_000);
        }
    }

    private static void awaitText(ChildJvm child, String text) {
        await().atMost(PATIENCE).until(() -> child.output().contains(text) || !child.alive());
        assertThat(child.output()).contains(text);
    }

    private static void awaitRow(Path folder, int id) {
        await().atMost(PATIENCE).until(() -> rows(folder.resolve("out/public.t")).stream().anyMatch(line -> line.contains("\"id\":" + id + ",")));
    }

    private static List<String> rows(Path table) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(table)) {
            for (Path written : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(written));
            }
        }
        return lines;
    }
}
