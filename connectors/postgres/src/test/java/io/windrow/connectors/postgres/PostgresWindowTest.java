package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.StreamConfig.Consistency;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a saved window is good for: values of the cursor, the table, the selection. Nothing is lost without a word. */
@Tag("server")
class PostgresWindowTest {
    private static final StreamName T = new StreamName("public", "t");

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
    }

    @AfterEach
    void close() {
        db.close();
    }

    private Drive drive(String cursor) {
        return drive(cursor, Level.CONDITIONAL);
    }

    private Drive drive(String cursor, Level level) {
        return new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", cursor, level)), T);
    }

    private Drive drive(StreamConfig stream) {
        return new Drive(Drive.config(db.url(), stream), T);
    }

    private static StreamConfig stream(
            ReadMode mode, Optional<String> start, Optional<String> where, List<String> key, Consistency consistency) {
        return new StreamConfig(
                Optional.of("public.t"), Optional.empty(), Optional.empty(), List.of(), mode,
                mode == ReadMode.INCREMENTAL ? Optional.of("id") : Optional.empty(), Level.CONDITIONAL, Optional.empty(), start,
                List.of(), where, key, OutOfRange.FAIL, consistency);
    }

    /** Delivers what there is, and once more, so that the highest value becomes the safe bound. */
    private void settle(Drive drive) {
        drive.run();
        db.execute("CREATE TABLE IF NOT EXISTS other ()", "COMMENT ON TABLE other IS 'a transaction'");
        assertThat(drive.run()).isZero();
        db.execute("COMMENT ON TABLE other IS 'another'");
        assertThat(drive.run()).isZero();
    }

    private static void refused(Drive drive, PostgresError code) {
        assertThatThrownBy(drive::run)
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(code));
    }

    private static String bound(Drive drive) {
        return WindowState.of(drive.state.orElseThrow()).bound().orElse("");
    }

    private static void without(Drive drive, String field) {
        String text = drive.state.orElseThrow().text();
        String old = text.replaceAll(",\"" + field + "\":(\\d+|\"[^\"]*\")", "");
        assertThat(old).isNotEqualTo(text);
        drive.state = Optional.of(new PlannerState(1, old));
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "local"})
    @Tag("A22")
    void A_row_of_the_second_of_an_hour_that_a_clock_shows_twice_arrives(String type) {
        db.execute(
                "CREATE DOMAIN local AS timestamp CHECK (VALUE >= '2024-11-03 01:00')",
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + " NOT NULL)",
                "INSERT INTO t VALUES (1, '2024-11-03 01:59:50')");
        try (Drive drive = drive("at")) {
            settle(drive);
            assertThat(bound(drive)).isEqualTo("2024-11-03 01:59:50");
            db.execute("INSERT INTO t VALUES (2, '2024-11-03 01:10:00')");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.run()).isZero();
        }
    }

    @Test
    @Tag("A06")
    void A_date_of_a_session_whose_day_began_later_arrives() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, d date NOT NULL)", "INSERT INTO t VALUES (1, '2024-05-02')");
        try (Drive drive = drive("d")) {
            settle(drive);
            db.execute("INSERT INTO t VALUES (2, '2024-04-30')");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"timestamptz, CONDITIONAL", "timestamp, CONDITIONAL", "date, CONDITIONAL", "timestamptz, SETTLE"})
    @Tag("A12")
    void A_row_of_the_future_is_delivered_and_keeps_no_later_row_back(String type, Level level) {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + " NOT NULL DEFAULT now())",
                "INSERT INTO t VALUES (0, now()), (1, '2099-01-01')");
        try (Drive drive = drive("at", level)) {
            settle(drive);
            assertThat(bound(drive)).startsWith("20").isLessThan("2099");
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_future") && !notice.contains("2099"));
            db.execute("INSERT INTO t VALUES (2)");
            assertThat(drive.run()).isEqualTo(1);
            // What a version saved that took the highest value for safe.
            String text = drive.state.orElseThrow().text();
            drive.state = Optional.of(new PlannerState(1, text.replace(bound(drive), "2098-12-31")));
            db.execute("INSERT INTO t VALUES (3)");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @Test
    @Tag("A12")
    void An_infinite_value_of_a_domain_over_a_domain_is_no_bound() {
        db.execute(
                "CREATE DOMAIN inner_time AS timestamptz",
                "CREATE DOMAIN outer_time AS inner_time",
                "CREATE TABLE t (id int PRIMARY KEY, at outer_time NOT NULL DEFAULT now())",
                "INSERT INTO t VALUES (1, 'infinity'), (2, now())");
        StreamConfig nulls = new StreamConfig(
                Optional.of("public.t"), Optional.empty(), Optional.empty(), List.of(), ReadMode.INCREMENTAL, Optional.of("at"),
                Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(), OutOfRange.NULL,
                Consistency.SNAPSHOT);
        try (Drive drive = drive(nulls)) {
            settle(drive);
            assertThat(bound(drive)).startsWith("20");
            db.execute("INSERT INTO t VALUES (3)");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INCREMENT -1 MINVALUE -100 MAXVALUE 100", "MAXVALUE 2 CYCLE", "START 90"})
    @Tag("A03")
    void Ids_of_a_sequence_that_goes_down_or_begins_anew_arrive_and_it_is_named(String sequence) {
        db.execute(
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (" + sequence + "), v int)",
                "INSERT INTO t (v) VALUES (1), (2)");
        try (Drive drive = drive("id")) {
            settle(drive);
            db.execute(sequence.startsWith("START") ? "ALTER TABLE t ALTER COLUMN id RESTART WITH 1" : "SELECT 1");
            db.execute("INSERT INTO t (v) VALUES (3)");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_falling"));
            assertThat(drive.run()).isZero();
        }
    }

    @Test
    @Tag("A12")
    void An_id_that_was_written_by_hand_above_those_of_its_sequence_keeps_no_later_row_back() {
        db.execute("CREATE TABLE t (id serial PRIMARY KEY, v int)", "INSERT INTO t (v) VALUES (1)", "INSERT INTO t VALUES (1000000, 1)");
        try (Drive drive = drive("id")) {
            settle(drive);
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.cursor_unfed"));
            db.execute("INSERT INTO t (v) VALUES (2)");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"CACHE 10, postgres.cursor_cached", "INCREMENT 50, postgres.cursor_blocks", "INCREMENT -1, postgres.cursor_falling"})
    @Tag("A03")
    void A_sequence_that_only_the_default_names_is_known_too(String sequence, String notice) {
        db.execute(
                "CREATE SEQUENCE \"Far one\" " + sequence,
                "CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('\"Far one\"'), v int)", "INSERT INTO t (v) VALUES (1), (2)");
        try (Drive drive = drive("id");
                Drive proven = drive("id", Level.PROVEN)) {
            settle(drive);
            proven.run();
            assertThat(drive.notices).anyMatch(told -> told.startsWith(notice));
            assertThat(proven.notices).noneMatch(told -> told.startsWith("postgres.cursor_"));
        }
    }

    @Test
    @Tag("A01")
    void The_safe_bound_stays_behind_the_clock_for_a_process_that_stands_still_before_its_transaction_shows() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t VALUES (1)");
        try (Drive drive = drive("at")) {
            String before = db.query("SELECT now() - interval '10 s'").getFirst().getFirst();
            drive.run();
            db.execute("CREATE TABLE other ()");
            assertThat(drive.run()).isZero();
            String after = db.query("SELECT now() - interval '10 s'").getFirst().getFirst();
            assertThat(db.query("SELECT '" + bound(drive) + "'::timestamptz BETWEEN '" + before + "' AND '" + after + "'"))
                    .isEqualTo(List.of(List.of("t")));
            db.execute("INSERT INTO t VALUES (2)");
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @Test
    @Tag("A25")
    void Ranges_of_a_key_that_the_table_does_not_enforce_are_refused() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, k int UNIQUE, n int NOT NULL)",
                "INSERT INTO t SELECT g, nullif(g, 7), g / 10 FROM generate_series(1, 5000) g");
        for (List<String> key : List.of(List.of("k"), List.of("n"), List.of("id", "k"))) {
            try (Drive drive = drive(stream(ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), key, Consistency.PER_RANGE))) {
                refused(drive, PostgresError.STREAM_INVALID);
            }
        }
        try (Drive drive = drive(
                stream(ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), List.of("n", "id"), Consistency.PER_RANGE))) {
            while (!drive.completed) {
                drive.run(30);
            }
            assertThat(drive.rows).hasSize(5000).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uuid", "text", "double precision", "boolean", "public.citext", "word"})
    void A_cursor_whose_later_values_need_not_be_higher_is_refused_by_plan_and_check_and_proven_needs_none(String type) {
        db.execute("CREATE EXTENSION citext", "CREATE DOMAIN word AS text", "CREATE TABLE t (id " + type + ")", "INSERT INTO t VALUES (NULL)");
        for (Level level : List.of(Level.CONDITIONAL, Level.SETTLE)) {
            try (Drive drive = drive("id", level)) {
                refused(drive, PostgresError.CURSOR_INVALID);
                assertThat(drive.source().check())
                        .filteredOn(result -> result.outcome() == CheckResult.Outcome.FAILED)
                        .singleElement()
                        .satisfies(result -> assertThat(result.remedy()).contains("guarantee: proven"));
            }
        }
        try (Drive drive = drive("id", Level.PROVEN)) {
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"public.citext", "words"})
    void Ranges_of_a_key_that_sorts_by_operators_of_an_extension_are_refused(String type) {
        db.execute("CREATE EXTENSION citext", "CREATE DOMAIN words AS public.citext", "CREATE TYPE mood AS ENUM ('low', 'high')",
                "CREATE TABLE t (id " + type + " PRIMARY KEY, m mood UNIQUE NOT NULL)", "INSERT INTO t VALUES ('b', 'low'), ('A', 'high')");
        try (Drive drive = drive(stream(ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), List.of(), Consistency.PER_RANGE));
                Drive byMood = drive(stream(ReadMode.SNAPSHOT, Optional.empty(), Optional.empty(), List.of("m"), Consistency.PER_RANGE))) {
            refused(drive, PostgresError.STREAM_INVALID);
            assertThat(drive.source().check()).anyMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
            assertThat(byMood.run()).as("an enum's operators are the server's own").isEqualTo(2);
        }
    }

    @Test
    void A_stream_that_chooses_other_rows_than_before_is_refused_until_it_is_read_anew() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, region text)", "INSERT INTO t VALUES (1, 'EU'), (2, 'US')");
        Optional<String> europe = Optional.of("region = 'EU'");
        StreamConfig before = stream(ReadMode.INCREMENTAL, Optional.empty(), europe, List.of(), Consistency.SNAPSHOT);
        try (Drive drive = drive(before);
                Drive wider = drive(stream(
                        ReadMode.INCREMENTAL, Optional.empty(), Optional.of("region <> ''"), List.of(), Consistency.SNAPSHOT));
                Drive earlier = drive(
                        stream(ReadMode.INCREMENTAL, Optional.of("0"), europe, List.of(), Consistency.SNAPSHOT))) {
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.state.orElseThrow().text()).doesNotContain("EU");
            wider.state = drive.state;
            refused(wider, PostgresError.SELECTION_CHANGED);
            earlier.state = drive.state;
            refused(earlier, PostgresError.SELECTION_CHANGED);
            // A state of an older version does not know; from its next run on it does.
            without(drive, "selection");
            db.execute("INSERT INTO t VALUES (3, 'EU')");
            assertThat(drive.run()).isEqualTo(1);
            wider.state = drive.state;
            refused(wider, PostgresError.SELECTION_CHANGED);
        }
    }

    @Test
    void A_start_holds_for_every_run() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (20)", "CREATE TABLE other ()");
        try (Drive drive = drive(
                stream(ReadMode.INCREMENTAL, Optional.of("10"), Optional.empty(), List.of(), Consistency.SNAPSHOT))) {
            assertThat(drive.run()).isEqualTo(1);
            db.execute("DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (2), (30)");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.rows).containsExactly("20", "30");
        }
    }

    @Test
    void Another_table_under_the_streams_name_is_not_taken_for_new_rows() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 5000)");
        try (Drive drive = drive("id");
                Drive interrupted = drive("id")) {
            assertThat(drive.run()).isEqualTo(5000);
            interrupted.run(3);
            String swap = "CREATE TABLE t2 (LIKE t INCLUDING ALL); INSERT INTO t2 SELECT id FROM t; ALTER TABLE t RENAME TO was;"
                    + " ALTER TABLE t2 RENAME TO t";
            db.execute(swap);
            refused(drive, PostgresError.TABLE_REWRITTEN);
            without(drive, "relation");
            refused(drive, PostgresError.TABLE_REWRITTEN);
            assertThat(interrupted.run()).isEqualTo(5000);
            assertThat(interrupted.restarted).isEqualTo(WindowRead.REWRITTEN);
        }
    }

    @Test
    void A_partition_that_left_and_comes_back_delivers_only_what_is_new_in_it() {
        db.execute(
                "CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now()) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (100) TO (200)",
                "INSERT INTO t SELECT generate_series(90, 109)");
        try (Drive drive = drive("at")) {
            assertThat(drive.run()).isEqualTo(20);
            db.execute("ALTER TABLE t DETACH PARTITION t2", "INSERT INTO t VALUES (1)");
            assertThat(drive.run()).isEqualTo(1);
            db.execute("INSERT INTO t VALUES (2)", "INSERT INTO t2 VALUES (150, '2020-01-01')");
            assertThat(drive.run()).isEqualTo(1);
            db.execute("ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (100) TO (200)");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.notices).noneMatch(notice -> notice.startsWith("postgres.partition_joined"));
            db.execute("ALTER TABLE t DETACH PARTITION t2", "DROP TABLE t2", "CREATE TABLE t2 (LIKE t INCLUDING DEFAULTS)", "INSERT INTO t2 VALUES (160)",
                    "ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (100) TO (200)");
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.partition_joined"));
            assertThat(drive.run()).isZero();
            assertThat(WindowState.of(drive.state.orElseThrow()).origin().left()).as("it does not exist any more").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("C37")
    void A_temporary_child_of_another_session_is_not_of_the_table(boolean incremental) throws SQLException {
        db.execute("CREATE TABLE t (id int, at timestamptz NOT NULL DEFAULT now())", "CREATE TABLE child () INHERITS (t)",
                "INSERT INTO t VALUES (1)", "INSERT INTO child VALUES (2)");
        try (Drive drive = incremental ? drive("at") : drive(StreamConfig.snapshot("public.t"));
                Connection other = db.connect();
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TEMP TABLE mine () INHERITS (public.t)");
            statement.execute("INSERT INTO mine VALUES (3)");
            assertThat(drive.run()).isEqualTo(2);
        }
    }
}
