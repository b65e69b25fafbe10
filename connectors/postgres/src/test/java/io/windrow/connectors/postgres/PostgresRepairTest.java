package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.KeyedTable.Keys;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of a followed table are read again by their keys while its log is read, exactly, and no other row is touched. */
@Tag("server")
class PostgresRepairTest {
    private static final StreamName U = new StreamName("public", "u");
    private static PostgresServer server;

    private PostgresDatabase db;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresOptions.of(18));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private LogDrive following() {
        return new LogDrive(Drive.patient(LogDrive.config(db.url(), "public.u")), U);
    }

    /** A key: its values as the database writes them, and how batches show it. */
    private record Spoilt(List<String> values, String shown) {}

    private List<Spoilt> some(Keys keys, int first, int count) {
        List<Spoilt> some = new ArrayList<>();
        String texts = keys.count == 1 ? "id::text" : "id::text, part::text";
        for (List<String> row : db.query("SELECT concat_ws('|', " + keys.shown() + "), " + texts + " FROM (SELECT i, " + keys.sql("i")
                + " FROM generate_series(" + first + ", " + (first + count - 1) + ") i) AS k(i, " + keys.names() + ")")) {
            some.add(new Spoilt(row.subList(1, row.size()), row.getFirst()));
        }
        return some;
    }

    private static List<List<String>> keys(List<Spoilt> some) {
        return some.stream().map(Spoilt::values).toList();
    }

    /** What the target makes of the changes: of the keys that were spoilt it takes what comes, of others what can be. */
    private static Map<String, String> mirror(List<String> changes, int keyColumns, List<Spoilt> some) {
        Set<String> spoilt = new HashSet<>();
        some.forEach(one -> spoilt.add(one.shown()));
        Map<String, String> state = new HashMap<>();
        for (String change : changes) {
            String[] cells = change.split("\\|", -1);
            String key = String.join("|", List.of(cells).subList(1, 1 + keyColumns));
            String before = switch (cells[0].replaceAll("[<>]", "")) {
                case "COPY", "INSERT", "UPDATE" -> state.put(key, String.join("|", List.of(cells).subList(1 + keyColumns, cells.length)));
                case "DELETE" -> state.remove(key);
                default -> throw new AssertionError(change);
            };
            if (!spoilt.contains(key)) {
                assertThat(before == null).as(change).isEqualTo(cells[0].startsWith("COPY") || cells[0].startsWith("INSERT"));
            }
        }
        return state;
    }

    /** Rows are changed, deleted and added at the target, by hand. */
    private static void spoil(LogDrive drive, List<Spoilt> some) {
        for (int i = 0; i < some.size(); i++) {
            drive.rows.get(U).add((i % 2 == 0 ? "UPDATE|" : "DELETE|") + some.get(i).shown() + "|-777");
        }
    }

    @Test
    @Tag("D35")
    @Tag("D37")
    @Tag("D39")
    void While_writers_write_and_the_reader_is_killed_rows_that_are_read_again_and_the_log_together_make_the_table() throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            for (Keys kind : Keys.values()) {
                KeyedTable table = new KeyedTable(db);
                table.create(kind);
                // Behind those of the writers, so that nobody waits for anybody.
                String own = " FROM generate_series(3400, 3409) i";
                String change = "UPDATE u SET n = n + 1 WHERE (" + kind.names() + ") IN (SELECT " + kind.sql("i") + own + ")";
                db.execute("INSERT INTO u SELECT " + kind.sql("i") + ", 5" + own);
                try (LogDrive drive = following()) {
                    drive.run();
                    AtomicBoolean enough = new AtomicBoolean();
                    List<Future<?>> writing = new ArrayList<>();
                    for (int writer = 0; writer < 2; writer++) {
                        int number = writer;
                        writing.add(writers.submit(() -> {
                            table.write(kind.ordinal() * 10 + number, number, kind, enough);
                            return null;
                        }));
                    }
                    drive.run();
                    // More than are read at once, some of which there never was a row of.
                    List<Spoilt> some = some(kind, 2800, 620);
                    spoil(drive, some);
                    drive.repairs.put(U, keys(some));
                    AtomicBoolean before = new AtomicBoolean();
                    drive.beforeRead = (planner, reader) -> {
                        if (!before.getAndSet(true)) {
                            // The log has this behind the rows that show it.
                            db.execute(
                                    change, "DELETE FROM u WHERE (" + kind.names() + ") = (" + kind.sql("3401") + ")",
                                    "INSERT INTO u VALUES (" + kind.sql("3410") + ", 5)");
                        }
                    };
                    AtomicBoolean behind = new AtomicBoolean();
                    drive.drive.failpoints = name -> {
                        if (name.equals("postgres.before_repair") && !behind.getAndSet(true)) {
                            // And this, which they do not show.
                            db.execute(change, "INSERT INTO u VALUES (" + kind.sql("3411") + ", 5)");
                        }
                    };
                    Random random = new Random(kind.ordinal());
                    for (int i = 0; i < 4; i++) {
                        drive.run(1 + random.nextInt(4));
                    }
                    drive.run();
                    assertThat(drive.repaired).as("keys that were said to be through").isEqualTo(620);
                    assertThat(drive.superseded).as("changes that the rows show").isPositive();
                    // The store had not heard of it: all is read once more.
                    drive.repairs.put(U, keys(some));
                    drive.run();
                    enough.set(true);
                    for (Future<?> one : writing) {
                        one.get();
                    }
                    drive.run();
                    assertThat(mirror(drive.rows(), kind.count, some)).as(kind.name()).isEqualTo(table.rows(kind));
                    assertThat(drive.generations.get(U)).isOne();
                    assertThat(drive.places.get(U).text()).doesNotContain("repairs");
                }
                db.dropSlot("windrow_test");
                db.execute("DROP PUBLICATION windrow_test");
            }
        }
    }

    @Test
    @Tag("D39")
    void Only_the_rows_that_were_asked_for_are_read_and_a_key_without_a_row_is_deleted() {
        new KeyedTable(db).create(Keys.WHOLE);
        try (LogDrive drive = following()) {
            drive.run();
            drive.rows.get(U).clear();
            db.execute("UPDATE u SET n = 7 WHERE id = 1", "DELETE FROM u WHERE id = 2");
            drive.repairs.put(U, List.of(List.of("1"), List.of("2"), List.of("-499"), List.of("123456")));
            drive.run();
            assertThat(drive.rows()).containsExactly("COPY|-499|0", "COPY|1|7", "DELETE|2|-", "DELETE|123456|-");
            assertThat(drive.superseded).isEqualTo(2);
            assertThat(drive.repaired).isEqualTo(4);
            db.execute("UPDATE u SET n = 8 WHERE id = 1", "INSERT INTO u VALUES (2, 9)");
            drive.run();
            assertThat(drive.rows().subList(4, drive.rows().size())).containsExactly("UPDATE|1|8", "INSERT|2|9");
        }
    }

    @Test
    @Tag("D39")
    void What_was_delivered_of_the_log_and_is_seen_by_nobody_yet_is_waited_for() throws Exception {
        new KeyedTable(db).create(Keys.WHOLE);
        db.execute("ALTER DATABASE \"" + db.name() + "\" SET synchronous_commit = local");
        try (ExecutorService threads = Executors.newSingleThreadExecutor(); LogDrive drive = following()) {
            drive.run();
            synchronous("'nobody'");
            try {
                // In the log, and sent to us, and to be seen when a standby has it.
                Future<?> waiting = threads.submit(() -> db.execute("SET synchronous_commit = on; UPDATE u SET n = 99 WHERE id = 1"));
                await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1);
                drive.run();
                assertThat(drive.rows()).endsWith("UPDATE|1|99");
                assertThat(db.number("SELECT n FROM u WHERE id = 1")).isZero();
                drive.repairs.put(U, List.of(List.of("1")));
                drive.readMillis = 200;
                List<Integer> rows = new ArrayList<>();
                drive.beforeRead = (planner, reader) -> {
                    rows.add(drive.rows().size());
                    if (rows.size() == 10) {
                        synchronous("DEFAULT");
                    }
                };
                drive.run();
                waiting.get();
                assertThat(rows.subList(0, 10)).as("not read before").containsOnly(3001);
                assertThat(drive.rows().subList(3001, drive.rows().size())).containsExactly("COPY|1|99");
            } finally {
                synchronous("DEFAULT");
            }
        }
    }

    private void synchronous(String names) {
        db.execute("ALTER SYSTEM SET synchronous_standby_names = " + names, "SELECT pg_reload_conf()");
        await().atMost(Duration.ofMinutes(5)).until(() ->
                db.number("SELECT count(*) WHERE (current_setting('synchronous_standby_names') = '') = " + names.equals("DEFAULT")) == 1);
    }

    @Test
    @Tag("D37")
    @Tag("D39")
    void Keys_are_taken_as_the_database_writes_them_and_what_is_none_is_refused() {
        db.execute(
                "CREATE TABLE u (a int, b uuid, c character(4), d varchar(3), n int, PRIMARY KEY (a, b, c, d))",
                "CREATE TABLE keyless (n int)", "ALTER TABLE keyless REPLICA IDENTITY FULL",
                "CREATE COLLATION vague (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE TABLE vague (id text COLLATE vague PRIMARY KEY)", "CREATE TABLE decimals (id numeric PRIMARY KEY)");
        try (Drive drive = new Drive(LogDrive.config(db.url(), "public.u", "public.keyless", "public.vague", "public.decimals"), U);
                PostgresSource source = drive.source()) {
            String uuid = "AAAAAAAA-0000-0000-0000-00000000000F";
            assertThat(source.keys(U, List.of(List.of(" 007", uuid, "x", "ab"), List.of("1", uuid, "wxyz", "'\\"))).orElseThrow())
                    .containsExactly(
                            List.of("7", uuid.toLowerCase(java.util.Locale.ROOT), "x   ", "ab"),
                            List.of("1", uuid.toLowerCase(java.util.Locale.ROOT), "wxyz", "'\\"));
            for (List<String> bad : List.of(
                    List.of("1"), List.of("x", uuid, "x", "a"), List.of("99999999999", uuid, "x", "a"), List.of("1", "no", "x", "a"),
                    List.of("1", uuid, "longer", "a"), List.of("1", uuid, "x", "abcd"))) {
                refused(source, U, PostgresError.KEY_INVALID, bad);
            }
            refused(source, new StreamName("public", "keyless"), PostgresError.REPAIR_UNFIT, List.of("1"));
            refused(source, new StreamName("public", "vague"), PostgresError.REPAIR_UNFIT, List.of("a"));
            refused(source, new StreamName("public", "decimals"), PostgresError.REPAIR_UNFIT, List.of("1"));
        }
    }

    private static void refused(PostgresSource source, StreamName stream, PostgresError code, List<String> key) {
        assertThatThrownBy(() -> source.keys(stream, List.of(key))).as(key.toString())
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(code));
    }

    @Test
    void Keys_that_are_the_tables_no_more_are_told_of_and_the_stream_goes_on() throws SQLException {
        new KeyedTable(db).create(Keys.WHOLE);
        try (LogDrive drive = following()) {
            drive.run();
            db.execute("INSERT INTO u VALUES (9000, 1)");
            drive.repairs.put(U, List.of(List.of("one"), List.of("1", "2")));
            drive.run();
            assertThat(drive.repaired).isZero();
            assertThat(drive.drive.notices.toString()).contains("postgres.repair_refused");
            assertThat(Folded.rows(drive.rows(), 1)).isEqualTo(new KeyedTable(db).rows(Keys.WHOLE));
        }
    }
}
