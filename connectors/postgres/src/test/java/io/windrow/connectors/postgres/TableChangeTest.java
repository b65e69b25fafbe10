package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that somebody alters while a run is under way. Whoever alters one waits for no more than the split that is read. */
@Tag("server")
class TableChangeTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final String AT_ONCE = "SET lock_timeout = '60s'; ";

    private static void fill(PostgresDatabase db) {
        db.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, v text, w int)",
                "INSERT INTO t SELECT g, 'v' || g || repeat('x', 100), g FROM generate_series(1, 5000) g");
    }

    private static List<String> expected(PostgresDatabase db) {
        return db.query("SELECT * FROM t").stream().map(row -> String.join("|", row)).toList();
    }

    private static String changed(Drive drive) {
        List<String> message = new ArrayList<>();
        assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
            assertThat(e.errorCode()).isEqualTo(PostgresError.TABLE_CHANGED);
            message.add(e.getMessage());
        });
        return message.getFirst();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("ALTER TABLE t DROP COLUMN w", "column"),
                Arguments.of("ALTER TABLE t RENAME COLUMN v TO vv", "column"),
                Arguments.of("ALTER TABLE t ALTER COLUMN w TYPE bigint", "column w has another type"),
                Arguments.of("ALTER TABLE t ALTER COLUMN v TYPE varchar", "column v has another type"),
                Arguments.of("ALTER TABLE t ADD COLUMN x text DEFAULT clock_timestamp()::text", "table public.t was rewritten"),
                Arguments.of("VACUUM FULL t", "table public.t was rewritten"),
                Arguments.of("TRUNCATE t; INSERT INTO t SELECT g, 'n', g FROM generate_series(1, 3000) g", "table public.t was rewritten"),
                Arguments.of("ALTER TABLE t RENAME TO was; CREATE TABLE t AS SELECT * FROM was WHERE id > 40", "belongs to another table"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void A_change_ends_the_snapshot_of_the_table_and_the_next_generation_has_every_row(String change, String named) {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            fill(db);
            drive.change = () -> db.execute(change.startsWith("VACUUM") ? change : AT_ONCE + change);
            assertThat(changed(drive)).contains(named);
            drive.run();
            assertThat(drive.restarted).isEqualTo("snapshot.lost");
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db));
        }
    }

    @Test
    void A_column_that_is_added_and_indexes_that_come_and_go_leave_a_snapshot_as_it_is() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            fill(db);
            List<String> before = expected(db);
            drive.change = () -> db.execute(AT_ONCE
                    + "ALTER TABLE t ADD COLUMN x text DEFAULT 'x'; CREATE INDEX ON t (w); REINDEX TABLE t; INSERT INTO t VALUES (0)");
            drive.run();
            assertThat(drive.generation).isEqualTo(1);
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE VIEW v AS SELECT * FROM t", "CREATE MATERIALIZED VIEW v AS SELECT * FROM t"})
    void A_view_whose_table_was_rewritten_since_the_snapshot_is_never_taken_for_empty(String view) {
        StreamName name = new StreamName("public", "v");
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.v")), name)) {
            fill(db);
            db.execute(view);
            List<String> expected = expected(db);
            drive.changeAfter = 0;
            drive.change = () -> db.execute(view.contains("MATERIALIZED")
                    ? AT_ONCE + "REFRESH MATERIALIZED VIEW v"
                    : "VACUUM FULL t");
            assertThat(changed(drive)).contains("was rewritten");
            drive.run();
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALTER TABLE t DROP COLUMN w", "ALTER TABLE t RENAME COLUMN v TO vv"})
    void An_incremental_window_goes_on_in_the_new_columns_from_where_it_was(String change) {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", "id", Level.PROVEN)), T)) {
            fill(db);
            drive.change = () -> db.execute(AT_ONCE + change + "; INSERT INTO t SELECT g, 'late' FROM generate_series(6001, 6100) g");
            changed(drive);
            int before = drive.rows.size();
            assertThat(before).isPositive();
            drive.run();
            drive.run();
            assertThat(drive.generation).isEqualTo(1);
            assertThat(drive.rows.stream().map(row -> row.substring(0, row.indexOf('|'))))
                    .containsExactlyInAnyOrderElementsOf(db.query("SELECT id FROM t").stream().map(List::getFirst).toList());
            assertThat(drive.rows.subList(before, drive.rows.size()))
                    .isSubsetOf(expected(db));
        }
    }

    @Test
    void A_rewrite_begins_the_first_window_again_and_later_ones_are_refused_with_what_to_do() {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", "id", Level.PROVEN)), T)) {
            fill(db);
            drive.change = () -> db.execute(AT_ONCE + "ALTER TABLE t ALTER COLUMN w TYPE bigint");
            changed(drive);
            drive.run();
            assertThat(drive.generation).isEqualTo(2);
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db));
            db.execute("INSERT INTO t SELECT g, 'new' || repeat('x', 100), g FROM generate_series(7001, 12000) g");
            drive.change = () -> db.execute("VACUUM FULL t");
            changed(drive);
            List<String> before = List.copyOf(drive.rows);
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.TABLE_REWRITTEN);
                assertThat(e.remedy()).contains("--full-refresh");
            });
            assertThat(drive.rows).as("what was delivered stays").isEqualTo(before);
        }
    }

    @Test
    void Who_holds_a_table_while_a_run_begins_is_waited_for_and_its_rewrite_is_seen() throws Exception {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                Drive drive = new Drive(Drive.patient(Drive.config(db.url(), StreamConfig.snapshot("public.t"))), T)) {
            fill(db);
            try (var other = db.connect()) {
                other.setAutoCommit(false);
                other.createStatement().execute("ALTER TABLE t ALTER COLUMN w TYPE bigint");
                Thread commit = Thread.ofPlatform().start(() -> {
                    try {
                        await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessShareLock'") > 0);
                        other.commit();
                    } catch (java.sql.SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertThat(changed(drive)).contains("was rewritten");
                commit.join();
            }
            drive.run();
            assertThat(drive.rows).containsExactlyInAnyOrderElementsOf(expected(db));
        }
    }
}
