package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Reconciliation.Change;
import io.windrow.connectors.postgres.StreamConfig.Consistency;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges of a key that were read by an earlier run count only for what they were read of, and under the moment of that run. */
@Tag("server")
class KeyRangesTest {
    private static final StreamName T = new StreamName("public", "t");

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
        db.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, k int NOT NULL UNIQUE, v text)",
                "INSERT INTO t SELECT g, 5001 - g, repeat('x', 100) FROM generate_series(1, 5000) g");
    }

    @AfterEach
    void close() {
        db.close();
    }

    private Drive drive(Optional<String> where, List<String> key) {
        StreamConfig stream = new StreamConfig(
                Optional.of("public.t"), Optional.empty(), Optional.empty(), List.of(), ReadMode.SNAPSHOT, Optional.empty(),
                Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(), where, key, OutOfRange.FAIL,
                Consistency.PER_RANGE);
        return new Drive(Drive.config(db.url(), stream), T);
    }

    /** Goes on after another drive, as a run after one that failed. */
    private static void goOn(Drive drive, Drive after) {
        drive.state = after.state;
        drive.open = after.open;
        drive.rows.addAll(after.rows);
        drive.run();
    }

    @ParameterizedTest
    @CsvSource({
        "'', selection.changed", "'', key.changed", "ALTER TABLE t ALTER id TYPE int, key.changed",
        "CREATE TABLE t2 (LIKE t INCLUDING ALL); INSERT INTO t2 TABLE t; DROP TABLE t; ALTER TABLE t2 RENAME TO t, table.replaced",
        "'', cluster.changed"
    })
    void Ranges_of_another_selection_key_table_or_cluster_are_read_anew_and_it_says_why(String change, String why) {
        try (Drive first = drive(Optional.of("id > 10"), List.of());
                Drive second = drive(
                        Optional.of(why.startsWith("selection") ? "id > 5" : "id > 10"),
                        why.startsWith("key") && change.isEmpty() ? List.of("k") : List.of())) {
            first.run(30);
            assertThat(first.state.orElseThrow().text()).contains("\"ended\":[\"g1-0\"");
            db.execute("UPDATE t SET v = 'later' WHERE id < 100");
            if (!change.isEmpty()) {
                db.execute(change);
            }
            if (why.startsWith("cluster")) {
                first.state = Optional.of(new PlannerState(
                        1, first.state.get().text().replaceFirst("\"system\":\"\\d+\"", "\"system\":\"1\"")));
            }
            goOn(second, first);
            assertThat(second.restarted).isEqualTo(why);
            assertThat(second.rows).containsExactlyInAnyOrderElementsOf(
                    db.query("SELECT id, k, v FROM t WHERE id > " + (why.startsWith("selection") ? 5 : 10)).stream()
                            .map(row -> String.join("|", row))
                            .toList());
        }
    }

    @Test
    void A_state_of_an_older_version_goes_on_and_knows_more_from_then_on() {
        try (Drive first = drive(Optional.empty(), List.of());
                Drive second = drive(Optional.empty(), List.of())) {
            first.run(30);
            String text = first.state.orElseThrow().text();
            first.state = Optional.of(new PlannerState(1, text.substring(0, text.indexOf(",\"selection\"")) + "}"));
            goOn(second, first);
            assertThat(second.restarted).isEmpty();
            assertThat(second.rows).hasSize(5000).doesNotHaveDuplicates();
            assertThat(second.state.orElseThrow().text()).contains("\"selection\":", "\"relation\":", "\"key\":[\"id bigint\"]");
        }
    }

    @Test
    void A_row_that_changed_after_its_range_was_read_has_changed_since_although_another_run_read_the_rest() {
        try (Drive first = drive(Optional.empty(), List.of());
                Drive second = drive(Optional.empty(), List.of())) {
            first.run(32);
            assertThat(first.open).as("a range that is read in part").hasSize(1);
            String inPart = first.rows.getLast().substring(0, first.rows.getLast().indexOf('|'));
            db.execute("UPDATE t SET v = 'between' WHERE id IN (1, 5000, " + inPart + ")");
            goOn(second, first);
            assertThat(second.rows).hasSize(5000);
            List<List<String>> keys = List.of(
                    List.of("1"), List.of("2"), List.of(inPart), List.of("5000"), List.of("4999"));
            assertThat(changes(second, keys)).containsExactly(
                    Change.CHANGED, Change.UNCHANGED, Change.UNDECIDABLE, Change.UNCHANGED, Change.UNCHANGED);
            db.execute("UPDATE t SET v = 'after' WHERE id IN (2, 5000, " + inPart + ")");
            assertThat(changes(second, keys)).containsExactly(
                    Change.CHANGED, Change.CHANGED, Change.CHANGED, Change.CHANGED, Change.UNCHANGED);
        }
    }

    private static List<Change> changes(Drive drive, List<List<String>> keys) {
        try (var source = drive.source();
                Reconciliation now = source.reconciliation().orElseThrow()) {
            now.begin();
            return now.changedSince(T, drive.state.orElseThrow(), keys);
        }
    }
}
