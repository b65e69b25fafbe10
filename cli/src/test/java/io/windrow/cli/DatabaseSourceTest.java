package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.mariadb.MariaServer;
import io.windrow.testkit.oracle.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/** Whole runs from MariaDB, SQLite and DuckDB into files, compared with what the database itself says. */
@Tag("server")
class DatabaseSourceTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void aServerCanRun() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    private static void execute(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<List<@Nullable String>> rows(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return Oracle.rows(connection, query);
        }
    }

    private void copied(String from, String driverUrl, String source, String target) throws SQLException {
        Path out = folder.resolve("out");
        Invoked run = Invoked.windrow("run", "--from", from, "--stream", "orders", "--to", out, "--format", "parquet");
        assertThat(run.exit()).as(run.whole()).isZero();
        Oracle.requireEqual(rows(driverUrl, source), rows("jdbc:duckdb:", "SELECT " + target + " FROM '" + out + "/**/*.parquet'"));
        Invoked verify = Invoked.windrow("verify", "--from", from, "--stream", "orders", "--to", out, "--format", "parquet");
        assertThat(verify.exit()).as(verify.whole()).isZero();
    }

    @Test
    void aTableOfASqliteFileBecomesParquetByOneCommand() throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("shop.db");
        execute(url, "CREATE TABLE orders (id integer PRIMARY KEY, name text, price decimal(10,2), made timestamp, raw blob)",
                "INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, "
                        + "CASE WHEN i % 10 > 0 THEN 'ünï ' || i END, i / 100.0, datetime(i * 1000, 'unixepoch'), x'00ff' FROM n");
        copied(url, url, "SELECT id, name, printf('%.2f', price), made, lower(hex(raw)) FROM orders",
                "id, name, price, strftime(made, '%Y-%m-%d %H:%M:%S'), lower(hex(raw))");
    }

    @Test
    void aTableOfADuckdbFileBecomesParquetByOneCommand() throws SQLException {
        String url = "jdbc:duckdb:" + folder.resolve("shop.duckdb");
        execute(url, "CREATE TABLE orders AS SELECT i AS id, 'row ' || i AS name, (i / 100)::decimal(10,2) AS price, "
                + "TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_microseconds(i) AS made FROM range(50000) r(i)");
        copied(url, url, "SELECT id, name, price, epoch_us(made) FROM orders", "id, name, price, epoch_us(made)");
    }

    @Test
    void aTableOfMariadbBecomesParquetByOneCommandAndAnIncrementalOneNeedsALag() throws SQLException {
        String url = MariaServer.shared().jdbcUrl("");
        execute(url, "CREATE DATABASE extracted", "CREATE TABLE extracted.orders (id int PRIMARY KEY, name varchar(40), price decimal(10,2), made timestamp(6))",
                "INSERT INTO extracted.orders SELECT seq, concat('ünï ', seq), seq / 100, from_unixtime(seq * 1000) FROM extracted.seq_1_to_20000");
        String from = MariaServer.shared().url("extracted");
        copied(from, url, "SELECT id, name, price, CAST(unix_timestamp(made) AS int) FROM extracted.orders", "id, name, price, epoch(made)::int");
        Invoked refused = Invoked.windrow("run", "--from", from, "--stream", "orders", "--cursor", "made", "--to", folder.resolve("new"));
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.whole()).contains("jdbc.guarantee_unavailable").contains("settle");
    }

    /** The values of a key by which a table is read in ranges stand in positions. */
    @Test
    void discoveryProposesForAKeyInRangesOnlyWhatThePlanTakes() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("mail.db");
        execute(url, "CREATE TABLE mail (email text NOT NULL PRIMARY KEY, note text)",
                "INSERT INTO mail WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'p' || i || '@example.com', "
                        + "CASE WHEN i % 9 = 0 THEN 'call p' || i || '@example.com' END FROM n");
        String pipeline = """
                pipeline: mail
                source:
                  jdbc: {url: '%s', split_rows: 50, streams: [{table: mail, mode: snapshot}]}
                sink:
                  files: {path: ./out, format: jsonl}
                """.formatted(url);
        Path file = Files.writeString(folder.resolve("mail.yaml"), pipeline);
        Invoked found = Invoked.windrow("discover", "--pii", file);
        assertThat(found.exit()).as(found.whole()).isZero();
        String proposal = found.out().substring(found.out().indexOf("mask:")).replace("${secret:masking/key}", "a key, long enough to be one");
        Files.writeString(file, pipeline + proposal + "\n");
        Invoked plan = Invoked.windrow("plan", file);
        assertThat(plan.exit()).as(proposal + plan.whole()).isZero();
        Invoked run = Invoked.windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
    }

    @Test
    void initWritesAPipelineOfEveryTableAndItRuns() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("shop.db");
        execute(url, "CREATE TABLE orders (id integer PRIMARY KEY, updated_at timestamp NOT NULL DEFAULT current_timestamp)",
                "CREATE TABLE \"odd name\" (id integer PRIMARY KEY)", "INSERT INTO \"odd name\" VALUES (1), (2)", "INSERT INTO orders (id) VALUES (1)");
        Path file = folder.resolve("shop.yaml");
        Invoked init = Invoked.windrow("init", file, "--from", url, "--to", folder.resolve("lake"));
        assertThat(init.exit()).as(init.whole()).isZero();
        assertThat(Files.readString(file)).contains("jdbc:").contains("odd name").contains("cursor: updated_at");
        for (String command : List.of("check", "plan", "discover", "run")) {
            Invoked done = Invoked.windrow(command, file);
            assertThat(done.exit()).as(command + done.whole()).isZero();
        }
        Invoked verify = Invoked.windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isZero();
    }

    @Test
    void aRenamedColumnDoesNotLeaveItsMaskWhereTheSourceHasNothingButNames() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("renamed.db");
        execute(url, "CREATE TABLE people (id integer PRIMARY KEY, home_email text, work_email text)",
                "INSERT INTO people VALUES (1, 'home@example.com', 'work@example.com')");
        Path file = Files.writeString(folder.resolve("renamed.yaml"), """
                pipeline: renamed
                source:
                  jdbc: {url: "%s", streams: [{table: people}]}
                sink:
                  files: {path: ./renamed, format: jsonl}
                mask: [{field: "*email", with: redact}]
                """.formatted(url));
        assertThat(Invoked.windrow("run", file).exit()).isZero();
        execute(url, "ALTER TABLE people RENAME COLUMN work_email TO work_mail");
        for (String command : List.of("plan", "run", "preview")) {
            Invoked refused = Invoked.windrow(command, file);
            assertThat(refused.exit()).as(refused.whole()).isNotZero();
            assertThat(refused.whole()).contains("mask.renamed_away", "work_email", "work_mail").doesNotContain("@example.com");
        }
        Files.writeString(file, Files.readString(file).replace("*email", "*mail"));
        assertThat(Invoked.windrow("run", file).exit()).isZero();
    }

    @Test
    void verifyTellsRowsThatChangedSinceFromRowsThatNoRunWouldDeliver() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("verified.db");
        execute(url, "CREATE TABLE orders (id integer PRIMARY KEY, updated_at timestamp NOT NULL DEFAULT current_timestamp)",
                "CREATE TABLE names (id integer PRIMARY KEY)", "INSERT INTO names VALUES (1), (2)", "INSERT INTO orders (id) VALUES (1)");
        Path file = Files.writeString(folder.resolve("verified.yaml"), """
                pipeline: verified
                source:
                  jdbc:
                    url: "%s"
                    streams: [{table: orders, mode: incremental, cursor: updated_at}, {table: names}]
                sink:
                  files: {path: ./verified, format: jsonl}
                """.formatted(url));
        Invoked run = Invoked.windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
        execute(url, "UPDATE orders SET updated_at = datetime('now', '+1 second') WHERE id = 1",
                "INSERT INTO orders VALUES (2, datetime('now', '+1 second'))");
        Invoked changed = Invoked.windrow("verify", file);
        assertThat(changed.exit()).as(changed.whole()).isZero();
        assertThat(changed.out()).contains("id = 1: changed since the delivery").contains("id = 2: changed since the delivery");
        execute(url, "INSERT INTO orders VALUES (3, '2000-01-01 00:00:00')");
        Invoked missing = Invoked.windrow("verify", file);
        assertThat(missing.exit()).as("a row that no later run reads: " + missing.whole()).isEqualTo(8);
        assertThat(missing.out()).contains("id = 3: missing at the target");
        execute(url, "DELETE FROM orders WHERE id = 3", "INSERT INTO names VALUES (3)");
        Invoked undecided = Invoked.windrow("verify", file);
        assertThat(undecided.exit()).as("nothing tells when the row of a snapshot came: " + undecided.whole()).isEqualTo(9);
    }

    @Test
    @Tag("B01")
    void anIncrementalReadOfMariadbThatIsKilledAnywhereDeliversEachVersionOnceWhileRowsChange() throws Exception {
        String url = MariaServer.shared().jdbcUrl("");
        execute(url, "CREATE DATABASE killed_reads", "CREATE TABLE killed_reads.t (id int PRIMARY KEY, version int NOT NULL, seq bigint NOT NULL UNIQUE)",
                "INSERT INTO killed_reads.t SELECT seq, 1, seq FROM killed_reads.seq_1_to_300");
        Path file = Files.writeString(folder.resolve("killed.yaml"), """
                pipeline: killed
                source:
                  jdbc:
                    url: "%s"
                    batch_rows: 40
                    streams: [{table: t, mode: incremental, cursor: seq, guarantee: settle, lag: "150"}]
                sink:
                  files: {path: ./out, format: jsonl}
                run: {epoch_rows: 60}
                """.formatted(MariaServer.shared().url("killed_reads")));
        int round = 0;
        for (String place : List.of("run.after_commit:2", "jdbc.before_rows:1", "run.after_save_prepared:1", "run.after_commit:1")) {
            try (ChildJvm child = ChildJvm.start(
                    Main.class.getName(), List.of("run", file.toString()), Map.of(KillingFailpoints.VARIABLE, place))) {
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place.substring(0, place.indexOf(':')), Duration.ofMinutes(2)))
                        .as(place + ": " + child.output()).isTrue();
                child.kill();
            }
            int from = 1000 * ++round;
            execute(url, "INSERT INTO killed_reads.t SELECT seq + " + from + ", 1, seq + " + from + " FROM killed_reads.seq_1_to_120",
                    "UPDATE killed_reads.t SET version = version + 1, seq = " + from + " + 120 + id WHERE id BETWEEN 10 AND 60");
        }
        for (int run = 0; run < 2; run++) {
            Invoked done = Invoked.windrow("run", file);
            assertThat(done.exit()).as(done.whole()).isZero();
        }
        List<List<@Nullable String>> delivered =
                rows("jdbc:duckdb:", "SELECT id, version FROM read_json('" + folder.resolve("out") + "/**/*.jsonl')");
        assertThat(delivered).doesNotHaveDuplicates().containsAll(rows(url, "SELECT id, version FROM killed_reads.t"));
        Invoked verify = Invoked.windrow("verify", file);
        assertThat(verify.exit()).as(verify.whole()).isZero();
    }
}
