package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A connection that is gone while a table or the log is read: noticed, told apart from a quiet database, and gone on after. */
@Tag("server")
@Tag("D41")
class PostgresLostConnectionTest {
    private static final StreamName T = new StreamName("public", "t");

    private PostgresDatabase db;
    private TcpProxy proxy;
    /** Whether the connection has been done something to. */
    private AtomicBoolean harmed;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18), "CREATE TABLE t (id int PRIMARY KEY, v text)");
        proxy = TcpProxy.to("127.0.0.1", PostgresServer.shared(18).port());
        harmed = new AtomicBoolean();
    }

    @AfterEach
    void close() {
        proxy.close();
        db.close();
    }

    private String url() {
        return "postgres://postgres@127.0.0.1:" + proxy.port() + "/" + db.name() + "?sslmode=disable";
    }

    /** Silence is borne with for six times as long as a connection may take to be made. */
    private static PostgresConfig impatient(PostgresConfig plain) {
        return new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), plain.lockTimeout(), Duration.ofSeconds(1), plain.longTransaction(), plain.changes());
    }

    /** One that is impatient and goes on where one that is not has made the slot. */
    private LogDrive drive() {
        LogDrive impatient = new LogDrive(impatient(LogDrive.config(url(), "public.t")), T);
        try (LogDrive patient = patient(impatient)) {
            patient.run();
            goOn(patient, impatient);
        }
        return impatient;
    }

    private LogDrive patient(LogDrive impatient) {
        LogDrive patient = new LogDrive(LogDrive.config(url(), "public.t"), T);
        goOn(impatient, patient);
        return patient;
    }

    private static void goOn(LogDrive from, LogDrive to) {
        to.rows.putAll(from.rows);
        to.goOnFrom(from);
    }

    /** On a loaded machine it may take longer than a second to make a connection: what fails before the harm is done is run again. */
    private WindrowException failure(LogDrive drive) {
        WindrowException failure;
        do {
            failure = catchThrowableOfType(WindrowException.class, drive::run);
            assertThat(failure).isNotNull();
        } while (!harmed.get());
        drive.beforeRead = (planner, reader) -> {};
        proxy.pass();
        return failure;
    }

    private void fails(LogDrive drive, ErrorCode code) {
        WindrowException failure = failure(drive);
        assertThat(failure.errorCode()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.kind()).as("it is tried again").isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
    }

    /** Lets the first read bring rows, and then does something to the connection. More is on its way than buffers hold. */
    private void afterTheFirstRead(LogDrive drive, Runnable what) {
        drive.beforeRead = (planner, reader) -> {
            if (!drive.rows().isEmpty() && !harmed.getAndSet(true)) {
                what.run();
            }
        };
        db.execute("INSERT INTO t SELECT i, repeat('x', 6000) FROM generate_series(1, 5000) i");
    }

    private void arrivesAfterwards(LogDrive drive) {
        db.execute("INSERT INTO t VALUES (5001, 'last')");
        try (LogDrive patient = patient(drive)) {
            for (int i = 0; i < 2; i++) {
                patient.run();
                assertThat(patient.rows()).hasSize(5001).doesNotHaveDuplicates().endsWith("INSERT|5001|last");
            }
        }
    }

    @Test
    void A_connection_that_is_reset_is_an_error_that_is_tried_again_and_nothing_is_missing_or_twice() {
        try (LogDrive drive = drive()) {
            afterTheFirstRead(drive, proxy::resetAll);
            fails(drive, PostgresError.CONNECTION_LOST);
            arrivesAfterwards(drive);
        }
    }

    @Test
    void A_server_whose_process_is_ended_is_an_error_that_is_tried_again() {
        try (LogDrive drive = drive()) {
            afterTheFirstRead(drive, () -> db.execute(
                    "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = 'windrow_test' AND active"));
            assertThat(failure(drive).kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
            arrivesAfterwards(drive);
        }
    }

    @Test
    void A_connection_that_swallows_everything_is_not_taken_for_a_quiet_database() {
        try (LogDrive drive = drive()) {
            afterTheFirstRead(drive, proxy::blackHole);
            fails(drive, LogError.SILENT);
            arrivesAfterwards(drive);
        }
    }

    @Test
    void What_was_lost_on_the_way_comes_over_the_next_connection() {
        try (LogDrive drive = drive()) {
            AtomicLong before = new AtomicLong();
            afterTheFirstRead(drive, () -> {
                proxy.dropReplies();
                before.set(proxy.received());
                drive.beforeRead = (planner, reader) -> {
                    if (proxy.received() > before.get()) {
                        proxy.pass();
                    }
                };
            });
            fails(drive, PostgresError.CONNECTION_LOST);
            arrivesAfterwards(drive);
        }
    }

    @Test
    void A_server_whose_answer_is_lost_when_it_begins_to_send_is_not_waited_for_for_ever() {
        try (LogDrive drive = drive()) {
            db.execute("INSERT INTO t SELECT i, 'x' FROM generate_series(1, 5000) i");
            drive.drive.failpoints = name -> {
                if (name.equals("postgres.before_log")) {
                    harmed.set(true);
                    proxy.dropReplies();
                }
            };
            fails(drive, PostgresError.CONNECTION_LOST);
            arrivesAfterwards(drive);
        }
    }

    @Test
    void An_answer_that_is_lost_while_the_connection_stays_does_not_hold_the_run_up_for_ever() {
        try (LogDrive drive = drive()) {
            drive.beforeRead = (planner, reader) -> {
                harmed.set(true);
                proxy.dropReplies();
                while (true) {
                    planner.keepAlive();
                }
            };
            fails(drive, PostgresError.SNAPSHOT_LOST);
            db.execute("INSERT INTO t SELECT i, 'x' FROM generate_series(1, 5000) i");
            arrivesAfterwards(drive);
        }
    }

    @Test
    void A_place_that_was_reached_since_the_plan_was_made_is_gone_on_from_although_the_log_ended_before_it_then() {
        try (LogDrive drive = new LogDrive(LogDrive.config(url(), "public.t"), T)) {
            drive.run();
            AtomicBoolean done = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!done.getAndSet(true)) {
                    db.execute("INSERT INTO t VALUES (1, 'later')");
                    List<String> now = db.query("SELECT system_identifier, pg_current_wal_insert_lsn() FROM pg_control_system()").getFirst();
                    Position later = new LogPosition(now.get(0), 1, LogPosition.lsn(now.get(1)), Optional.empty()).toPosition();
                    planner.giveBack(
                            new LogSplit("windrow_test", "p", OptionalLong.empty()).toSplit(List.of(T)), Optional.of(later));
                    assertThat(planner.next(1)).singleElement().extracting(SplitPlanner.Assignment::starts)
                            .isEqualTo(Map.of(T, later));
                }
            };
            drive.run();
            assertThat(done).isTrue();
        }
    }

    @Test
    void A_slot_that_was_made_although_its_connection_was_lost_keeps_no_stream_from_being_copied() {
        db.execute("CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO t VALUES (1, 'x')", "INSERT INTO u VALUES (1)");
        StreamName u = new StreamName("public", "u");
        List<StreamRequest> requests = List.of(
                new StreamRequest(T, ReadMode.CDC, 1, Optional.empty()), new StreamRequest(u, ReadMode.CDC, 1, Optional.empty()));
        try (Drive drive = new Drive(impatient(LogDrive.config(url(), "public.t", "public.u")), T); Source source = drive.source()) {
            drive.failpoints = name -> {
                if (name.equals("postgres.slot_made")) {
                    proxy.resetAll();
                }
            };
            try (SplitPlanner planner = source.plan(requests)) {
                assertThat(planner.next(4)).isEmpty();
                assertThat(planner.failed()).containsOnlyKeys(T, u);
                assertThat(planner.failed().values()).allSatisfy(
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT));
            }
            drive.failpoints = Failpoints.NONE;
            try (SplitPlanner planner = source.plan(requests)) {
                assertThat(planner.next(4)).extracting(one -> one.split().stream()).containsExactlyInAnyOrder(T, u);
            }
        }
    }

    /** The one thinks until the other is given up, and is waited for; of the other the server believes that all is sent. */
    @Test
    void A_copy_whose_end_was_lost_is_given_up_and_one_that_is_still_computed_is_not() throws SQLException {
        db.execute(
                "CREATE VIEW slow AS SELECT 1 AS id, pg_advisory_xact_lock_shared(1)::text AS v",
                "CREATE VIEW halting AS SELECT i AS id, CASE i WHEN 200 THEN pg_advisory_xact_lock_shared(2)::text ELSE repeat('x', 6000) END AS v"
                        + " FROM generate_series(1, 200) i");
        StreamName slow = new StreamName("public", "slow");
        StreamName halting = new StreamName("public", "halting");
        PostgresConfig config = impatient(Drive.patient(
                Drive.config(url(), StreamConfig.snapshot("public.slow"), StreamConfig.snapshot("public.halting"))));
        List<StreamRequest> requests = List.of(
                new StreamRequest(slow, ReadMode.SNAPSHOT, 1, Optional.empty()),
                new StreamRequest(halting, ReadMode.SNAPSHOT, 1, Optional.empty()));
        try (Connection holder = db.connect(); Statement held = holder.createStatement(); Drive drive = new Drive(config, slow);
                Source source = drive.source(); SplitPlanner planner = connected(() -> source.plan(requests))) {
            held.execute("SELECT pg_advisory_lock(1), pg_advisory_lock(2)");
            Map<StreamName, Split> splits = planner.next(2).stream()
                    .map(SplitPlanner.Assignment::split)
                    .collect(Collectors.toMap(Split::stream, one -> one));
            try (SplitReader thinking = reading(source, splits.get(slow), result -> result instanceof ReadResult.Idle && waiting(1));
                    SplitReader reader = reading(source, splits.get(halting), ReadResult.Data.class::isInstance)) {
                proxy.dropRepliesToNewest();
                held.execute("SELECT pg_advisory_unlock(2)");
                await().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofMinutes(5)).untilAsserted(() -> {
                    assertThat(read(thinking)).isInstanceOf(ReadResult.Idle.class);
                    assertThatThrownBy(() -> read(reader)).isInstanceOfSatisfying(WindrowException.class, e -> {
                        assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(PostgresError.CONNECTION_LOST);
                        assertThat(e).hasMessageContaining("the rest was lost on the way");
                    });
                });
                held.execute("SELECT pg_advisory_unlock(1)");
                await().atMost(Duration.ofMinutes(5)).until(() -> read(thinking) instanceof ReadResult.Data);
                planner.keepAlive();
            }
        }
    }

    /** A reader whose connection is the newest of all when it is so far: not one that it has asked over what the server does. */
    private SplitReader reading(Source source, Split split, Predicate<ReadResult> until) {
        while (true) {
            long before = proxy.accepted();
            SplitReader reader = connected(() -> begun(source.open(split, Optional.empty()), until));
            if (proxy.accepted() == before + 1) {
                return reader;
            }
            reader.close();
        }
    }

    private static SplitReader begun(SplitReader reader, Predicate<ReadResult> until) {
        try {
            await().atMost(Duration.ofMinutes(5)).until(() -> until.test(read(reader)));
            return reader;
        } catch (WindrowException e) {
            reader.close();
            throw e;
        }
    }

    /** On a loaded machine it may take longer than a second to make a connection. */
    private static <T> T connected(Supplier<T> what) {
        while (true) {
            try {
                return what.get();
            } catch (WindrowException e) {
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
            }
        }
    }

    /** Whether somebody waits at the server for a lock that the test holds. */
    private boolean waiting(int lock) {
        return db.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + lock
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 1;
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofMillis(50).toNanos();
    }

    private static ReadResult read(SplitReader reader) {
        ReadResult result = reader.read(soon());
        if (result instanceof ReadResult.Data data) {
            data.batch().close();
        }
        return result;
    }

    @Test
    @Tag("I03")
    void A_snapshot_whose_connections_swallow_everything_is_given_up_and_holds_nobody_up_meanwhile() {
        PostgresConfig config = impatient(Drive.config(url(), StreamConfig.snapshot("public.t")));
        db.execute("INSERT INTO t SELECT i, repeat('x', 6000) FROM generate_series(1, 5000) i");
        try (Drive drive = new Drive(config, T);
                Source source = drive.source();
                SplitPlanner planner = connected(
                        () -> source.plan(List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty()))))) {
            SplitPlanner.Assignment first = planner.next(1).getFirst();
            try (SplitReader reader = source.open(first.split(), first.from())) {
                assertThat(planner.next(1)).hasSize(1);
                proxy.blackHole();
                planner.keepAlive();
                assertThat(planner.next(1)).as("a moment later, and nothing is read that nobody may answer for").isEmpty();
                assertThat(reader.read(System.nanoTime())).isInstanceOf(ReadResult.Idle.class);
                await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> assertThatThrownBy(planner::keepAlive).isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(PostgresError.SNAPSHOT_LOST);
                    assertThat(e).hasMessageContaining("no answer in time");
                    assertThat(e.kind()).as("it is tried again").isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                }));
            }
        }
    }
}
