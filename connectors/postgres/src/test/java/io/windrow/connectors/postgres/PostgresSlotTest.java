package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import io.windrow.connectors.postgres.ChangesConfig.OnLimit;
import io.windrow.connectors.postgres.codec.CodecError;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What may happen to a slot and its publication, and what of it stops which stream. */
@Tag("server")
@ParameterizedClass
@ValueSource(ints = {14, 18})
class PostgresSlotTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final StreamName U = new StreamName("public", "u");
    /** Its commit brings it to the disk: what is not written yet counts for nothing. */
    private static final String MUCH =
            "SELECT pg_logical_emit_message(true, 'x', repeat('x', 1000000)) FROM generate_series(1, 8)";
    private static final String IN_USE = "DO $$ BEGIN RAISE 'in use' USING ERRCODE = '55006'; END $$";
    private static PostgresServer server;

    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.start(PostgresOptions.of(major).with("synchronous_commit", "on"));
    }

    @AfterParameterizedClassInvocation
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

    private LogDrive drive(ChangesConfig changes, String... tables) {
        return new LogDrive(
                LogDrive.config(db.url(), changes, tables),
                List.of(tables).stream().map(table -> StreamPattern.parse(table).exact()).toArray(StreamName[]::new));
    }

    private LogDrive drive(String... tables) {
        return drive(ChangesConfig.DEFAULT, tables);
    }

    private void refused(LogDrive drive, ErrorCode code, String... words) {
        drive.run();
        assertThat(drive.refused.get(T).errorCode()).isEqualTo(code);
        assertThat(drive.refused.get(T).getMessage() + drive.refused.get(T).remedy()).contains(words);
    }

    private long slots() {
        return db.number("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'windrow_test'");
    }

    /** The server has heard of the end of all who read a slot. */
    private void left() {
        await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'") == 0);
    }

    @Test
    void A_slot_that_an_older_version_named_is_read_on_and_a_pipeline_without_a_state_has_its_own_and_is_told() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive before = drive(Changes.named("windrow_te_st"), "public.t"); LogDrive now = drive("public.t")) {
            before.slot = "windrow_te_st";
            before.run();
            now.slot = before.slot;
            now.drive.pipeline = "te.st";
            now.goOnFrom(before);
            db.execute("INSERT INTO t VALUES (1)");
            now.run();
            assertThat(now.rows()).containsExactly("INSERT|1");
            assertThat(remedies(now)).noneMatch(one -> one.contains("PUBLICATION"));
            now.states.clear();
            now.places.clear();
            now.released.clear();
            now.slot = ChangesConfig.DEFAULT.slotOf("te.st", Optional.empty());
            now.run();
            assertThat(now.rows()).contains("COPY|1");
            assertThat(now.drive.notices).anyMatch(notice -> notice.startsWith("postgres.former_slot") && notice.contains("'windrow_te_st'"));
            db.dropSlot(now.slot);
            db.dropSlot(before.slot);
        }
    }

    private static List<String> remedies(LogDrive drive) {
        try (PostgresSource source = drive.drive.source()) {
            return source.check().stream().map(result -> result.remedy()).toList();
        }
    }

    @Test
    @Tag("D47")
    void Who_keeps_a_slot_from_being_made_is_named_and_the_wait_ends_with_the_run() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE other (v int)");
        PostgresConfig plain = LogDrive.config(db.url(), "public.t");
        PostgresConfig impatient = new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), Duration.ofMillis(100), plain.connectTimeout(), Duration.ofMillis(200), plain.changes());
        try (LogDrive drive = new LogDrive(impatient, T); LogDrive patient = drive("public.t");
                Connection holder = db.connect(); ExecutorService planning = Executors.newSingleThreadExecutor()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("INSERT INTO other VALUES (1)");
            int pid = holder.unwrap(PGConnection.class).getBackendPID();
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.LOCK_TIMEOUT);
                assertThat(e.getMessage()).contains("(pid " + pid + ",");
            });
            assertThat(drive.drive.notices).anyMatch(notice -> notice.startsWith("postgres.slot_waits") && notice.contains("(pid " + pid + ","));
            try (Source source = patient.drive.source();
                    SplitPlanner planner = source.plan(List.of(new StreamRequest(T, ReadMode.CDC, 1, Optional.empty())))) {
                Future<List<SplitPlanner.Assignment>> next = planning.submit(() -> planner.next(1));
                await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender' AND " + pid + " = ANY (pg_blocking_pids(pid))") == 1);
                source.wakeUp();
                assertThat(next.get()).isEmpty();
            }
            holder.commit();
            patient.run();
            assertThat(patient.failed).isEmpty();
        }
    }

    /** A connection of somebody else who may read slots. */
    private Connection replication() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + db.server().port() + "/" + db.name(), properties);
    }

    private static void closed(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void A_slot_that_its_last_reader_has_not_left_yet_is_waited_for() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t"); ExecutorService next = Executors.newSingleThreadExecutor()) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            Future<?> run;
            left();
            try (Connection last = replication()) {
                last.unwrap(PGConnection.class).getReplicationAPI().replicationStream().logical().withSlotName("windrow_test")
                        .withSlotOption("proto_version", "1").withSlotOption("publication_names", "windrow_test").start();
                run = next.submit(() -> drive.runAtOnce(Integer.MAX_VALUE));
                await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE backend_type = 'walsender' AND application_name = 'windrow' AND query LIKE 'START_REPLICATION%'") > 0);
            }
            run.get();
            assertThat(drive.rows()).hasSize(1);
        }
    }

    @Test
    @Tag("D04")
    void A_reader_that_waits_for_its_slot_answers_meanwhile_and_finds_out_that_it_was_let_go_before_it_was_free() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            left();
            Connection last = replication();
            last.unwrap(PGConnection.class).getReplicationAPI().replicationStream().logical().withSlotName("windrow_test")
                    .withSlotOption("proto_version", "1").withSlotOption("publication_names", "windrow_test").start();
            drive.readMillis = 50;
            AtomicInteger reads = new AtomicInteger();
            drive.beforeRead = (planner, reader) -> {
                if (reads.incrementAndGet() == 2) {
                    reader.wakeUp();
                } else if (reads.get() == 3) {
                    closed(last);
                    await().atMost(Duration.ofMinutes(5)).until(
                            () -> db.number("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'windrow_test' AND active") == 0);
                    db.query("SELECT pg_replication_slot_advance('windrow_test', pg_current_wal_lsn())");
                }
            };
            assertThatThrownBy(() -> drive.runAtOnce(Integer.MAX_VALUE)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.SLOT_LOST));
            assertThat(reads).hasValue(3);
            assertThat(drive.rows()).isEmpty();
        }
    }

    @Test
    void A_slot_in_use_is_asked_for_until_it_is_free_and_once_more_behind_the_limit_but_no_longer_than_somebody_wants_it() throws Exception {
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                PostgresSource source = drive.source();
                Session session = Session.open(source.address(), source.config())) {
            AtomicInteger asked = new AtomicInteger();
            Session.Work<String> free = () -> session.row(asked.incrementAndGet() < 4 ? IN_USE : "SELECT 'mine'").getFirst();
            assertThat(Leaving.outwait(session, Duration.ofMinutes(5).toNanos(), free)).isEqualTo("mine");
            assertThat(asked).hasValue(4);
            asked.set(0);
            Session.Work<String> taken = () -> {
                asked.incrementAndGet();
                return session.row(IN_USE).getFirst();
            };
            assertThatThrownBy(() -> Leaving.outwait(session, 0, taken)).isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(LogFailures.isInUse(e)).isTrue());
            assertThat(asked).hasValue(2);
            session.wire().wake();
            assertThatThrownBy(() -> Leaving.outwait(session, Duration.ofHours(1).toNanos(), taken)).isInstanceOf(SQLException.class);
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void What_the_server_does_with_a_slot_ends_after_a_time_and_leaves_the_connection_as_it_was() throws Exception {
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                PostgresSource source = drive.source();
                Session session = Session.open(source.address(), source.config())) {
            assertThatThrownBy(() -> session.limited(Duration.ofSeconds(1), () -> session.row("SELECT pg_sleep(3600)"))).isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(session.row("SHOW statement_timeout")).containsExactly("0");
            assertThat(session.limited(Duration.ofMinutes(5), () -> session.row("SELECT 'done'"))).containsExactly("done");
        }
    }

    @Test
    void A_table_that_somebody_works_on_is_not_published_in_time_and_stops_alone() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        PostgresConfig plain = LogDrive.config(db.url(), "public.t", "public.u");
        PostgresConfig impatient = new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), Duration.ofMillis(100), plain.connectTimeout(), plain.longTransaction(), plain.changes());
        try (LogDrive drive = new LogDrive(impatient, T, U); Connection other = db.connect(); Source source = drive.drive.source();
                SplitPlanner planner = source.plan(List.of(
                        new StreamRequest(T, ReadMode.CDC, 1, Optional.empty()), new StreamRequest(U, ReadMode.CDC, 1, Optional.empty())))) {
            other.setAutoCommit(false);
            // What VACUUM and CREATE INDEX CONCURRENTLY hold.
            other.createStatement().execute("LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE");
            assertThat(planner.next(2)).singleElement().satisfies(one -> assertThat(one.split().stream()).isEqualTo(U));
            assertThat(planner.failed()).containsOnlyKeys(T);
            assertThat(planner.failed().get(T)).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.LOCK_TIMEOUT);
                assertThat(e.remedy()).contains("VACUUM");
            });
            assertThat(db.query("SELECT tablename FROM pg_publication_tables WHERE pubname = 'windrow_test'")).containsExactly(List.of("u"));
        }
    }

    @Test
    void Over_its_limit_the_slot_stops_the_streams_before_and_while_they_are_read_and_a_higher_limit_lets_them_go_on() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive limited = drive(Changes.limited("4MiB", Duration.ZERO, OnLimit.STOP), "public.t");
                LogDrive free = drive("public.t")) {
            limited.run();
            db.execute("INSERT INTO t VALUES (1)", MUCH);
            refused(limited, LogError.LOG_LIMIT, "limit_retained is 4194304 bytes");
            assertThat(limited.drive.notices).anyMatch(notice -> notice.startsWith("postgres.log_retained"));
            assertThat(limited.drive.retained).last().asInstanceOf(InstanceOfAssertFactories.LONG).isGreaterThan(4L << 20);
            free.goOnFrom(limited);
            free.run();
            assertThat(free.rows()).containsExactly("INSERT|1");
            await().atMost(Duration.ofMinutes(5)).until(() -> {
                db.execute("CHECKPOINT");
                free.run();
                return db.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots") < 2 << 20;
            });
            limited.goOnFrom(free);
            limited.beforeRead = (planner, reader) -> {
                db.execute(MUCH);
                limited.drive.looks(planner);
            };
            assertThatThrownBy(limited::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.LOG_LIMIT));
            assertThat(slots()).isOne();
        }
    }

    @Test
    void A_slot_that_stays_where_it_is_for_longer_than_allowed_while_others_write_stops_the_streams() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive limited = drive(Changes.limited("0", Duration.ofNanos(1), OnLimit.STOP), "public.t")) {
            limited.run();
            limited.until = Until.STOPPED;
            limited.beforeRead = (planner, reader) -> {
                db.execute("INSERT INTO t SELECT count(*) FROM t");
                limited.drive.looks(planner);
            };
            assertThatThrownBy(limited::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(LogError.LOG_LIMIT);
                assertThat(e).hasMessageContaining("limit_behind");
            });
            assertThat(slots()).isOne();
        }
    }

    @Test
    void Over_its_limit_the_slot_is_dropped_although_it_is_being_read_if_the_pipeline_says_so() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive(Changes.limited("4MiB", Duration.ZERO, OnLimit.DROP_SLOT), "public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            AtomicBoolean dropped = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!drive.rows().isEmpty() && !dropped.getAndSet(true)) {
                    assertThat(db.number("SELECT count(*) FROM pg_replication_slots WHERE active")).isOne();
                    db.execute(MUCH);
                    drive.drive.looks(planner);
                    assertThatThrownBy(reader::keepAlive).isInstanceOfSatisfying(
                            WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.SLOT_DROPPED));
                }
            };
            drive.run();
            assertThat(dropped).isTrue();
            assertThat(slots()).isZero();
            refused(drive, LogError.SLOT_LOST, "does not exist any more", "--full-refresh");
        }
    }

    @Test
    void A_slot_that_stands_while_a_new_table_is_copied_is_not_dropped() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        ChangesConfig atOnce = Changes.before(Changes.limited("0", Duration.ofNanos(1), OnLimit.DROP_SLOT));
        try (LogDrive one = drive("public.t"); LogDrive both = drive(atOnce, "public.t", "public.u")) {
            one.run();
            db.execute("INSERT INTO t VALUES (1)", MUCH);
            both.goOnFrom(one);
            AtomicBoolean looked = new AtomicBoolean();
            both.whileCopying = planner -> {
                if (!looked.getAndSet(true)) {
                    both.drive.looks(planner);
                }
            };
            both.run();
            assertThat(looked).isTrue();
            assertThat(slots()).isOne();
            assertThat(both.rows.get(U)).containsExactly("COPY|1");
            assertThat(both.rows.get(T)).containsExactly("INSERT|1");
        }
    }

    @Test
    @Tag("D04")
    void A_slot_that_the_server_gave_up_is_named_with_the_way_back_which_also_shows_what_was_deleted_meanwhile() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            server.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
            server.execute("SELECT pg_reload_conf()");
            db.execute("DELETE FROM t WHERE id = 1");
            for (int i = 0; i < 4; i++) {
                db.execute("INSERT INTO t VALUES (" + (10 + i) + ")", "SELECT pg_switch_wal()");
            }
            db.execute("CHECKPOINT");
            refused(drive, LogError.SLOT_LOST, "is lost", "--full-refresh");
            assertThat(drive.drive.source().check()).anyMatch(result -> result.name().equals("slot")
                    && result.outcome() == CheckResult.Outcome.FAILED);
            drive.states.clear();
            drive.places.clear();
            drive.released.clear();
            drive.rows().clear();
            drive.generations.put(T, 2L);
            drive.run();
            assertThat(drive.rows()).containsExactlyInAnyOrder("COPY|2", "COPY|10", "COPY|11", "COPY|12", "COPY|13");
            assertThat(drive.drive.notices).anyMatch(notice -> notice.startsWith("postgres.slot_replaced"));
            db.execute("INSERT INTO t VALUES (14)");
            drive.run();
            assertThat(drive.rows()).endsWith("INSERT|14");
        } finally {
            server.execute("ALTER SYSTEM RESET max_slot_wal_keep_size");
            server.execute("SELECT pg_reload_conf()");
        }
    }

    @Test
    void A_table_that_left_the_publication_and_came_back_is_refused_since_changes_are_missing() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("ALTER PUBLICATION windrow_test DROP TABLE t", "INSERT INTO t VALUES (1)");
            refused(drive, LogError.PUBLICATION_CHANGED, "does not carry the table any more", "--full-refresh");
            db.execute("ALTER PUBLICATION windrow_test ADD TABLE t", "INSERT INTO t VALUES (2)");
            refused(drive, LogError.PUBLICATION_CHANGED, "lacked the table for a time");
            db.execute("DROP PUBLICATION windrow_test", "CREATE PUBLICATION windrow_test FOR ALL TABLES");
            refused(drive, LogError.PUBLICATION_CHANGED, "is another one");
        }
    }

    @Test
    void A_table_that_leaves_the_publication_while_it_is_followed_stops_alone() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            db.execute("INSERT INTO u VALUES (1)");
            drive.beforeRead = (planner, reader) -> {
                if (db.number("SELECT count(*) FROM pg_publication_tables WHERE tablename = 't'") == 1) {
                    db.execute("ALTER PUBLICATION windrow_test DROP TABLE t");
                    drive.drive.looks(planner);
                }
            };
            drive.run();
            assertThat(drive.failed.get(T).errorCode()).isEqualTo(LogError.PUBLICATION_CHANGED);
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1");
        }
    }

    @Test
    void A_publication_that_is_altered_while_it_is_followed_stops_all_streams() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            drive.beforeRead = (planner, reader) -> {
                db.execute("ALTER PUBLICATION windrow_test SET (publish = 'insert')");
                drive.drive.looks(planner);
            };
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.PUBLICATION_CHANGED));
            drive.beforeRead = (planner, reader) -> {};
            refused(drive, LogError.STREAM_UNFIT, "leaves out update, delete, truncate");
            db.execute("ALTER PUBLICATION windrow_test SET (publish = 'insert, update, delete, truncate')");
            refused(drive, LogError.PUBLICATION_CHANGED, "was altered");
        }
    }

    @Test
    void A_publication_that_is_altered_and_put_back_between_two_runs_is_refused_since_changes_are_missing() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            drive.run();
            db.execute(
                    "ALTER PUBLICATION windrow_test SET (publish = 'insert')", "DELETE FROM t",
                    "ALTER PUBLICATION windrow_test SET (publish = 'insert, update, delete, truncate')");
            refused(drive, LogError.PUBLICATION_CHANGED, "was altered", "--full-refresh");
            drive.states.clear();
            drive.places.clear();
            drive.released.clear();
            drive.rows().clear();
            drive.generations.put(T, 2L);
            drive.run();
            db.execute("INSERT INTO t VALUES (2)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|2");
        }
    }

    @Test
    void A_table_that_another_pipeline_adds_to_the_publication_stops_nobody() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("ALTER PUBLICATION windrow_test ADD TABLE u", "INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1");
        }
    }

    @Test
    void A_schema_that_left_the_publication_and_came_back_is_refused_since_changes_are_missing() {
        assumeThat(major).isGreaterThanOrEqualTo(15);
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION windrow_test FOR TABLES IN SCHEMA public");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("ALTER PUBLICATION windrow_test DROP TABLES IN SCHEMA public", "INSERT INTO t VALUES (1)",
                    "ALTER PUBLICATION windrow_test ADD TABLES IN SCHEMA public");
            refused(drive, LogError.PUBLICATION_CHANGED, "lacked the table for a time");
        }
    }

    @Test
    void A_state_that_was_saved_before_alterations_were_noticed_is_completed_and_read_on() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            PlannerState now = drive.states.get(T);
            String older = now.text().replaceFirst("(\"published\":\"[0-9.]+)/[^\"]+", "$1");
            assertThat(older).isNotEqualTo(now.text());
            drive.states.put(T, new PlannerState(now.version(), older));
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1");
            String horizon = "\"horizon\":\\d+";
            assertThat(drive.states.get(T).text().replaceFirst(horizon, "")).isEqualTo(now.text().replaceFirst(horizon, ""));
            drive.states.put(T, new PlannerState(now.version(), older));
            db.execute("ALTER PUBLICATION windrow_test DROP TABLE t", "ALTER PUBLICATION windrow_test ADD TABLE t");
            refused(drive, LogError.PUBLICATION_CHANGED, "lacked the table for a time");
        }
    }

    @Test
    @Tag("D24")
    void A_publication_that_leaves_something_out_is_refused_with_what_it_leaves_out() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v int) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "CREATE PUBLICATION windrow_test FOR TABLE t WITH (publish = 'insert, update', publish_via_partition_root = true)");
        try (LogDrive drive = drive("public.t")) {
            refused(drive, LogError.STREAM_UNFIT, "leaves out delete, truncate");
            db.execute("ALTER PUBLICATION windrow_test SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = false)");
            refused(drive, LogError.STREAM_UNFIT, "under the partitions' own names", "SET (publish_via_partition_root = true)");
        }
    }

    @Test
    void Row_filters_and_lists_of_columns_are_refused_and_a_list_that_has_the_selected_columns_is_followed() {
        assumeThat(major).isGreaterThanOrEqualTo(15);
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v int, w int)", "INSERT INTO t VALUES (1, 1, 1)",
                "CREATE PUBLICATION windrow_test FOR TABLE t WHERE (id > 0)");
        try (LogDrive drive = drive("public.t")) {
            refused(drive, LogError.STREAM_UNFIT, "row filter", "(id > 0)");
            db.execute("ALTER PUBLICATION windrow_test SET TABLE t (id, v)");
            refused(drive, LogError.STREAM_UNFIT, "list of columns that lacks w");
        }
        StreamConfig all = LogDrive.follow("public.t");
        StreamConfig some = new StreamConfig(
                all.table(), all.query(), all.name(), all.exclude(), all.mode(), all.cursor(), all.guarantee(), all.lag(),
                all.start(), List.of("id", "v"), all.where(), all.key(), all.outOfRange(), all.consistency());
        try (LogDrive drive = new LogDrive(Drive.config(db.url(), some), T)) {
            drive.run();
            db.execute("UPDATE t SET v = 2, w = 2");
            drive.run();
            assertThat(drive.rows()).containsExactly("COPY|1|1", "UPDATE|1|2");
        }
    }

    @Test
    void Generated_columns_are_left_out_also_where_the_publication_has_them() {
        assumeThat(major).isGreaterThanOrEqualTo(18);
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, s int GENERATED ALWAYS AS (id * 2) STORED, v int GENERATED ALWAYS AS (id * 3) VIRTUAL, n int)",
                "INSERT INTO t VALUES (1, DEFAULT, DEFAULT, 1)",
                "CREATE PUBLICATION windrow_test FOR TABLE t WITH (publish_generated_columns = stored)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (2, DEFAULT, DEFAULT, 2)", "UPDATE t SET n = 3 WHERE id = 1");
            drive.run();
            assertThat(drive.rows()).containsExactly("COPY|1|1", "INSERT|2|2", "UPDATE|1|3");
            db.execute("INSERT INTO t VALUES (3, DEFAULT, DEFAULT, 3)");
            AtomicBoolean altered = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!altered.getAndSet(true)) {
                    db.execute("ALTER TABLE t ALTER s DROP EXPRESSION", "INSERT INTO t VALUES (4, 4, DEFAULT, 4)");
                }
            };
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.RELATION_CHANGED));
            drive.beforeRead = (planner, reader) -> {};
            drive.run();
            assertThat(drive.rows()).as("computed no longer, and what was is copied")
                    .containsExactlyInAnyOrder("COPY|1|2|3", "COPY|2|4|2", "COPY|3|6|3", "COPY|4|4|4");
        }
    }

    @Test
    @Tag("D22")
    void A_truncate_that_is_to_stop_stops_its_table_alone_in_front_of_it() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive(Changes.stopAtTruncate(), "public.t", "public.u")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            db.execute("INSERT INTO t VALUES (5)", "TRUNCATE t", "INSERT INTO t VALUES (2)", "INSERT INTO u VALUES (3)");
            for (int i = 0; i < 2; i++) {
                drive.run();
                assertThat(drive.failed.get(T).errorCode()).isEqualTo(LogError.TRUNCATED);
                assertThat(drive.rows.get(T)).containsExactly("INSERT|1", "INSERT|5");
                assertThat(drive.rows.get(U)).containsExactly("INSERT|3");
            }
            try (LogDrive delivers = drive("public.t", "public.u")) {
                delivers.goOnFrom(drive);
                delivers.run();
                assertThat(delivers.rows.get(T)).containsExactly("TRUNCATE|-", "INSERT|2");
                assertThat(delivers.rows.get(U)).isEmpty();
            }
        }
    }

    @Test
    @Tag("D22")
    void A_copy_that_is_begun_anew_shows_a_truncate_that_was_to_stop_and_the_next_one_stops() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive(Changes.stopAtTruncate(), "public.t", "public.u")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)", "TRUNCATE t", "INSERT INTO t VALUES (2)", "INSERT INTO u VALUES (3)");
            drive.run();
            assertThat(drive.failed.get(T).errorCode()).isEqualTo(LogError.TRUNCATED);
            // As 'state reset --stream' does.
            drive.states.remove(T);
            drive.places.remove(T);
            drive.released.remove(T);
            drive.generations.put(T, 2L);
            drive.rows.get(T).clear();
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.failed).isEmpty();
            assertThat(drive.rows.get(T)).containsExactly("COPY|2");
            db.execute("TRUNCATE t", "INSERT INTO u VALUES (4)");
            drive.run();
            assertThat(drive.failed.get(T).errorCode()).isEqualTo(LogError.TRUNCATED);
            assertThat(drive.rows.get(U)).containsExactly("INSERT|3", "INSERT|4");
        }
    }

    @Test
    void A_row_that_cannot_be_decoded_stops_its_stream_alone_and_the_slot_keeps_it() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            db.execute(
                    "INSERT INTO u VALUES (1)", "INSERT INTO t VALUES (1, 'infinity')", "INSERT INTO u VALUES (2)",
                    "INSERT INTO t VALUES (2, NULL)");
            drive.run();
            Position stands = drive.places.get(T);
            assertThat(drive.failed.get(T).errorCode()).isEqualTo(CodecError.OUT_OF_RANGE);
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2");
            db.execute("INSERT INTO u VALUES (3)");
            drive.run();
            assertThat(drive.failed).containsOnlyKeys(T);
            assertThat(drive.rows.get(T)).isEmpty();
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
            assertThat(drive.places.get(T)).isEqualTo(stands);
            assertThat(db.number("SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint FROM pg_replication_slots WHERE slot_name = 'windrow_test'"))
                    .isLessThanOrEqualTo(LogPosition.of(stands).lsn());
            db.execute("ALTER TABLE u ALTER id TYPE bigint", "INSERT INTO u VALUES (3000000000)");
            drive.run();
            assertThat(drive.rows.get(U)).as("what was delivered may have had any form")
                    .containsExactlyInAnyOrder("COPY|1", "COPY|2", "COPY|3", "COPY|3000000000");
            assertThat(drive.failed).containsOnlyKeys(T);
        }
    }

    @Test
    void What_came_in_front_of_a_row_that_cannot_be_decoded_is_delivered_once_and_what_comes_behind_goes_on_from_there() {
        for (String bad : List.of("INSERT INTO t VALUES (3, 5, '{c,d,e}', 'infinity')", "UPDATE t SET id = 3, n = 5, at = 'infinity' WHERE id = 1")) {
            for (ChangesConfig changes : List.of(ChangesConfig.DEFAULT, Changes.wholeTransactions())) {
                db.execute("DROP TABLE IF EXISTS t, u", "CREATE TABLE t (id int PRIMARY KEY, n int, tags text[], at timestamptz)", "CREATE TABLE u (id int PRIMARY KEY)");
                try (LogDrive drive = drive(changes, "public.t", "public.u"); LogDrive lenient = new LogDrive(lenient(changes), T, U)) {
                    drive.run();
                    db.execute(
                            "INSERT INTO t VALUES (1, 1, NULL, NULL)", "INSERT INTO u VALUES (1)",
                            "BEGIN; INSERT INTO u VALUES (2); INSERT INTO t VALUES (2, NULL, '{a,b}', NULL); " + bad + "; INSERT INTO u VALUES (3); COMMIT");
                    List<String> front = changes == ChangesConfig.DEFAULT ? List.of("INSERT|1|1", "INSERT|2|null") : List.of("INSERT|1|1");
                    for (int i = 0; i < 2; i++) {
                        drive.run();
                        assertThat(drive.failed).containsOnlyKeys(T);
                        assertThat(drive.failed.get(T).errorCode()).isEqualTo(CodecError.OUT_OF_RANGE);
                        assertThat(heads(drive)).isEqualTo(front);
                        assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                    }
                    lenient.goOnFrom(drive);
                    lenient.run();
                    assertThat(heads(lenient)).endsWith(bad.startsWith("INSERT") ? "INSERT|3|5" : "INSERT<|3|5").hasSize(
                            (bad.startsWith("INSERT") ? 3 : 4) - front.size());
                    drive.rows().addAll(lenient.rows());
                    assertThat(drive.rows()).anyMatch(row -> row.startsWith("INSERT|2|") && row.contains("[\"a\",\"b\"]") && row.endsWith("|null"));
                    assertThat(lenient.rows.get(U)).isEmpty();
                    db.dropSlot("windrow_test");
                    db.execute("DROP PUBLICATION windrow_test");
                }
            }
        }
    }

    private static List<String> heads(LogDrive drive) {
        return drive.rows().stream().map(row -> row.replaceFirst("^([^|]*[|][^|]*[|][^|]*)[|].*$", "$1")).toList();
    }

    private PostgresConfig lenient(ChangesConfig changes) {
        PostgresConfig plain = LogDrive.config(db.url(), changes, "public.t", "public.u");
        List<StreamConfig> streams = plain.streams().stream()
                .map(one -> new StreamConfig(
                        one.table(), one.query(), one.name(), one.exclude(), one.mode(), one.cursor(), one.guarantee(), one.lag(), one.start(),
                        one.columns(), one.where(), one.key(), OutOfRange.NULL, one.consistency()))
                .toList();
        return new PostgresConfig(
                plain.url(), plain.password(), streams, plain.newTables(), plain.splitSize(), plain.batchSize(), plain.batchRows(),
                plain.lockTimeout(), plain.connectTimeout(), plain.longTransaction(), plain.changes());
    }

    @Test
    void Changes_that_replication_brought_are_left_out_if_only_the_own_ones_are_wanted() throws SQLException {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive(Changes.ownChangesOnly(), "public.t")) {
            if (major < 16) {
                refused(drive, LogError.NOT_PREPARED, "origin: none needs PostgreSQL 16");
                return;
            }
            drive.run();
            try (Connection other = db.connect(); Statement statement = other.createStatement()) {
                statement.execute("SELECT pg_replication_origin_create('elsewhere')");
                statement.execute("SELECT pg_replication_origin_session_setup('elsewhere')");
                statement.execute("INSERT INTO t VALUES (1)");
                statement.execute("SELECT pg_replication_origin_session_reset()");
                statement.execute("SELECT pg_replication_origin_drop('elsewhere')");
            }
            db.execute("INSERT INTO t VALUES (2)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|2");
        }
    }
}
