package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.Delivered;
import io.windrow.testkit.fault.KillingFailpoints;
import io.windrow.testkit.mariadb.MariaServer;
import io.windrow.testkit.oracle.Oracle;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/** Whole runs from a real MariaDB, through Debezium's connector in this process, into files and into a database. */
@Tag("server")
class MariadbChangesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Not killed, so that the copy is behind the kills that follow. */
    private static final String WHOLE = "nowhere";
    private static final String PASSED = "failpoint passed: ";
    private static final Path PLUGIN = Path.of("..", "connectors", "connect", "plugins", "debezium-3.5").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @BeforeAll
    static void aServerCanRun() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    @Test
    @Tag("B01")
    @Tag("B05")
    void theChangeLogIsExactWhereverTheRunIsKilled() throws Exception {
        run("CREATE DATABASE killed", "CREATE TABLE killed.t (id int PRIMARY KEY, payload varchar(400))",
                "CREATE TABLE killed.still (id int PRIMARY KEY, payload varchar(40))", "INSERT INTO killed.still VALUES (1, 'a')",
                "INSERT INTO killed.t SELECT seq, lower(hex(seq)) FROM killed.seq_1_to_300");
        Path file = pipeline("killed", "[killed.t, killed.still]", "files: {path: ./out, format: jsonl}", "");
        List<String> arguments = List.of("run", file.toString());
        Set<String> ofCopy = new LinkedHashSet<>(visited(arguments, "connect.before_copy", 0));
        ofCopy.addAll(visited(arguments, "run.after_commit", 1));
        visited(arguments, WHOLE, 2);
        Set<String> ofLog = new LinkedHashSet<>(visited(arguments, WHOLE, 3));
        assertThat(ofLog).contains("connect.copied", "connect.before_log", "run.after_save_prepared", "run.after_release").doesNotContain("connect.before_copy");
        // What a recovery passes besides, or only a copy that had begun, comes to it on the way.
        List<String> places = new ArrayList<>(ofLog);
        for (int next = 0; next < places.size(); next++) {
            for (String place : visited(arguments, places.get(next), 4 + next)) {
                if (!places.contains(place)) {
                    places.add(place);
                }
            }
        }
        // A copy that is interrupted is made again; what it alone passes it was killed at.
        ofCopy.removeAll(places);
        assertThat(ofCopy).isSubsetOf("connect.before_copy");
        try (ChildJvm last = ChildJvm.start(Main.class.getName(), arguments, Map.of())) {
            assertThat(last.awaitEnd(PATIENCE)).as(last.output()).isZero();
        }
        for (String table : List.of("killed.t", "killed.still")) {
            List<List<@Nullable String>> expected = query("SELECT id, payload FROM " + table);
            List<List<@Nullable String>> delivered = new Delivered(folder.resolve("out/" + table), CrashMode.CHANGES)
                    .rows().lastEntry().getValue();
            assertThat(Oracle.compare(expected, delivered).toString()).isEqualTo(Oracle.compare(expected, expected).toString());
        }
    }

    /**
     * Lets a run come to a place, or to its end, and changes the tables behind it.
     *
     * @return the places that it passed until then, in order
     */
    private static List<String> visited(List<String> arguments, String place, int round) throws Exception {
        List<String> passed;
        try (ChildJvm child = ChildJvm.start(Main.class.getName(), arguments, Map.of(KillingFailpoints.VARIABLE, place + ":1"))) {
            if (place.equals(WHOLE)) {
                assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
            } else {
                assertThat(child.awaitLine(KillingFailpoints.REACHED + place, PATIENCE)).as(place + ": " + child.output()).isTrue();
                child.kill();
            }
            passed = child.output().lines().filter(line -> line.startsWith(PASSED)).map(line -> line.substring(PASSED.length())).toList();
        }
        int from = 1000 * (round + 1);
        run("BEGIN", "INSERT INTO killed.t SELECT seq + " + from + ", lower(hex(seq)) FROM killed.seq_1_to_120",
                "UPDATE killed.t SET payload = concat(payload, '0a') WHERE id % 7 = 0", "UPDATE killed.t SET id = id + 500 WHERE id BETWEEN "
                        + from + " AND " + (from + 10),
                "DELETE FROM killed.t WHERE id % 11 = 0", "COMMIT");
        return passed;
    }

    @Test
    @Tag("D16")
    void aMirrorFollowsUpdatesDeletesKeyChangesAndAnAlteredTable() throws IOException {
        run("CREATE DATABASE mirrored CHARACTER SET utf8mb4", "CREATE TABLE mirrored.orders (id int PRIMARY KEY, total decimal(10,2) NOT NULL, note text)",
                "INSERT INTO mirrored.orders SELECT seq, seq / 4, NULL FROM mirrored.seq_1_to_50");
        Path file = pipeline("mirrored", "[mirrored.orders]", "jdbc: {url: \"jdbc:sqlite:" + folder.resolve("mirror.db") + "\"}",
                "write: {mirrored.orders: mirror}");
        done(file);
        run("UPDATE mirrored.orders SET note = 'déjà vu 😀' WHERE id <= 10", "UPDATE mirrored.orders SET id = id + 100 WHERE id > 45",
                "DELETE FROM mirrored.orders WHERE id = 20", "ALTER TABLE mirrored.orders ADD state enum('new', 'paid') NOT NULL DEFAULT 'new'",
                "UPDATE mirrored.orders SET state = 'paid' WHERE id = 5", "INSERT INTO mirrored.orders VALUES (200, -0.01, '', 'paid')");
        done(file);
        String rows = "SELECT id, cast(total AS char), note FROM %s ORDER BY id";
        List<List<@Nullable String>> expected = query(rows.formatted("mirrored.orders"));
        assertThat(query("jdbc:sqlite:" + folder.resolve("mirror.db"), "SELECT id, total, note FROM orders ORDER BY id")).isEqualTo(expected);
        assertThat(query("jdbc:sqlite:" + folder.resolve("mirror.db"), "SELECT id, state FROM orders WHERE state = 'paid' ORDER BY id"))
                .isEqualTo(List.of(List.of("5", "paid"), List.of("200", "paid")));
    }

    @Test
    @Tag("D16")
    void aTableThatIsAlteredWhileItIsFollowedGoesOnInItsNewColumns() throws Exception {
        run("CREATE DATABASE altered", "CREATE TABLE altered.t (id int PRIMARY KEY, gone int)", "INSERT INTO altered.t VALUES (1, 1)");
        Path file = pipeline("altered", "[altered.t]", "files: {path: ./out, format: jsonl}", "");
        try (ChildJvm follower = ChildJvm.start(Main.class.getName(), List.of("run", "--follow", file.toString()), Map.of())) {
            awaitRow(follower, 1);
            run("INSERT INTO altered.t VALUES (2, 2)");
            awaitRow(follower, 2);
            run("ALTER TABLE altered.t ADD late int", "INSERT INTO altered.t VALUES (3, 3, 33)");
            awaitRow(follower, 3);
            run("ALTER TABLE altered.t DROP gone", "INSERT INTO altered.t VALUES (4, 44)");
            awaitRow(follower, 4);
            follower.terminate();
            follower.awaitEnd(PATIENCE);
        }
        assertThat(lines()).hasSize(4);
        assertThat(lines()).filteredOn(line -> line.contains("\"id\":3,")).singleElement().asString().contains("\"late\":33");
        assertThat(lines()).filteredOn(line -> line.contains("\"id\":4,")).singleElement().asString()
                .contains("\"late\":44").contains("\"_absent\":[\"gone\"]");
    }

    @Test
    @Tag("D32")
    void aStatementInThePlaceOfRowsIsNeverPassedOverWhereverTheRunBegins() throws IOException {
        run("CREATE DATABASE stated", "CREATE TABLE stated.t (id int PRIMARY KEY)", "CREATE TABLE stated.others (id int PRIMARY KEY)");
        Path file = pipeline("stated", "[stated.t]", "files: {path: ./out, format: jsonl}", "");
        done(file);
        run("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO stated.others VALUES (1)");
        run("INSERT INTO stated.t VALUES (1)");
        done(file);
        run("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO stated.t VALUES (2)", "SET SESSION binlog_format = 'ROW'",
                "INSERT INTO stated.t VALUES (3)");
        for (int attempt = 0; attempt < 2; attempt++) {
            Invoked stopped = Invoked.windrow("run", file);
            assertThat(stopped.exit()).isNotZero();
            assertThat(stopped.whole()).contains("connect.statement_logged").containsPattern("behind binlog\\.\\d+:\\d+ of the log")
                    .doesNotContain("INSERT INTO stated.t");
        }
    }

    @Test
    @Tag("D11")
    void aTransactionThatIsLargerThanTheHeapIsReadWithinIt() throws Exception {
        run("CREATE DATABASE large", "CREATE TABLE large.t (id int PRIMARY KEY, wide longtext CHARACTER SET latin1)");
        Path file = pipeline("large", "[large.t]", "files: {path: ./out, format: jsonl}", "");
        Files.writeString(file, Files.readString(file).replace("batch_rows: 50", "batch_size: 2MiB"));
        done(file);
        run("INSERT INTO large.t SELECT seq, REPEAT(CHAR(65 + seq % 26), 1000000) FROM large.seq_1_to_250");
        try (ChildJvm child = ChildJvm.start(Main.class.getName(), List.of("run", file.toString()), Map.of(), 192)) {
            assertThat(child.awaitEnd(PATIENCE)).as(child.output()).isZero();
        }
        assertThat(lines("large.t")).hasSize(250).allMatch(line -> line.length() > 1_000_000);
        run("DROP DATABASE large");
    }

    private void awaitRow(ChildJvm follower, int id) {
        await().atMost(PATIENCE).until(() -> lines().stream().anyMatch(line -> line.contains("\"id\":" + id + ",")) || !follower.alive());
        assertThat(follower.alive()).as(follower.output()).isTrue();
    }

    private List<String> lines() throws IOException {
        return lines("altered.t");
    }

    private List<String> lines(String table) throws IOException {
        List<String> lines = new ArrayList<>();
        Path out = folder.resolve("out").resolve(table);
        if (Files.isDirectory(out)) {
            try (Stream<Path> files = Files.list(out)) {
                for (Path written : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                    lines.addAll(Files.readAllLines(written));
                }
            }
        }
        return lines;
    }

    @Test
    void checkAndPlanSayWhatARunWouldMeet() throws IOException {
        run("CREATE DATABASE checked", "CREATE TABLE checked.t (id int PRIMARY KEY)");
        Path file = pipeline("checked", "[checked.t]", "files: {path: ./out}", "");
        Invoked check = Invoked.windrow("check", file);
        assertThat(check.whole()).contains("the user may do everything", "row image");
        Invoked plan = Invoked.windrow("plan", file);
        assertThat(plan.exit()).as(plan.whole()).isZero();
        assertThat(plan.out()).contains("checked.t", "cdc");
    }

    private Path pipeline(String name, String tables, String sink, String more) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                pipeline: %s
                source:
                  mariadb:
                    host: 127.0.0.1
                    port: %d
                    user: root
                    password: ""
                    tables: %s
                    batch_rows: 50
                    plugin: %s
                sink:
                  %s
                run: {epoch_rows: 100, epoch_every: 200ms}
                %s
                """.formatted(name, MariaServer.shared().port(), tables, PLUGIN, sink, more));
    }

    private static void done(Path file) {
        Invoked run = Invoked.windrow("run", file);
        assertThat(run.exit()).as(run.whole()).isZero();
    }

    private static void run(String... statements) {
        try (Connection connection = DriverManager.getConnection(MariaServer.shared().jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static List<List<@Nullable String>> query(String sql) {
        return query(MariaServer.shared().jdbcUrl(""), sql);
    }

    private static List<List<@Nullable String>> query(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<@Nullable String>> all = new ArrayList<>();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                all.add(row);
            }
            return all;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
