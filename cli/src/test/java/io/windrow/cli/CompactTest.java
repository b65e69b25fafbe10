package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.Delivered;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A change log in files makes the rows that its table has, by a fold that may die anywhere. */
@Tag("server")
class CompactTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> PLACES = List.of(
            "compact.after_fold", "compact.after_stage", "run.after_save_prepared", "files.before_swap", "files.after_swap",
            "run.after_commit", "run.after_save_committed");

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    private Path pipeline(String name, String table, String more) throws IOException {
        return Files.writeString(folder.resolve("p.yaml"), """
                pipeline: %s
                source:
                  postgres: {url: '%s', streams: [{table: public.%s, mode: cdc}]}
                sink:
                  files: {path: ./out, %s
                """.formatted(name, DATABASE.url(), table, more));
    }

    private static Invoked done(Object... words) {
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
        return command;
    }

    @Test
    void killedAnywhereItLeavesTheOldRowsOrTheNewOnesAndIsFinishedByTheNext() throws Exception {
        DATABASE.execute(
                "CREATE TABLE killed (id int PRIMARY KEY, payload text)",
                "INSERT INTO killed SELECT i, md5(i::text) FROM generate_series(1, 500) i");
        Path file = pipeline("killed-fold", "killed", "format: jsonl, grace: 0s}");
        done("run", file);
        done("compact", file);
        int round = 0;
        for (String place : PLACES) {
            round++;
            List<List<String>> before = table();
            DATABASE.execute(
                    "UPDATE killed SET payload = md5(payload) WHERE id % 7 = " + round % 7,
                    "DELETE FROM killed WHERE id % 31 = " + round, "UPDATE killed SET id = id + 1000 WHERE id % 37 = " + round,
                    "INSERT INTO killed VALUES (" + (10_000 + round) + ", 'ab')");
            done("run", file);
            try (ChildJvm child = ChildJvm.start(
                    Main.class.getName(), List.of("compact", file.toString()), Map.of(KillingFailpoints.VARIABLE, place))) {
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(place + child.output()).isTrue();
                child.kill();
            }
            assertThat(folded()).as("readers after a kill at " + place).isIn(sorted(before), sorted(table()));
            if (round % 2 == 0) {
                done("run", file);
            }
            done("compact", file);
            assertThat(folded()).as("after a kill at " + place).isEqualTo(sorted(table()));
            assertThat(done("compact", file).out()).as(place).contains("nothing new");
        }
        assertThat(done("verify", file).out()).contains("equal").doesNotContain("killed_current");
        assertThat(done("verify", "--files", file).out()).contains("killed_current");
        assertThat(windrow("verify", "--stream", "killed_current", file).out()).contains("folded from a change log");
    }

    @Test
    void theSchemaOfAChangeLogIsExportedAsItsRowsAreDelivered() throws IOException {
        DATABASE.execute("CREATE TABLE exported (id int PRIMARY KEY, name text NOT NULL)", "INSERT INTO exported VALUES (1, 'a')");
        Path file = pipeline("exported-log", "exported", "format: jsonl}");
        done("run", file);
        String avro = done("schema", "show", file, "--stream", "exported", "--as", "avro").out();
        assertThat(avro).contains("\"_op\"", "\"_position\"", "\"_unchanged\"", "\"_absent\"");
        assertThat(avro.replaceAll("\\s", "")).as("a deleted row has only its key").containsPattern("\"name\":\"name\",\"type\":\\[\"null\"");
        assertThat(done("schema", "show", file, "--stream", "exported", "--as", "json_schema").out()).contains("\"_op\"", "\"_transaction\"");
        assertThat(done("schema", "show", file, "--stream", "exported").out()).as("what was accepted is the table's").doesNotContain("_op");
    }

    /** The log is purged before what was folded from it: that still stands there in clear, and readers see it. */
    @Test
    @Tag("H05")
    void rowsThatWereFoldedUnderAFormerMaskArePurgedOnceTheLogIsFoldedAgain() throws IOException {
        DATABASE.execute("CREATE TABLE veiled (id int PRIMARY KEY, name text)", "INSERT INTO veiled VALUES (1, 'canary-5b1f')");
        Path file = pipeline("veiled-log", "veiled", "format: jsonl}");
        done("run", file);
        done("compact", file);
        pipeline("veiled-log", "veiled", "format: jsonl}\nmask: [{field: name, with: redact}]");
        done("run", "--full-refresh", file);
        Invoked early = windrow("dispose", "--former-masks", "--apply", file);
        assertThat(early.exit()).as(early.whole()).isEqualTo(ExitCode.UNDECIDED.value());
        assertThat(early.out()).contains("public.veiled_current was folded under a former mask", "run `windrow compact` first");
        assertThat(windrow("--json", "dispose", "--former-masks", file).out()).contains("\"compact_first\" : [ \"public.veiled_current\" ]");
        done("compact", file);
        done("dispose", "--former-masks", "--apply", file);
        assertThat(done("dispose", "--former-masks", file).out()).contains("Nothing is due");
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(path)).as(path.toString()).doesNotContain("canary-5b1f");
            }
        }
    }

    private List<List<String>> table() {
        return DATABASE.query("SELECT id, payload FROM killed");
    }

    private static List<String> sorted(List<? extends List<?>> rows) {
        return rows.stream().map(Object::toString).sorted().toList();
    }

    /** What a reader of the newest generation finds. */
    private List<String> folded() throws IOException {
        var rows = new Delivered(folder.resolve("out/public.killed_current/current"), CrashMode.REPLACE).rows();
        assertThat(rows).as("one generation").hasSize(1);
        return sorted(rows.lastEntry().getValue());
    }

    @Test
    void largeValuesKeysThatChangeAndRowsThatDoNotFitIntoMemoryComeOutAsTheTableHasThem() throws Exception {
        DATABASE.execute(
                "CREATE TABLE large (id int PRIMARY KEY, big text, tags text[], n numeric(12,3), at timestamptz)",
                "ALTER TABLE large ALTER big SET STORAGE EXTERNAL, ALTER tags SET STORAGE EXTERNAL",
                "INSERT INTO large SELECT i, 'gone' FROM generate_series(1, 100) i");
        Path file = pipeline("large-fold", "large", "format: parquet}\nrun: {memory: 32MiB}");
        done("run", file);
        DATABASE.execute("TRUNCATE large", "INSERT INTO large SELECT i, repeat(md5(i::text), 100), ARRAY[repeat(md5(i::text), 30), NULL, "
                + "'x'], i / 7.0, now() FROM generate_series(1, 6000) i");
        done("run", file);
        Random random = new Random(20261130);
        for (int i = 0; i < 60; i++) {
            int of = 1 + random.nextInt(97);
            DATABASE.execute(List.of(
                    "UPDATE large SET at = clock_timestamp() WHERE id % 97 = " + of,
                    "UPDATE large SET id = id + 100000 WHERE id % 97 = " + of,
                    "UPDATE large SET big = repeat(md5(big), 90) WHERE id % 97 = " + of,
                    "UPDATE large SET tags = NULL, n = -n WHERE id % 97 = " + of,
                    "DELETE FROM large WHERE id % 97 = " + of,
                    "INSERT INTO large SELECT i, '', ARRAY[]::text[] FROM generate_series(1, 6000, 97) i ON CONFLICT DO NOTHING")
                    .get(random.nextInt(6)));
        }
        done("run", file);
        Invoked compacted = done("--json", "compact", file);
        assertThat(compacted.out()).contains("\"rows\" : " + DATABASE.number("SELECT count(*) FROM large"));
        assertThat(done("verify", file).out()).contains("equal");
        assertThat(done("verify", "--files", file).out()).contains("large_current");
        assertThat(done("verify", "--files", "--stream", "large_current", file).out()).contains("whole");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            Oracle.requireEqual(
                    DATABASE.query("SELECT id, md5(big), n, md5(tags[1]), cardinality(tags) FROM large"),
                    Oracle.rows(duck, "SELECT id, md5(big), n, md5(tags.elements[1]), len(tags.elements) FROM read_parquet('"
                            + folder.resolve("out/public.large_current/current") + "/*.parquet')"));
        }
    }

    @Test
    @Tag("D17")
    void columnsThatWereRenamedOrGotAWiderTypeKeepTheValuesOfOlderFiles() throws Exception {
        DATABASE.execute(
                "CREATE TABLE altered (id int PRIMARY KEY, a text, n int, r real, d numeric(6,2), s smallint[])",
                "ALTER TABLE altered ALTER a SET STORAGE EXTERNAL",
                "INSERT INTO altered SELECT i, repeat(md5(i::text), 90), i, i / 2.0, i / 3.0, ARRAY[i, NULL] FROM generate_series(1, 20) i");
        Path file = pipeline("altered-fold", "altered", "format: parquet}");
        Files.writeString(file, Files.readString(file).replace("mode: cdc}]", "mode: cdc}], changes: {on_rewrite: keep}"));
        done("run", file);
        DATABASE.execute("UPDATE altered SET n = -n WHERE id % 3 = 0", "UPDATE altered SET id = id + 1000 WHERE id % 5 = 0");
        done("run", file);
        DATABASE.execute("ALTER TABLE altered RENAME a TO z");
        done("run", file);
        DATABASE.execute("UPDATE altered SET n = n + 7 WHERE id % 4 = 0", "INSERT INTO altered VALUES (50, 'new', 50)");
        done("run", file);
        DATABASE.execute(
                "ALTER TABLE altered ALTER n TYPE bigint, ALTER r TYPE double precision, ALTER d TYPE numeric(12,4),"
                        + " ALTER id TYPE bigint");
        done("run", file);
        DATABASE.execute("UPDATE altered SET n = 5000000000, d = 12345678.1234 WHERE id % 7 = 0");
        done("run", file);
        done("compact", file);
        assertThat(done("verify", file).out()).contains("equal");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            Oracle.requireEqual(
                    DATABASE.query("SELECT id, md5(z), n, (r * 2)::int, d, s[1], cardinality(s) FROM altered"),
                    Oracle.rows(duck, "SELECT id, md5(z), n, (r * 2)::int, d, s.elements[1], len(s.elements) FROM read_parquet('"
                            + folder.resolve("out/public.altered_current/current") + "/*.parquet')"));
        }
    }

    @Test
    @Tag("D16")
    void valuesThatTheLogSaysNothingOfAreThereOnceTheTableIsCopiedAgainAndTheLogOfBeforeStays() throws Exception {
        DATABASE.execute("CREATE TABLE valued (id int PRIMARY KEY, n int)", "INSERT INTO valued SELECT i, i FROM generate_series(1, 20) i");
        Path file = pipeline("valued-fold", "valued", "format: jsonl}");
        done("run", file);
        DATABASE.execute(
                "DELETE FROM valued WHERE id = 1", "ALTER TABLE valued ADD c int DEFAULT 7, ALTER n TYPE int USING n * 2",
                "INSERT INTO valued VALUES (30, 30)");
        assertThat(done("run", file).whole()).contains("postgres.values_rewritten", "is read again from its start as generation 2")
                .doesNotContain("take the place of");
        done("run", file);
        done("compact", file);
        assertThat(done("verify", file).out()).contains("equal");
        done("verify", "--files", file);
        int copies = 0;
        try (Stream<Path> files = Files.walk(folder.resolve("out/public.valued").toRealPath())) {
            for (Path log : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                copies += (int) Files.readAllLines(log).stream().filter(line -> line.contains("\"_op\":\"copy\"")).count();
            }
        }
        assertThat(copies).as("what was delivered stays").isEqualTo(20 + 20);
    }

    @Test
    void whatIsNoWholeLogIsRefusedByName() throws Exception {
        DATABASE.execute("CREATE TABLE keyless (v int)", "ALTER TABLE keyless REPLICA IDENTITY FULL", "INSERT INTO keyless VALUES (1)");
        Path file = pipeline("keyless-fold", "keyless", "format: jsonl}");
        Invoked none = windrow("compact", file);
        assertThat(none.exit()).as(none.whole()).isEqualTo(2);
        done("run", file);
        Invoked refused = windrow("compact", file);
        assertThat(refused.exit()).as(refused.whole()).isEqualTo(2);
        assertThat(refused.whole()).contains("compact.no_key");
        assertThat(windrow("--json", "compact", "--stream", "public.keyless", file).out()).contains("compact.no_key");
    }

    @Test
    void besideStreamsOfWholeRowsOnlyTheLogIsFoldedAndALogWhoseFilesAreGoneIsNamed() throws Exception {
        DATABASE.execute(
                "CREATE TABLE logged (id int PRIMARY KEY)", "INSERT INTO logged SELECT generate_series(1, 50)",
                "CREATE TABLE whole (id int PRIMARY KEY)", "INSERT INTO whole VALUES (1)");
        Path file = Files.writeString(folder.resolve("p.yaml"), """
                pipeline: mixed-fold
                source:
                  postgres: {url: '%s', streams: [{table: public.logged, mode: cdc}, {table: public.whole}]}
                sink:
                  files: {path: ./out, format: jsonl, partitions: [{stream: public.logged_current, by: [id]}]}
                write: {public.whole: append}
                """.formatted(DATABASE.url()));
        done("run", file);
        assertThat(done("compact", file).out()).contains("public.logged_current").doesNotContain("public.whole");
        assertThat(windrow("compact", "--stream", "public.whole", file).whole()).contains("compact.no_log");

        DATABASE.execute("INSERT INTO logged VALUES (51)");
        done("run", file);
        Path gone;
        try (Stream<Path> data = Files.walk(folder.resolve("out/public.logged"))) {
            gone = data.filter(path -> path.toString().endsWith(".jsonl")).sorted().findFirst().orElseThrow();
        }
        Files.delete(gone);
        Invoked verified = windrow("--json", "verify", "--stream", "public.logged", file);
        assertThat(verified.exit()).as(verified.whole()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(verified.out())
                .contains("\"verdict\" : \"different\"", "\"kind\" : \"missing\"", "\"missing\" : 0", gone.getFileName().toString());
        Invoked refused = windrow("compact", file);
        assertThat(refused.exit()).as(refused.whole()).isEqualTo(ExitCode.EXTERNAL.value());
        assertThat(refused.whole()).contains("replay.delivered_damaged", gone.getFileName().toString());

        try (Stream<Path> data = Files.walk(folder.resolve("out/public.logged"))) {
            for (Path left : data.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                Files.delete(left);
            }
        }
        assertThat(windrow("compact", file).whole()).contains("replay.delivered_damaged").doesNotContain("nothing new");
    }
}
