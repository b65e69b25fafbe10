package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.CopyPlace.Range;
import io.windrow.connectors.postgres.KeyedTable.Keys;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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

/** A table that joins others is copied in ranges of its key while the log of all is read, exactly. */
@Tag("server")
class PostgresAddedTableTest {
    private static final StreamName T = new StreamName("public", "t");
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
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (0)");
    }

    @AfterEach
    void close() {
        db.close();
    }

    /** A drive that follows t, and follows u beside it once it is added. */
    private LogDrive following(ChangesConfig changes) {
        LogDrive before = new LogDrive(LogDrive.config(db.url(), changes, "public.t"), T);
        before.run();
        LogDrive both = new LogDrive(Drive.patient(LogDrive.config(db.url(), changes, "public.t", "public.u")), T, U);
        both.states.putAll(before.states);
        both.places.putAll(before.places);
        both.released.putAll(before.released);
        both.rows.putAll(before.rows);
        before.close();
        return both;
    }

    private void create(Keys keys) {
        new KeyedTable(db).create(keys);
    }

    private Map<String, String> table(Keys keys) throws SQLException {
        return new KeyedTable(db).rows(keys);
    }

    @Test
    @Tag("D34")
    @Tag("D35")
    @Tag("D37")
    @Tag("D39")
    void While_writers_write_and_the_reader_is_killed_ranges_and_log_together_make_the_table() throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            for (Keys keys : Keys.values()) {
                create(keys);
                if (keys == Keys.UUID || keys == Keys.COMPOSITE) {
                    // The log of both is asked for texts.
                    db.execute("ALTER TABLE t ADD IF NOT EXISTS seen tsvector");
                }
                AtomicBoolean enough = new AtomicBoolean();
                List<Future<?>> writing = new ArrayList<>();
                for (int writer = 0; writer < 2; writer++) {
                    int number = writer;
                    writing.add(writers.submit(() -> {
                        new KeyedTable(db).write(keys.ordinal() * 10 + number, number, keys, enough);
                        return null;
                    }));
                }
                try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
                    Random random = new Random(keys.ordinal());
                    AtomicBoolean begun = new AtomicBoolean();
                    drive.beforeRead = (planner, reader) -> {
                        if (!begun.getAndSet(true)) {
                            // The log has this at least before the copy does, however little the writers get done.
                            db.execute("INSERT INTO u VALUES (" + keys.sql("9000") + ", 0)");
                        }
                    };
                    for (int i = 0; i < 3; i++) {
                        drive.run(1 + random.nextInt(6));
                    }
                    drive.run();
                    enough.set(true);
                    for (Future<?> one : writing) {
                        one.get();
                    }
                    drive.run();
                    assertThat(Folded.rows(drive.rows.get(U), keys.count)).as(keys.name()).isEqualTo(table(keys));
                    assertThat(drive.rows.get(U)).filteredOn(row -> row.startsWith("COPY")).as("ranges").hasSizeGreaterThan(1_000);
                    assertThat(drive.superseded).as("changes that the ranges show").isPositive();
                    assertThat(drive.places.get(U).text()).doesNotContain("copies");
                }
                db.dropSlot("windrow_test");
                db.execute("DROP PUBLICATION windrow_test");
            }
        }
    }

    @Test
    @Tag("D10")
    @Tag("D39")
    @Tag("D44")
    void The_log_of_others_goes_on_between_ranges_and_a_copy_that_was_killed_goes_on_where_it_was() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            int before = drive.rows.get(T).size();
            for (int i = 1; copies(drive) < 3000; i++) {
                db.execute("INSERT INTO t VALUES (" + i + ")");
                drive.run(8);
                assertThat(drive.rows.get(T).size()).as("of the others").isGreaterThan(before);
                before = drive.rows.get(T).size();
                assertThat(i).isLessThan(20);
            }
            drive.run();
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE));
            assertThat(copies(drive)).as("no row is copied twice").isEqualTo(3000);
            assertThat(drive.generations.get(U)).isOne();
            // A copy's own slot goes with its connection, of whose end the server has yet to hear.
            await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_replication_slots") == 1);
        }
    }

    @Test
    @Tag("D39")
    void What_is_let_go_up_to_a_parked_streams_place_leaves_the_rest_of_a_copy_to_be_read() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            assertThat(copies(drive)).isBetween(500L, 2500L);
            LogPosition saved = LogPosition.of(drive.places.get(U));
            assertThat(saved.copies()).containsKey(U);
            // What t has by itself holds nobody's copy: it is as far, and says nothing of u.
            LogPosition held = new LogPosition(saved.system(), saved.timeline(), saved.lsn(), saved.inside(), saved.kept());
            drive.released.put(U, Map.of(LogSplit.id("windrow_test"), held.toPosition()));
            drive.run();
            assertThat(copies(drive)).as("no row is missing or copied twice").isEqualTo(3000);
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE));
        }
    }

    private static long copies(LogDrive drive) {
        return drive.rows.get(U).stream().filter(row -> row.startsWith("COPY")).count();
    }

    @Test
    @Tag("D10")
    @Tag("D43")
    void A_first_copy_that_was_killed_goes_on_in_ranges_and_then_survives_whatever_kills_it() throws SQLException {
        create(Keys.TEXT);
        try (LogDrive drive = new LogDrive(LogDrive.config(db.url(), "public.u"), U)) {
            drive.run(5);
            assertThat(drive.rows()).hasSize(500);
            drive.run(5);
            assertThat(drive.generations.get(U)).isEqualTo(2);
            drive.run(5);
            db.execute("DELETE FROM u WHERE id IN (SELECT id FROM u ORDER BY id LIMIT 3)", "UPDATE u SET n = 1 WHERE id = (SELECT max(id) FROM u)");
            drive.run();
            assertThat(drive.generations.get(U)).isEqualTo(2);
            assertThat(Folded.rows(drive.rows(), 1)).isEqualTo(table(Keys.TEXT));
            assertThat(copies(drive)).isEqualTo(3000);
        }
    }

    @Test
    @Tag("D10")
    @Tag("D43")
    void A_first_copy_whose_snapshot_goes_while_its_parts_are_read_begins_again_in_ranges() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = new LogDrive(LogDrive.config(db.url(), "public.u"), U)) {
            AtomicBoolean ended = new AtomicBoolean();
            drive.whileCopying = planner -> {
                if (copies(drive) > 0 && !ended.getAndSet(true)) {
                    // Who exports the snapshot waits in its transaction; who reads a part is at work.
                    await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            + " WHERE application_name = 'windrow' AND datname = current_database() AND state = 'idle in transaction'") == 0);
                    db.execute("DELETE FROM u WHERE n = 0 AND id % 2 = 0");
                }
            };
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT));
            assertThat(ended).isTrue();
            drive.run();
            assertThat(drive.generations.get(U)).isEqualTo(2);
            assertThat(Folded.rows(drive.rows(), 1)).isEqualTo(table(Keys.WHOLE)).hasSize(1500);
        }
    }

    @Test
    @Tag("D10")
    @Tag("D39")
    void A_table_that_is_followed_alone_is_copied_again_beside_its_own_log_which_is_let_go_meanwhile() throws SQLException {
        for (Keys keys : List.of(Keys.WHOLE, Keys.TEXT)) {
            create(keys);
            try (LogDrive drive = new LogDrive(Drive.patient(LogDrive.config(db.url(), "public.u")), U)) {
                drive.run();
                assertThat(copies(drive)).isEqualTo(3000);
                drive.copyAgain(U);
                long before = confirmed();
                for (int i = 1; i < 4; i++) {
                    db.execute(
                            "UPDATE u SET n = n + 1 WHERE ctid IN (SELECT ctid FROM u ORDER BY random() LIMIT 50)",
                            "DELETE FROM u WHERE (" + keys.names() + ") = (" + keys.sql(Integer.toString(i)) + ")");
                    drive.run(8);
                }
                assertThat(copies(drive)).isBetween(100L, 2_900L);
                assertThat(confirmed()).as("let go of the log").isGreaterThan(before);
                drive.run();
                assertThat(drive.superseded).as("changes that the ranges show").isPositive();
                assertThat(drive.generations.get(U)).isEqualTo(2);
                assertThat(Folded.rows(drive.rows(), keys.count)).isEqualTo(table(keys));
            }
            db.dropSlot("windrow_test");
            db.execute("DROP PUBLICATION windrow_test");
        }
    }

    private long confirmed() {
        return db.number("SELECT confirmed_flush_lsn - '0/0' FROM pg_replication_slots WHERE slot_name = 'windrow_test'");
    }

    @Test
    @Tag("D22")
    void A_table_that_is_emptied_while_it_is_copied_is_what_came_into_it_afterwards() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            assertThat(copies(drive)).isBetween(500L, 2500L);
            db.execute("INSERT INTO u VALUES (100000, 1)", "TRUNCATE u", "INSERT INTO u SELECT i, 7 FROM generate_series(1, 100) i");
            drive.run();
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE)).hasSize(100);
        }
    }

    @Test
    @Tag("D39")
    void What_a_transaction_wrote_that_began_before_the_table_was_published_is_not_missing() throws SQLException {
        create(Keys.WHOLE);
        try (Connection old = db.connect(); Statement statement = old.createStatement(); LogDrive drive = following(ChangesConfig.DEFAULT)) {
            statement.execute("BEGIN; UPDATE u SET n = 1 WHERE id = 1");
            AtomicBoolean done = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!done.getAndSet(true)) {
                    assertThat(db.number("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'u'")).isOne();
                    try {
                        statement.execute("UPDATE u SET n = 1 WHERE id = 2; SELECT pg_current_xact_id(); COMMIT");
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            drive.run();
            assertThat(done).isTrue();
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE)).containsEntry("1", "1").containsEntry("2", "1");
        }
    }

    @Test
    @Tag("D45")
    void A_transaction_that_is_prepared_before_a_range_and_committed_behind_it_comes_once() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(Changes.streamed("1GiB", ChangesConfig.Cut.TRANSACTION_END))) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicBoolean committed = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (copies(drive) > 1_000 && !done.getAndSet(true)) {
                    db.execute("BEGIN; UPDATE u SET n = n + 1; PREPARE TRANSACTION 'x'");
                } else if (copies(drive) > 2_000 && !committed.getAndSet(true)) {
                    db.execute("COMMIT PREPARED 'x'");
                }
            };
            drive.run();
            assertThat(done).isTrue();
            drive.run();
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE));
        }
    }

    @Test
    @Tag("D01")
    void A_large_value_that_a_change_of_key_leaves_unsent_stops_the_stream_if_its_row_was_not_copied() {
        db.execute(
                "CREATE TABLE u (id int PRIMARY KEY, v text)", "ALTER TABLE u ALTER v SET STORAGE EXTERNAL",
                "INSERT INTO u SELECT i, repeat('x', CASE WHEN i = 3000 THEN 5000 ELSE 50 END) FROM generate_series(1, 3000) i");
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            db.execute("UPDATE u SET id = 0 WHERE id = 3000");
            drive.run();
            assertThat(drive.failed.get(U).errorCode()).isEqualTo(LogError.KEY_MOVED);
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.rows.get(T)).as("the other goes on").contains("INSERT|1");
        }
    }

    @Test
    @Tag("B07")
    @Tag("D39")
    void Within_a_transaction_that_a_kill_has_cut_no_range_is_read_and_nothing_comes_twice() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            db.execute("INSERT INTO t SELECT generate_series(1, 350)");
            for (int i = 0; i < 40 && LogPosition.of(drive.places.get(U)).inside().isEmpty(); i++) {
                drive.run(1);
            }
            LogPosition cut = LogPosition.of(drive.places.get(U));
            CopyPlace copy = cut.copies().get(U);
            Range last = copy.range().orElseThrow();
            assertThat(cut.inside()).as("cut within the transaction").isPresent();
            // What a busy server may say as well: before it sends the transaction again it is past the range that was read last.
            CopyPlace passed = new CopyPlace(
                    copy.notBefore(), copy.done(), Optional.of(new Range(last.to(), last.visible(), cut.lsn())), copy.unseen());
            drive.places.put(U, new LogPosition(
                    cut.system(), cut.timeline(), cut.lsn(), cut.inside(), cut.kept(), Map.of(U, passed), cut.step()).toPosition());
            for (int kills = 0; kills < 5; kills++) {
                drive.run(1);
            }
            drive.run();
            assertThat(drive.rows.get(T)).hasSize(351).doesNotHaveDuplicates();
            assertThat(copies(drive)).isEqualTo(3000);
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE));
        }
    }

    @Test
    @Tag("D39")
    void A_copy_that_fails_stops_its_own_table_alone_and_goes_on_where_it_was() throws SQLException {
        for (Keys keys : List.of(Keys.WHOLE, Keys.TEXT)) {
            create(keys);
            try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
                AtomicBoolean ended = new AtomicBoolean();
                drive.drive.failpoints = name -> {
                    if (name.equals("postgres.before_range") && copies(drive) > 1_000 && !ended.getAndSet(true)) {
                        // All connections but the slot's: with them goes the snapshot under which the range was to be read.
                        db.execute("INSERT INTO t VALUES (1)", "UPDATE u SET n = 1");
                        await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(pg_terminate_backend(pid))"
                                + " FROM pg_stat_activity WHERE application_name = 'windrow' AND backend_type = 'client backend'"
                                + " AND datname = current_database()") == 0);
                    }
                };
                drive.run();
                assertThat(ended).isTrue();
                assertThat(drive.failed.get(U).kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                assertThat(copies(drive)).isBetween(1_000L, 2_999L);
                drive.run();
                assertThat(drive.failed).isEmpty();
                assertThat(drive.rows.get(T)).containsOnlyOnce("INSERT|1");
                assertThat(copies(drive)).isEqualTo(3000);
                assertThat(Folded.rows(drive.rows.get(U), keys.count)).isEqualTo(table(keys));
                db.execute("DELETE FROM t WHERE id = 1");
            }
            db.dropSlot("windrow_test");
            db.execute("DROP PUBLICATION windrow_test");
        }
    }

    @Test
    @Tag("D39")
    void A_table_that_goes_while_it_is_copied_stops_no_other() {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            AtomicBoolean gone = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!gone.getAndSet(true)) {
                    db.execute("DROP TABLE u", "INSERT INTO t VALUES (1)");
                }
            };
            drive.run();
            assertThat(drive.failed.get(U)).hasMessageContaining("public.u");
            drive.run();
            assertThat(drive.refused).containsOnlyKeys(U);
            assertThat(drive.rows.get(T)).contains("INSERT|1");
        }
    }

    @Test
    @Tag("D39")
    void The_server_hears_of_the_slots_reader_while_the_copy_waits_for_a_lock_and_keys_are_compared_without_the_table() throws SQLException {
        create(Keys.TEXT);
        try (Connection other = db.connect(); Statement statement = other.createStatement(); LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.run(10);
            db.execute("UPDATE u SET n = 1 WHERE id IN (SELECT id FROM u ORDER BY id LIMIT 100)");
            drive.readMillis = 200;
            List<String> steps = new ArrayList<>();
            drive.beforeRead = (planner, reader) -> {
                try {
                    if (steps.isEmpty()) {
                        statement.execute("BEGIN; LOCK TABLE u IN ACCESS EXCLUSIVE MODE");
                        steps.add("locked");
                    } else if (steps.size() == 1 && db.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'u'::regclass") > 0) {
                        steps.add(db.query("SELECT clock_timestamp()").getFirst().getFirst());
                    } else if (steps.size() == 2
                            && db.number("SELECT count(*) FROM pg_stat_replication WHERE reply_time > '" + steps.get(1) + "'") > 0) {
                        statement.execute("COMMIT");
                        steps.add("heard");
                    }
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            };
            drive.run();
            assertThat(drive.failed).isEmpty();
            assertThat(steps).hasSize(3);
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.TEXT));
        }
    }

    @Test
    @Tag("D37")
    void Text_that_sorts_as_its_bytes_do_is_compared_without_the_database() {
        db.execute("CREATE TABLE u (n int, id text COLLATE \"C\", v varchar(9) COLLATE \"POSIX\", PRIMARY KEY (n, id, v))");
        List<String> texts = List.of("", "A", "a", "B", "ab", "ä", "z", "~", "\uFFFD", "\uD83D\uDE00", "a b");
        List<String> sorted = db.query("SELECT t FROM unnest(ARRAY['" + String.join("', '", texts) + "']) t ORDER BY t COLLATE \"C\"").stream()
                .map(List::getFirst).toList();
        try (Drive drive = new Drive(LogDrive.config(db.url(), "public.u"), U); PostgresSource source = drive.source();
                Session session = Session.open(source.address(), source.config())) {
            KeyOrder order = KeyOrder.of(source.shape(U, session)).orElseThrow().collatedBy(session);
            for (String one : texts) {
                for (String other : texts) {
                    boolean within = sorted.indexOf(one) <= sorted.indexOf(other);
                    for (List<CopyPlace.Key> keys : List.of(
                            List.of(new CopyPlace.Key(List.of("1", one, "x")), new CopyPlace.Key(List.of("1", other, "x"))),
                            List.of(new CopyPlace.Key(List.of("1", "x", one)), new CopyPlace.Key(List.of("1", "x", other))))) {
                        assertThat(order.isWithin(keys.get(0), keys.get(1), sql -> {
                            throw new AssertionError(sql);
                        })).as(one + " <= " + other).isEqualTo(within);
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("D39")
    void A_change_whose_key_takes_long_to_be_compared_is_what_was_written_whatever_is_sent_meanwhile() throws Exception {
        create(Keys.TEXT);
        // Every connection of the reader's but those that it has by then waits for whoever holds the lock.
        db.execute(
                "CREATE FUNCTION waits() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF current_setting('application_name') = 'windrow'"
                        + " THEN PERFORM pg_advisory_xact_lock_shared(7); END IF; END $$",
                "CREATE EVENT TRIGGER waits ON login EXECUTE FUNCTION waits()");
        try (Connection other = db.connect(); Statement statement = other.createStatement();
                ExecutorService threads = Executors.newSingleThreadExecutor(); LogDrive drive = following(ChangesConfig.DEFAULT)) {
            AtomicBoolean written = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (copies(drive) > 0 && !written.getAndSet(true)) {
                    db.execute("UPDATE u SET n = 12345 WHERE id = (SELECT min(id) FROM u)");
                }
            };
            // The second range is begun, and the log has to pass it.
            drive.run(8);
            assertThat(drive.rows.get(T)).hasSize(1);
            assertThat(drive.places.get(U).text()).contains("done", "range");
            List<Future<?>> releasing = new ArrayList<>();
            drive.drive.failpoints = name -> {
                if (name.equals("postgres.log_begun") && releasing.isEmpty()) {
                    lock(statement, "SELECT pg_advisory_lock(7)");
                    releasing.add(threads.submit(() -> {
                        await().atMost(Duration.ofMinutes(5)).until(() ->
                                db.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") > 0);
                        db.execute("INSERT INTO t SELECT generate_series(1, 6000)");
                        for (int i = 0; i < 2; i++) {
                            String now = db.query("SELECT clock_timestamp()").getFirst().getFirst();
                            await().atMost(Duration.ofMinutes(5)).until(() -> db.number(
                                    "SELECT count(*) FROM pg_stat_replication WHERE reply_time > '" + now + "'") > 0);
                        }
                        lock(statement, "SELECT pg_advisory_unlock(7)");
                    }));
                }
            };
            drive.run();
            releasing.getFirst().get();
            assertThat(drive.failed).isEmpty();
            assertThat(drive.rows.get(T)).hasSize(6001);
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.TEXT)).containsValue("12345");
        }
    }

    private static void lock(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Test
    @Tag("D39")
    void A_table_whose_key_a_mask_hides_is_copied_at_once_also_after_a_kill_and_no_place_holds_a_key() throws SQLException {
        create(Keys.WHOLE);
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            drive.hidden.add(U);
            for (long generation = 1; generation <= 3; generation++) {
                drive.run(4);
                assertThat(drive.generations.get(U)).isEqualTo(generation);
                assertThat(copies(drive)).isEqualTo(400);
            }
            drive.run();
            db.execute("UPDATE u SET n = 1 WHERE id < 0");
            drive.run();
            assertThat(Folded.rows(drive.rows.get(U), 1)).isEqualTo(table(Keys.WHOLE));
            assertThat(List.of(drive.states, drive.places, drive.released).toString()).doesNotContain("copies");
        }
    }

    @Test
    void A_table_without_ranges_or_where_it_is_wished_is_copied_before_the_log_goes_on() {
        db.execute("CREATE TABLE u (id numeric PRIMARY KEY)", "INSERT INTO u SELECT generate_series(1, 500)");
        try (LogDrive drive = following(ChangesConfig.DEFAULT)) {
            AtomicBoolean copied = new AtomicBoolean();
            drive.beforeLog = () -> copied.set(copies(drive) == 500);
            drive.run();
            assertThat(copied).isTrue();
        }
        db.dropSlot("windrow_test");
        db.execute("DROP PUBLICATION windrow_test", "ALTER TABLE u ALTER id TYPE int");
        try (LogDrive drive = following(Changes.before(ChangesConfig.DEFAULT))) {
            AtomicBoolean copied = new AtomicBoolean();
            drive.beforeLog = () -> copied.set(copies(drive) == 500);
            drive.run();
            assertThat(copied).isTrue();
        }
        assertThatThrownBy(() -> LogPosition.of(new io.windrow.api.batch.Position(4, "{}"))).isInstanceOf(WindrowException.class);
    }
}
