package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
@ParameterizedClass
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class PostgresIncrementalTest {
    private static final StreamName T = new StreamName("public", "t");

    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(major));
    }

    @AfterEach
    void close() {
        db.close();
    }

    private Drive drive(String cursor, Level level) {
        return new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", cursor, level)), T);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    @Tag("A01")
    void A_row_that_is_committed_late_with_an_older_cursor_arrives(Level level) throws SQLException {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (0)");
        try (Drive drive = drive("at", level);
                Connection late = db.connect();
                Connection later = db.connect()) {
            drive.run();
            run(late, "BEGIN");
            run(late, "INSERT INTO t VALUES (1)");
            // No transaction id yet, but now() is fixed.
            run(later, "BEGIN");
            run(later, "SELECT now()");
            db.execute("INSERT INTO t VALUES (2)");
            drive.run();
            run(late, "COMMIT");
            db.execute("INSERT INTO t VALUES (3)");
            drive.run();
            run(later, "INSERT INTO t VALUES (4)");
            drive.run();
            run(later, "COMMIT");
            drive.run();
            drive.run();
            assertThat(ids(drive)).containsExactlyInAnyOrder("0", "1", "2", "3", "4");
            assertThat(drive.run()).isZero();
        }
    }

    @Test
    @Tag("A03")
    void A_lower_id_that_commits_after_a_higher_one_arrives_and_a_gap_stalls_nothing() throws SQLException {
        db.execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int)");
        try (Drive drive = drive("id", Level.CONDITIONAL);
                Connection a = db.connect();
                Connection gone = db.connect();
                Connection nested = db.connect()) {
            run(a, "BEGIN");
            run(a, "INSERT INTO t (v) VALUES (1)");
            run(gone, "BEGIN");
            run(gone, "INSERT INTO t (v) VALUES (2)");
            // A subtransaction has an id of its own, which a snapshot does not list as running.
            run(nested, "BEGIN");
            run(nested, "SAVEPOINT s");
            run(nested, "INSERT INTO t (v) VALUES (3)");
            run(nested, "RELEASE s");
            db.execute("INSERT INTO t (v) VALUES (4)");
            drive.run();
            db.execute("INSERT INTO t (v) VALUES (5)");
            drive.run();
            run(a, "COMMIT");
            run(gone, "ROLLBACK");
            drive.run();
            run(nested, "COMMIT");
            drive.run();
            assertThat(ids(drive)).containsExactlyInAnyOrder("1", "3", "4", "5");
            drive.run();
            drive.run();
            db.execute("INSERT INTO t (v) VALUES (6)");
            drive.run();
            assertThat(ids(drive)).hasSize(5);
            assertThat(drive.state.orElseThrow().text()).contains("\"bound\":\"5\"");
        }
    }

    @Test
    @Tag("A01")
    void A_prepared_transaction_is_waited_for() throws SQLException {
        db.execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int)");
        if (db.number("SELECT current_setting('max_prepared_transactions')::int") == 0) {
            return;
        }
        try (Drive drive = drive("id", Level.CONDITIONAL);
                Connection a = db.connect()) {
            run(a, "BEGIN");
            run(a, "INSERT INTO t (v) VALUES (1)");
            run(a, "PREPARE TRANSACTION 'p'");
            db.execute("INSERT INTO t (v) VALUES (2)");
            drive.run();
            drive.run();
            db.execute("INSERT INTO t (v) VALUES (3)");
            drive.run();
            run(a, "COMMIT PREPARED 'p'");
            drive.run();
            drive.run();
            assertThat(ids(drive)).containsExactlyInAnyOrder("1", "2", "3");
        }
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    @Tag("A04")
    @Tag("A08")
    void A_read_that_is_killed_anywhere_delivers_each_version_once_while_rows_change(Level level) {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), v text)",
                "CREATE INDEX ON t (at)",
                "INSERT INTO t (id, v) SELECT g, repeat('x', 200) FROM generate_series(1, 2000) g");
        Random random = new Random(7);
        try (Drive drive = drive("at", level)) {
            for (int round = 0; round < 25; round++) {
                drive.run(1 + random.nextInt(6));
                int id = 1 + random.nextInt(2000);
                // Moves a row to another page, often one that is read already; frees room; changes what is not read yet.
                db.execute(
                        "UPDATE t SET v = 'round" + round + "', at = clock_timestamp() WHERE id BETWEEN " + id + " AND " + (id + 40),
                        "DELETE FROM t WHERE id = " + (id + 41),
                        "INSERT INTO t (id, at, v) VALUES (" + (10_000 + round) + ", clock_timestamp(), 'new')",
                        round % 5 == 0 ? "VACUUM t" : "SELECT 1");
            }
            drive.run();
            drive.run();
            assertThat(drive.restarted).isEmpty();
            // The last version that was delivered of each key is what the table holds, and no version came twice.
            Map<String, String> last = new TreeMap<>();
            drive.rows.forEach(row -> last.put(row.split("\\|")[0], row));
            List<String> distinct = drive.rows.stream().distinct().toList();
            assertThat(drive.rows).hasSameSizeAs(distinct);
            List<String> now = new ArrayList<>();
            db.query("SELECT id, v FROM t").forEach(row -> now.add(row.get(0) + "|" + row.get(1)));
            List<String> delivered = new ArrayList<>();
            Map<String, Boolean> alive = new TreeMap<>();
            db.query("SELECT id FROM t").forEach(row -> alive.put(row.get(0), true));
            last.forEach((id, row) -> {
                if (alive.containsKey(id)) {
                    delivered.add(id + "|" + row.split("\\|")[2]);
                }
            });
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(now);
            assertThat(drive.run()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    @Tag("B26")
    @Tag("B27")
    void Idle_runs_deliver_nothing_and_the_state_stays_small(Level level) {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL)",
                "INSERT INTO t SELECT g, '2024-01-01' FROM generate_series(1, 20000) g");
        try (Drive drive = drive("at", level)) {
            assertThat(drive.run()).isEqualTo(20_000);
            for (int i = 0; i < 4; i++) {
                assertThat(drive.run()).isZero();
                assertThat(drive.state.orElseThrow().text()).hasSizeLessThan(2000);
            }
            db.execute("INSERT INTO t VALUES (20001, '2024-01-01')");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @Test
    @Tag("A06")
    void A_date_cursor_finds_rows_of_the_same_day_and_warns() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, d date NOT NULL DEFAULT '2024-05-01')", "INSERT INTO t VALUES (1)");
        try (Drive drive = drive("d", Level.CONDITIONAL)) {
            drive.run();
            drive.run();
            drive.run();
            db.execute("INSERT INTO t VALUES (2)");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_coarse"));
        }
    }

    @Test
    @Tag("A21")
    @Tag("A22")
    void A_local_time_is_kept_as_the_database_writes_it() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamp NOT NULL)", "INSERT INTO t VALUES (1, '2024-11-03 01:30:00.123456')");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            drive.run();
            db.execute("CREATE TABLE other ()");
            drive.run();
            assertThat(drive.state.orElseThrow().text()).contains("\"bound\":\"2024-11-03 01:30:00.123456\"");
            db.execute("INSERT INTO t VALUES (2, '2024-11-03 01:30:00.123456'), (3, '2024-03-10 02:30:00')", "UPDATE t SET at = '2024-11-03 01:30:00.123457' WHERE id = 3");
            assertThat(drive.run()).isEqualTo(2);
        }
    }

    /** Some hour of a March night does not exist in most zones, some hour of an autumn night comes twice. */
    @ParameterizedTest
    @ValueSource(strings = {"2024-03-10 02:30:00", "2024-11-03 01:59:59.999999"})
    @Tag("A22")
    void A_bound_in_an_hour_that_a_zone_lacks_or_has_twice_is_a_value_like_any_other(String hour) {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamp NOT NULL)", "INSERT INTO t VALUES (1, '" + hour + "')",
                "ALTER DATABASE " + db.name() + " SET timezone = 'America/Chicago'");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            assertThat(drive.run()).isEqualTo(1);
            db.execute("CREATE TABLE other ()");
            assertThat(drive.run()).isZero();
            assertThat(drive.state.orElseThrow().text()).contains("\"bound\":\"" + hour + "\"");
            db.execute("INSERT INTO t VALUES (2, '" + hour + "'), (3, timestamp '" + hour + "' + interval '1 microsecond')");
            assertThat(drive.run()).isEqualTo(2);
            assertThat(drive.run()).isZero();
        }
    }

    @Test
    @Tag("A25")
    void Rows_without_a_cursor_value_arrive_once_and_are_counted() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            assertThat(drive.run()).isZero();
            db.execute("INSERT INTO t VALUES (1, NULL), (2, NULL), (3, now())");
            assertThat(drive.run()).isEqualTo(3);
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_nulls") && notice.contains("2 rows"));
            drive.run();
            db.execute("INSERT INTO t VALUES (5, NULL), (6, (SELECT at FROM t WHERE id = 3))");
            assertThat(drive.run()).isEqualTo(2);
            assertThat(drive.run()).isZero();
        }
    }

    @Test
    @Tag("A26")
    void Check_and_discover_move_nothing() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (1)");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            drive.source().check();
            drive.source().discover();
            drive.source().selected();
            assertThat(drive.run()).isEqualTo(1);
            String state = drive.state.orElseThrow().text();
            drive.source().check();
            drive.source().discover();
            assertThat(drive.state.orElseThrow().text()).isEqualTo(state);
            assertThat(drive.run()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "4294967301:5:5", "4294967301:4294967290:4294967290", "4294967296:4294967295:4294967295", "9000000000:2:0",
        "700:699:699", "8589934600:8:8589934592"
    })
    @Tag("A24")
    void A_32_bit_id_becomes_the_highest_64_bit_one_below_the_next(String one) {
        long next = Long.parseLong(one.split(":")[0]);
        long full = Long.parseLong(one.split(":")[1]);
        long expected = Long.parseLong(one.split(":")[2]);
        if (full == 5 || full == 8) {
            expected = full + (next - full >>> 32 << 32);
        }
        String sql = ReadSql.writer(next, "'" + (full & 0xFFFFFFFFL) + "'::xid");
        assertThat(db.number("SELECT " + sql)).isEqualTo(expected);
    }

    @Test
    @Tag("A24")
    void A_state_of_another_cluster_or_of_too_long_ago_is_refused_by_name() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (1)");
        try (Drive drive = drive("at", Level.PROVEN)) {
            drive.run();
            var kept = drive.state.orElseThrow();
            drive.state = java.util.Optional.of(new io.windrow.api.source.PlannerState(
                    1, kept.text().replaceAll("\"below\":\\d+", "\"below\":-4294967000")));
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                            .isEqualTo(PostgresError.TRANSACTION_IDS_LOST));
            drive.state = java.util.Optional.of(
                    new io.windrow.api.source.PlannerState(1, kept.text().replaceAll("\"system\":\"\\d+\"", "\"system\":\"1\"")));
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                            .isEqualTo(PostgresError.OTHER_CLUSTER));
        }
    }

    @Test
    void A_rewrite_that_keeps_transactions_delivers_nothing_and_one_that_does_not_is_refused() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (1), (2)");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            drive.run();
            db.execute("VACUUM FULL t");
            assertThat(drive.run()).isZero();
            db.execute("ALTER TABLE t ALTER COLUMN id TYPE bigint");
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                            .isEqualTo(PostgresError.TABLE_REWRITTEN));
        }
    }

    @Test
    void An_attached_partition_arrives_whole_however_old_its_rows_are() {
        db.execute(
                "CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now()) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE t2 (id int, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO t2 SELECT g FROM generate_series(100, 149) g",
                "INSERT INTO t SELECT g FROM generate_series(0, 49) g");
        try (Drive drive = drive("at", Level.CONDITIONAL)) {
            assertThat(drive.run()).isEqualTo(50);
            drive.run();
            drive.run();
            db.execute("ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (100) TO (200)");
            assertThat(drive.run()).isEqualTo(50);
            assertThat(drive.run()).isZero();
        }
    }

    /** A window reads two partitions, in any order, and dies in the larger one, which is then somewhere else. */
    @ParameterizedTest
    @EnumSource(Level.class)
    void A_partition_that_is_dropped_detached_or_renamed_while_it_is_read_holds_nothing_up(Level level) {
        String rename = "ALTER TABLE t2 RENAME TO t3; CREATE TABLE t2 (id int)";
        for (String change : List.of("DROP TABLE t2", "ALTER TABLE t DETACH PARTITION t2", rename)) {
            db.execute(
                    "DROP TABLE IF EXISTS t, t2, t3",
                    "CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now(), v text) PARTITION BY RANGE (id)",
                    "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
                    "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (100) TO (10000)",
                    "INSERT INTO t SELECT g, now(), repeat('x', 200) FROM generate_series(0, 2099) g");
            try (Drive drive = drive("at", level)) {
                long before = drive.run(6);
                assertThat(drive.open).hasSize(1);
                assertThat(before).as("some of the second partition").isBetween(200L, 1000L);
                long first = drive.rows.stream().filter(row -> Integer.parseInt(row.substring(0, row.indexOf('|'))) < 100).count();
                boolean renamed = change.equals(rename);
                long rows = renamed ? 2100 - before : 100 - first;
                db.execute(change);
                assertThat(drive.run()).as(change).isEqualTo(rows);
                assertThat(drive.completed).isTrue();
                assertThat(drive.rows).doesNotHaveDuplicates();
                assertThat(drive.notices.stream().anyMatch(notice -> notice.startsWith("postgres.partition_gone")))
                        .as("it is said what will not come: " + drive.notices)
                        .isEqualTo(!renamed);
                db.execute("INSERT INTO t VALUES (1, clock_timestamp(), 'new')");
                assertThat(drive.run()).isEqualTo(1);
                assertThat(drive.run()).isZero();
            }
        }
    }

    @Test
    void A_cursor_whose_sequence_hands_out_blocks_is_named_unless_nothing_hangs_on_it() {
        db.execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (CACHE 10), one serial, plain int)");
        try (Drive cached = drive("id", Level.CONDITIONAL);
                Drive proven = drive("id", Level.PROVEN);
                Drive single = drive("one", Level.CONDITIONAL);
                Drive plain = drive("plain", Level.CONDITIONAL)) {
            for (Drive drive : List.of(cached, proven, single, plain)) {
                drive.run();
            }
            assertThat(cached.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_cached") && notice.contains("10 values"));
            assertThat(List.of(proven, single, plain))
                    .allSatisfy(drive -> assertThat(drive.notices).noneMatch(notice -> notice.startsWith("postgres.cursor_cached")));
        }
    }

    @Test
    void A_long_transaction_is_named() throws SQLException {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
        PostgresConfig plain = Drive.config(db.url(), StreamConfig.incremental("public.t", "at", Level.CONDITIONAL));
        PostgresConfig config = new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), plain.lockTimeout(), plain.connectTimeout(), java.time.Duration.ZERO, plain.changes());
        try (Drive drive = new Drive(config, T);
                Connection open = db.connect()) {
            run(open, "BEGIN");
            run(open, "INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.long_transaction") && notice.contains("pid "));
        }
    }

    private static List<String> ids(Drive drive) {
        return drive.rows.stream().map(row -> row.split("\\|")[0]).toList();
    }
}
