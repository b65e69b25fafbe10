package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.mariadb.MariaServer;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs from one PostgreSQL database into another, MariaDB and files of SQLite and DuckDB, verified against the source. */
@Tag("server")
class DatabaseTargetTest {
    @RegisterExtension
    static final PostgresDatabase SOURCE = PostgresDatabase.on(18);

    @RegisterExtension
    static final PostgresDatabase TARGET = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    private Path pipeline(String name, String stream, String target, String write) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: "%s"
                    streams: [%s]
                sink:
                  jdbc: {url: "%s"}
                %s
                """.formatted(name, SOURCE.url(), stream, target, write));
    }

    private static void done(Path file) {
        Invoked run = Invoked.windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        Invoked verify = Invoked.windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isZero();
    }

    @Test
    void aSnapshotReplacesTheTableAndIsVerifiedEqual() throws IOException {
        SOURCE.execute(
                "CREATE TABLE kinds (id int PRIMARY KEY, flag boolean, small smallint, big bigint, amount numeric(30,10), any_size numeric, "
                        + "f4 real, f8 double precision, name text, doc json, raw bytea, u uuid, day date, t time, at timestamptz, "
                        + "local timestamp, span interval, list int[])",
                "INSERT INTO kinds SELECT i, i % 2 = 0, i, i * 1000000007::bigint, i / 7.0, repeat('9', i * 10)::numeric, i / 3.0, "
                        + "CASE i WHEN 1 THEN 'Infinity'::float8 ELSE i / 3.0 END, 'ünï😀 ' || i, '{\"a\":  1}', decode(repeat('00ff', i), 'hex'), "
                        + "gen_random_uuid(), date '0044-03-15 BC' + i, '23:59:59.999999', timestamptz '0044-03-15 12:00:00.000001 BC' + i * interval '1 day', "
                        + "'9999-12-31 23:59:59.999999', interval '1 month -2 days 03:04:05.000006', ARRAY[i, NULL, 3] FROM generate_series(1, 100) i",
                "INSERT INTO kinds (id) VALUES (0)");
        done(pipeline("kinds", "{table: public.kinds, mode: snapshot}", TARGET.url(), ""));
        assertThat(TARGET.number("SELECT count(*) FROM kinds")).isEqualTo(101);
        SOURCE.execute("DELETE FROM kinds WHERE id > 50");
        done(pipeline("kinds", "{table: public.kinds, mode: snapshot}", TARGET.url(), "write: {public.kinds: mirror}"));
        assertThat(TARGET.number("SELECT count(*) FROM kinds")).isEqualTo(51);
        assertThat(TARGET.query("SELECT tablename FROM pg_tables, _windrow_commits WHERE stream_name = 'kinds' AND "
                + "starts_with(tablename, '_windrow_' || left(id, 16))")).isEmpty();

        SOURCE.execute("UPDATE kinds SET f8 = 1");
        Path file = folder.resolve("kinds.db");
        done(pipeline("kinds-file", "{table: public.kinds, mode: snapshot}", "jdbc:sqlite:" + file, ""));
    }

    @Test
    void theLedgerBesideTheTablesIsRolledUpAndWhatIsLeftOfAStreamThatIsReadNoMoreIsSwept() throws IOException {
        SOURCE.execute("CREATE TABLE kept (id int PRIMARY KEY)", "CREATE TABLE given_up (id int PRIMARY KEY)",
                "INSERT INTO given_up VALUES (1)");
        String kept = "{table: public.kept, mode: incremental, guarantee: proven}";
        Path file = pipeline(
                "kept", kept + ", {table: public.given_up, mode: incremental, guarantee: proven}", TARGET.url(),
                "write: {public.kept: append, public.given_up: append}\nretention: {checkpoints: 1ms}");
        for (int run = 0; run < 4; run++) {
            SOURCE.execute("INSERT INTO kept SELECT i + " + run * 10 + " FROM generate_series(1, 10) i");
            assertThat(Invoked.windrow("run", file).exit()).isZero();
        }
        Invoked disposed = Invoked.windrow("dispose", "--apply", file);
        assertThat(disposed.exit()).as(disposed.whole()).isZero();
        List<LedgerEntry> beside = TARGET.query("SELECT l.entry FROM _windrow_ledger l JOIN _windrow_commits c USING (id) "
                        + "WHERE c.stream_name = 'kept' ORDER BY l.epoch").stream().map(row -> LedgerEntry.parse(row.getFirst())).toList();
        assertThat(beside).hasSize(2);
        assertThat(beside.getFirst().account().written()).isEqualTo(30);
        assertThat(RollUp.entries(beside.getFirst())).isEqualTo(3);
        assertThat(beside.getFirst().hashSource()).as("is never beside the data").isEmpty();
        assertThat(beside.getLast().account().written()).isEqualTo(10);

        String prefix = TARGET.query("SELECT '_windrow_' || left(id, 16) FROM _windrow_commits WHERE stream_name = 'given_up'")
                .getFirst().getFirst();
        TARGET.execute("CREATE TABLE " + prefix + "_g1_t1_w0_7 (c0 int)", "CREATE TABLE " + prefix + "_g1_t999_w0_7 (c0 int)");
        Invoked without = Invoked.windrow("run", pipeline("kept", kept, TARGET.url(), "write: {public.kept: append}"));
        assertThat(without.exit()).as(without.whole()).isZero();
        assertThat(TARGET.query("SELECT tablename FROM pg_tables WHERE tablename LIKE '" + prefix + "%'"))
                .as("what a newer owner stages is left to it").containsExactly(List.of(prefix + "_g1_t999_w0_7"));
        assertThat(TARGET.query("SELECT id FROM given_up")).containsExactly(List.of("1"));
        TARGET.execute("DROP TABLE " + prefix + "_g1_t999_w0_7");
    }

    @Test
    void incrementsAreUpsertedByKeyAndStayEqual() throws IOException {
        SOURCE.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, name text, at timestamptz NOT NULL DEFAULT now())",
                "CREATE INDEX ON orders (at)",
                "INSERT INTO orders SELECT i, 'order ' || i FROM generate_series(1, 500) i");
        Path file = pipeline(
                "orders", "{table: public.orders, mode: incremental, cursor: at}", TARGET.url(), "write: {public.orders: upsert}");
        done(file);
        SOURCE.execute(
                "UPDATE orders SET name = 'changed', at = now() WHERE id <= 20",
                "INSERT INTO orders SELECT i, 'new ' || i FROM generate_series(501, 600) i");
        done(file);
        assertThat(TARGET.number("SELECT count(*) FROM orders")).isEqualTo(600);
        assertThat(TARGET.number("SELECT count(*) FROM orders WHERE name = 'changed'")).isEqualTo(20);
        TARGET.execute("UPDATE orders SET name = 'spoilt' WHERE id = 7");
        Invoked verify = Invoked.windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isEqualTo(ExitCode.DIFFERENT.value());
    }

    /** No command deletes in somebody's database: the statement for it is named, and quarantine is purged all the same. */
    @Test
    @Tag("H05")
    void aMaskThatIsTurnedOnLaterPurgesWhatWasSetAsideAndNamesTheStatementForTheTable() throws Exception {
        SOURCE.execute("CREATE TABLE staff (id int PRIMARY KEY, code int)", "INSERT INTO staff SELECT i, 73910000 + i FROM generate_series(1, 20) i");
        String target = "jdbc:sqlite:" + folder.resolve("staff.db");
        String read = "{table: public.staff, mode: incremental, guarantee: proven}";
        for (String write : List.of("append", "upsert")) {
            String strict = "write: {public.staff: " + write + "}\ncontract: {streams: {public.staff: {fields: [{field: id, max: '19'}]}}}\n";
            String tables = "  jdbc: {url: \"" + target + "\", tables: [{stream: public.staff, table: staff_" + write + "}]}";
            Path file = pipeline("staff-" + write, read, target, strict);
            Files.writeString(file, Files.readString(file).replaceFirst("  jdbc: .*", tables));
            assertThat(Invoked.windrow("run", file).exit()).isZero();
            assertThat(Invoked.windrow("quarantine", "show", file).out()).contains("73910020");

            Files.writeString(file, Files.readString(file) + "mask: [{field: code, with: hmac, key: 'a key, long enough to be one'}]\n");
            String drop = "DROP TABLE \"staff_" + write + "\"";
            for (String command : List.of("plan", "run")) {
                Invoked refused = Invoked.windrow(command, file);
                assertThat(refused.exit()).as(refused.whole()).isNotZero();
                assertThat(refused.whole()).contains("mask.changed", drop, "--full-refresh");
            }
            Invoked early = Invoked.windrow("run", "--full-refresh", file);
            assertThat(early.whole()).as("a number's column takes no text").contains("jdbc.column_incompatible", "drop the table");
            try (Connection connection = DriverManager.getConnection(target); Statement statement = connection.createStatement()) {
                statement.execute(drop);
            }
            Invoked anew = Invoked.windrow("run", "--full-refresh", file);
            assertThat(anew.exit()).as(anew.whole()).isZero();
            Invoked purged = Invoked.windrow("dispose", "--former-masks", "--apply", file);
            assertThat(purged.exit()).as(purged.whole()).isZero();
            assertThat(purged.out()).contains("set aside", drop).doesNotContain("Nothing is due");
            assertThat(Invoked.windrow("quarantine", "show", file).out()).doesNotContain("73910020");
            Invoked again = Invoked.windrow("--json", "dispose", "--former-masks", file);
            assertThat(again.out()).contains("purge_at_target", "staff_" + write);
            assertThat(Invoked.windrow("run", file).exit()).isZero();
            try (Connection connection = DriverManager.getConnection(target); Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*), min(length(code)) FROM staff_" + write)) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(19);
                assertThat(rows.getInt(2)).isEqualTo(64);
            }
        }
    }

    /** The target cannot do what it does not hear of: the plan says so, verify finds it, and the next good change mends it. */
    @Test
    void aChangeThatTheContractSetsAsideLeavesTheRowAsItWasUntilAGoodOneComes() throws Exception {
        SOURCE.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, n int, at timestamptz NOT NULL DEFAULT now())", "CREATE INDEX ON stock (at)",
                "INSERT INTO stock SELECT i, i FROM generate_series(1, 20) i");
        String target = "jdbc:sqlite:" + folder.resolve("stock.db");
        Path file = pipeline("stock", "{table: public.stock, mode: incremental, cursor: at}", target,
                "write: {public.stock: upsert}\ncontract: {on_drift: quarantine, streams: {public.stock: {fields: [{field: n, min: '0'}]}}}");
        done(file);
        assertThat(Invoked.windrow("plan", file).out()).contains("does not see: A change that is set aside, by the contract");
        SOURCE.execute("UPDATE stock SET n = -1, at = now() WHERE id = 7", "UPDATE stock SET n = 80, at = now() WHERE id = 8");
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        assertThat(Invoked.windrow("quarantine", "show", file).out()).contains("contract.out_of_range", "\"n\":-1");
        assertThat(numbers(target, "SELECT n FROM stock WHERE id IN (7, 8) ORDER BY id")).containsExactly(7, 80);
        Invoked replay = Invoked.windrow("quarantine", "replay", file);
        assertThat(replay.whole()).contains("replay.not_offered");
        SOURCE.execute("UPDATE stock SET n = 70, at = now() WHERE id = 7");
        done(file);
        assertThat(numbers(target, "SELECT n FROM stock WHERE id IN (7, 8) ORDER BY id")).containsExactly(70, 80);
    }

    private static List<Integer> numbers(String target, String query) throws SQLException {
        List<Integer> numbers = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(target); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                numbers.add(rows.getInt(1));
            }
        }
        return numbers;
    }

    @Test
    void aMirrorOfATableWithoutAKeyIsRefusedBeforeTheFirstRead() throws IOException {
        SOURCE.execute("CREATE TABLE bare (id int, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO bare VALUES (1)");
        Invoked run = Invoked.windrow("run", pipeline(
                "bare", "{table: public.bare, mode: incremental, cursor: at}", TARGET.url(), "write: {public.bare: mirror}"));
        assertThat(run.exit()).isNotZero();
        assertThat(run.whole()).contains("plan.key_missing");
        assertThat(TARGET.number("SELECT count(*) FROM pg_tables WHERE tablename = 'bare'")).isZero();
    }

    @Test
    void aChangeStreamThatTheTargetRefusesBeforeItsCopyHoldsNoOtherUp() throws IOException {
        SOURCE.execute("CREATE TABLE whole (id int PRIMARY KEY)",
                "CREATE TABLE keyless (id int)", "ALTER TABLE keyless REPLICA IDENTITY FULL", "INSERT INTO keyless VALUES (1)");
        Path file = pipeline("one-refused", "{table: public.keyless, mode: cdc}, {table: public.whole, mode: cdc}", TARGET.url(),
                "write: {public.keyless: mirror, public.whole: mirror}");
        for (int pass = 1; pass <= 2; pass++) {
            String before = SOURCE.query("SELECT pg_current_wal_insert_lsn()").getFirst().getFirst();
            SOURCE.execute("INSERT INTO whole VALUES (" + pass + ")");
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isNotZero();
            assertThat(run.whole()).contains("plan.key_missing").doesNotContain("run.log_held");
            assertThat(TARGET.query("SELECT id FROM whole ORDER BY id")).isEqualTo(SOURCE.query("SELECT id FROM whole ORDER BY id"));
            // Nothing of the log is kept for a table that has never been copied.
            assertThat(SOURCE.number("SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'windrow_one_refused%'"
                    + " AND confirmed_flush_lsn > '" + before + "'")).isOne();
        }
    }

    @Test
    @Tag("D01")
    void aChangeStreamIsMirroredWithItsDeletesKeyChangesAndColumnsThatItDoesNotSend() throws IOException {
        SOURCE.execute(
                "CREATE TABLE live (id int PRIMARY KEY, big text, name text)", "ALTER TABLE live ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO live SELECT i, repeat('x' || i, 3000), 'row ' || i FROM generate_series(1, 50) i");
        Path mirror = pipeline(
                "live", "{table: public.live, mode: cdc}", TARGET.url(), "write: {public.live: mirror}");
        Path versions = pipeline(
                "versions", "{table: public.live, mode: cdc}", "jdbc:sqlite:" + folder.resolve("versions.db"),
                "write: {public.live: history}");
        for (Path file : new Path[] {mirror, versions}) {
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
        }
        SOURCE.execute(
                "UPDATE live SET name = 'changed' WHERE id <= 10", "UPDATE live SET id = id + 100 WHERE id > 45",
                "UPDATE live SET name = 'twice' WHERE id > 145", "DELETE FROM live WHERE id = 20",
                "INSERT INTO live VALUES (200, NULL, 'new')");
        for (Path file : new Path[] {mirror, versions}) {
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
        }
        String rows = "SELECT id, name, md5(big) FROM live ORDER BY id";
        assertThat(TARGET.query(rows)).isEqualTo(SOURCE.query(rows));
        for (Path file : new Path[] {mirror, versions}) {
            Invoked verify = Invoked.windrow("verify", file);
            assertThat(verify.exit()).as(verify.whole()).isZero();
        }
        SOURCE.execute("ALTER TABLE live RENAME big TO large", "UPDATE live SET name = 'renamed' WHERE id <= 5");
        for (Path file : new Path[] {mirror, versions}) {
            done(file);
        }
        String renamed = "SELECT id, name, md5(large) FROM live ORDER BY id";
        assertThat(TARGET.query(renamed)).isEqualTo(SOURCE.query(renamed));
        assertThat(TARGET.number("SELECT count(*) FROM information_schema.columns WHERE table_name = 'live'")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mariadb", "duckdb"})
    @Tag("D01")
    void aChangeStreamIsMirroredAndVerifiedInEveryOtherDatabase(String target) throws IOException, SQLException {
        Optional<String> missing = target.equals("mariadb") ? MariaServer.missing() : Optional.empty();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        String url = "jdbc:duckdb:" + folder.resolve("mirror.duckdb");
        if (target.equals("mariadb")) {
            try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl("")); Statement statement = connection.createStatement()) {
                statement.execute("DROP DATABASE IF EXISTS whole_runs");
                statement.execute("CREATE DATABASE whole_runs");
            }
            url = MariaServer.shared().url("whole_runs");
        }
        String table = "in_" + target;
        SOURCE.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, big text, amount numeric(12,2), at timestamptz)",
                "ALTER TABLE " + table + " ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO " + table + " SELECT i, repeat('x' || i, 3000), i / 8.0, now() FROM generate_series(1, 50) i");
        Path file = pipeline("into-" + target, "{table: public." + table + ", mode: cdc}", url, "write: {public." + table + ": mirror}");
        done(file);
        SOURCE.execute("UPDATE " + table + " SET amount = 1 WHERE id <= 10", "UPDATE " + table + " SET id = id + 100 WHERE id > 45",
                "DELETE FROM " + table + " WHERE id = 20", "ALTER TABLE " + table + " ADD extra int", "UPDATE " + table + " SET extra = id, amount = 2");
        done(file);
    }

    /** Rows that are gone at the source stay by design: they are counted apart, and what can be told is told. */
    @ParameterizedTest
    @ValueSource(strings = {"upsert", "mirror"})
    void rowsThatTheTargetIsToKeepAreNoDifferenceAndTheOthersAreJudged(String mode) throws Exception {
        String table = "kept_by_" + mode;
        SOURCE.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, name text)",
                "INSERT INTO " + table + " SELECT i, 'row ' || i FROM generate_series(1, 100) i");
        // A mirror that passes a truncate over.
        String target = "jdbc:sqlite:" + folder.resolve("kept.db");
        String url = target + (mode.equals("mirror") ? "\", truncates: \"ignore" : "");
        Path file = pipeline("kept-by-" + mode, "{table: public." + table + ", mode: cdc}", url, "write: {public." + table + ": " + mode + "}");
        done(file);
        if (mode.equals("upsert")) {
            SOURCE.execute("DELETE FROM " + table + " WHERE id <= 3", "UPDATE " + table + " SET id = 200 WHERE id = 4");
        } else {
            SOURCE.execute("TRUNCATE " + table, "INSERT INTO " + table + " SELECT i, 'row ' || i FROM generate_series(5, 100) i");
        }
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        Invoked verify = Invoked.windrow("--json", "verify", file);
        assertThat(verify.exit()).as(verify.whole()).isZero();
        assertThat(verify.out()).contains("\"kept\" : 4", "\"extra\" : 0", "the target keeps 4 rows that the source does not have");
        spoil(target, "UPDATE " + table + " SET name = 'spoilt' WHERE id = 50", "DELETE FROM " + table + " WHERE id = 60");
        Invoked spoilt = judged(file, table);
        assertThat(spoilt.exit()).as(spoilt.whole()).isEqualTo(ExitCode.DIFFERENT.value());
        assertThat(spoilt.out()).contains("id = 50: different", "id = 60: missing at the target", "\"kept\" : 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "sqlite", "duckdb", "mariadb"})
    void aChangeLogThatIsAppendedToATableIsComparedByTheRowsThatItMakes(String target) throws Exception {
        Optional<String> missing = target.equals("mariadb") ? MariaServer.missing() : Optional.empty();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        if (target.equals("mariadb")) {
            try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl("")); Statement statement = connection.createStatement()) {
                statement.execute("DROP DATABASE IF EXISTS logs");
                statement.execute("CREATE DATABASE logs");
            }
        }
        String url = switch (target) {
            case "postgres" -> TARGET.url();
            case "mariadb" -> MariaServer.shared().url("logs");
            default -> "jdbc:" + target + ":" + folder.resolve("log." + target);
        };
        String table = "log_in_" + target;
        SOURCE.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, big text, name text, at timestamptz)",
                "ALTER TABLE " + table + " ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO " + table + " SELECT i, repeat('x' || i, 3000), 'row ' || i, now() FROM generate_series(1, 50) i");
        Path file = pipeline("log-in-" + target, "{table: public." + table + ", mode: cdc}", url, "write: {public." + table + ": append}");
        done(file);
        SOURCE.execute("UPDATE " + table + " SET name = 'changed' WHERE id <= 10", "UPDATE " + table + " SET id = id + 100 WHERE id > 45",
                "UPDATE " + table + " SET name = 'twice' WHERE id > 145", "DELETE FROM " + table + " WHERE id = 20",
                "INSERT INTO " + table + " VALUES (200, NULL, 'new', NULL)");
        done(file);
        SOURCE.execute("TRUNCATE " + table, "INSERT INTO " + table + " SELECT i, repeat('y', 3000), 'after', now() FROM generate_series(1, 20) i");
        done(file);
        if (target.equals("sqlite")) {
            spoil(url, "UPDATE " + table + " SET name = 'spoilt' WHERE id = 7 AND name = 'after'");
            Invoked spoilt = judged(file, table);
            assertThat(spoilt.exit()).as(spoilt.whole()).isEqualTo(ExitCode.DIFFERENT.value());
            assertThat(spoilt.whole()).contains("id = 7: different");
        }
    }

    private static void spoil(String target, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(target); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Verified once the target has come to the end of the source's log, to which the server itself writes now and then. */
    private static Invoked judged(Path file, String table) {
        for (int id = 1000;; id++) {
            SOURCE.execute("INSERT INTO " + table + " (id) VALUES (" + id + ")");
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
            Invoked verify = Invoked.windrow("--json", "verify", file, "--wait", "2s");
            if (verify.exit() != ExitCode.UNDECIDED.value() || id == 1020) {
                return verify;
            }
        }
    }

    @Test
    void aMirrorIsComparedAsOfAMomentThatItHasComeToWhileItsTableGoesOnChanging() throws Exception {
        try (TableChurn churn = TableChurn.start(SOURCE, "churned", 1000, TableChurn.Change.all(), 4)) {
            Path file = pipeline("moving", "{table: public.churned, mode: cdc}", TARGET.url(),
                    "write: {public.churned: mirror}\nrun: {epoch_every: 300ms}");
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
            SOURCE.execute("UPDATE churned SET amount = -1 WHERE id = (SELECT max(id) FROM churned)");
            Invoked behind = Invoked.windrow("verify", file, "--wait", "1s");
            assertThat(behind.exit()).as(behind.whole()).isEqualTo(ExitCode.UNDECIDED.value());
            assertThat(behind.whole()).contains("has not come to this moment");
            try (ChildJvm follower =
                    ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
                Invoked moving = Invoked.windrow("verify", file, "--wait", "2m");
                assertThat(moving.exit()).as(moving.whole() + follower.output()).isZero();
                TARGET.execute("INSERT INTO churned (id, payload, amount, updated_at) VALUES (999999999, 'spoilt', 1, now())");
                Invoked spoilt = Invoked.windrow("verify", file, "--wait", "2m");
                assertThat(spoilt.exit()).as(spoilt.whole() + follower.output()).isEqualTo(ExitCode.DIFFERENT.value());
                assertThat(spoilt.whole()).contains("id = 999999999: extra at the target");
            }
        }
    }

    @Test
    @Tag("D04")
    void aMirrorWhoseSlotIsLostIsMendedByTheCommandThatTheErrorNamesAndLosesWhatWasDeletedMeanwhile() throws IOException {
        SOURCE.execute("CREATE TABLE lost (id int PRIMARY KEY, name text)", "INSERT INTO lost SELECT i, 'row ' || i FROM generate_series(1, 500) i");
        Path file = pipeline("lost", "{table: public.lost, mode: cdc}", TARGET.url(), "write: {public.lost: mirror}");
        done(file);
        SOURCE.dropSlot("windrow_lost");
        SOURCE.execute("DELETE FROM lost WHERE id <= 10", "UPDATE lost SET name = 'changed' WHERE id = 20", "INSERT INTO lost VALUES (1000, 'new')");
        for (int i = 0; i < 2; i++) {
            Invoked stopped = Invoked.windrow("run", file);
            assertThat(stopped.exit()).as(stopped.whole()).isNotZero();
            assertThat(stopped.whole()).contains("postgres.slot_lost", "windrow run --full-refresh");
            assertThat(TARGET.query("SELECT count(*) FROM lost")).as("nothing is begun anew by itself").isEqualTo(List.of(List.of("500")));
        }
        Invoked mended = Invoked.windrow("run", "--full-refresh", file);
        assertThat(mended.exit()).as(mended.whole()).isZero();
        String rows = "SELECT id, name FROM lost ORDER BY id";
        assertThat(TARGET.query(rows)).isEqualTo(SOURCE.query(rows));
        SOURCE.execute("DELETE FROM lost WHERE id = 11");
        done(file);
        assertThat(TARGET.query(rows)).isEqualTo(SOURCE.query(rows));
    }

    @Test
    @Tag("D39")
    void aMirrorThatIsCopiedAgainLosesWhatItHeldToNoPurposeAndTheOthersStayAsTheyAre() throws IOException {
        SOURCE.execute(
                "CREATE TABLE again (id int PRIMARY KEY, name text)", "CREATE TABLE beside (id int PRIMARY KEY)",
                "INSERT INTO again SELECT i, 'row ' || i FROM generate_series(1, 2000) i");
        Path file = pipeline(
                "again", "{table: public.again, mode: cdc}, {table: public.beside, mode: cdc}", TARGET.url(),
                "write: {public.again: mirror, public.beside: mirror}");
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        TARGET.execute("UPDATE again SET name = 'spoilt' WHERE id = 5", "INSERT INTO again VALUES (100000, 'gone')", "DELETE FROM again WHERE id = 6");
        SOURCE.execute("DELETE FROM again WHERE id = 7", "INSERT INTO beside VALUES (1)");
        Invoked asked = Invoked.windrow("state", "reset", file, "--stream", "public.again", "--yes");
        assertThat(asked.exit()).as(asked.whole()).isZero();
        for (int i = 0; i < 2; i++) {
            Invoked run = Invoked.windrow("run", file);
            assertThat(run.exit()).as(run.whole()).isZero();
            SOURCE.execute("UPDATE again SET name = 'later' WHERE id = " + (10 + i));
        }
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        for (String rows : List.of("SELECT id, name FROM again ORDER BY id", "SELECT id FROM beside")) {
            assertThat(TARGET.query(rows)).isEqualTo(SOURCE.query(rows));
        }
    }

    /** The request waits in the store, whether somebody runs or not; what is spoilt is right again, and the other table is not touched. */
    @Test
    @Tag("D39")
    void aMirrorIsCopiedAgainByTheRunThatFollowsItAndByTheNextOneIfNoneDoes() throws Exception {
        SOURCE.execute(
                "CREATE TABLE resynced (id int PRIMARY KEY, name text)", "CREATE TABLE left_alone (id int PRIMARY KEY)",
                "INSERT INTO resynced SELECT i, 'row ' || i FROM generate_series(1, 2000) i");
        Path file = pipeline(
                "resynced", "{table: public.resynced, mode: cdc}, {table: public.left_alone, mode: cdc}", TARGET.url(),
                "write: {public.resynced: mirror, public.left_alone: mirror}\nrun: {epoch_every: 300ms}");
        assertThat(Invoked.windrow("resync", file, "--stream", "public.resynced", "--yes").whole()).contains("cli.no_state");
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        assertThat(Invoked.windrow("resync", file, "--stream", "public.resinced", "--yes").whole()).contains("did you mean public.resynced?");
        Path snapshot = Files.writeString(
                folder.resolve("snapshot.yaml"), Files.readString(file).replace("resynced, mode: cdc", "resynced, mode: snapshot"));
        assertThat(Invoked.windrow("resync", snapshot, "--stream", "resynced", "--yes").whole()).contains("cli.not_followed");
        Invoked only = Invoked.windrow("resync", file, "--stream", "public.resynced");
        assertThat(only.whole()).contains("cli.needs_yes", "its table at the target is emptied");
        assertThat(Invoked.windrow("state", "show", file).whole()).doesNotContain("a copy was asked for");

        String spoil = "UPDATE resynced SET name = 'spoilt' WHERE id = 5";
        TARGET.execute(spoil, "INSERT INTO resynced VALUES (100000, 'gone')", "DELETE FROM resynced WHERE id = 6");
        SOURCE.execute("DELETE FROM resynced WHERE id = 7", "INSERT INTO left_alone VALUES (1)");
        Invoked asked = Invoked.windrow("resync", file, "--stream", "public.resynced", "--yes");
        assertThat(asked.exit()).as(asked.whole()).isZero();
        assertThat(Invoked.windrow("resync", file, "--stream", "resynced", "--yes").whole()).contains("it is one copy");
        assertThat(Invoked.windrow("state", "show", file).whole()).contains("public.resynced: a copy was asked for");
        Invoked run = Invoked.windrow("run", file);
        assertThat(run.whole()).contains("is copied again as generation 2");
        theMirrorIs(SOURCE);

        TARGET.execute(spoil, "INSERT INTO resynced VALUES (100000, 'gone')");
        try (ChildJvm follower = ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
            await().atMost(Duration.ofMinutes(2)).until(() -> !follower.alive()
                    || SOURCE.number("SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = 'windrow_resynced'") == 1);
            SOURCE.execute("UPDATE resynced SET name = 'later' WHERE id = 10", "INSERT INTO left_alone VALUES (2)");
            Invoked through = Invoked.windrow("resync", file, "--stream", "resynced", "--yes", "--wait", "10m");
            assertThat(through.exit()).as(through.whole() + follower.output()).isZero();
            assertThat(through.whole()).contains("Copied again: public.resynced", "generation 3");
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> theMirrorIs(SOURCE));
            follower.terminate();
            follower.awaitEnd(Duration.ofMinutes(2));
        }
        assertThat(Invoked.windrow("state", "show", file).out()).containsPattern("public.left_alone +1 ").containsPattern("public.resynced +3 ");
    }

    private static void theMirrorIs(PostgresDatabase source) {
        for (String rows : List.of("SELECT id, name FROM resynced ORDER BY id", "SELECT id FROM left_alone ORDER BY id")) {
            assertThat(TARGET.query(rows)).isEqualTo(source.query(rows));
        }
    }

    /** A follower sees it and goes on; one that was stopped in the meantime is met by it when it starts. */
    @Test
    @Tag("D16")
    void aMirrorFollowsAlterationsThatGiveRowsValuesOfWhichTheLogSaysNothing() throws Exception {
        SOURCE.execute(
                "CREATE TABLE valued (id int PRIMARY KEY, n int)", "CREATE TABLE calm (id int PRIMARY KEY)",
                "INSERT INTO valued SELECT i, i FROM generate_series(1, 3000) i");
        Path file = pipeline(
                "valued", "{table: public.valued, mode: cdc}, {table: public.calm, mode: cdc}", TARGET.url(),
                "write: {public.valued: mirror, public.calm: mirror}\nrun: {epoch_every: 200ms}");
        done(file);
        SOURCE.execute(
                "INSERT INTO valued VALUES (4000, 4000)", "ALTER TABLE valued ADD c int NOT NULL DEFAULT 7", "DELETE FROM valued WHERE id = 1",
                "INSERT INTO valued VALUES (4001, 4001, 8)");
        done(file);
        String generations = "SELECT stream_name, generation FROM _windrow_commits WHERE stream_name IN ('valued', 'calm') ORDER BY 1";
        try (ChildJvm follower =
                ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
            SOURCE.execute("INSERT INTO valued VALUES (5000, 5000)", "INSERT INTO calm VALUES (1)");
            await().atMost(Duration.ofMinutes(5)).until(() -> TARGET.number("SELECT count(*) FROM valued WHERE id = 5000") == 1);
            SOURCE.execute(
                    "ALTER TABLE valued ALTER n TYPE int USING n * 2", "UPDATE valued SET n = 1 WHERE id = 2", "VACUUM FULL calm",
                    "INSERT INTO calm VALUES (2)");
            String rows = "SELECT id, n, c FROM valued ORDER BY id";
            await().atMost(Duration.ofMinutes(5)).until(() -> TARGET.query(rows).equals(SOURCE.query(rows)));
            assertThat(follower.output()).contains("postgres.values_rewritten");
            follower.terminate();
            follower.awaitEnd(Duration.ofMinutes(5));
        }
        done(file);
        assertThat(TARGET.query(generations)).as("what was only written anew is not read again")
                .isEqualTo(List.of(List.of("calm", "1"), List.of("valued", "3")));
    }
}
