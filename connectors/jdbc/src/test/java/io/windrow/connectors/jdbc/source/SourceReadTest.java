package io.windrow.connectors.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.mariadb.MariaServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jspecify.annotations.Nullable;

/** What a snapshot, ranges and windows deliver while others write, and where a run dies. */
@Tag("server")
class SourceReadTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private static SourceTable mariadb(String name) {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        return SourceTable.mariadb(name);
    }

    private Drive drive(SourceTable table, StreamConfig stream, StreamName name, int splitRows, int batchRows) {
        return new Drive(
                JdbcSourceConfig.of(Secret.of(table.url()), List.of(stream)).sized(4, splitRows, batchRows), context, name, stream.mode());
    }

    private static List<@Nullable String> first(List<List<@Nullable String>> rows) {
        return rows.stream().map(List::getFirst).toList();
    }

    /** Money moves between accounts all the time, and its sum never changes: four connections that saw different moments would show it. */
    @Test
    @Tag("D35")
    void severalConnectionsToMariadbSeeOneMomentWhileOthersWrite() throws Exception {
        SourceTable table = mariadb("moments");
        table.run("CREATE TABLE t (id int PRIMARY KEY, amount int NOT NULL)", "INSERT INTO t SELECT seq, 100 FROM seq_1_to_2000");
        assertThat(drive(table, StreamConfig.snapshot("t"), new StreamName("moments", "t"), 300, 100).run()).hasSize(2000);
        assertThat(context.told()).as("four connections at a quiet database").isEmpty();
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (Connection connection = table.connect(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                for (int i = 0; !done.get(); i = (i + 7) % 1000) {
                    statement.execute("UPDATE t SET amount = amount - 1 WHERE id = " + (i + 1));
                    statement.execute("UPDATE t SET amount = amount + 1 WHERE id = " + (2000 - i));
                    connection.commit();
                }
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        try {
            for (int i = 0; i < 5; i++) {
                Drive drive = drive(table, StreamConfig.snapshot("t"), new StreamName("moments", "t"), 300, 100);
                List<List<@Nullable String>> rows = drive.run();
                assertThat(rows).hasSize(2000);
                assertThat(rows.stream().mapToInt(row -> Integer.parseInt(Objects.requireNonNull(row.get(1)))).sum()).isEqualTo(200_000);
                assertThat(Objects.requireNonNull(drive.plan).guarantee().name()).isEqualTo("snapshot");
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }

    @Test
    @Tag("D37")
    void aKilledReadInRangesGoesOnAndDeliversEachRowOnceWhateverTheCollation() {
        SourceTable table = mariadb("ranges");
        table.run("CREATE TABLE t (name varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_swedish_ci, part int, PRIMARY KEY (name, part))",
                "INSERT INTO t SELECT concat(elt(1 + seq % 6, 'å', 'Ä', 'z', 'Z ', 'a', 'ö'), seq DIV 12), seq % 12 FROM seq_1_to_3000", "ANALYZE TABLE t");
        Drive drive = drive(table, StreamConfig.ranges("t"), new StreamName("ranges", "t"), 500, 90);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (int batches = 1; rows.size() < 3000 && batches < 20; batches++) {
            rows.addAll(drive.run(batches));
        }
        assertThat(Objects.requireNonNull(drive.plan).guarantee().name()).isEqualTo("per range");
        assertThat(rows.stream().map(row -> row.get(0) + "/" + row.get(1)))
                .containsExactlyInAnyOrderElementsOf(table.texts("SELECT concat(name, '/', part) FROM t"));
    }

    /** What a database puts aside for a reader fills the disk of its temporary files (G03). */
    @Test
    @Tag("G03")
    void cuttingATableByAnyKeyHasTheDatabaseSortAndPutAsideNothing() throws SQLException {
        SourceTable table = mariadb("cuts");
        List<String> keys = List.of("id bigint unsigned", "id decimal(20,2)", "id uuid", "id char(40)", "id varbinary(40)", "id date", "part char(1), id varchar(40)");
        List<String> values = List.of(
                "18446744073709551615 - seq", "seq / 4", "uuid()", "sha1(seq)", "sha1(seq)", "'2000-01-01' + INTERVAL seq DAY", "seq % 3, sha1(seq)");
        List<StreamConfig> streams = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            table.run("CREATE TABLE t" + i + " (" + keys.get(i) + ", PRIMARY KEY (" + (keys.get(i).startsWith("part") ? "part, id" : "id") + "))",
                    "INSERT INTO t" + i + " SELECT " + values.get(i) + " FROM seq_1_to_3000", "ANALYZE TABLE t" + i);
            streams.add(StreamConfig.ranges("t" + i));
        }
        JdbcSourceConfig config = JdbcSourceConfig.of(Secret.of(table.url()), streams).sized(4, 500, 400);
        try (JdbcSource source = new JdbcSource(config, context); Session session = Session.open(source)) {
            for (int i = 0; i < keys.size(); i++) {
                StreamName name = new StreamName("cuts", "t" + i);
                StreamShape shape = source.shape(name, session);
                long asking = -putAside(session);
                long before = putAside(session);
                asking += before;
                List<String> cuts = Cuts.of(session, source.dialect(), shape, 500);
                assertThat(putAside(session) - before - asking).as("rows put aside for %s", keys.get(i)).isLessThan(20);
                assertThat(cuts).as(keys.get(i)).hasSizeBetween(2, 8).doesNotHaveDuplicates();
                assertThat(drive(table, streams.get(i), name, 500, 400).run()).as(keys.get(i)).hasSize(3000).doesNotHaveDuplicates();
            }
        }
    }

    private static long putAside(Session session) throws SQLException {
        return session.rows(new Session.Sql("SHOW SESSION STATUS WHERE Variable_name IN ('Handler_tmp_write', 'Sort_rows')", List.of()),
                row -> row.getLong(2)).stream().mapToLong(Long::longValue).sum();
    }

    /** What is not held here waits at the server, which is not done with the statement before it is asked for. */
    @Test
    @Tag("G01")
    void theDriverOfMariadbHoldsOneRowHoweverManyABatchMayHave() throws SQLException {
        SourceTable table = mariadb("wide");
        table.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT seq FROM seq_1_to_8");
        JdbcSourceConfig config = JdbcSourceConfig.of(Secret.of(table.url()), List.of());
        try (JdbcSource source = new JdbcSource(config, context);
                Session session = Session.open(source);
                PreparedStatement statement = session.prepared(
                        new Session.Sql("SELECT id, repeat('w', 8000000) FROM t", List.of()), config.batchRows());
                ResultSet rows = statement.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(table.texts("SELECT count(*) FROM information_schema.processlist WHERE db = 'wide' AND id <> connection_id() "
                    + "AND command <> 'Sleep'")).as("statements under way").containsExactly("1");
            int read = 1;
            while (rows.next()) {
                read++;
            }
            assertThat(read).isEqualTo(8);
        }
    }

    /** The user's own limit, as an administrator sets it: every attempt at a table that takes longer would end the same way. */
    @Test
    @Tag("D43")
    void aLimitOfTheServerOnStatementsEndsNoRead() {
        SourceTable table = mariadb("limits");
        table.run("CREATE TABLE t (id int)", "INSERT INTO t SELECT seq FROM seq_1_to_8", "CREATE VIEW v AS SELECT id, sleep(0.05) AS slept FROM t",
                "DROP USER IF EXISTS limited@'%'", "CREATE USER limited@'%' WITH MAX_STATEMENT_TIME 0.1", "GRANT SELECT ON limits.* TO limited@'%'");
        SourceTable limited = new SourceTable(table.url().replace("root@", "limited@"), table.driverUrl().replace("user=root", "user=limited"));
        assertThatThrownBy(() -> limited.texts("SELECT * FROM v")).as("the limit holds").hasCauseInstanceOf(SQLException.class);
        assertThat(drive(limited, StreamConfig.snapshot("v"), new StreamName("limits", "v"), 1000, 100).run()).hasSize(8);
    }

    @Test
    void aTableWithoutVersionsAndAViewSayWhatTheyCannotPromise() {
        SourceTable table = mariadb("unversioned");
        table.run("CREATE TABLE t (id int PRIMARY KEY) ENGINE = MyISAM", "INSERT INTO t VALUES (1), (2)", "CREATE VIEW v AS SELECT id + 1 AS more FROM t");
        Drive plain = drive(table, StreamConfig.snapshot("t"), new StreamName("unversioned", "t"), 1000, 100);
        assertThat(plain.run()).hasSize(2);
        assertThat(Objects.requireNonNull(plain.plan).guarantee().name()).isEqualTo("per range");
        assertThat(first(drive(table, StreamConfig.snapshot("v"), new StreamName("unversioned", "v"), 1000, 100).run())).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    @Tag("A01")
    @Tag("B26")
    @Tag("B27")
    void aRowOfMariadbThatCommitsLateWithinTheLagArrivesOnceAndIdleRunsDeliverNothing() throws SQLException {
        SourceTable table = mariadb("late");
        table.run("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20), at datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6), KEY (at))",
                "INSERT INTO t (name, at) SELECT concat('old ', seq), '2020-01-01' + INTERVAL seq SECOND FROM seq_1_to_500");
        StreamConfig stream = StreamConfig.incremental("t", "at", Optional.of("10m"));
        Drive drive = drive(table, stream, new StreamName("late", "t"), 1000, 100);
        assertThat(drive.run()).hasSize(500);
        assertThat(drive.run()).isEmpty();
        try (Connection open = table.connect(); Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO t (name) VALUES ('late')");
            table.run("INSERT INTO t (name) VALUES ('early')", "UPDATE t SET name = 'changed' WHERE id = 3");
            assertThat(drive.run().stream().map(row -> row.get(1))).containsExactlyInAnyOrder("early", "changed");
            open.commit();
        }
        assertThat(drive.run().stream().map(row -> row.get(1))).containsExactly("late");
        assertThat(drive.run()).isEmpty();
        // A change that does not move the cursor is found as well, as long as the cursor is not settled.
        table.run("UPDATE t SET name = 'silent', at = at WHERE name = 'late'");
        assertThat(drive.run().stream().map(row -> row.get(1))).containsExactly("silent");
        assertThat(Objects.requireNonNull(drive.plan).guarantee().name()).isEqualTo("settle");
        assertThat(Objects.requireNonNull(drive.plan).guarantee().assumptions().getFirst()).startsWith("Unproven");
    }

    /** 2024-11-03 in Chicago: the hour from one to two o'clock comes twice, and sessions of other zones write beside. */
    @Test
    @Tag("A22")
    void aRowOfTheHourThatALocalClockShowsTwiceArrivesOnceThoughNewerOnesWereDelivered() {
        SourceTable table = mariadb("autumn");
        table.run("CREATE TABLE t (id int PRIMARY KEY, at datetime NOT NULL)", "CREATE TABLE d (id int PRIMARY KEY, day date NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-11-03 01:00:30'), (2, '2024-11-03 01:59:30')", "INSERT INTO d VALUES (1, '2024-11-03')");
        Drive times = drive(table, StreamConfig.incremental("t", "at", Optional.of("1m")), new StreamName("autumn", "t"), 1000, 10_000);
        Drive days = drive(table, StreamConfig.incremental("d", "day", Optional.of("1m")), new StreamName("autumn", "d"), 1000, 100);
        assertThat(first(times.run())).containsExactlyInAnyOrder("1", "2");
        assertThat(first(days.run())).containsExactly("1");
        table.run("INSERT INTO t VALUES (3, '2024-11-03 01:00:30'), (4, '2024-11-02 00:10:00')", "INSERT INTO d VALUES (2, '2024-11-01')");
        assertThat(first(times.run())).containsExactlyInAnyOrder("3", "4");
        assertThat(first(days.run())).containsExactly("2");
        assertThat(times.run()).isEmpty();
        assertThat(days.run()).isEmpty();
        table.run("INSERT INTO t VALUES (5, '2024-11-05 12:00:00')", "INSERT INTO d VALUES (3, '2024-11-09')");
        assertThat(first(times.run())).containsExactly("5");
        assertThat(first(days.run())).containsExactly("3");
        assertThat(context.told()).noneMatch(text -> text.startsWith("jdbc.clocks_unseen"));
        table.run("INSERT INTO t SELECT seq, '2024-11-06 13:00:00' - INTERVAL seq SECOND FROM seq_10_to_51000");
        assertThat(times.run()).as("more than are remembered in 26 hours, fewer in two").hasSize(50_991);
        assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.clocks_unseen") && text.contains("only 2 hours"));
        table.run("INSERT INTO t VALUES (6, '2024-11-06 11:30:00')");
        assertThat(first(times.run())).containsExactly("6");
    }

    @Test
    @Tag("A04")
    void aWindowThatIsKilledAnywhereDeliversEachVersionOnceWhileRowsChange() {
        SourceTable table = mariadb("windows");
        table.run("CREATE TABLE t (id int PRIMARY KEY, version int NOT NULL, seq bigint NOT NULL UNIQUE)",
                "INSERT INTO t SELECT seq, 1, seq FROM seq_1_to_400");
        Drive drive = drive(table, StreamConfig.incremental("t", "seq", Optional.of("150")), new StreamName("windows", "t"), 1000, 40);
        List<String> delivered = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            drive.run(round == 0 ? 7 : 2).forEach(row -> delivered.add(row.get(0) + "/" + row.get(1)));
            int from = 1000 * (round + 1);
            table.run("INSERT INTO t SELECT seq + " + from + ", 1, seq + " + from + " FROM seq_1_to_120",
                    "UPDATE t SET version = version + 1, seq = " + from + " + 120 + id WHERE id BETWEEN 10 AND 60",
                    "UPDATE t SET version = version + 1 WHERE id BETWEEN " + from + " + 100 AND " + from + " + 110");
            if (round % 3 == 2) {
                drive.run().forEach(row -> delivered.add(row.get(0) + "/" + row.get(1)));
            }
        }
        drive.run().forEach(row -> delivered.add(row.get(0) + "/" + row.get(1)));
        assertThat(delivered).doesNotHaveDuplicates();
        assertThat(delivered).containsAll(table.texts("SELECT concat(id, '/', version) FROM t"));
    }

    @Test
    void aCursorOfSqliteFindsRowsOfTheSameSecondAndNothingTwice() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, name text, at datetime NOT NULL)",
                "INSERT INTO t VALUES (1, 'a', '2024-01-01 10:00:00'), (2, 'b', '2024-01-01 10:00:01')");
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 1000, 100);
        assertThat(first(drive.run())).containsExactly("1", "2");
        assertThat(drive.run()).isEmpty();
        table.run("INSERT INTO t VALUES (3, 'c', '2024-01-01 10:00:01')");
        assertThat(first(drive.run())).containsExactly("3");
        table.run("INSERT INTO t VALUES (4, 'd', '2024-01-01 10:00:02')", "UPDATE t SET at = '2024-01-01 10:00:02' WHERE id = 1");
        assertThat(first(drive.run())).containsExactly("1", "4");
        assertThat(drive.run()).isEmpty();
        assertThat(Objects.requireNonNull(drive.plan).guarantee().name()).isEqualTo("conditional");
        table.run("DELETE FROM t WHERE id IN (1, 4)");
        assertThat(drive.run()).isEmpty();
        assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.cursor_behind"));
    }

    @Test
    void withoutABinaryLogOneConnectionReadsSinceNothingShowsThatOthersSeeTheSameMoment() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        SourceTable table = SourceTable.mariadb(MariaServer.withoutBinaryLog(), "logless");
        table.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT seq FROM seq_1_to_2000");
        assertThat(drive(table, StreamConfig.snapshot("t"), new StreamName("logless", "t"), 300, 100).run()).hasSize(2000);
        assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.fewer_connections") && text.contains("1 of 4 connections"));
    }

    /** What a replica applies is not in its own log, so that two connections at one place of it may see different moments. */
    @Test
    @Tag("D35")
    void onAReplicaThatDoesNotLogWhatItAppliesOneConnectionReads() {
        SourceTable table = mariadb("replica");
        table.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT seq FROM seq_1_to_2000", "SET GLOBAL gtid_slave_pos = '77-7-7'");
        try {
            Drive drive = drive(table, StreamConfig.snapshot("t"), new StreamName("replica", "t"), 300, 100);
            assertThat(drive.run()).hasSize(2000);
            assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.fewer_connections") && text.contains("1 of 4 connections"));
            assertThat(Objects.requireNonNull(drive.plan).guarantee().name()).isEqualTo("snapshot");
        } finally {
            table.run("SET GLOBAL gtid_slave_pos = ''");
        }
    }

    /** Their windows and splits have the same numbers. */
    @Test
    void twoIncrementalStreamsOfOneSourceDeliverTheirOwnRows() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE a (id integer PRIMARY KEY, v integer NOT NULL)", "CREATE TABLE b (id integer PRIMARY KEY, v integer NOT NULL)",
                "INSERT INTO a VALUES (1, 1), (2, 2), (3, 3)", "INSERT INTO b VALUES (11, 1), (12, 2), (13, 3)");
        JdbcSourceConfig config = JdbcSourceConfig.of(Secret.of(table.url()), List.of(
                StreamConfig.incremental("a", "v", Optional.empty()), StreamConfig.incremental("b", "v", Optional.empty())));
        Drive both = new Drive(config, context, List.of(StreamName.of("a"), StreamName.of("b")), ReadMode.INCREMENTAL);
        assertThat(first(both.run())).containsExactlyInAnyOrder("1", "2", "3", "11", "12", "13");
        assertThat(both.run()).isEmpty();
        table.run("INSERT INTO a VALUES (4, 3), (5, 4)", "INSERT INTO b VALUES (14, 3), (15, 4)");
        assertThat(first(both.run())).containsExactlyInAnyOrder("4", "5", "14", "15");
        assertThat(both.run()).isEmpty();
    }

    @Test
    void aValueOfTheFutureIsDeliveredOnceAndNeverBecomesTheBoundInSqlite() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at datetime NOT NULL)", "INSERT INTO t VALUES (1, '2099-01-01 00:00:00')");
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 1000, 100);
        assertThat(first(drive.run())).as("nothing else is there").containsExactly("1");
        assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.cursor_future"));
        table.run("INSERT INTO t VALUES (2, '2024-01-01 10:00:00'), (3, '2024-01-02 10:00:00'), (4, '9999-12-31 00:00:00')");
        assertThat(first(drive.run())).containsExactlyInAnyOrder("2", "3", "4");
        table.run("INSERT INTO t VALUES (5, '2024-01-03 10:00:00')", "DELETE FROM t WHERE id = 1");
        assertThat(first(drive.run())).containsExactly("5");
        table.run("DELETE FROM t WHERE id = 5");
        assertThat(drive.run()).as("the newest row that is not of the future is gone").isEmpty();
        table.run("INSERT INTO t VALUES (6, '2024-01-03 11:00:00')");
        assertThat(first(drive.run())).containsExactly("6");
    }

    @Test
    void anInfinityOrAValueOfTheFutureNeverBecomesTheBoundInDuckdb() {
        SourceTable table = SourceTable.duckdb(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, moved timestamp with time zone NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-01-01 10:00:00+00'), (2, '2099-01-01 10:00:00+00'), (3, 'infinity')");
        StreamConfig stream = StreamConfig.incremental("t", "moved", Optional.empty()).with(io.windrow.api.schema.OutOfRange.NULL);
        Drive drive = drive(table, stream, new StreamName("main", "t"), 1000, 100);
        assertThat(first(drive.run())).containsExactlyInAnyOrder("1", "2", "3");
        table.run("INSERT INTO t VALUES (4, '2024-01-01 11:00:00+00')");
        assertThat(first(drive.run())).containsExactly("4");
        assertThat(drive.run()).isEmpty();
    }

    @Test
    void aValueOfTheFutureNeverBecomesTheBoundInMariadb() {
        SourceTable table = mariadb("future");
        table.run("CREATE TABLE t (id int PRIMARY KEY, at timestamp(6) NOT NULL DEFAULT current_timestamp(6))",
                "INSERT INTO t VALUES (1, '2037-01-01'), (2, '2024-01-01')");
        StreamName name = new StreamName("future", "t");
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.of("5m")), name, 1000, 100);
        assertThat(first(drive.run())).containsExactlyInAnyOrder("1", "2");
        table.run("INSERT INTO t (id) VALUES (3)");
        assertThat(first(drive.run())).containsExactly("3");
        assertThat(drive.run()).isEmpty();
        table.run("CREATE TABLE d (id int PRIMARY KEY, at date NOT NULL)", "INSERT INTO d VALUES (1, '9999-12-31'), (2, '2024-01-01')");
        Drive days = drive(table, StreamConfig.incremental("d", "at", Optional.of("1d")), new StreamName("future", "d"), 1000, 100);
        assertThat(first(days.run())).containsExactlyInAnyOrder("1", "2");
        table.run("INSERT INTO d VALUES (3, current_date)");
        assertThat(first(days.run())).containsExactly("3");
        assertThat(days.run()).isEmpty();
    }

    /** As a version saved it that took such a value for a bound, or a server before its clock was set back. */
    @Test
    void aSavedBoundOfTheFutureIsGivenUpAndTold() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at datetime NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-01-01 10:00:00'), (2, '2099-01-01 00:00:00')");
        StreamConfig stream = StreamConfig.incremental("t", "at", Optional.empty());
        Drive drive = drive(table, stream, StreamName.of("t"), 1000, 100);
        drive.resume(new WindowState("at", Optional.empty(), "salt", 1, Optional.of("t2099-01-01 00:00:00"), Set.of(
                new RowMarks("salt").of(new Object[] {2L, "2099-01-01 00:00:00"})), Optional.empty()).toState());
        assertThat(first(drive.run())).containsExactly("1");
        assertThat(context.told()).anyMatch(text -> text.startsWith("jdbc.cursor_future") && text.contains("looked at again"));
        assertThat(drive.resumed).as("it goes on behind nothing").isEmpty();
        assertThat(drive.run()).isEmpty();
        assertThat(drive.resumed.orElseThrow().text()).isEqualTo("{\"at\":\"window\",\"column\":\"at\",\"cursor\":\"2024-01-01 10:00:00\"}");
    }

    @Test
    void anotherSelectionOfRowsIsRefusedAndAnOlderStateTakesTheOneThatIsThere() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at integer NOT NULL)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        StreamName name = StreamName.of("t");
        Drive narrow = drive(table, selecting(Optional.of("id <> 2"), Optional.of("2")), name, 1000, 100);
        assertThat(first(narrow.run())).containsExactly("3");
        assertThat(narrow.run()).isEmpty();
        for (StreamConfig wider : List.of(selecting(Optional.empty(), Optional.of("2")), selecting(Optional.of("id <> 2"), Optional.empty()))) {
            Drive wide = drive(table, wider, name, 1000, 100);
            wide.resume(narrow.saved());
            refused(wide, SourceError.SELECTION_CHANGED);
        }
        Drive old = drive(table, selecting(Optional.of("id <> 2"), Optional.of("2")), name, 1000, 100);
        old.resume(new WindowState("at", Optional.empty(), "salt", 1, Optional.of("n3"), Set.of(), Optional.empty()).toState());
        assertThat(first(old.run())).containsExactly("3");
        assertThat(WindowState.of(old.saved()).selection()).isEqualTo(WindowState.of(narrow.saved()).selection()).isPresent();
    }

    @Test
    void aStartIsWrittenAsADateOrTimeInDuckdbTooAndARowIsLookedUpByADate() {
        SourceTable table = SourceTable.duckdb(context.temporaryFolder());
        StreamName name = new StreamName("main", "t");
        table.run("CREATE TABLE t (id integer, day date PRIMARY KEY, local timestamp NOT NULL, moment timestamptz NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-01-01', '2024-01-01 10:00:00', '2024-01-01 10:00:00+00'), "
                        + "(2, '2024-01-02', '2024-01-02 10:00:00.5', '2024-01-02 10:00:00+00')");
        List<List<String>> starts = List.of(
                List.of("day", "2024-01-02"), List.of("local", "2024-01-02 10:00:00.5"), List.of("local", "2024-01-02"),
                List.of("moment", "2024-01-02 11:00:00+01:00"), List.of("moment", "2024-01-02T10:00:00Z"), List.of("moment", "2024-01-02"));
        for (List<String> start : starts) {
            StreamConfig stream = selecting(start.getFirst(), Optional.empty(), Optional.of(start.getLast()));
            assertThat(first(drive(table, stream, name, 10, 10).run())).as("%s", start).containsExactly("2");
        }
        for (String none : List.of("yesterday", "2024-13-01", "2024-01-02 10:00:00+01:00")) {
            refused(drive(table, selecting("local", Optional.empty(), Optional.of(none)), name, 10, 10), SourceError.STREAM_INVALID);
        }
        Drive drive = drive(table, selecting("day", Optional.empty(), Optional.empty()), name, 10, 10);
        assertThat(drive.run()).hasSize(2);
        table.run("UPDATE t SET id = 3 WHERE day = '2024-01-02'");
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of(selecting("day", Optional.empty(), Optional.empty()))), context);
                Reconciliation now = source.reconciliation().orElseThrow()) {
            now.begin();
            assertThat(now.changedSince(name, drive.saved(), List.of(List.of("2024-01-01"), List.of("2024-01-02"))))
                    .containsExactly(Reconciliation.Change.UNCHANGED, Reconciliation.Change.CHANGED);
        }
    }

    private static StreamConfig selecting(Optional<String> where, Optional<String> start) {
        return selecting("at", where, start);
    }

    private static StreamConfig selecting(String cursor, Optional<String> where, Optional<String> start) {
        return new StreamConfig(
                "t", List.of(), ReadMode.INCREMENTAL, Optional.of(cursor), Optional.empty(), Optional.empty(), start, List.of(), where, List.of(),
                io.windrow.api.schema.OutOfRange.FAIL, StreamConfig.Consistency.SNAPSHOT);
    }

    @Test
    void moreRowsOfOneCursorValueThanCanBeRememberedAreRefusedUntilTheCursorMovesOn() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at datetime NOT NULL)",
                "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n <= " + WindowRead.MAX_REMEMBERED
                        + ") INSERT INTO t SELECT n, '2024-01-01 10:00:00' FROM s");
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 1000, 10_000);
        refused(drive, SourceError.TOO_MANY_UNSETTLED);
        table.run("INSERT INTO t VALUES (0, '2024-01-01 10:00:01')");
        assertThat(drive.run()).hasSize(WindowRead.MAX_REMEMBERED + 2);
        assertThat(drive.run()).isEmpty();
    }

    /** A load of one moment: nothing newer need ever come by which it would settle. */
    @Test
    @Tag("B26")
    void moreRowsOfOneValueThanCanBeRememberedComeOnceTheDatabasesClockHasPassedThem() {
        SourceTable table = mariadb("loaded");
        int rows = WindowRead.MAX_REMEMBERED + 1;
        table.run("CREATE TABLE t (id int PRIMARY KEY, at timestamp(6) NOT NULL, KEY (at))",
                "INSERT INTO t SELECT seq, '2024-01-01 10:00:00' FROM seq_1_to_" + rows);
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.of("1m")), new StreamName("loaded", "t"), 100_000, 10_000);
        assertThat(drive.run()).hasSize(rows);
        assertThat(drive.run()).isEmpty();
        assertThat(context.told()).noneMatch(told -> told.startsWith("jdbc.cursor_behind") || told.startsWith("jdbc.held_back"));
        // What is newer than all of them comes, however old it is: a history that is loaded year by year.
        table.run("INSERT INTO t VALUES (-1, '2024-02-01')");
        assertThat(first(drive.run())).containsExactly("-1");
        table.run("INSERT INTO t VALUES (0, current_timestamp(6))");
        assertThat(first(drive.run())).containsExactly("0");
        assertThat(drive.run()).isEmpty();

        // As long as the lag lasts they wait, and nobody says that there is nothing.
        table.run("CREATE TABLE fresh (id int PRIMARY KEY, at timestamp(6) NOT NULL, KEY (at))",
                "INSERT INTO fresh SELECT seq, current_timestamp(6) FROM seq_1_to_" + rows);
        StreamName fresh = new StreamName("loaded", "fresh");
        StreamConfig patient = StreamConfig.incremental("fresh", "at", Optional.of("30d"));
        Drive waiting = drive(table, patient, fresh, 100_000, 10_000);
        for (int run = 0; run < 2; run++) {
            assertThat(waiting.run()).isEmpty();
            assertThat(waiting.nothingNew).isEmpty();
        }
        assertThat(context.told()).anyMatch(told -> told.startsWith("jdbc.held_back"));
        table.run("UPDATE fresh SET at = '2024-01-01'");
        assertThat(drive(table, patient, fresh, 100_000, 10_000).run()).hasSize(rows);

        // Of a number no clock tells.
        table.run("CREATE TABLE n (id int PRIMARY KEY, at bigint NOT NULL, KEY (at))", "INSERT INTO n SELECT seq, 5 FROM seq_1_to_" + rows);
        refused(drive(table, StreamConfig.incremental("n", "at", Optional.of("1")), new StreamName("loaded", "n"), 100_000, 10_000),
                SourceError.TOO_MANY_UNSETTLED);
    }

    /** The server compares a text that spells nothing with whatever it makes of it, and the run would end well without a row. */
    @Test
    @Tag("A25")
    void aStartThatIsNoValueOfTheCursorIsRefusedByEveryDatabase() {
        SourceTable maria = mariadb("starts");
        SourceTable sqlite = SourceTable.sqlite(context.temporaryFolder());
        maria.run("CREATE TABLE t (id int PRIMARY KEY, day date NOT NULL, at datetime(6) NOT NULL, moment timestamp NOT NULL, exact decimal(9,2) NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-01-01', '2024-01-01 10:00:00', '2024-01-01 10:00:00', 1), (2, '2024-01-02', '2024-01-02 10:00:00.5', '2024-01-02 10:00:00', 2)");
        sqlite.run("CREATE TABLE t (id integer PRIMARY KEY, day date NOT NULL, at datetime NOT NULL, moment datetime NOT NULL, exact decimal(9,2) NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-01-01', '2024-01-01 10:00:00', '2024-01-01 10:00:00', 1), (2, '2024-01-02', '2024-01-02 10:00:00.5', '2024-01-02 10:00:00', 2)");
        for (SourceTable table : List.of(maria, sqlite)) {
            Optional<String> lag = table == maria ? Optional.of("1d") : Optional.empty();
            StreamName name = table == maria ? new StreamName("starts", "t") : StreamName.of("t");
            for (List<String> start : List.of(List.of("day", "2024-01-02"), List.of("at", "2024-01-02"), List.of("at", "2024-01-02 10:00:00.5"),
                    List.of("moment", "2024-01-02 10:00"), List.of("id", "2"))) {
                StreamConfig stream = starting(start.getFirst(), start.getFirst().equals("id") ? lag.map(days -> "1") : lag, start.getLast());
                assertThat(first(drive(table, stream, name, 10, 10).run())).as("%s", start).containsExactly("2");
            }
            for (List<String> start : List.of(List.of("day", "yesterday"), List.of("at", "yesterday"), List.of("at", "2024-13-01"),
                    List.of("moment", "2024-01-02 10:00:00+01:00"), List.of("id", "two"), List.of("exact", "much"))) {
                StreamConfig stream = starting(start.getFirst(), List.of("id", "exact").contains(start.getFirst()) ? lag.map(days -> "1") : lag, start.getLast());
                refused(drive(table, stream, name, 10, 10), SourceError.STREAM_INVALID);
            }
        }
    }

    @Test
    @Tag("A25")
    void aStartOfATextThatHoldsTimesBeginsWithADay() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at text NOT NULL)", "INSERT INTO t VALUES (1, '2024-01-01'), (2, '2024-01-02T10:00:00Z')");
        for (String start : List.of("2024-01-02", "2024-01-02T10:00:00Z")) {
            assertThat(first(drive(table, starting("at", Optional.empty(), start), StreamName.of("t"), 10, 10).run())).containsExactly("2");
        }
        for (String none : List.of("yesterday", "2024", "")) {
            refused(drive(table, starting("at", Optional.empty(), none), StreamName.of("t"), 10, 10), SourceError.STREAM_INVALID);
        }
    }

    private static StreamConfig starting(String cursor, Optional<String> lag, String start) {
        return new StreamConfig(
                "t", List.of(), ReadMode.INCREMENTAL, Optional.of(cursor), Optional.empty(), lag, Optional.of(start), List.of(), Optional.empty(), List.of(),
                io.windrow.api.schema.OutOfRange.FAIL, StreamConfig.Consistency.SNAPSHOT);
    }

    @Test
    @Tag("C14")
    void aCursorOfZerosIsRefusedAsOneThatIsNullIs() {
        SourceTable table = mariadb("zero_cursors");
        table.run("CREATE TABLE t (id int PRIMARY KEY, at datetime NOT NULL)", "INSERT INTO t VALUES (1, '2024-01-01')");
        StreamName name = new StreamName("zero_cursors", "t");
        Drive drive = drive(table, StreamConfig.incremental("t", "at", Optional.of("1m")), name, 10, 10);
        assertThat(first(drive.run())).containsExactly("1");
        table.run("SET sql_mode = ''", "INSERT INTO t VALUES (2, '0000-00-00')");
        refused(drive, SourceError.CURSOR_INVALID);
    }

    @Test
    @Tag("A25")
    void whatACursorCannotServeIsRefusedByName() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at datetime)", "CREATE TABLE bare (at datetime NOT NULL)", "INSERT INTO t VALUES (1, NULL)");
        refused(drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 10, 10), SourceError.CURSOR_INVALID);
        refused(drive(table, StreamConfig.incremental("bare", "at", Optional.empty()), StreamName.of("bare"), 10, 10), SourceError.STREAM_INVALID);
        refused(drive(table, StreamConfig.incremental("t", "at", Optional.of("5m")), StreamName.of("t"), 10, 10), SourceError.GUARANTEE_UNAVAILABLE);
    }

    private static void refused(Drive drive, SourceError code) {
        assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                WindrowException.class, refused -> assertThat(refused.errorCode()).isEqualTo(code));
    }

    @Test
    void aCursorWhoseLaterValuesNeedNotBeHigherIsRefusedAndSqlitesTextIfItIsNoTime() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, at text NOT NULL)", "INSERT INTO t VALUES (1, '2024-01-01 10:00:00')",
                "CREATE TABLE u (id uuid PRIMARY KEY, name text)", "INSERT INTO u VALUES ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'a')");
        Drive times = drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 10, 10);
        assertThat(first(times.run())).containsExactly("1");
        table.run("INSERT INTO t VALUES (3, '10')");
        assertThat(times.run()).as("below the bound no run looks again").isEmpty();
        table.run("INSERT INTO t VALUES (2, '9')");
        refused(times, SourceError.CURSOR_INVALID);
        refused(drive(table, StreamConfig.incremental("t", "at", Optional.empty()), StreamName.of("t"), 10, 10), SourceError.CURSOR_INVALID);
        table.run("CREATE TABLE r (id integer PRIMARY KEY, at real NOT NULL)", "INSERT INTO r VALUES (1, 1.5)");
        Drive floats = drive(table, StreamConfig.incremental("r", "at", Optional.empty()), StreamName.of("r"), 10, 10);
        assertThat(first(floats.run())).containsExactly("1");
        table.run("INSERT INTO r VALUES (2, 10.25)");
        assertThat(first(floats.run())).containsExactly("2");
        refused(drive(table, StreamConfig.incremental("u", "id", Optional.empty()), StreamName.of("u"), 10, 10), SourceError.CURSOR_INVALID);
        SourceTable duck = SourceTable.duckdb(context.temporaryFolder());
        duck.run("CREATE TABLE t (id integer PRIMARY KEY, word varchar NOT NULL)", "INSERT INTO t VALUES (1, '2024-01-01')");
        StreamConfig text = StreamConfig.incremental("t", "word", Optional.empty());
        refused(drive(duck, text, new StreamName("main", "t"), 10, 10), SourceError.CURSOR_INVALID);
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(duck.url()), List.of(text)), context)) {
            assertThat(source.check()).anyMatch(one -> one.outcome() == CheckResult.Outcome.FAILED && one.detail().contains("column word"));
        }
    }

    /** DuckDB's driver says nothing of an error while it fetches. */
    @Test
    void anErrorThatEndsAnAnswerIsNotTakenForItsEndInDuckdb() {
        SourceTable table = SourceTable.duckdb(context.temporaryFolder());
        table.run("CREATE VIEW v AS SELECT i AS id, CASE WHEN i = 499999 THEN error('unread') ELSE 'x' END AS name FROM range(500000) r(i)");
        Drive drive = drive(table, StreamConfig.snapshot("v"), new StreamName("main", "v"), 100_000, 10_000);
        assertThatThrownBy(drive::run).isInstanceOf(WindrowException.class).hasMessageContaining("Reading main.v");
    }

    @Test
    void checkNamesWhatIsMissingAndWhatIsTooMuch() {
        SourceTable table = mariadb("checked");
        table.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE hidden (id int PRIMARY KEY)", "DROP USER IF EXISTS checker@'%'",
                "CREATE USER checker@'%'", "GRANT SELECT ON checked.t TO checker@'%'");
        String url = table.url().replace("root@", "checker@");
        try (Source source = new JdbcSource(
                JdbcSourceConfig.of(Secret.of(url), List.of(StreamConfig.snapshot("t"), StreamConfig.snapshot("hidden"))), context)) {
            List<CheckResult> results = source.check();
            assertThat(results).filteredOn(one -> one.name().equals("privileges")).allMatch(one -> one.outcome() == CheckResult.Outcome.OK);
            assertThat(results).filteredOn(one -> one.outcome() == CheckResult.Outcome.FAILED)
                    .singleElement()
                    .satisfies(one -> assertThat(one.detail()).contains("hidden"));
        }
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of()), context)) {
            assertThat(source.check()).anyMatch(one -> one.name().equals("privileges") && one.outcome() == CheckResult.Outcome.WARNING);
            assertThat(source.selected()).containsOnlyKeys(new StreamName("checked", "t"), new StreamName("checked", "hidden"));
        }
    }

    @Test
    void aWildcardSelectsTablesButForItsExceptions() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE orders_1 (id integer PRIMARY KEY)", "CREATE TABLE orders_2 (id integer PRIMARY KEY)", "CREATE TABLE other (id integer)",
                "CREATE TABLE _windrow_commits (id integer)", "CREATE VIEW orders_v AS SELECT 1 AS id");
        StreamConfig all = except("orders_*", "orders_2");
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of(all)), context)) {
            assertThat(source.selected()).containsOnlyKeys(StreamName.of("orders_1"));
        }
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of()), context)) {
            assertThat(source.selected()).containsOnlyKeys(StreamName.of("orders_1"), StreamName.of("orders_2"), StreamName.of("other"));
        }
        StreamConfig misspelt = except("orders_*", "odrers_2");
        assertThat(drive(table, misspelt, StreamName.of("orders_1"), 10, 10).run()).isEmpty();
        assertThat(context.told()).singleElement().asString().startsWith("jdbc.pattern_unmatched").contains("odrers_2");
        try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of(misspelt)), context)) {
            assertThat(source.check()).anyMatch(one -> one.outcome() == CheckResult.Outcome.WARNING && one.detail().contains("odrers_2"));
        }
        for (List<StreamConfig> twice : List.of(
                List.of(StreamConfig.snapshot("other"), StreamConfig.incremental("\"other\"", "id", Optional.empty())), List.of(except("other", "orders_1")))) {
            try (Source source = new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), twice), context)) {
                assertThatThrownBy(source::selected).isInstanceOfSatisfying(WindrowException.class, refused -> {
                    assertThat(refused.errorCode()).isEqualTo(SourceError.STREAM_INVALID);
                    assertThat(refused.place().orElseThrow()).startsWith("source.jdbc.streams[" + (twice.size() - 1) + "]");
                });
            }
        }
    }

    private static StreamConfig except(String table, String exclude) {
        return new StreamConfig(
                table, List.of(exclude), ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(),
                Optional.empty(), List.of(), io.windrow.api.schema.OutOfRange.FAIL, StreamConfig.Consistency.SNAPSHOT);
    }
}
