package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Until;
import io.windrow.connectors.postgres.ChangesConfig.OnRewrite;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alterations that give rows of a followed table values of which its log says nothing, and those that only look like it. */
@Tag("server")
class TableValuesTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final StreamName U = new StreamName("public", "u");
    private static final String PLAIN = "CREATE TABLE t (id int PRIMARY KEY, n int, s int GENERATED ALWAYS AS (n * 3) STORED)";
    private static final String PARTITIONED = "CREATE TABLE t (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);"
            + " CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (5); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (5) TO (100)";

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
    }

    @AfterEach
    void close() {
        db.close();
    }

    private LogDrive drive(OnRewrite onRewrite) {
        return new LogDrive(LogDrive.config(db.url(), Changes.onRewrite(onRewrite), "public.t", "public.u"), T, U);
    }

    private void make(String table) {
        db.dropSlot("windrow_test");
        db.execute(
                "DROP PUBLICATION IF EXISTS windrow_test", "DROP TABLE IF EXISTS t, u", table, "CREATE TABLE u (id int PRIMARY KEY)",
                "INSERT INTO t SELECT i, i FROM generate_series(1, 5) i", "INSERT INTO u VALUES (1)");
    }

    /** What a target holds that follows the table, null where it lacks a column, and what the table holds, in the columns that the log has. */
    private void same(LogDrive drive, String what) {
        Map<String, String> table = new TreeMap<>();
        List<String> columns = db.query("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
                        + " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum").stream().map(List::getFirst).toList();
        for (List<String> row : db.query("SELECT " + String.join(", ", columns) + " FROM t")) {
            table.put(row.getFirst(), String.join("|", row.stream().skip(1).map(String::valueOf).toList()));
        }
        Map<String, String> held = new TreeMap<>();
        Folded.rows(drive.rows.get(T), 1).forEach((key, row) -> held.put(
                key, row.replace("-", "null") + "|null".repeat(columns.size() - 1 - row.split("\\|").length)));
        assertThat(held).as(what).isEqualTo(table);
    }

    /** Rows come before and after the alteration; none of either was read when it took place. */
    private void altered(String table, String alteration, long generation) {
        make(table);
        try (LogDrive drive = drive(OnRewrite.COPY)) {
            drive.run();
            db.execute("INSERT INTO t (id, n) VALUES (6, 6)", "UPDATE t SET n = 11 WHERE id = 1");
            for (String one : alteration.split("; ")) {
                db.execute(one);
            }
            db.execute("INSERT INTO t (id, n) VALUES (7, 7)", "UPDATE t SET n = 12 WHERE id = 2", "INSERT INTO u VALUES (2)");
            for (int run = 0; run < 3; run++) {
                drive.run();
                assertThat(drive.refused).as(alteration).isEmpty();
            }
            same(drive, alteration);
            assertThat(drive.generations.get(T)).as(alteration).isEqualTo(generation);
            assertThat(drive.rows.get(U)).containsExactly("COPY|1", "INSERT|2");
            assertThat(drive.drive.notices.stream().filter(notice -> notice.startsWith("postgres.values_rewritten")).count())
                    .as(alteration).isEqualTo(generation - 1);
        }
    }

    @Test
    @Tag("D16")
    void A_table_whose_rows_got_values_without_its_log_is_copied_again_beside_the_log() {
        for (String alteration : List.of(
                "ALTER TABLE t ALTER n TYPE int USING n * 2", "ALTER TABLE t ALTER n TYPE bigint",
                "ALTER TABLE t ADD c int NOT NULL DEFAULT 7", "ALTER TABLE t ADD c float DEFAULT random()",
                "ALTER TABLE t ADD c int GENERATED ALWAYS AS IDENTITY", "ALTER TABLE t ADD c int DEFAULT 7; VACUUM FULL t")) {
            altered(PLAIN.replace(", s int GENERATED ALWAYS AS (n * 3) STORED", ""), alteration, 2);
        }
        altered(PLAIN, "ALTER TABLE t ALTER s DROP EXPRESSION", 2);
        altered(PARTITIONED, "ALTER TABLE t ALTER n TYPE int USING n * 2; VACUUM FULL t1", 2);
        altered(PARTITIONED, "ALTER TABLE t ADD c int DEFAULT 7", 2);
    }

    /** The slot was let go for the new generation's place, and the old one's is what an earlier run saved. */
    @Test
    @Tag("D16")
    void A_copy_that_died_before_anything_of_it_was_committed_begins_again_although_the_slot_has_moved() {
        make(PLAIN);
        try (LogDrive drive = drive(OnRewrite.COPY)) {
            drive.run();
            PlannerState before = drive.states.get(T);
            db.execute("INSERT INTO t (id, n) VALUES (6, 6)", "INSERT INTO u VALUES (2)");
            drive.run();
            drive.run();
            db.execute("ALTER TABLE t ADD c int NOT NULL DEFAULT 7");
            drive.states.put(T, before);
            drive.places.remove(T);
            drive.released.remove(T);
            for (int run = 0; run < 3; run++) {
                drive.run();
                assertThat(drive.refused).isEmpty();
            }
            same(drive, "copied again");
            assertThat(drive.generations.get(T)).isEqualTo(2);
        }
    }

    @Test
    void What_leaves_the_values_that_the_log_tells_copies_nothing() {
        for (String alteration : List.of(
                "VACUUM FULL t", "ALTER TABLE t ALTER n SET STATISTICS 50; CLUSTER t USING t_pkey",
                "TRUNCATE t; INSERT INTO t VALUES (1, 2)", "ALTER TABLE t ADD c int; ALTER TABLE t ALTER c SET DEFAULT 7",
                "ALTER TABLE t ALTER n SET NOT NULL; ALTER TABLE t ALTER n SET DEFAULT 5; ALTER TABLE t RENAME n TO m; ALTER TABLE t RENAME m TO n",
                "ALTER TABLE t ADD g int GENERATED ALWAYS AS (id * 2) STORED", "ALTER TABLE t ALTER s SET EXPRESSION AS (n * 5)",
                "ALTER TABLE t DROP s; VACUUM FULL t")) {
            altered(PLAIN, alteration, 1);
        }
        altered(PARTITIONED, "ALTER TABLE t ALTER n SET STATISTICS 50; VACUUM FULL t1; VACUUM FULL t2", 1);
    }

    @Test
    void A_rewrite_while_the_table_is_followed_is_seen_by_the_next_look_and_a_copy_that_dies_goes_on() {
        make("CREATE TABLE t (id int PRIMARY KEY, n int)");
        try (LogDrive drive = drive(OnRewrite.COPY)) {
            drive.run();
            drive.until = Until.STOPPED;
            AtomicBoolean altered = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!altered.getAndSet(true)) {
                    db.execute("INSERT INTO t (id, n) VALUES (6, 6)", "ALTER TABLE t ALTER n TYPE int USING n * 2");
                }
                drive.drive.looks(planner);
            };
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(LogError.RELATION_CHANGED);
                assertThat(e.getMessage()).contains("column n was altered and every row written anew");
            });
            drive.until = Until.CAUGHT_UP;
            drive.beforeRead = (planner, reader) -> {};
            db.execute("INSERT INTO t (id, n) SELECT i, i FROM generate_series(10, 200) i");
            drive.run(1);
            db.execute("DELETE FROM t WHERE id = 199", "UPDATE t SET n = 0 WHERE id = 3", "ALTER TABLE t ALTER n TYPE int USING n + 1");
            drive.run(2);
            drive.run();
            same(drive, "a rewrite in the middle of the copy after another");
            assertThat(drive.generations.get(T)).isEqualTo(3);
        }
    }

    /** The look is between the alteration and the first row that tells of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ALTER TABLE t ADD c int                    | 1
            ALTER TABLE t ADD c float DEFAULT random() | 2
            """)
    void A_column_that_comes_while_the_table_is_followed_has_it_copied_only_if_rows_have_a_value_of_it(String alteration, long generation) {
        make("CREATE TABLE t (id int PRIMARY KEY, n int)");
        try (LogDrive drive = drive(OnRewrite.COPY)) {
            drive.run();
            drive.until = Until.STOPPED;
            AtomicInteger read = new AtomicInteger();
            drive.beforeRead = (planner, reader) -> {
                if (read.getAndIncrement() == 0) {
                    db.execute("INSERT INTO t (id, n) VALUES (6, 6)");
                } else if (drive.rows.get(T).contains("INSERT|6|6") && !drive.rows.get(T).contains("altered")) {
                    drive.rows.get(T).add("altered");
                    db.execute(alteration);
                    drive.drive.looks(planner);
                    db.execute("INSERT INTO t (id, n) VALUES (7, 7)");
                }
            };
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(LogError.RELATION_CHANGED));
            drive.rows.get(T).remove("altered");
            drive.until = Until.CAUGHT_UP;
            drive.beforeRead = (planner, reader) -> {};
            drive.run();
            drive.run();
            same(drive, alteration);
            assertThat(drive.generations.get(T)).isEqualTo(generation);
        }
    }

    @Test
    void The_stream_stops_or_keeps_what_was_delivered_where_it_is_told_to() {
        make(PLAIN);
        try (LogDrive stops = drive(OnRewrite.STOP)) {
            stops.run();
            db.execute("ALTER TABLE t ADD c int DEFAULT 7", "INSERT INTO t (id, n) VALUES (6, 6)", "INSERT INTO u VALUES (2)");
            for (int run = 0; run < 2; run++) {
                stops.run();
                assertThat(stops.refused.get(T).errorCode()).isEqualTo(LogError.VALUES_REWRITTEN);
                assertThat(stops.refused.get(T).getMessage()).contains("column c was added with a value for the rows that were there");
                assertThat(stops.rows.get(U)).containsExactly("COPY|1", "INSERT|2");
            }
            try (LogDrive keeps = drive(OnRewrite.KEEP)) {
                keeps.goOnFrom(stops);
                keeps.run();
                assertThat(keeps.rows.get(T)).containsExactly("INSERT|6|6|7");
                keeps.run();
                assertThat(keeps.drive.notices).filteredOn(notice -> notice.startsWith("postgres.values_rewritten")).singleElement().asString()
                        .contains("what was delivered stays as it was");
            }
        }
    }

    @Test
    void A_column_that_the_pipeline_file_comes_to_select_is_delivered_of_all_rows() {
        make(PLAIN);
        try (LogDrive narrow = new LogDrive(Drive.config(db.url(), LogDrive.follow("public.t", "id"), LogDrive.follow("public.u")), T, U);
                LogDrive wide = drive(OnRewrite.COPY)) {
            narrow.run();
            wide.goOnFrom(narrow);
            db.execute("UPDATE t SET n = 8 WHERE id = 2");
            wide.run();
            same(wide, "n is selected");
        }
    }
}
