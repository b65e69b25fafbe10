package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.ChangesConfig.Cut;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that come before they are committed: in parts while they go on, or when they are prepared. */
@Tag("server")
@ParameterizedClass
@ValueSource(ints = {14, 18})
class PostgresInProgressTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final StreamName U = new StreamName("public", "u");
    private static final StreamName BOX = StreamName.of("app.outbox");
    private static final ChangesConfig STREAMED = Changes.streamed("1GiB", Cut.ANYWHERE);
    private static PostgresServer server;

    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.start(PostgresOptions.of(major)
                .with("synchronous_commit", "on")
                .with("logical_decoding_work_mem", "64kB"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(server);
        db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE u (id int PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        // One that is left by a test that fails would keep the next from making its slot, for ever.
        db.query("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
                .forEach(left -> db.execute("ROLLBACK PREPARED '" + left.getFirst() + "'"));
        db.close();
    }

    private LogDrive drive(ChangesConfig changes) {
        return new LogDrive(LogDrive.config(db.url(), changes, "public.t", "public.u"), T, U);
    }

    private static String rows(int from, int to) {
        return "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(" + from + ", " + to + ") i";
    }

    private static List<String> inserted(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "INSERT|" + i + "|" + "x".repeat(100)).toList();
    }

    private void cameInParts() {
        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() ->
                db.number("SELECT stream_txns FROM pg_stat_replication_slots WHERE slot_name = 'windrow_test'") > 0);
    }

    /** Dies after so many batches, and the server has noticed it: while it sends it does not look, and lets nobody else read. */
    private void killed(LogDrive drive, int batches) {
        drive.run(batches);
        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() ->
                db.number("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'windrow_test' AND active") == 0);
    }

    @Test
    @Tag("D45")
    void A_transaction_that_comes_in_parts_is_delivered_with_its_commit_without_what_was_rolled_back_in_it() throws SQLException {
        try (LogDrive drive = drive(STREAMED); Connection open = db.connect(); Statement one = open.createStatement()) {
            drive.run();
            one.execute("BEGIN");
            one.execute(rows(1, 3000));
            one.execute("SAVEPOINT a");
            one.execute("ALTER TABLE t ADD COLUMN gone int");
            one.execute("INSERT INTO t SELECT i, repeat('y', 100), 1 FROM generate_series(10001, 13000) i");
            one.execute("ROLLBACK TO a");
            one.execute("SAVEPOINT b");
            one.execute(rows(3001, 6000));
            one.execute("RELEASE b");
            db.execute("INSERT INTO u VALUES (1)");
            drive.run();
            assertThat(drive.rows.get(T)).as("nothing before the commit").isEmpty();
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1");
            one.execute("INSERT INTO u VALUES (2)");
            one.execute("COMMIT");
            db.execute("INSERT INTO t VALUES (7000, 'after')");
            drive.run();
            List<String> expected = new ArrayList<>(inserted(1, 6000));
            expected.add("INSERT|7000|after");
            assertThat(drive.rows.get(T)).isEqualTo(expected);
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2");
            cameInParts();
        }
    }

    @Test
    @Tag("D45")
    void A_transaction_that_is_rolled_back_leaves_nothing_although_it_is_large() throws SQLException {
        try (LogDrive drive = drive(STREAMED); Connection open = db.connect(); Statement one = open.createStatement()) {
            drive.run();
            one.execute("BEGIN");
            one.execute(rows(1, 6000));
            // Its commit brings what is written so far to the disk, from where it is sent.
            db.execute("INSERT INTO u VALUES (1)");
            drive.run();
            cameInParts();
            one.execute("ROLLBACK");
            db.execute("INSERT INTO t VALUES (1, 'late')");
            drive.run();
            assertThat(drive.rows.get(T)).containsExactly("INSERT|1|late");
        }
    }

    @Test
    @Tag("B07")
    @Tag("D14")
    void A_transaction_in_parts_that_is_cut_inside_comes_again_and_is_delivered_once_in_either_form() {
        try (LogDrive streamed = drive(STREAMED); LogDrive waiting = drive(ChangesConfig.DEFAULT)) {
            streamed.run();
            db.execute("BEGIN; " + rows(1, 2000) + "; INSERT INTO u SELECT generate_series(1, 5); UPDATE t SET v = 'z' WHERE id <= 300; COMMIT");
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 60 && got.size() < 2300; i++) {
                // The server sends it in parts or whole, by turns: a place within it is the same in both.
                LogDrive drive = i % 2 == 0 ? streamed : waiting;
                LogDrive other = i % 2 == 0 ? waiting : streamed;
                killed(drive, 2);
                got.addAll(drive.rows.get(T));
                drive.rows.get(T).clear();
                other.states.putAll(drive.states);
                other.places.putAll(drive.places);
                other.released.putAll(drive.released);
            }
            List<String> expected = new ArrayList<>(inserted(1, 2000));
            IntStream.rangeClosed(1, 300).forEach(i -> expected.add("UPDATE|" + i + "|z"));
            assertThat(got).isEqualTo(expected);
            streamed.run();
            List<String> others = new ArrayList<>(waiting.rows.get(U));
            others.addAll(streamed.rows.get(U));
            assertThat(others).containsExactlyInAnyOrder("INSERT|1", "INSERT|2", "INSERT|3", "INSERT|4", "INSERT|5");
        }
    }

    @Test
    @Tag("B07")
    @Tag("D46")
    void Messages_and_rows_of_a_transaction_come_once_in_either_form_wherever_a_run_is_killed_within_it() {
        for (ChangesConfig changes : List.of(STREAMED, ChangesConfig.DEFAULT)) {
            db.dropSlot("windrow_test");
            db.execute("TRUNCATE t");
            try (LogDrive drive = withMessages(changes, 100)) {
                drive.run();
                db.execute("BEGIN; " + rows(1, 1000) + "; SELECT pg_logical_emit_message(true, 'outbox', int4send(i)) FROM generate_series(1, 600) i; "
                        + rows(1001, 2000) + "; SELECT pg_logical_emit_message(true, 'outbox', int4send(i)) FROM generate_series(601, 700) i; COMMIT");
                for (int batches = 2; batches <= 20; batches += 9) {
                    killed(drive, batches);
                    assertThat(drive.rows.get(T)).as("nothing is committed of a part").isEmpty();
                }
                drive.run();
                assertThat(drive.rows.get(T)).isEqualTo(inserted(1, 2000));
                assertThat(drive.rows.get(BOX)).isEqualTo(IntStream.rangeClosed(1, 700)
                        .mapToObj(i -> "INSERT|" + Arrays.toString(ByteBuffer.allocate(4).putInt(i).array()))
                        .toList());
            }
        }
    }

    @Test
    @Tag("B07")
    @Tag("D46")
    void A_message_of_a_subtransaction_whose_place_is_that_of_the_next_row_comes_once_and_so_does_the_row() {
        for (ChangesConfig changes : List.of(STREAMED, ChangesConfig.DEFAULT)) {
            db.dropSlot("windrow_test");
            db.execute("TRUNCATE t");
            try (LogDrive drive = withMessages(changes, 1)) {
                drive.run();
                for (int i = 0; i < 9; i += 3) {
                    db.execute("BEGIN; INSERT INTO t VALUES (" + i + "); SAVEPOINT s; SELECT pg_logical_emit_message(true, 'outbox', int4send("
                            + i + ")); RELEASE s; INSERT INTO t VALUES (" + (i + 1) + "); INSERT INTO t VALUES (" + (i + 2) + "); COMMIT");
                }
                for (int batches = 1; batches <= 6; batches++) {
                    killed(drive, batches);
                }
                drive.run();
                assertThat(drive.rows.get(T)).isEqualTo(IntStream.range(0, 9).mapToObj(i -> "INSERT|" + i + "|null").toList());
                assertThat(drive.rows.get(BOX))
                        .containsExactly("INSERT|[0, 0, 0, 0]", "INSERT|[0, 0, 0, 3]", "INSERT|[0, 0, 0, 6]");
            }
        }
    }

    private LogDrive withMessages(ChangesConfig changes, int batchRows) {
        PostgresConfig plain = LogDrive.config(db.url(), changes, "public.t");
        return new LogDrive(
                new PostgresConfig(
                        plain.url(), plain.password(),
                        List.of(plain.streams().getFirst(), LogDrive.messages("app.outbox", List.of("content"), "outbox")), plain.newTables(),
                        plain.splitSize(), plain.batchSize(), batchRows, plain.lockTimeout(), plain.connectTimeout(), plain.longTransaction(),
                        plain.changes()),
                T, BOX);
    }

    @Test
    void More_than_the_spill_limit_is_a_coded_error_and_nothing_is_lost() {
        try (LogDrive small = drive(Changes.streamed("1MiB", Cut.ANYWHERE)); LogDrive waiting = drive(ChangesConfig.DEFAULT)) {
            small.run();
            db.execute("BEGIN; " + rows(1, 20_000) + "; COMMIT");
            assertThatThrownBy(small::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(LogError.SPILL_FULL);
                assertThat(e.getMessage()).contains("spill_limit is 1048576");
            });
            waiting.states.putAll(small.states);
            waiting.places.putAll(small.places);
            waiting.released.putAll(small.released);
            waiting.run();
            assertThat(waiting.rows.get(T)).hasSize(20_000).doesNotHaveDuplicates();
        }
    }

    @Test
    void Epochs_may_end_only_between_transactions_if_the_pipeline_says_so() {
        for (ChangesConfig changes : List.of(Changes.streamed("1GiB", Cut.TRANSACTION_END), atEnds())) {
            db.dropSlot("windrow_test");
            db.execute("TRUNCATE t, u");
            try (LogDrive drive = drive(changes)) {
                drive.run();
                for (int i = 0; i < 6; i++) {
                    db.execute("BEGIN; " + rows(i * 350, i * 350 + 349) + "; INSERT INTO u VALUES (" + i + "); COMMIT");
                }
                List<Integer> seen = new ArrayList<>();
                drive.beforeRead = (planner, reader) -> {
                    if (reader.mayCut()) {
                        assertThat(drive.rows.get(T)).hasSize(drive.rows.get(U).size() * 350);
                        seen.add(drive.rows.get(U).size());
                    }
                };
                drive.run();
                assertThat(drive.rows.get(T)).hasSize(6 * 350);
                assertThat(seen).as("a cut is possible behind every transaction that filled a batch").containsSequence(0, 1).contains(5);
            }
        }
    }

    private static ChangesConfig atEnds() {
        ChangesConfig d = Changes.streamed("1GiB", Cut.TRANSACTION_END);
        return new ChangesConfig(
                d.slot(), d.publication(), d.create(), d.onTruncate(), d.onPartitionRemoved(), d.onRewrite(), d.warnRetained(), d.limitRetained(), d.limitBehind(),
                d.onLimit(), ChangesConfig.InProgress.WAIT, d.spillLimit(), d.origin(), d.cut(), d.added());
    }

    @Test
    @Tag("D45")
    void A_prepared_transaction_is_delivered_when_it_is_committed_also_by_a_slot_that_decodes_it_before() {
        for (ChangesConfig changes : List.of(STREAMED, ChangesConfig.DEFAULT)) {
            db.dropSlot("windrow_test");
            db.execute("TRUNCATE t, u", "SELECT pg_create_logical_replication_slot('windrow_test', 'pgoutput', false, true)");
            try (LogDrive drive = drive(changes)) {
                drive.run();
                db.execute(
                        "BEGIN; INSERT INTO t VALUES (1, 'small'); PREPARE TRANSACTION 'small'", "INSERT INTO u VALUES (1)",
                        "BEGIN; " + rows(1001, 4000) + "; PREPARE TRANSACTION 'large'",
                        "BEGIN; " + rows(5001, 8000) + "; PREPARE TRANSACTION 'undone'", "INSERT INTO u VALUES (2)");
                drive.run();
                drive.run();
                assertThat(drive.rows.get(T)).isEmpty();
                assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2");
                if (changes == STREAMED) {
                    cameInParts();
                }
                db.execute("COMMIT PREPARED 'large'", "ROLLBACK PREPARED 'undone'", "INSERT INTO u VALUES (3)");
                drive.run();
                assertThat(drive.rows.get(T)).isEqualTo(inserted(1001, 4000));
                drive.rows.get(T).clear();
                db.execute("COMMIT PREPARED 'small'");
                drive.run();
                assertThat(drive.rows.get(T)).containsExactly("INSERT|1|small");
                assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                assertThat(LogPosition.of(drive.places.get(T)).kept()).isEmpty();
                drive.run();
                assertThat(drive.rows.get(T)).hasSize(1);
            }
        }
    }

    @Test
    @Tag("D45")
    @Tag("B07")
    void A_prepared_transaction_whose_delivery_is_killed_comes_again_and_the_rest_of_it_is_delivered_once() {
        for (ChangesConfig changes : List.of(STREAMED, ChangesConfig.DEFAULT)) {
            db.dropSlot("windrow_test");
            db.execute("TRUNCATE t, u", "SELECT pg_create_logical_replication_slot('windrow_test', 'pgoutput', false, true)");
            try (LogDrive drive = drive(changes)) {
                drive.run();
                db.execute("BEGIN; " + rows(1, 3000) + "; PREPARE TRANSACTION 'large'", "INSERT INTO u VALUES (1)");
                drive.run();
                db.execute("INSERT INTO u VALUES (2)", "COMMIT PREPARED 'large'", "INSERT INTO u VALUES (3)");
                for (int kills = 0; kills < 3; kills++) {
                    killed(drive, 2);
                    assertThat(drive.rows.get(T)).as("killed inside").isNotEmpty().hasSizeLessThan(3000);
                }
                drive.run();
                assertThat(drive.rows.get(T)).isEqualTo(inserted(1, 3000));
                assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                assertThat(LogPosition.of(drive.places.get(T)).kept()).isEmpty();
            }
        }
    }

    private boolean decodesPrepared() {
        return major >= 15;
    }

    private long confirmed() {
        return db.number("SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint FROM pg_replication_slots WHERE slot_name = 'windrow_test'");
    }

    @Test
    @Tag("D45")
    void A_transaction_that_stays_prepared_while_readers_and_the_server_begin_anew_keeps_the_log_until_it_is_decided() {
        db.execute("SELECT pg_create_logical_replication_slot('windrow_test', 'pgoutput', false, true)");
        try (LogDrive drive = drive(STREAMED)) {
            drive.run();
            long began = confirmed();
            db.execute(
                    "BEGIN; " + rows(1, 3000) + "; PREPARE TRANSACTION 'done'", "BEGIN; " + rows(4001, 7000) + "; PREPARE TRANSACTION 'undone'");
            List<String> others = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                db.execute("INSERT INTO u VALUES (" + i + ")");
                others.add("INSERT|" + i);
                drive.run();
                LogPosition stands = LogPosition.of(drive.places.get(T));
                assertThat(drive.rows.get(T)).isEmpty();
                assertThat(drive.rows.get(U)).isEqualTo(others);
                assertThat(stands.kept().isPresent()).as("PostgreSQL 14 sends nothing before the commit").isEqualTo(decodesPrepared());
                if (decodesPrepared()) {
                    assertThat(stands.kept().getAsLong()).isGreaterThan(began).isLessThan(stands.lsn());
                    assertThat(confirmed()).as("nothing is let go that is needed again").isLessThanOrEqualTo(stands.kept().getAsLong());
                }
                if (i == 2) {
                    server.stop();
                    server.start();
                }
            }
            assertThat(drive.seenAgain).as("what was committed meanwhile came again with each reader").isEqualTo(decodesPrepared() ? 3 : 0);
            long stood = confirmed();
            db.execute("ROLLBACK PREPARED 'undone'", "COMMIT PREPARED 'done'");
            drive.run();
            assertThat(drive.rows.get(T)).isEqualTo(inserted(1, 3000));
            assertThat(drive.rows.get(U)).isEqualTo(others);
            assertThat(LogPosition.of(drive.places.get(T)).kept()).isEmpty();
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> {
                drive.run();
                return confirmed() > stood;
            });
            assertThat(drive.rows.get(T)).hasSize(3000);
        }
    }
}
