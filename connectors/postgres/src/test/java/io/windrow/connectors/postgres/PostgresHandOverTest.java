package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From the copy of a table to its log: nothing is missing and nothing comes twice, whatever goes on meanwhile. */
@Tag("server")
class PostgresHandOverTest {
    private static final StreamName T = new StreamName("public", "t");
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

    private LogDrive drive() {
        return new LogDrive(LogDrive.config(db.url(), "public.t"), T);
    }

    private Map<String, String> table() throws SQLException {
        Map<String, String> rows = new HashMap<>();
        try (Connection connection = db.connect(); Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT id, n FROM t")) {
            while (found.next()) {
                rows.put(found.getString(1), found.getString(2));
            }
        }
        return rows;
    }

    /** Writes whatever comes to its mind until it is told to stop. */
    private void write(long seed, Spelling spelling, AtomicBoolean enough) throws SQLException {
        Random random = new Random(seed);
        try (Connection connection = db.connect(); Statement statement = connection.createStatement()) {
            while (!enough.get()) {
                String key = key(random, spelling);
                String change = switch (random.nextInt(4)) {
                    case 0 -> "INSERT INTO t VALUES ('" + key + "', 0) ON CONFLICT DO NOTHING";
                    case 1 -> "UPDATE t SET n = n + 1 WHERE id = '" + key + "'";
                    case 2 -> "DELETE FROM t WHERE id = '" + key + "'";
                    default -> "UPDATE t SET id = '" + key + "' WHERE id = '" + key(random, spelling)
                            + "' AND NOT EXISTS (SELECT FROM t WHERE id = '" + key + "')";
                };
                statement.execute(random.nextInt(5) == 0 ? "BEGIN; " + change + "; ROLLBACK" : change);
            }
        }
    }

    /** Keys that sort in one way for the database and in another for Java; each writer has its own. */
    private enum Spelling {
        UPPER,
        LOWER
    }

    private static String key(Random random, Spelling spelling) {
        String key = Integer.toString(random.nextInt(1_500), 16);
        return spelling == Spelling.UPPER ? key.toUpperCase(java.util.Locale.ROOT) : key + "_ä ";
    }

