package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
class PostgresSnapshotTest {
    private static final StreamName T = new StreamName("public", "t");

    private static List<String> expected(PostgresDatabase db, String sql) {
        return db.query(sql).stream().map(row -> String.join("|", row)).toList();
    }

    private static void fill(PostgresDatabase db) {
        db.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, v text)",
                "INSERT INTO t SELECT g, 'v' || g || repeat('x', 100) FROM generate_series(1, 5000) g",
                "DELETE FROM t WHERE id % 7 = 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void A_table_arrives_in_parts_each_row_exactly_once(int major) {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(major));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            fill(db);
            drive.run();
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db, "SELECT id, v FROM t"));
            assertThat(drive.run()).as("a finished snapshot is kept").isZero();
        }
    }

    @Test
    @Tag("A08")
    void A_killed_snapshot_starts_over_and_rows_that_moved_arrive_once() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            fill(db);
            drive.run(3);
            assertThat(drive.rows).hasSize(300);
            db.execute("DELETE FROM t WHERE id < 100", "VACUUM t", "UPDATE t SET v = 'moved' WHERE id > 4900");
            drive.run();
            assertThat(drive.restarted).isEqualTo("snapshot.lost");
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db, "SELECT id, v FROM t"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "id % 3 <> 1 AND v <> now()::text"})
    void A_lost_reader_goes_on_inside_the_same_snapshot_while_rows_move(String where) {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), where(where)), T);
                Source source = drive.source()) {
            fill(db);
            List<String> expected =
                    expected(db, "SELECT id, v FROM t" + (where.isEmpty() ? "" : " WHERE " + where));
            List<String> rows = new ArrayList<>();
            try (SplitPlanner planner = source.plan(
                    List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                while (!planner.finished()) {
                    SplitPlanner.Assignment one = planner.next(1).get(0);
                    Optional<Position> at = one.from();
                    boolean ended = false;
                    try (SplitReader reader = source.open(one.split(), one.from())) {
                        // One batch for each reader: then it is lost.
                        switch (reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))) {
                            case ReadResult.Data data -> {
                                try (Batch batch = data.batch()) {
                                    rows.addAll(Drive.text(batch));
                                    at = Optional.of(batch.position());
                                }
                            }
                            case ReadResult.Idle ignored -> throw new AssertionError("idle");
                            case ReadResult.End end -> {
                                planner.ended(one.split(), end.proof());
                                ended = true;
                            }
                        }
                    }
                    if (!ended) {
                        planner.giveBack(one.split(), at);
                        db.execute(
                                "UPDATE t SET v = v || 'y' WHERE id = (SELECT max(id) FROM t)",
                                "DELETE FROM t WHERE id = (SELECT min(id) FROM t)");
                    }
                    planner.keepAlive();
                }
            }
            assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static StreamConfig where(String where) {
        StreamConfig plain = StreamConfig.snapshot("public.t");
        return new StreamConfig(
                plain.table(), plain.query(), plain.name(), plain.exclude(), plain.mode(), plain.cursor(), plain.guarantee(),
                plain.lag(), plain.start(), plain.columns(), where.isEmpty() ? Optional.empty() : Optional.of(where),
                plain.key(), plain.outOfRange(), plain.consistency());
    }

    private static StreamConfig perRange() {
        StreamConfig plain = StreamConfig.snapshot("public.t");
        return new StreamConfig(
                plain.table(), plain.query(), plain.name(), plain.exclude(), plain.mode(), plain.cursor(), plain.guarantee(),
                plain.lag(), plain.start(), plain.columns(), plain.where(), plain.key(), plain.outOfRange(),
                StreamConfig.Consistency.PER_RANGE);
    }

    @Test
    void Key_ranges_go_on_across_snapshots_in_the_same_generation() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), perRange()), T)) {
            fill(db);
            List<String> expected = expected(db, "SELECT id FROM t");
            while (!drive.completed) {
                drive.run(3);
                db.execute("UPDATE t SET v = v || 'z' WHERE id % 50 = 0");
            }
            assertThat(drive.restarted).isEmpty();
            assertThat(drive.generation).isEqualTo(1);
            assertThat(drive.rows.stream().map(row -> row.substring(0, row.indexOf('|'))).toList())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    @Tag("C37")
    void Partitions_children_views_and_queries_arrive_once() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18))) {
            db.execute(
                    "CREATE TABLE p (id int, v text) PARTITION BY RANGE (id)",
                    "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100)",
                    "CREATE TABLE p2 (v text, id int)",
                    "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200)",
                    "INSERT INTO p SELECT g, 'p' || g FROM generate_series(1, 199) g",
                    "CREATE TABLE parent (id int)",
                    "CREATE TABLE child (more text) INHERITS (parent)",
                    "INSERT INTO parent VALUES (1)",
                    "INSERT INTO child VALUES (2, 'x')",
                    "CREATE VIEW w AS SELECT id * 2 AS twice FROM p");
            StreamConfig query = new StreamConfig(
                    Optional.empty(), Optional.of("SELECT id, v FROM public.p WHERE id < 10 -- few\n;"), Optional.of("few"), List.of(),
                    ReadMode.SNAPSHOT, Optional.empty(), StreamConfig.Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(),
                    Optional.empty(), List.of("id"), io.windrow.api.schema.OutOfRange.FAIL, StreamConfig.Consistency.SNAPSHOT);
            PostgresConfig config = Drive.config(
                    db.url(), StreamConfig.snapshot("public.*"), StreamConfig.snapshot("public.w"), query);
            for (String[] one : new String[][] {
                {"public", "p", "SELECT id, v FROM p"},
                {"public", "parent", "SELECT id FROM parent"},
                {"public", "w", "SELECT twice FROM w"},
                {"", "few", "SELECT id, v FROM p WHERE id < 10"}
            }) {
                try (Drive drive = new Drive(config, new StreamName(one[0], one[1]))) {
                    drive.run();
                    assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db, one[2]));
                    assertThat(drive.source().selected().keySet())
                            .extracting(StreamName::name)
                            .containsExactlyInAnyOrder("p", "parent", "w", "few");
                }
            }
        }
    }

    @Test
    @Tag("H19")
    void Hostile_names_are_names() {
        StreamName hostile = new StreamName("s\"; x", "x\"; DROP TABLE y; --");
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(
                        Drive.config(db.url(), StreamConfig.snapshot("\"s\"\"; x\".\"x\"\"; DROP TABLE y; --\"")), hostile)) {
            db.execute(
                    "CREATE TABLE y (i int)",
                    "CREATE SCHEMA \"s\"\"; x\"",
                    "CREATE TABLE \"s\"\"; x\".\"x\"\"; DROP TABLE y; --\" (\"a'b\"\"\\\" int, \"\" || 'q' text)"
                            .replace("\"\" || 'q'", "\"ctid2\""),
                    "INSERT INTO \"s\"\"; x\".\"x\"\"; DROP TABLE y; --\" VALUES (1, 'a')");
            drive.run();
            assertThat(drive.rows).containsExactly("1|a");
            assertThat(db.number("SELECT count(*) FROM y")).isZero();
        }
    }

    @Test
    @Tag("H19")
    void A_saved_key_that_was_edited_stays_data() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18))) {
            db.execute(
                    "CREATE TABLE y (i int)", "CREATE TABLE t (k text PRIMARY KEY)",
                    "INSERT INTO t SELECT 'a' || g FROM generate_series(1, 300) g", "INSERT INTO t VALUES ('z')");
            for (String edited : List.of("b'); DROP TABLE y; --", "b\\'); DROP TABLE y; --", "b' OR ''='", "b\"$$; DROP TABLE y; --")) {
                try (Drive drive = new Drive(Drive.config(db.url(), perRange()), T)) {
                    drive.run(1);
                    int before = drive.rows.size();
                    drive.open.replaceAll((id, one) -> new Drive.Open(
                            one.split(), Optional.of(new PostgresPosition(1, Optional.empty(), List.of(edited)).toPosition())));
                    drive.run();
                    assertThat(drive.rows.subList(before, drive.rows.size())).as(edited).containsExactly("z");
                }
            }
            assertThat(db.number("SELECT count(*) FROM y")).isZero();
        }
    }

    @Test
    @Tag("G11")
    void A_read_that_waits_for_the_server_ends_at_its_deadline_and_as_soon_as_it_is_woken() throws Exception {
        StreamName slow = new StreamName("public", "slow");
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.patient(Drive.config(db.url(), StreamConfig.snapshot("public.slow"))), slow);
                Source source = drive.source();
                Connection holder = db.connect();
                Statement statement = holder.createStatement()) {
            db.execute("CREATE VIEW slow AS SELECT g, pg_advisory_xact_lock_shared(1)::text AS s FROM generate_series(1, 2) g");
            statement.execute("SELECT pg_advisory_lock(1)");
            try (SplitPlanner planner = source.plan(
                    List.of(new StreamRequest(slow, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                SplitPlanner.Assignment one = planner.next(1).get(0);
                try (SplitReader reader = source.open(one.split(), one.from())) {
                    assertThat(reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300))).isInstanceOf(ReadResult.Idle.class);
                    await().atMost(Duration.ofMinutes(5)).until(() -> waiting(db) == 1);
                    Thread waker = Thread.ofVirtual().start(reader::wakeUp);
                    long farOff = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
                    assertThat(reader.read(farOff)).isInstanceOf(ReadResult.Idle.class);
                    assertThat(System.nanoTime() - farOff).as("before its deadline").isNegative();
                    waker.join();
                }
            }
            await().atMost(Duration.ofMinutes(5)).until(() -> waiting(db) == 0);
        }
    }

    /** Reads that wait at the server for what the test holds. */
    private static long waiting(PostgresDatabase db) {
        return db.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    @Test
    void The_end_is_proven_by_the_servers_count() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                Source source = drive.source()) {
            db.execute("CREATE TABLE t (id int)");
            try (SplitPlanner planner = source.plan(
                    List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                SplitPlanner.Assignment one = planner.next(1).get(0);
                try (SplitReader reader = source.open(one.split(), one.from())) {
                    ReadResult result = reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
                    assertThat(result).isInstanceOfSatisfying(ReadResult.End.class, end -> assertThat(end.proof())
                            .extracting(EndProof::kind, EndProof::rows)
                            .containsExactly("command_complete", 0L));
                }
            }
        }
    }

    @Test
    void A_split_of_a_dead_snapshot_is_refused_by_name() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                Source source = drive.source()) {
            fill(db);
            SplitPlanner.Assignment one;
            try (SplitPlanner planner = source.plan(
                    List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                one = planner.next(1).get(0);
            }
            try (SplitReader reader = source.open(one.split(), one.from())) {
                assertThatThrownBy(() -> reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5)))
                        .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                                .isEqualTo(PostgresError.SNAPSHOT_LOST));
            }
        }
    }

    @Test
    @Tag("D10")
    void A_planner_whose_connection_dies_says_that_the_snapshot_is_lost() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                Source source = drive.source()) {
            fill(db);
            try (SplitPlanner planner = source.plan(
                    List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                planner.keepAlive();
                db.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'windrow' AND datname = current_database()");
                // An answer, and that there is none, may take its time.
                await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> assertThatThrownBy(planner::keepAlive)
                        .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                                .isEqualTo(PostgresError.SNAPSHOT_LOST)));
            }
        }
    }
}