    @Test
    @Tag("D34")
    @Tag("D35")
    @Tag("D37")
    void While_somebody_writes_the_copy_and_the_log_together_make_the_table() throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            for (long seed = 1; seed <= 10; seed++) {
                db.execute(
                        "DROP TABLE IF EXISTS t", "CREATE COLLATION IF NOT EXISTS german (provider = icu, locale = 'de-DE')",
                        "CREATE TABLE t (id text COLLATE german PRIMARY KEY, n int)",
                        "INSERT INTO t SELECT CASE WHEN i % 2 = 0 THEN upper(to_hex(i)) ELSE to_hex(i) || '_ä ' END, 0 FROM generate_series(1, 1500) i");
                AtomicBoolean enough = new AtomicBoolean();
                long first = seed;
                List<Future<?>> writing = new ArrayList<>();
                for (Spelling spelling : Spelling.values()) {
                    writing.add(writers.submit(() -> {
                        write(first * 100 + spelling.ordinal(), spelling, enough);
                        return null;
                    }));
                }
                try (LogDrive drive = drive()) {
                    drive.run();
                    drive.run(3);
                    enough.set(true);
                    for (Future<?> one : writing) {
                        one.get();
                    }
                    drive.run();
                    assertThat(Folded.rows(drive.rows(), 1)).as("seed " + first).isEqualTo(table());
                }
                db.dropSlot("windrow_test");
                db.execute("DROP PUBLICATION windrow_test");
            }
        }
    }

    @Test
    @Tag("D10")
    @Tag("D44")
    void A_copy_that_was_killed_begins_again_and_nothing_that_it_left_is_in_the_way() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t SELECT i, 0 FROM generate_series(1, 500) i");
        try (LogDrive drive = new LogDrive(
                LogDrive.config(db.url(), Changes.before(ChangesConfig.DEFAULT), "public.t"), T)) {
            for (int i = 1; i <= 3; i++) {
                drive.run(2);
                assertThat(drive.rows()).hasSize(200);
                db.execute("DELETE FROM t WHERE id = " + i, "UPDATE t SET n = n + 1 WHERE id = 500");
            }
            drive.run();
            db.execute("DELETE FROM t WHERE id = 4");
            drive.run();
            assertThat(drive.rows()).hasSize(498).contains("COPY|500|3").endsWith("DELETE|4|-");
            // A copy's own slot goes with its connection, of whose end the server has yet to hear.
            await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_replication_slots") == 1);
        }
    }

    @Test
    @Tag("D47")
    void A_table_that_is_locked_between_the_plan_and_the_copy_fails_alone_and_the_others_are_copied_and_followed() throws Exception {
        StreamName other = new StreamName("public", "other");
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "CREATE TABLE other (id int PRIMARY KEY)");
        try (Connection locking = db.connect(); Statement statement = locking.createStatement();
                LogDrive drive = new LogDrive(LogDrive.config(db.url(), "public.other", "public.t"), other, T)) {
            drive.drive.failpoints = name -> {
                if (name.equals("postgres.slot_made")) {
                    try {
                        statement.execute("BEGIN; LOCK TABLE other IN ACCESS EXCLUSIVE MODE");
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            drive.parksWhatCannotBePlanned = true;
            drive.run();
            assertThat(drive.failed).containsOnlyKeys(other);
            assertThat(drive.failed.get(other).errorCode()).isEqualTo(PostgresError.LOCK_TIMEOUT);
            assertThat(drive.rows.get(T)).containsExactly("COPY|1");
            statement.execute("ROLLBACK");
            drive.drive.failpoints = name -> {};
            db.execute("INSERT INTO other VALUES (1)", "INSERT INTO t VALUES (2)");
            drive.run();
            assertThat(drive.failed).isEmpty();
            assertThat(drive.rows.get(T)).containsExactly("COPY|1", "INSERT|2");
            assertThat(drive.rows.get(other)).containsExactly("COPY|1");
        }
    }

    @Test
    @Tag("D47")
    void A_table_that_somebody_has_locked_is_refused_with_the_reason_and_the_slot_of_the_others_stays_readable() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive(); Connection other = db.connect(); Statement statement = other.createStatement()) {
            statement.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
            drive.run();
            assertThat(drive.refused.get(T).errorCode()).isEqualTo(PostgresError.LOCK_TIMEOUT);
            assertThat(drive.refused.get(T).remedy()).contains("pg_locks");
            statement.execute("ROLLBACK");
            AtomicInteger locks = new AtomicInteger();
            drive.beforeLog = () -> locks.set((int) db.number(
                    "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode <> 'AccessShareLock'"));
            drive.run();
            assertThat(locks).as("of another kind than ACCESS SHARE").hasValue(0);
        }
    }

    @Test
    @Tag("D19")
    void Rows_from_before_a_table_was_altered_lack_the_new_columns_and_those_of_another_type_are_refused() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, n int)");
        ChangesConfig keep = Changes.onRewrite(ChangesConfig.OnRewrite.KEEP);
        try (LogDrive drive = new LogDrive(LogDrive.config(db.url(), keep, "public.t"), T)) {
            drive.run();
            db.execute(
                    "INSERT INTO t VALUES (1, 1)",
                    "ALTER TABLE t ADD a int, ADD b text, ADD c int, ADD d int, ADD e int, ADD f int, ADD g int DEFAULT 7",
                    "INSERT INTO t VALUES (2, 2, 3, 'x', 5, 6, 7, 8, 9)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|1|-|-|-|-|-|-|-", "INSERT|2|2|3|x|5|6|7|8|9");
            db.execute("INSERT INTO t (id, n) VALUES (3, 3)", "ALTER TABLE t ALTER n TYPE bit(8) USING n::bit(8)", "INSERT INTO t (id) VALUES (4)");
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.RELATION_DIFFERS));
        }
    }

    @Test
    @Tag("D13")
    void A_backlog_is_streamed_without_a_temporary_file_at_the_server() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
        try (LogDrive drive = drive()) {
            drive.run();
            for (int i = 0; i < 50; i++) {
                db.execute("INSERT INTO t SELECT i, repeat('x', 50) FROM generate_series(" + i * 1000 + ", " + (i * 1000 + 999) + ") i");
            }
            drive.run();
            assertThat(drive.rows()).hasSize(50_000).doesNotHaveDuplicates();
            assertThat(db.number("SELECT temp_files FROM pg_stat_database WHERE datname = current_database()")).isZero();
        }
    }

    @Test
    @Tag("D21")
    void Tables_that_nobody_follows_come_and_go_without_a_trace_in_the_state() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive()) {
            drive.run();
            int before = size(drive);
            for (int i = 0; i < 100; i++) {
                db.execute("CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1); ALTER TABLE other ADD c int; DROP TABLE other");
            }
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1");
            assertThat(size(drive)).isCloseTo(before, org.assertj.core.data.Offset.offset(20));
        }
    }

    private static int size(LogDrive drive) {
        return drive.states.get(T).text().length() + drive.places.get(T).text().length();
    }
}
