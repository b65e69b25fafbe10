package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.LedgerSum;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.ChangeRows.Change;
import io.windrow.connectors.jdbc.load.UnfitText;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Alignment;
import io.windrow.connectors.jdbc.table.Layout.Deletes;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.testkit.conformance.TestContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes of a stream make of a table, compared with a naive model. One subclass per database. */
abstract class ChangesSuite {
    @RegisterExtension
    protected final TestContext context = new TestContext();

    private final List<Staged> lastStaged = new ArrayList<>();

    /** The database as a pipeline names it. Empty when a test begins. */
    protected abstract String url();

    /** A connection of the test's own. */
    protected abstract Connection connect() throws SQLException;

    final Sink sink(Deletes deletes, JdbcConfig.Truncates truncates) {
        return new JdbcSink(JdbcConfig.of(Secret.of(url())).with(deletes, truncates), context);
    }

    private List<Staged> stage(SinkWriter writer, long epoch, List<Change> changes, int atOnce) {
        return stage(writer, ChangeRows.SCHEMA, epoch, changes, atOnce);
    }

    private List<Staged> stage(SinkWriter writer, StreamSchema schema, long epoch, List<Change> changes, int atOnce) {
        for (int from = 0; from < changes.size(); from += atOnce) {
            try (Batch batch = ChangeRows.batch(context.allocator(), schema, changes.subList(from, Math.min(from + atOnce, changes.size())))) {
                writer.write(batch);
            }
        }
        return writer.prepareCommit(epoch);
    }

    private StreamCommit commit(WriteMode mode, long generation, long epoch, List<Staged> staged) {
        return new StreamCommit(
                new CommitIdentity(context.pipeline(), ChangeRows.STREAM, generation, epoch, "d" + generation + "." + epoch), 1, mode,
                staged, Optional.empty(), false, "{}");
    }

    final void apply(Sink sink, WriteMode mode, long generation, long epoch, Change... changes) {
        apply(sink, ChangeRows.SCHEMA, mode, generation, epoch, changes);
    }

    final void apply(Sink sink, StreamSchema schema, WriteMode mode, long generation, long epoch, Change... changes) {
        sink.prepare(schema, mode);
        try (SinkWriter writer = sink.writer(schema, mode, new WriterId(generation, 1, (int) epoch))) {
            lastStaged.clear();
            lastStaged.addAll(stage(writer, schema, epoch, List.of(changes), changes.length > 20 ? 100 : 2));
        }
        applied(sink, mode, generation, epoch);
    }

    /** Commits what was staged last. */
    private void applied(Sink sink, WriteMode mode, long generation, long epoch) {
        try (Committer committer = sink.committer()) {
            CommitOutcome outcome = committer.commit(commit(mode, generation, epoch, lastStaged));
            if (outcome instanceof CommitOutcome.Rejected rejected) {
                throw rejected.reason();
            }
            assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        }
    }

    final long counted(Staged.Part part) {
        return lastStaged.stream().filter(one -> one.part() == part).mapToLong(Staged::rows).sum();
    }

    /** Rows as {@code a|b|c}, by a query of the test's own. */
    protected final List<String> query(String sql) {
        try (Connection connection = connect(); Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (results.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= results.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(results.getString(i)));
                }
                rows.add(String.join("|", row));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    final List<String> rows() {
        return query("SELECT id, name, body FROM orders ORDER BY id");
    }

    static Change insert(long id, String name, String body, long position) {
        return new Change(Operation.INSERT, id, name, body, position, 0, -1);
    }

    static Change update(long id, String name, String body, long position) {
        return new Change(Operation.UPDATE, id, name, body, position, 0, -1);
    }

    static Change delete(long id, long position) {
        return new Change(Operation.DELETE, id, null, null, position, 0, -1);
    }

    @RepeatedTest(12)
    @Tag("D01")
    void anyChangesInAnyEpochsMakeTheTableThatANaiveModelMakes(RepetitionInfo repetition) {
        Random random = new Random(4711L * repetition.getCurrentRepetition());
        Map<Long, String> model = new TreeMap<>();
        long position = 1;
        long written = 0;
        long given = 0;
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
            try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, WriteMode.MIRROR, new WriterId(1, 1, 0))) {
                for (long epoch = 1; epoch <= 6; epoch++) {
                    List<Change> changes = new ArrayList<>();
                    int count = random.nextInt(40);
                    for (int i = 0; i < count; i++) {
                        Change change = next(random, model, position++);
                        changes.add(change);
                        if (change.link() >= 0) {
                            changes.add(moved(change, model));
                            count++;
                            i++;
                        }
                    }
                    List<Staged> staged = stage(writer, epoch, changes, 1 + random.nextInt(9));
                    given += count;
                    written += staged.stream().mapToLong(Staged::rows).sum();
                    StreamCommit commit = commit(WriteMode.MIRROR, 1, epoch, staged);
                    assertThat(committer.commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
                    if (random.nextBoolean()) {
                        assertThat(committer.commit(commit)).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
                    }
                    List<String> expected = new ArrayList<>();
                    model.forEach((id, values) -> expected.add(id + "|" + values));
                    assertThat(rows()).as("epoch %d of repetition %d", epoch, repetition.getCurrentRepetition()).isEqualTo(expected);
                }
            }
        }
        // I1: every change is written, or counted as folded.
        assertThat(written).isEqualTo(given);
    }

    /** A TRUNCATE of a soft mirror is left out: what came and went with it between two commits leaves no trace, as its how-to says. */
    @ParameterizedTest
    @CsvSource({"MIRROR, SOFT", "UPSERT, HARD", "HISTORY, HARD"})
    void whereEpochsAreCutDecidesNothing(WriteMode mode, Deletes deletes) throws SQLException {
        Random random = new Random(4712);
        Map<Long, String> model = new TreeMap<>();
        List<List<Change>> records = new ArrayList<>();
        for (long position = 1; position <= 30; position++) {
            Change change = next(random, model, position);
            if (change.operation() != Operation.TRUNCATE || mode == WriteMode.HISTORY) {
                records.add(change.link() >= 0 ? List.of(change, moved(change, model)) : List.of(change));
            }
        }
        String more = deletes == Deletes.SOFT ? ", CASE WHEN _deleted THEN 1 ELSE 0 END" : mode == WriteMode.HISTORY ? ", valid_from, valid_to" : "";
        List<List<String>> ends = new ArrayList<>();
        for (int size : List.of(1, 30)) {
            try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
                for (int from = 0; from < records.size(); from += size) {
                    List<List<Change>> some = records.subList(from, Math.min(records.size(), from + size));
                    apply(sink, mode, 1, from + 1, some.stream().flatMap(List::stream).toArray(Change[]::new));
                }
            }
            ends.add(query("SELECT id, name, body" + more + " FROM orders").stream().sorted().toList());
            execute("DROP TABLE orders", "DELETE FROM _windrow_commits");
        }
        assertThat(ends.get(0)).isNotEmpty();
        assertThat(ends.get(1)).isEqualTo(ends.get(0));
    }

    private static Change next(Random random, Map<Long, String> model, long position) {
        long id = random.nextInt(12);
        String name = random.nextInt(5) == 0 ? null : "n" + position;
        String body = random.nextInt(4) == 0 ? null : "b" + position;
        int dice = random.nextInt(40);
        if (dice == 0) {
            model.clear();
            return new Change(Operation.TRUNCATE, 0, null, null, position, 0, -1);
        }
        String before = model.get(id);
        if (before == null) {
            model.put(id, name + "|" + body);
            return insert(id, name, body, position);
        }
        if (dice < 6 && !model.containsKey(100 + id)) {
            return new Change(Operation.DELETE, id, null, null, position, 0, 1);
        }
        if (dice < 10) {
            model.remove(id);
            return delete(id, position);
        }
        if (dice < 25) {
            model.put(id, name + before.substring(before.indexOf('|')));
            return update(id, name, Change.UNCHANGED, position);
        }
        model.put(id, name + "|" + body);
        return update(id, name, body, position);
    }

    /** The second half of a key change, which leaves the long text as it was. */
    private static Change moved(Change old, Map<Long, String> model) {
        long id = 100 + old.id();
        String before = model.remove(old.id());
        model.put(id, "moved" + before.substring(before.indexOf('|')));
        return new Change(Operation.INSERT, id, "moved", Change.UNCHANGED, old.position(), 1, 0);
    }

    @Test
    @Tag("D03")
    void aRowWhoseKeyChangesTakesItsUnchangedColumnsAlongAlsoTwiceInOneEpoch() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            apply(sink, WriteMode.MIRROR, 1, 2,
                    new Change(Operation.DELETE, 1, null, null, 2, 0, 1), new Change(Operation.INSERT, 2, "b", Change.UNCHANGED, 2, 1, 0),
                    new Change(Operation.DELETE, 2, null, null, 3, 0, 1), new Change(Operation.INSERT, 3, "c", Change.UNCHANGED, 3, 1, 0),
                    update(3, "d", Change.UNCHANGED, 4));
            assertThat(rows()).containsExactly("3|d|x");
        }
    }

    @Test
    @Tag("D03")
    void manyRowsWhoseKeysChangeOnceAndSomeAgainTakeTheirUnchangedColumnsAlong() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            List<Change> first = new ArrayList<>();
            List<Change> moves = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (long id = 1; id <= 300; id++) {
                first.add(insert(id, "n", "body " + id, id));
                long last = id % 3 == 0 ? 2000 + id : 1000 + id;
                for (long from = id; from < last; from += 1000) {
                    long to = from + 1000;
                    moves.add(new Change(Operation.DELETE, from, null, null, to, 2 * id, 2 * id + 1));
                    moves.add(new Change(Operation.INSERT, to, "m", Change.UNCHANGED, to, 2 * id + 1, 2 * id));
                }
                expected.add(last + "|m|body " + id);
            }
            apply(sink, WriteMode.MIRROR, 1, 1, first.toArray(Change[]::new));
            moves.sort(Comparator.comparingLong(Change::position).thenComparingLong(Change::ordinal));
            apply(sink, WriteMode.MIRROR, 1, 2, moves.toArray(Change[]::new));
            assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void changesOfOneKeyAreFoldedAndCounted() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), update(1, "b", Change.UNCHANGED, 2), insert(2, "c", "y", 3),
                    delete(2, 4), update(1, "d", Change.UNCHANGED, 5));
            assertThat(rows()).containsExactly("1|d|x");
            assertThat(counted(Staged.Part.DATA)).isEqualTo(2);
            assertThat(counted(Staged.Part.FOLDED)).isEqualTo(3);
        }
    }

    @Test
    void upsertKeepsRowsThatWereDeletedAndCountsTheDeletesAsFiltered() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.UPSERT, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            apply(sink, WriteMode.UPSERT, 1, 2, delete(1, 3), update(2, "c", Change.UNCHANGED, 4));
            assertThat(rows()).containsExactly("1|a|x", "2|c|y");
            assertThat(counted(Staged.Part.FILTERED)).isEqualTo(1);
            assertThat(counted(Staged.Part.DATA)).isEqualTo(1);
        }
    }

    @Test
    @Tag("D03")
    void upsertKeepsTheOldRowOfAChangeOfKeyAndGivesTheNewOneItsUnchangedColumns() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.UPSERT, 1, 1, insert(1, "a", "x", 1), insert(2, "stale", "stale", 1));
            apply(sink, WriteMode.UPSERT, 1, 2,
                    new Change(Operation.DELETE, 1, null, null, 2, 0, 1), new Change(Operation.INSERT, 2, "b", Change.UNCHANGED, 2, 1, 0));
            assertThat(rows()).containsExactly("1|a|x", "2|b|x");
            assertThat(counted(Staged.Part.FILTERED)).isEqualTo(1);
            assertThat(counted(Staged.Part.DATA)).isEqualTo(1);
            apply(sink, WriteMode.UPSERT, 1, 3, insert(3, "c", "z", 3), new Change(Operation.DELETE, 3, null, null, 4, 0, 1),
                    new Change(Operation.INSERT, 4, "d", Change.UNCHANGED, 4, 1, 0), update(4, "e", Change.UNCHANGED, 5));
            assertThat(rows()).containsExactly("1|a|x", "2|b|x", "3|c|z", "4|e|z");
            assertThat(counted(Staged.Part.FILTERED)).isEqualTo(1);
            assertThat(counted(Staged.Part.DATA)).isEqualTo(2);
            assertThat(counted(Staged.Part.FOLDED)).isEqualTo(1);
        }
    }

    @Test
    void aRowThatComesBackIsUnmarkedThoughDeletesAreNoLongerMarked() {
        try (Sink soft = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY); Sink hard = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(soft, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1), delete(1, 2));
            apply(hard, WriteMode.MIRROR, 1, 2, insert(1, "back", "z", 3), delete(2, 4), insert(3, "c", "w", 5));
            assertThat(query("SELECT id, name FROM orders WHERE NOT _deleted ORDER BY id")).containsExactly("1|back", "3|c");
            assertThat(rows()).hasSize(2);
        }
    }

    @Test
    void aHistoryThatIsCopiedAgainAtTheSamePlaceTakesTheSameVersionsAgain() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.HISTORY, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            apply(sink, WriteMode.HISTORY, 2, 2, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            apply(sink, WriteMode.HISTORY, 2, 3, update(1, "c", "x", 3));
            assertThat(query("SELECT id, name FROM orders WHERE is_current ORDER BY id")).containsExactly("1|c", "2|b");
            assertThat(query("SELECT count(*) FROM orders")).containsExactly("3");
            assertNoOverlap();
        }
    }

    @Test
    void aHistoryThatIsCopiedAgainKeepsVersionsThatAreStillTrueAndEndsTheOthersWithTheCopy() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.HISTORY, 1, 1, at(-1, insert(1, "a", "x", 1)), at(-1, insert(2, "b", "y", 1)), at(-1, insert(3, "c", null, 1)),
                    at(-1, insert(5, "f", null, 1)), update(1, "d", "x", 2), delete(5, 3));
            apply(sink, WriteMode.HISTORY, 2, 2, at(-1, insert(1, "d", "x", 10)), at(-1, insert(2, "e", "y", 10)));
            apply(sink, WriteMode.HISTORY, 2, 3, at(-1, insert(4, "g", "z", 10)), at(-1, insert(5, "f", null, 10)), update(2, "h", "y", 4_000_000_000L));
            assertThat(query("SELECT id, name FROM orders WHERE is_current ORDER BY id")).containsExactly("1|d", "2|h", "4|g", "5|f");
            assertThat(query("SELECT id, name FROM orders WHERE NOT is_current ORDER BY id, _position")).containsExactly("1|a", "2|b", "2|e", "3|c", "5|f");
            assertThat(query("SELECT id FROM orders WHERE (valid_to IS NULL) <> is_current")).isEmpty();
            // Everything that the copy ended or began has its moment.
            assertThat(query("SELECT DISTINCT a.name, b.name FROM orders AS a JOIN orders AS b ON a.valid_to = b.valid_from WHERE a.name IN ('b', 'c') "
                    + "ORDER BY a.name, b.name")).containsExactly("b|e", "b|f", "b|g", "c|e", "c|f", "c|g");
            assertThat(query("SELECT count(*) FROM orders AS a JOIN orders AS b ON a.valid_to = b.valid_from WHERE a.name IN ('a', 'e')")).containsExactly("2");
            assertNoOverlap();
        }
    }

    @Test
    void aVersionEndsWithTheNextChangeInTheLogAndNeverBeforeItBegan() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.HISTORY, 1, 1, at(10, insert(1, "a", "x", 1)));
            // The clock goes back between the commits, and forward again.
            apply(sink, WriteMode.HISTORY, 1, 2, at(30, update(1, "b", "x", 2)), at(20, update(1, "c", "x", 3)));
            assertThat(query("SELECT a.name, b.name FROM orders AS a JOIN orders AS b ON a.valid_to = b.valid_from AND a.name <> b.name ORDER BY 1, 2"))
                    .containsExactly("a|b", "a|c", "b|c");
            assertThat(query("SELECT name FROM orders WHERE valid_to = valid_from")).containsExactly("b");
            apply(sink, WriteMode.HISTORY, 1, 3, at(5, delete(1, 4)));
            assertThat(query("SELECT name FROM orders WHERE valid_to < valid_from")).isEmpty();
            assertThat(query("SELECT count(*) FROM orders WHERE valid_to = valid_from")).containsExactly("2");
            apply(sink, WriteMode.HISTORY, 1, 4, at(6, insert(1, "d", "x", 5)), at(7, new Change(Operation.TRUNCATE, 0, null, null, 6, 0, -1)),
                    at(4, insert(1, "e", "x", 7)), at(50, new Change(Operation.TRUNCATE, 0, null, null, 8, 0, -1)), at(40, insert(1, "f", "x", 9)));
            apply(sink, WriteMode.HISTORY, 1, 5, at(45, update(1, "g", "x", 10)));
            assertThat(query("SELECT name FROM orders WHERE valid_from = (SELECT max(valid_from) FROM orders) ORDER BY name")).containsExactly("f", "g");
            assertThat(query("SELECT name FROM orders WHERE valid_to IS NULL")).containsExactly("g");
            assertNoOverlap();
        }
    }

    @Test
    void whatCommittedBeforeTheMomentOfACopyAndComesAfterItBeginsWithTheCopy() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.HISTORY, 1, 1, at(-1, insert(1, "a", "x", 1)), at(-1, insert(2, "b", "y", 1)), at(-1, insert(3, "c", "z", 1)));
            apply(sink, WriteMode.HISTORY, 2, 2, at(-1, insert(1, "d", "x", 10)), at(-1, insert(3, "e", "z", 10)));
            apply(sink, WriteMode.HISTORY, 2, 3, at(95, update(1, "f", "x", 11)), at(96, insert(2, "g", "y", 12)), at(97, delete(3, 13)));
            assertThat(query("SELECT id, name FROM orders WHERE is_current ORDER BY id")).containsExactly("1|f", "2|g");
            assertThat(query("SELECT name FROM orders WHERE valid_to = valid_from ORDER BY name")).containsExactly("d", "e");
            assertNoOverlap();
        }
    }

    /** At no moment two versions of a row are true. */
    private void assertNoOverlap() {
        assertThat(query("SELECT a.id, a.name, b.name FROM orders AS a JOIN orders AS b ON a.id = b.id AND a._position < b._position "
                + "WHERE (a.valid_to IS NULL OR b.valid_from IS NULL OR b.valid_from < a.valid_to) "
                + "AND (b.valid_to IS NULL OR a.valid_from IS NULL OR a.valid_from < b.valid_to) "
                + "AND (a.valid_to IS NULL OR a.valid_from IS NULL OR a.valid_from < a.valid_to) "
                + "AND (b.valid_to IS NULL OR b.valid_from IS NULL OR b.valid_from < b.valid_to)")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"MIRROR,HARD,1", "MIRROR,HARD,2", "MIRROR,SOFT,1", "MIRROR,SOFT,2", "HISTORY,HARD,1", "HISTORY,HARD,2", "UPSERT,HARD,1", "UPSERT,HARD,2"})
    @Tag("D16")
    void whatTheSourceDoesNotSendStaysWithItsRowAlsoUnderAnotherKeyAndGoesWithIt(WriteMode mode, Deletes deletes, int cut) {
        List<Change> changes = List.of(
                delete(1, 2), insert(1, "b", Change.ABSENT, 3),
                new Change(Operation.DELETE, 2, null, null, 4, 0, 1), new Change(Operation.INSERT, 9, "c", Change.ABSENT, 4, 1, 0),
                update(3, "d", "new", 5), delete(3, 6), insert(3, "e", Change.ABSENT, 7), update(3, "f", Change.ABSENT, 8),
                update(9, "g", Change.ABSENT, 9), update(4, "h", Change.ABSENT, 10));
        try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "w", 1), insert(2, "a", "x", 1), insert(3, "a", "y", 1), insert(4, "a", "z", 1));
            if (cut == 1) {
                apply(sink, mode, 1, 2, changes.toArray(Change[]::new));
            } else {
                for (int from = 0; from < changes.size();) {
                    int count = changes.get(from).link() >= 0 ? 2 : 1;
                    apply(sink, mode, 1, 2 + from, changes.subList(from, from + count).toArray(Change[]::new));
                    from += count;
                }
            }
            String shown = mode == WriteMode.HISTORY ? " WHERE is_current" : deletes == Deletes.SOFT ? " WHERE NOT _deleted" : "";
            List<String> expected = mode == WriteMode.UPSERT
                    ? List.of("1|b|w", "2|a|x", "3|f|new", "4|h|z", "9|g|x")
                    : List.of("1|b|null", "3|f|null", "4|h|z", "9|g|x");
            assertThat(query("SELECT id, name, body FROM orders" + shown + " ORDER BY id")).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"MIRROR,HARD", "MIRROR,SOFT", "HISTORY,HARD"})
    @Tag("D03")
    void rowsThatSwapTheirKeysInOneTransactionKeepWhatWasNotSent(WriteMode mode, Deletes deletes) {
        for (String unsent : List.of(Change.UNCHANGED, Change.ABSENT)) {
            long base = unsent.equals(Change.ABSENT) ? 10 : 0;
            try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
                apply(sink, mode, 1, base + 1, insert(base + 1, "one", "x", base + 1), insert(base + 2, "two", "y", base + 1));
                apply(sink, mode, 1, base + 2,
                        new Change(Operation.DELETE, base + 1, null, null, base + 2, 0, 1), new Change(Operation.INSERT, base + 3, "one", unsent, base + 2, 1, 0),
                        new Change(Operation.DELETE, base + 2, null, null, base + 2, 2, 3), new Change(Operation.INSERT, base + 1, "two", unsent, base + 2, 3, 2),
                        new Change(Operation.DELETE, base + 3, null, null, base + 2, 4, 5), new Change(Operation.INSERT, base + 2, "one", unsent, base + 2, 5, 4));
                String shown = mode == WriteMode.HISTORY ? "is_current" : deletes == Deletes.SOFT ? "NOT _deleted" : "1 = 1";
                assertThat(query("SELECT id, name, body FROM orders WHERE id > " + base + " AND " + shown + " ORDER BY id"))
                        .containsExactly((base + 1) + "|two|y", (base + 2) + "|one|x");
            }
        }
    }

    @Test
    @Tag("D03")
    void aChangeOfAKeyThatLeavesColumnsAsTheyWereIsRefusedIfTheTargetLacksTheOldRow() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 1, new Change(Operation.DELETE, 1, null, null, 2, 0, 1),
                    new Change(Operation.INSERT, 2, "b", Change.UNCHANGED, 2, 1, 0))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.ROW_MISSING));
            assertThat(rows()).isEmpty();
        }
    }

    /** Whether an index may be of some rows only. */
    protected boolean indexesSomeRows() {
        return false;
    }

    @Test
    void aRowThatIsMarkedAsDeletedGivesItsValueUpWhereOnlyTheOthersAreUnique() throws SQLException {
        if (indexesSomeRows()) {
            try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
                apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1), insert(3, "c", "z", 1));
                execute("CREATE UNIQUE INDEX living ON orders (name) WHERE NOT _deleted");
                apply(sink, WriteMode.MIRROR, 1, 2, delete(1, 2), update(2, "c", Change.UNCHANGED, 3), update(3, "a", Change.UNCHANGED, 3));
                apply(sink, WriteMode.MIRROR, 1, 3, delete(3, 4), insert(1, "a", "w", 5));
                assertThat(query("SELECT id, name, body FROM orders WHERE NOT _deleted ORDER BY id")).containsExactly("1|a|w", "2|c|y");
            }
        }
    }

    /** The type of a short text that may be in an index. */
    protected String shortText() {
        return text();
    }

    /** The type of a whole number of 64 bits. */
    protected String number() {
        return "bigint";
    }

    @ParameterizedTest
    @CsvSource({"HARD,", "SOFT,", "HARD,NOT NULL", "SOFT,NOT NULL"})
    void aValueThatIsUniqueMovesFromRowToRowAndColumnsOfSomebodyElseStay(Deletes deletes, String required) throws SQLException {
        boolean isFree = required == null;
        execute("CREATE TABLE orders (id " + number() + " NOT NULL PRIMARY KEY, name " + shortText() + (isFree ? "" : " NOT NULL") + " UNIQUE, body " + text()
                + (isFree ? ", remark varchar(20)" : "") + ")");
        try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1), insert(3, "c", "z", 1));
            if (isFree) {
                execute("UPDATE orders SET remark = 'mine'");
            }
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "b", Change.UNCHANGED, 2), update(2, "a", Change.UNCHANGED, 2), update(3, "c", "w", 2));
            assertThat(rows()).containsExactly("1|b|x", "2|a|y", "3|c|w");
            if (isFree) {
                assertThat(query("SELECT DISTINCT remark FROM orders")).containsExactly("mine");
            }
        }
    }

    @Test
    void aRowThatIsMarkedAsDeletedKeepsItsValueThatIsUniqueAndNoOtherGetsIt() throws SQLException {
        execute("CREATE TABLE orders (id " + number() + " NOT NULL PRIMARY KEY, name " + shortText() + " UNIQUE, body " + text() + ")");
        try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, delete(1, 2));
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "a", "y", 3))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.VALUE_REFUSED));
            assertThat(rows()).containsExactly("1|a|x");
        }
    }

    private static Change at(long seconds, Change change) {
        return new Change(change.operation(), change.id(), change.name(), change.body(), change.position(), change.ordinal(), change.link(), seconds);
    }

    @Test
    void aBookOfAnEarlierVersionIsCompletedAndGivesEachTableToOneStream() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE _windrow_commits (id varchar(64) NOT NULL PRIMARY KEY, pipeline text NOT NULL, stream_namespace text NOT NULL, "
                    + "stream_name text NOT NULL, table_name text NOT NULL, mode varchar(16) NOT NULL, generation bigint NOT NULL, "
                    + "epoch bigint NOT NULL, digest text NOT NULL, token bigint NOT NULL, pending text NOT NULL)");
            statement.execute("CREATE TABLE _windrow_ledger (id varchar(64) NOT NULL, generation bigint NOT NULL, epoch bigint NOT NULL, entry text NOT NULL)");
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, insert(2, "b", "y", 2));
        }
        assertThat(rows()).hasSize(2);
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("INSERT INTO _windrow_commits (id, pipeline, stream_namespace, stream_name, table_name, "
                            + "mode, generation, epoch, digest, token, pending) VALUES ('other', 'p', '', 's', 'orders', 'state', 0, 0, '', 0, '[]')"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageMatching("(?is).*(unique|duplicate).*");
        }
    }

    @Test
    void oldLedgerEntriesBecomeOneInTheirPlaceHoweverOftenAndOnlyForTheOwner() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            for (int epoch = 1; epoch <= 4; epoch++) {
                apply(sink, WriteMode.MIRROR, 1, epoch, insert(epoch, "a", "x", epoch));
            }
            String entries = "SELECT generation, epoch, entry FROM _windrow_ledger ORDER BY epoch";
            LedgerSum sum = new LedgerSum(ChangeRows.STREAM, 1, 1, 3, "{\"sum\":3}");
            assertThatThrownBy(() -> committer.rollUp(sum, 0)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.STALE_OWNER));
            assertThat(query(entries)).hasSize(4);
            for (int again = 0; again < 2; again++) {
                committer.rollUp(sum, 1);
                assertThat(query(entries)).containsExactly("1|3|{\"sum\":3}", "1|4|{}");
            }
            committer.rollUp(new LedgerSum(ChangeRows.STREAM, 2, 1, 4, "of a generation without entries"), 1);
            committer.rollUp(new LedgerSum(new StreamName("public", "unknown"), 1, 1, 4, "of a stream without entries"), 1);
            assertThat(query(entries)).hasSize(2);
            assertThat(committer.lastCommitted(ChangeRows.STREAM)).map(CommitIdentity::epoch).contains(4L);
            apply(sink, WriteMode.MIRROR, 1, 5, insert(5, "a", "x", 5));
            assertThat(rows()).hasSize(5);
        }
    }

    @Test
    void aFilledTableOfWhichTheBookKnowsNoColumnsIsTakenOver() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", null, 1));
            execute("UPDATE _windrow_commits SET column_names = NULL");
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "c", Change.UNCHANGED, 2), update(2, "d", Change.UNCHANGED, 2));
            assertThat(rows()).containsExactly("1|c|x", "2|d|null");
            apply(sink, ChangeRows.schema(new TreeMap<>(Map.of(2, "name", 3, "content"))), WriteMode.MIRROR, 1, 3, update(1, "e", Change.UNCHANGED, 3));
            assertThat(query("SELECT id, name, content FROM orders ORDER BY id")).containsExactly("1|e|x", "2|d|null");
        }
    }

    @Test
    void whatOlderOwnersStagedForAStreamThatNobodyReadsGoesAndWhatAnyoneMayStillNeedStays() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            committer.sweep(Set.of(ChangeRows.STREAM), 9);
            sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
            staged(sink, WriteMode.MIRROR, 1, 3, 0);
            committer.sweep(Set.of(ChangeRows.STREAM), 3);
            committer.sweep(Set.of(new StreamName("public", "another")), 9);
            assertThat(stagingTables()).as("of the owner, and of another stream's").hasSize(1);
            committer.sweep(Set.of(ChangeRows.STREAM), 4);
            assertThat(stagingTables()).isEmpty();

            List<Staged> first = staged(sink, WriteMode.REPLACE, 2, 4, 1);
            assertThat(committer.commit(commit(WriteMode.REPLACE, 2, 1, first))).isInstanceOf(CommitOutcome.Committed.class);
            staged(sink, WriteMode.REPLACE, 2, 4, 2);
            assertThat(stagingTables()).hasSize(2);
            committer.sweep(Set.of(ChangeRows.STREAM), 9);
            assertThat(stagingTables()).as("a copy that is not complete waits for it")
                    .containsExactly(JdbcCommitter.tables(first).getFirst().table());
        }
    }

    private List<Staged> staged(Sink sink, WriteMode mode, long generation, long token, int number) {
        try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, mode, new WriterId(generation, token, number))) {
            return stage(writer, 1, List.of(insert(1, "a", "x", 1)), 1);
        }
    }

    private List<String> stagingTables() throws SQLException {
        try (Connection connection = connect();
                ResultSet tables = connection.getMetaData().getTables(connection.getCatalog(), null, "%", null)) {
            List<String> names = new ArrayList<>();
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
            // Not the indexes of their keys, which PostgreSQL names too.
            names.removeIf(name -> !name.matches("_windrow_[0-9a-f]{16}_.*[0-9]"));
            return names;
        }
    }

    @Test
    void aLedgerThatWasGivenAKeyByHandIsTakenAsItIs() throws SQLException {
        execute("CREATE TABLE _windrow_ledger (id varchar(64) NOT NULL, generation bigint NOT NULL, epoch bigint NOT NULL, entry text NOT NULL, "
                + "PRIMARY KEY (id, epoch))");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, insert(2, "b", "y", 2));
        }
        assertThat(rows()).hasSize(2);
    }

    /** Whether texts hold U+0000. */
    protected boolean holdsZero() {
        return true;
    }

    @Test
    @Tag("C21")
    void aTextWithU0000ArrivesAsItIsOrIsRefusedBeforeAnythingIsCommitted() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            if (holdsZero()) {
                apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x\0y", 1));
                assertThat(rows()).containsExactly("1|a|x\0y");
            } else {
                assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 1, insert(2, "b", "z", 1), insert(1, "a", "x\0y", 1)))
                        .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.VALUE_REFUSED))
                        .hasMessageNotContaining("x\0y");
                assertThat(rows()).isEmpty();
            }
        }
    }

    @Test
    @Tag("C21")
    void aTextWithU0000IsReplacedWhereThatIsAskedForAndCountedButNotInAKey() {
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(url())).with(UnfitText.REPLACE), context)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a\0", "x\0\0y", 1), insert(2, "b", "z", 1));
            assertThat(rows()).containsExactly(holdsZero() ? "1|a\0|x\0\0y" : "1|a\uFFFD|x\uFFFD\uFFFDy", "2|b|z");
            assertThat(context.told()).isEqualTo(holdsZero() ? List.of()
                    : List.of("jdbc.text_replaced: Epoch 1 of public.orders: 2 texts had the character U+0000, which is U+FFFD in the target."));
            if (!holdsZero()) {
                StreamSchema named = new StreamSchema(new StreamName("", "named"), 1, ChangeRows.SCHEMA.columns(), List.of("name"));
                assertThatThrownBy(() -> apply(sink, named, WriteMode.MIRROR, 1, 1, insert(1, "a\0", "x", 1))).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.VALUE_REFUSED));
            }
        }
    }

    /** How many columns a mirror's table may have; empty: any number. */
    protected OptionalInt mostColumns() {
        return OptionalInt.empty();
    }

    @Test
    @Tag("C33")
    void aTableOfAsManyColumnsAsTheDatabaseAllowsArrivesAndAWiderOneIsRefusedByName() {
        int most = mostColumns().orElse(1600);
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            if (mostColumns().isPresent()) {
                assertThatThrownBy(() -> sink.prepare(flags(most + 1), WriteMode.MIRROR))
                        .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.TABLE_TOO_WIDE))
                        .hasMessageContaining("Preparing table flags for public.flags: it has " + (most + 1) + " columns and needs 7 beside them");
            }
            for (WriteMode mode : List.of(WriteMode.MIRROR, WriteMode.HISTORY)) {
                StreamSchema schema = mode == WriteMode.MIRROR ? flags(most)
                        : new StreamSchema(new StreamName("public", "wide"), 1, flags(most).columns(), List.of("id"));
                sink.prepare(schema, mode);
                try (SinkWriter writer = sink.writer(schema, mode, new WriterId(1, 1, 1)); BatchBuilder rows = new BatchBuilder(schema, context.allocator())) {
                    rows.change(Operation.INSERT, 1, 0, 1, 1).set("id", 1L);
                    schema.columns().stream().skip(1).forEach(column -> rows.setNull(column.name()));
                    rows.endRow();
                    try (Batch batch = rows.build(new Position(1, "{}"))) {
                        writer.write(batch);
                    }
                    assertThat(committer.commit(new StreamCommit(
                            new CommitIdentity(context.pipeline(), schema.stream(), 1, 1, "d"), 1, mode, writer.prepareCommit(1), Optional.empty(), false, "{}")))
                            .isInstanceOf(CommitOutcome.Committed.class);
                }
                assertThat(query("SELECT id FROM " + schema.stream().name())).containsExactly("1");
            }
        }
    }

    private static StreamSchema flags(int count) {
        List<Column> columns = new ArrayList<>(ChangeRows.SCHEMA.columns().subList(0, 1));
        IntStream.range(1, count).forEach(i -> columns.add(new Column(i + 1, "f" + i, new ColumnType.Bool(), true, "bool")));
        return new StreamSchema(new StreamName("public", "flags"), 1, columns, List.of("id"));
    }

    /** Statements that make the table {@code orders} whose {@code body} is computed. */
    protected List<String> computedTable() {
        return List.of("CREATE TABLE orders (id " + number() + " NOT NULL PRIMARY KEY, name " + text() + ", body " + text()
                + " GENERATED ALWAYS AS (name) STORED)");
    }

    @Test
    void aColumnThatTheDatabaseComputesIsNamedBeforeAnythingIsWritten() throws SQLException {
        execute(computedTable().toArray(String[]::new));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_FILLED))
                    .hasMessageContaining("fills its column body by itself");
        }
    }

    @Test
    @Tag("C30")
    void tablesWhoseNamesDifferInTheirLettersCaseAreTwoOrTheSecondIsRefused() {
        named("Center", List.of("id", "Center"));
        if (tellsCase()) {
            named("center", List.of("id", "center"));
            assertThat(query("SELECT id FROM \"Center\"")).hasSize(1);
        } else {
            assertThatThrownBy(() -> named("center", List.of("id", "center"))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.NAME_REFUSED));
        }
    }

    /** Whether names differ by the case of their letters. */
    protected boolean tellsCase() {
        return false;
    }

    /** Whether the database has room for such a name. */
    protected boolean fits(String name) {
        return true;
    }

    @Test
    @Tag("C30")
    @Tag("C32")
    void namesAtTheLimitOfTheirLengthArriveWholeOrAreRefused() {
        Random random = new Random(30);
        for (int bytes = 62; bytes <= 65; bytes++) {
            for (List<String> letters : List.of(List.of("x", "y", "Z"), List.of("é", "a", "表", "ß"))) {
                StringBuilder name = new StringBuilder();
                for (int left = bytes; left > 0; left = bytes - name.toString().getBytes(StandardCharsets.UTF_8).length) {
                    String next = letters.get(random.nextInt(letters.size()));
                    name.append(next.getBytes(StandardCharsets.UTF_8).length <= left ? next : "b");
                }
                String whole = name.toString();
                if (fits(whole)) {
                    named(whole, List.of("id", whole));
                } else {
                    assertThatThrownBy(() -> named(whole, List.of("id", "v"))).isInstanceOfSatisfying(
                            WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.NAME_REFUSED));
                    assertThatThrownBy(() -> named("t", List.of("id", whole))).isInstanceOfSatisfying(
                            WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.NAME_REFUSED));
                }
            }
        }
    }

    @Test
    @Tag("C32")
    void reservedWordsAndOddCharactersAreNamesOrAreRefusedByRule() {
        List<String> names = List.of(
                "select", "current_date", "current", "user", "Case", "order by", "a.b", "a\"b", "a`b", "a'b", "a;b", "a,b", "(a)", "--a", "/*a*/",
                "a\\b", "%s", "?", ":a", "$1", "@@a", "#a", " a", "ünïcödé", "表", "e\u0301", "i", "x".repeat(63), "_deleted_", "w_op", "c0", "excluded");
        for (String table : List.of("select", "a.b", "a\"b", "a`b", "a'b", "%s", "表", "x".repeat(63), "excluded")) {
            named(table, List.of("id", "value"));
        }
        List<String> columns = new ArrayList<>(names);
        columns.addFirst("id");
        named("odd columns", columns);
        for (String odd : List.of("🚜", "a ")) {
            try {
                named(odd, List.of("id", odd));
            } catch (WindrowException e) {
                assertThat(e.errorCode()).isEqualTo(JdbcError.NAME_REFUSED);
            }
        }
    }

    /** Writes a row to a table and reads it back: every column holds its own name. */
    private void named(String table, List<String> names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(new Column(columns.size() + 1, name, new ColumnType.Text(), false, "text"));
        }
        StreamName stream = new StreamName("odd", table);
        StreamSchema schema = new StreamSchema(stream, 1, columns, List.of("id"));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY);
                Committer committer = sink.committer();
                BatchBuilder rows = new BatchBuilder(schema, context.allocator())) {
            sink.prepare(schema, WriteMode.MIRROR);
            for (long epoch = 1; epoch <= 2; epoch++) {
                rows.change(epoch == 1 ? Operation.INSERT : Operation.UPDATE, epoch, 0, 1, 1);
                names.forEach(name -> rows.set(name, name));
                rows.endRow();
                try (SinkWriter writer = sink.writer(schema, WriteMode.MIRROR, new WriterId(1, 1, (int) epoch)); Batch batch = rows.build(new Position(1, "{}"))) {
                    writer.write(batch);
                    assertThat(committer.commit(new StreamCommit(
                            new CommitIdentity(context.pipeline(), stream, 1, epoch, "d" + epoch), 1, WriteMode.MIRROR, writer.prepareCommit(epoch),
                            Optional.empty(), false, "{}"))).isInstanceOf(CommitOutcome.Committed.class);
                }
            }
            try (Delivery delivery = sink.delivery(stream).orElseThrow(); Batch read = delivery.read(schema).orElseThrow()) {
                assertThat(read.rowCount()).isEqualTo(1);
                assertThat(read.arrow().getFieldVectors().stream().map(vector -> String.valueOf(vector.getObject(0))).toList()).isEqualTo(names);
            }
        }
    }

    /** Statements that make the table {@code orders} whose key {@code name} is a text that is told apart loosely. */
    protected abstract List<String> looseTable();

    @Test
    void aKeyThatTheTargetDoesNotTellApartExactlyIsRefused() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : looseTable()) {
                statement.execute(sql);
            }
        }
        StreamSchema named = new StreamSchema(ChangeRows.STREAM, 1, ChangeRows.SCHEMA.columns(), List.of("name"));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThatThrownBy(() -> sink.prepare(named, WriteMode.MIRROR))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE))
                    .hasMessageContaining("column name of the key has the collation");
            sink.prepare(ChangeRows.SCHEMA, WriteMode.MIRROR);
        }
    }

    @Test
    void softDeletesMarkTheRowAndARowThatComesBackIsUnmarked() {
        try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2), insert(3, "c", "z", 3));
            apply(sink, WriteMode.MIRROR, 1, 2, delete(1, 4), delete(2, 5));
            assertThat(query("SELECT id, body FROM orders WHERE _deleted ORDER BY id")).containsExactly("1|x", "2|y");
            apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "back", "w", 6));
            assertThat(query("SELECT id, name FROM orders WHERE NOT _deleted ORDER BY id")).containsExactly("2|back", "3|c");
        }
    }

    @Test
    void historyKeepsEveryVersionWithItsTimes() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.HISTORY, 1, 1, insert(1, "a", "x", 1), update(1, "b", Change.UNCHANGED, 2), insert(2, "c", "y", 3));
            apply(sink, WriteMode.HISTORY, 1, 2, update(1, "d", Change.UNCHANGED, 4), delete(2, 5));
            assertThat(query("SELECT id, name, body, _position FROM orders ORDER BY id, _position"))
                    .containsExactly("1|a|x|1", "1|b|x|2", "1|d|x|4", "2|c|y|3");
            assertThat(query("SELECT id, name FROM orders WHERE is_current")).containsExactly("1|d");
            assertThat(query("SELECT count(*) FROM orders AS a JOIN orders AS b ON a.id = b.id AND a.valid_to = b.valid_from"))
                    .containsExactly("2");
            assertThat(query("SELECT count(*) FROM orders WHERE valid_to IS NULL")).containsExactly("1");
            apply(sink, WriteMode.HISTORY, 1, 3, insert(3, "e", "z", 6), new Change(Operation.TRUNCATE, 0, null, null, 7, 0, -1),
                    insert(3, "f", "z", 8));
            assertThat(query("SELECT id, name FROM orders WHERE is_current")).containsExactly("3|f");
            assertThat(query("SELECT count(*) FROM orders WHERE valid_to IS NULL")).containsExactly("1");
        }
    }

    @Test
    void aNewGenerationOfAMirrorBeginsWithAnEmptyTable() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            apply(sink, WriteMode.MIRROR, 2, 2, insert(2, "c", "z", 3));
            apply(sink, WriteMode.MIRROR, 2, 3, insert(3, "d", "z", 4));
            assertThat(rows()).containsExactly("2|c|z", "3|d|z");
        }
    }

    @Test
    @Tag("D22")
    void aTruncateFollowsItsPolicy() {
        Change truncate = new Change(Operation.TRUNCATE, 0, null, null, 3, 0, -1);
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.IGNORE)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), truncate);
            assertThat(rows()).hasSize(1);
            assertThat(counted(Staged.Part.FILTERED)).isEqualTo(1);
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.REFUSE)) {
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 2, truncate)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.TRUNCATED));
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "b", "y", 2), truncate, insert(4, "c", "z", 4));
            assertThat(rows()).containsExactly("4|c|z");
        }
    }

    @Test
    void aChangeOfARowThatTheTargetLacksIsRefusedIfItLeavesColumnsAsTheyWere() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 1, update(9, "a", Change.UNCHANGED, 1)))
                    .isInstanceOfSatisfying(
                            WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.ROW_MISSING));
            assertThat(rows()).isEmpty();
        }
    }

    @Test
    @Tag("F12")
    void aTableWhoseColumnsAreAllItsKeyTakesTheSameRowsAgainAndLosesThem() {
        StreamSchema keys =
                new StreamSchema(ChangeRows.STREAM, 1, ChangeRows.SCHEMA.columns().subList(0, 1), ChangeRows.SCHEMA.key());
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY);
                Committer committer = sink.committer();
                BatchBuilder rows = new BatchBuilder(keys, context.allocator())) {
            sink.prepare(keys, WriteMode.MIRROR);
            for (long epoch = 1; epoch <= 2; epoch++) {
                try (SinkWriter writer = sink.writer(keys, WriteMode.MIRROR, new WriterId(1, 1, (int) epoch))) {
                    rows.change(Operation.INSERT, epoch, 0, 1, 1).set("id", 1L).endRow();
                    rows.change(epoch == 1 ? Operation.INSERT : Operation.DELETE, epoch, 1, 1, 1).set("id", 2L).endRow();
                    try (Batch batch = rows.build(new Position(1, "{}"))) {
                        writer.write(batch);
                    }
                    assertThat(committer.commit(commit(WriteMode.MIRROR, 1, epoch, writer.prepareCommit(epoch))))
                            .isInstanceOf(CommitOutcome.Committed.class);
                }
            }
            assertThat(query("SELECT id FROM orders")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @CsvSource({"MIRROR,HARD", "MIRROR,SOFT", "UPSERT,HARD", "HISTORY,HARD"})
    @Tag("D17")
    void aColumnThatIsRenamedAtTheSourceKeepsItsValues(WriteMode mode, Deletes deletes) {
        StreamSchema renamed = ChangeRows.schema(new TreeMap<>(Map.of(2, "name", 3, "content")));
        try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, mode, new WriterId(1, 1, 2))) {
                lastStaged.clear();
                lastStaged.addAll(stage(writer, 2, List.of(insert(3, "c", "z", 3)), 1));
            }
            sink.prepare(renamed, mode);
            // An epoch that was staged under the old name is still committed, and what stands there is read by the new one.
            applied(sink, mode, 1, 2);
            try (Delivery delivery = sink.delivery(ChangeRows.STREAM).orElseThrow(); Batch read = delivery.read(renamed).orElseThrow()) {
                assertThat(List.of(0, 1, 2)).extracting(row -> String.valueOf(read.arrow().getVector(2).getObject(row)))
                        .containsExactlyInAnyOrder("x", "y", "z");
            }
            apply(sink, renamed, mode, 1, 3, update(1, "d", Change.UNCHANGED, 4));
            assertThat(query("SELECT id, name, content FROM orders" + (mode == WriteMode.HISTORY ? " WHERE is_current" : "") + " ORDER BY id"))
                    .containsExactly("1|d|x", "2|b|y", "3|c|z");
            if (mode == WriteMode.UPSERT) {
                assertThat(query("SELECT * FROM orders ORDER BY id")).containsExactly("1|d|x", "2|b|y", "3|c|z");
            }
        }
    }

    @Test
    void aNameThatIsGivenToANewColumnIsTakenFromTheOneThatHadIt() {
        StreamSchema moved = ChangeRows.schema(new TreeMap<>(Map.of(2, "title", 3, "body", 4, "name")));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            apply(sink, moved, WriteMode.MIRROR, 1, 2, update(1, "c", Change.UNCHANGED, 3));
            assertThat(query("SELECT id, title, body, name FROM orders ORDER BY id")).containsExactly("1|c|x|null", "2|b|y|null");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WriteMode.class, names = {"APPEND", "UPSERT", "MIRROR", "HISTORY"})
    void columnsThatAreOnlyNumberedAnewKeepTheirNamesAndValues(WriteMode mode) {
        StreamSchema numbered = ChangeRows.schema(new TreeMap<>(Map.of(2, "extra", 3, "name", 4, "body")));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            try (SinkWriter writer = sink.writer(ChangeRows.SCHEMA, mode, new WriterId(1, 1, 2))) {
                lastStaged.clear();
                lastStaged.addAll(stage(writer, 2, List.of(insert(3, "c", "z", 3)), 1));
            }
            sink.prepare(numbered, mode);
            applied(sink, mode, 1, 2);
            apply(sink, numbered, mode, 1, 3, insert(4, "new", "d", 4));
            assertThat(query("SELECT id, extra, name, body FROM orders ORDER BY id"))
                    .containsExactly("1|null|a|x", "2|null|b|y", "3|null|c|z", "4|new|d|null");
            try (Delivery delivery = sink.delivery(ChangeRows.STREAM).orElseThrow(); Batch read = delivery.read(numbered).orElseThrow()) {
                assertThat(List.of(0, 1, 2, 3)).extracting(row -> String.valueOf(read.arrow().getVector(2).getObject(row)))
                        .containsExactlyInAnyOrder("a", "b", "c", "d");
            }
        }
    }

    /** A table that was dropped and made again has the ids of the former one, in another order. */
    @ParameterizedTest
    @CsvSource({"REPLACE,HARD", "MIRROR,HARD", "MIRROR,SOFT", "UPSERT,HARD", "HISTORY,HARD"})
    void aTableThatWasMadeAnewIsTakenByItsNamesWhereItsRowsComeAgain(WriteMode mode, Deletes deletes) {
        StreamSchema former = typed(new Column(2, "a", new ColumnType.Text(), true, "text"), new Column(3, "n", new ColumnType.Int(32, true), true, "int"));
        StreamSchema now = typed(new Column(2, "n", new ColumnType.Int(32, true), true, "int"), new Column(3, "a", new ColumnType.Text(), true, "text"));
        try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            committed(sink, committer, former, mode, 1);
            if (Alignment.Rows.ofNewRead(mode, deletes) == Alignment.Rows.COME_AGAIN) {
                committed(sink, committer, now, mode, 2);
                assertThat(query("SELECT id, a, n FROM orders")).containsExactly("2|t2|2");
                committed(sink, committer, now, mode, 3);
                assertThat(query("SELECT id, a, n FROM orders")).containsExactly("3|t3|3");
            } else {
                assertThatThrownBy(() -> committed(sink, committer, now, mode, 2)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE));
                assertThat(query("SELECT id, a, n FROM orders")).containsExactly("1|t1|1");
            }
        }
    }

    private static StreamSchema typed(Column... columns) {
        List<Column> all = new ArrayList<>(ChangeRows.SCHEMA.columns().subList(0, 1));
        all.addAll(List.of(columns));
        return new StreamSchema(ChangeRows.STREAM, 1, all, ChangeRows.SCHEMA.key());
    }

    /** One row of the columns {@code a} and {@code n}, which is all that a generation of that number has. */
    private void committed(Sink sink, Committer committer, StreamSchema schema, WriteMode mode, long generation) {
        sink.prepare(schema, mode);
        try (SinkWriter writer = sink.writer(schema, mode, new WriterId(generation, 1, (int) generation));
                BatchBuilder rows = new BatchBuilder(schema, context.allocator())) {
            if (mode != WriteMode.REPLACE) {
                rows.change(Operation.INSERT, generation, 0, 1, 1);
            }
            rows.set("id", generation).set("a", "t" + generation).set("n", (int) generation).endRow();
            try (Batch batch = rows.build(new Position(1, "{}"))) {
                writer.write(batch);
            }
            StreamCommit commit = new StreamCommit(
                    new CommitIdentity(context.pipeline(), ChangeRows.STREAM, generation, generation, "d" + generation), 1, mode,
                    writer.prepareCommit(generation), Optional.empty(), true, "{}");
            if (committer.commit(commit) instanceof CommitOutcome.Rejected rejected) {
                throw rejected.reason();
            }
        }
    }

    @Test
    void aColumnThatARunHadAddedBeforeItDiedOrThatWasLeftOutForATimeIsNotTakenFromRowsThatLackIt() throws SQLException {
        StreamSchema narrow = ChangeRows.schema(Map.of(2, "name"));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, narrow, WriteMode.MIRROR, 1, 1, insert(1, "a", null, 1));
            // Committed by a server that commits such statements by themselves, and not written down.
            execute("ALTER TABLE orders ADD COLUMN body " + text());
            assertMissing(() -> apply(sink, WriteMode.MIRROR, 1, 2, update(1, "b", Change.UNCHANGED, 2)));
            apply(sink, WriteMode.MIRROR, 1, 3, update(1, "b", "x", 3));
            apply(sink, WriteMode.MIRROR, 2, 4, insert(1, "b", "x", 4));
            apply(sink, narrow, WriteMode.MIRROR, 2, 5, insert(2, "c", null, 5));
            assertMissing(() -> apply(sink, WriteMode.MIRROR, 2, 6, update(2, "d", Change.UNCHANGED, 6)));
            // While it was left out the source may have changed it.
            assertMissing(() -> apply(sink, WriteMode.MIRROR, 2, 7, update(1, "d", Change.UNCHANGED, 7)));
            apply(sink, WriteMode.MIRROR, 2, 8, update(1, "d", "y", 8));
            assertThat(rows()).containsExactly("1|d|y", "2|c|null");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WriteMode.class, names = {"MIRROR", "UPSERT", "HISTORY"})
    void aColumnThatIsDroppedAndAddedAgainHasNothingOfTheFormerOnesValues(WriteMode mode) throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            apply(sink, ChangeRows.schema(Map.of(2, "name")), mode, 1, 2, insert(3, "c", null, 2));
            StreamSchema again = ChangeRows.schema(new TreeMap<>(Map.of(2, "name", 9, "body")));
            apply(sink, again, mode, 1, 3, insert(4, "d", "z", 3));
            assertThat(rows()).containsExactly("1|a|null", "2|b|null", "3|c|null", "4|d|z");
            assertMissing(() -> apply(sink, again, mode, 1, 4, update(1, "e", Change.UNCHANGED, 4)));
        }
    }

    @ParameterizedTest
    @EnumSource(value = WriteMode.class, names = {"MIRROR", "UPSERT"})
    void aTableThatSomebodyDroppedIsNotMadeAnewAndFilledFromThenOnButCopiedAgain(WriteMode mode) throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            execute("DROP TABLE orders");
            for (int epoch = 2; epoch < 4; epoch++) {
                int now = epoch;
                assertThatThrownBy(() -> apply(sink, mode, 1, now, insert(3, "c", "z", 2))).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.TABLE_LOST));
            }
            apply(sink, mode, 2, 4, insert(1, "a", "x", 3), insert(2, "b", "y", 3), insert(3, "c", "z", 3));
            apply(sink, mode, 2, 5, update(1, "e", Change.UNCHANGED, 4));
            assertThat(rows()).containsExactly("1|e|x", "2|b|y", "3|c|z");
        }
    }

    @Test
    void aTableThatIsBroughtBackIsTheOneThatItWas() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            execute("DROP TABLE orders");
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 2, insert(2, "b", "y", 2))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.TABLE_LOST));
            execute("INSERT INTO orders (id, name, body) VALUES (1, 'a', 'x')");
            apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "b", "y", 2), update(1, "c", Change.UNCHANGED, 2));
            assertThat(rows()).containsExactly("1|c|x", "2|b|y");
            apply(sink, WriteMode.MIRROR, 1, 4, delete(1, 3), delete(2, 3));
            apply(sink, WriteMode.MIRROR, 1, 5, insert(3, "d", "z", 4));
            assertThat(rows()).containsExactly("3|d|z");
        }
    }

    /** Where an epoch is cut decides nothing: a row that is marked as deleted is as it was last. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRowThatIsMarkedAsDeletedIsAsItWasLast(boolean isCut) throws SQLException {
        List<Change> changes = List.of(
                update(1, "last", Change.UNCHANGED, 2), delete(1, 3), insert(9, "n", "m", 4), update(9, "o", Change.UNCHANGED, 5), delete(9, 6),
                delete(2, 7), insert(2, "c", "z", 8));
        try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            int epoch = 1;
            for (List<Change> some : isCut ? changes.stream().map(List::of).toList() : List.of(changes)) {
                apply(sink, WriteMode.MIRROR, 1, ++epoch, some.toArray(Change[]::new));
            }
            assertThat(query("SELECT id, name, body, CASE WHEN _deleted THEN 1 ELSE 0 END FROM orders ORDER BY id"))
                    .containsExactly("1|last|x|1", "2|c|z|0", "9|o|m|1");
        }
    }

    @Test
    void aKeyOfZeroIsZeroAlsoWhereTheTablesOwnerHasTheDatabaseGiveNumbers() throws SQLException {
        execute(numbered());
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(0, "a", "x", 1), insert(5, "b", "y", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, update(0, "c", Change.UNCHANGED, 2), delete(5, 2));
            assertThat(rows()).containsExactly("0|c|x");
        }
    }

    /** The table of the rows, whose keys the database gives where none is given. */
    protected String numbered() {
        return "CREATE TABLE orders (id " + number() + " PRIMARY KEY, name " + text() + ", body " + text() + ")";
    }

    private static void assertMissing(ThrowableAssert.ThrowingCallable applied) {
        assertThatThrownBy(applied).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.VALUE_MISSING));
    }

    /** The statements of such a chain may have been committed one by one; each is written down before the next. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aChainOfRenamesThatARunWasKilledInIsEnded(int written) throws SQLException {
        StreamSchema moved = ChangeRows.schema(new TreeMap<>(Map.of(2, "body", 3, "text")));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            sink.prepare(moved, WriteMode.MIRROR);
            if (written > 0) {
                execute("ALTER TABLE orders RENAME COLUMN body TO text");
            }
            if (written > 1) {
                execute("UPDATE _windrow_commits SET column_names = replace(column_names, 'body', 'text')", "ALTER TABLE orders RENAME COLUMN name TO body");
            }
            apply(sink, moved, WriteMode.MIRROR, 1, 2, update(1, "b", Change.UNCHANGED, 2));
            assertThat(query("SELECT id, body, text FROM orders")).containsExactly("1|b|x");
        }
    }

    /** Whether the contract takes one type for wider that this database's column cannot become. */
    protected boolean isStuck(ColumnType from, ColumnType to) {
        return false;
    }

    private static final List<ColumnType> NUMBERS = List.of(
            new ColumnType.Int(8, true), new ColumnType.Int(8, false), new ColumnType.Int(16, true), new ColumnType.Int(16, false),
            new ColumnType.Int(32, true), new ColumnType.Int(32, false), new ColumnType.Int(64, true), new ColumnType.Int(64, false),
            new ColumnType.Float(32), new ColumnType.Float(64), new ColumnType.Decimal(3, 0), new ColumnType.Decimal(7, 2),
            new ColumnType.Decimal(10, 0), new ColumnType.Decimal(12, 3), new ColumnType.Decimal(20, 0), new ColumnType.Decimal(38, 10));

    /** The greatest number of a type; of floats one that is no whole number. */
    private static Object most(ColumnType type) {
        return switch (type) {
            case ColumnType.Int t -> BigInteger.TWO.pow(t.signed() ? t.bits() - 1 : t.bits()).subtract(BigInteger.ONE);
            case ColumnType.Float t -> t.bits() == 32 ? (Object) 1234.5f : (Object) 1234.5;
            case ColumnType.Decimal t -> new BigDecimal(BigInteger.TEN.pow(t.precision()).subtract(BigInteger.ONE), t.scale());
            default -> throw new AssertionError(type);
        };
    }

    private static BigDecimal number(ColumnType type) {
        return new BigDecimal(most(type).toString());
    }

    @Test
    @Tag("D16")
    @Tag("F13")
    void aColumnTakesEveryTypeThatAContractTakesForWiderAndKeepsItsValues() {
        List<ColumnType> narrow = new ArrayList<>();
        List<ColumnType> wide = new ArrayList<>();
        for (ColumnType from : NUMBERS) {
            for (ColumnType to : NUMBERS) {
                if (SchemaDiff.isWider(from, to) && isStuck(from, to)) {
                    try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
                        sink.prepare(numbers("stuck", List.of(from)), WriteMode.MIRROR);
                        assertThatThrownBy(() -> sink.prepare(numbers("stuck", List.of(to)), WriteMode.MIRROR)).isInstanceOfSatisfying(
                                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE));
                    }
                } else if (SchemaDiff.isWider(from, to)) {
                    narrow.add(from);
                    wide.add(to);
                }
            }
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            written(sink, committer, numbers("numbers", narrow), 1);
            for (long epoch = 2; epoch <= 3; epoch++) {
                written(sink, committer, numbers("numbers", wide), epoch);
            }
        }
        String columns = String.join(", ", IntStream.range(0, narrow.size()).mapToObj(i -> "c" + i).toList());
        List<String> rows = query("SELECT " + columns + " FROM numbers ORDER BY id");
        assertThat(rows).hasSize(3);
        for (int row = 0; row < 3; row++) {
            String[] values = rows.get(row).split("\\|");
            for (int i = 0; i < narrow.size(); i++) {
                assertThat(new BigDecimal(values[i])).as("%s as %s in row %d", narrow.get(i), wide.get(i), row)
                        .isEqualByComparingTo(number(row == 0 ? narrow.get(i) : wide.get(i)));
            }
        }
    }

    private static StreamSchema numbers(String table, List<ColumnType> types) {
        List<Column> columns = new ArrayList<>(ChangeRows.SCHEMA.columns().subList(0, 1));
        types.forEach(type -> columns.add(new Column(columns.size() + 1, "c" + (columns.size() - 1), type, true, type.toString())));
        return new StreamSchema(new StreamName("public", table), 1, columns, ChangeRows.SCHEMA.key());
    }

    /** One row of the greatest numbers, whose key is the epoch's. */
    private void written(Sink sink, Committer committer, StreamSchema schema, long epoch) {
        sink.prepare(schema, WriteMode.MIRROR);
        try (SinkWriter writer = sink.writer(schema, WriteMode.MIRROR, new WriterId(1, 1, (int) epoch));
                BatchBuilder rows = new BatchBuilder(schema, context.allocator())) {
            rows.change(Operation.INSERT, epoch, 0, 1, 1).set("id", epoch);
            schema.columns().stream().skip(1).forEach(column -> rows.set(column.name(), most(column.type())));
            rows.endRow();
            try (Batch batch = rows.build(new Position(1, "{}"))) {
                writer.write(batch);
            }
            CommitOutcome outcome = committer.commit(new StreamCommit(
                    new CommitIdentity(context.pipeline(), schema.stream(), 1, epoch, "d" + epoch), 1, WriteMode.MIRROR,
                    writer.prepareCommit(epoch), Optional.empty(), false, "{}"));
            if (outcome instanceof CommitOutcome.Rejected rejected) {
                throw rejected.reason();
            }
        }
    }

    @Test
    @Tag("D16")
    @Tag("F13")
    void aKeyOfDecimalsIsOneKeyHoweverManyDigitsItsTypeComesToHaveOrIsRefused() {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY); Committer committer = sink.committer()) {
            keyed(sink, committer, 10, 1, 1, Operation.INSERT);
            if (comparesTexts()) {
                assertThatThrownBy(() -> keyed(sink, committer, 11, 2, 2, Operation.DELETE)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE));
                keyed(sink, committer, 12, 1, 2, Operation.INSERT);
                assertThat(query("SELECT count(*) FROM amounts")).containsExactly("1");
            } else {
                keyed(sink, committer, 11, 2, 2, Operation.INSERT);
                assertThat(query("SELECT count(*) FROM amounts")).containsExactly("1");
                keyed(sink, committer, 11, 2, 3, Operation.DELETE);
                assertThat(query("SELECT count(*) FROM amounts")).containsExactly("0");
            }
        }
    }

    /** Whether decimals are texts. */
    protected boolean comparesTexts() {
        return false;
    }

    private void keyed(Sink sink, Committer committer, int precision, int scale, long epoch, Operation operation) {
        StreamSchema schema = new StreamSchema(
                new StreamName("public", "amounts"), 1, List.of(new Column(1, "id", new ColumnType.Decimal(precision, scale), false, "numeric")), List.of("id"));
        sink.prepare(schema, WriteMode.MIRROR);
        try (SinkWriter writer = sink.writer(schema, WriteMode.MIRROR, new WriterId(1, 1, (int) epoch));
                BatchBuilder rows = new BatchBuilder(schema, context.allocator())) {
            rows.change(operation, epoch, 0, 1, 1).set("id", BigDecimal.ONE.setScale(scale)).endRow();
            try (Batch batch = rows.build(new Position(1, "{}"))) {
                writer.write(batch);
            }
            assertThat(committer.commit(new StreamCommit(
                    new CommitIdentity(context.pipeline(), schema.stream(), 1, epoch, "d" + epoch), 1, WriteMode.MIRROR,
                    writer.prepareCommit(epoch), Optional.empty(), false, "{}"))).isInstanceOf(CommitOutcome.Committed.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"APPEND,HARD", "MIRROR,HARD", "MIRROR,SOFT", "UPSERT,HARD", "HISTORY,HARD"})
    @Tag("B03")
    void aColumnThatSomebodyDroppedInTheTargetIsNotMadeAnewAndEmptyButDeliveredAgain(WriteMode mode, Deletes deletes) throws SQLException {
        try (Sink sink = sink(deletes, JdbcConfig.Truncates.APPLY)) {
            apply(sink, mode, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            execute("ALTER TABLE orders DROP COLUMN body");
            assertThatThrownBy(() -> apply(sink, mode, 1, 2, insert(3, "c", "z", 2)))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_LOST))
                    .hasMessage("Committing to table orders: its column body is gone");
            assertThat(query("SELECT id, name FROM orders ORDER BY id")).containsExactly("1|a", "2|b");
            apply(sink, mode, 2, 3, insert(1, "a", "x", 3), insert(2, "b", "y", 3), insert(3, "c", "z", 3));
            String current = mode == WriteMode.APPEND ? " WHERE body IS NOT NULL" : mode == WriteMode.HISTORY ? " WHERE is_current" : "";
            assertThat(query("SELECT id, name, body FROM orders" + current + " ORDER BY id")).containsExactly("1|a|x", "2|b|y", "3|c|z");
        }
    }

    @Test
    @Tag("B03")
    void aColumnThatSomebodyDroppedIsMadeAnewWhereNoRowLacksItAndTakenAsItIsWhereItWasAddedByHand() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), delete(1, 2));
            execute("ALTER TABLE orders DROP COLUMN body");
            apply(sink, WriteMode.MIRROR, 1, 2, insert(1, "b", "y", 3));
            execute("ALTER TABLE orders DROP COLUMN body", "ALTER TABLE orders ADD COLUMN body " + text());
            apply(sink, WriteMode.MIRROR, 1, 3, insert(2, "c", "z", 4));
            assertThat(rows()).containsExactly("1|b|null", "2|c|z");
        }
    }

    @Test
    void aTableMadeWithoutAKeyIsReplacedWhenTheSourceGivesItsRowsOne() {
        StreamSchema plain = new StreamSchema(ChangeRows.STREAM, 1, ChangeRows.SCHEMA.columns(), List.of());
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            sink.prepare(plain, WriteMode.REPLACE);
            sink.prepare(ChangeRows.SCHEMA, WriteMode.REPLACE);
            if (holdsKeys()) {
                assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.UPSERT)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.KEY_CHANGED));
            }
        }
    }

    @Test
    void columnsThatSwapTheirNamesAreRefusedUntilTheTableIsReadAnew() {
        StreamSchema swapped = ChangeRows.schema(new TreeMap<>(Map.of(2, "body", 3, "name")));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            assertThatThrownBy(() -> apply(sink, swapped, WriteMode.MIRROR, 1, 2, insert(2, "b", "y", 2))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.COLUMN_TAKEN));
            assertThat(rows()).containsExactly("1|a|x");
            apply(sink, swapped, WriteMode.MIRROR, 2, 3, insert(1, "a", "x", 1), insert(2, "b", "y", 2));
            assertThat(rows()).containsExactly("1|x|a", "2|y|b");
        }
    }

    @Test
    void aColumnThatTheTargetCameToHaveLaterIsNotTakenFromRowsThatLackIt() {
        StreamSchema narrow = ChangeRows.schema(Map.of(2, "name"));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, narrow, WriteMode.MIRROR, 1, 1, insert(1, "a", null, 1), insert(2, "b", null, 1));
            List<Change[]> partial = List.of(new Change[] {update(1, "c", Change.UNCHANGED, 2)}, new Change[] {
                new Change(Operation.DELETE, 1, null, null, 2, 0, 1), new Change(Operation.INSERT, 3, "c", Change.UNCHANGED, 2, 1, 0)});
            for (Change[] changes : partial) {
                assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 2, changes)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.VALUE_MISSING));
            }
            apply(sink, WriteMode.MIRROR, 1, 3, update(1, "c", "x", 3), update(1, "d", Change.UNCHANGED, 4));
            apply(sink, WriteMode.MIRROR, 1, 4, update(1, "e", Change.UNCHANGED, 5));
            assertThat(rows()).containsExactly("1|e|x", "2|b|null");
            // A row that was copied again with the column may have none.
            apply(sink, WriteMode.MIRROR, 2, 5, insert(1, "e", "x", 6), insert(2, "b", null, 6), update(2, "f", Change.UNCHANGED, 7));
            apply(sink, WriteMode.MIRROR, 2, 6, update(2, "g", Change.UNCHANGED, 8));
            assertThat(rows()).containsExactly("1|e|x", "2|g|null");
        }
    }

    /** Rows of {@code items} go with those of {@code orders}, whose {@code name} is unique too, once the statements have made both. */
    final void rowsThatReferToRowsStayWithThem(String... tables) throws SQLException {
        execute(tables);
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1), insert(3, "c", "z", 1));
            execute("INSERT INTO items VALUES (1, 1), (2, 2), (3, 3)");
            apply(sink, WriteMode.MIRROR, 1, 2, update(1, "a", "w", 2), update(2, "d", Change.UNCHANGED, 3), delete(3, 4));
            assertThat(rows()).containsExactly("1|a|w", "2|d|y");
            assertThat(query("SELECT id FROM items ORDER BY id")).containsExactly("1", "2");
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 1, 3, update(1, "d", "w", 5), update(2, "a", "y", 6))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.VALUE_REFUSED));
            assertThatThrownBy(() -> apply(sink, WriteMode.MIRROR, 2, 3, insert(1, "a", "w", 5))).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.TABLE_REFERENCED));
            assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.REPLACE)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.TABLE_REFERENCED));
            assertThat(query("SELECT id FROM items ORDER BY id")).containsExactly("1", "2");
            assertThat(sink.check()).filteredOn(check -> check.outcome() == CheckResult.Outcome.WARNING)
                    .extracting(CheckResult::detail).anyMatch(detail -> detail.contains("a foreign key of table items"));
        }
    }

    /** Runs statements of the test's own. */
    protected final void execute(String... statements) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Whether a table holds its key unique. */
    protected boolean holdsKeys() {
        return true;
    }

    /** The type of a text of any length that is told apart exactly. */
    protected String text() {
        return "text";
    }

    @ParameterizedTest
    @ValueSource(strings = {"made by Windrow", "made by a user"})
    void aTableThatTellsRowsApartByAnotherKeyIsRefused(String made) throws SQLException {
        if (!made.equals("made by Windrow")) {
            execute("CREATE TABLE orders (id integer NOT NULL, name " + text() + ", body " + text() + ")");
        }
        StreamSchema rekeyed = new StreamSchema(ChangeRows.STREAM, 2, ChangeRows.SCHEMA.columns(), List.of("id", "name"));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
            if (holdsKeys()) {
                assertThatThrownBy(() -> sink.prepare(rekeyed, WriteMode.MIRROR)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(JdbcError.KEY_CHANGED));
            } else {
                apply(sink, rekeyed, WriteMode.MIRROR, 1, 2, insert(1, "b", "y", 2), insert(1, "a", "z", 2));
                assertThat(query("SELECT id, name, body FROM orders ORDER BY name")).containsExactly("1|a|z", "1|b|y");
            }
        }
    }

    /** A mark of Windrow's own is only in a table of a stream that has no column of that name. */
    @ParameterizedTest
    @EnumSource(value = WriteMode.class, names = {"UPSERT", "MIRROR"})
    void aColumnOfTheSourcesOwnThatIsCalledAsTheMarkOfDeletedRowsHidesNone(WriteMode mode) {
        StreamSchema schema = ChangeRows.schema(new TreeMap<>(Map.of(2, "name", 3, "_deleted")));
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, schema, mode, 1, 1, insert(1, "a", "1", 1), insert(2, "b", "0", 1), insert(3, "c", null, 1));
            assertThat(shown(sink, schema)).containsExactly("1|a|1", "2|b|0", "3|c|null");
        }
    }

    @Test
    void rowsThatWereMarkedAsDeletedStayHiddenWhereDeletesAreDeletesByNow() {
        try (Sink sink = sink(Deletes.SOFT, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            apply(sink, WriteMode.MIRROR, 1, 2, delete(2, 2));
            assertThat(shown(sink, ChangeRows.SCHEMA)).containsExactly("1|a|x");
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 3, insert(3, "c", "z", 3));
            assertThat(shown(sink, ChangeRows.SCHEMA)).containsExactly("1|a|x", "3|c|z");
        }
    }

    /** The rows that the target is said to show, in their order by text, as {@code a|b|c}. */
    final List<String> shown(Sink sink, StreamSchema schema) {
        List<String> rows = new ArrayList<>();
        try (Delivery delivery = sink.delivery(ChangeRows.STREAM).orElseThrow()) {
            for (Optional<Batch> next = delivery.read(schema); next.isPresent(); next = delivery.read(schema)) {
                try (Batch batch = next.get()) {
                    for (int row = 0; row < batch.rowCount(); row++) {
                        int at = row;
                        rows.add(String.join("|", batch.arrow().getFieldVectors().stream()
                                .map(vector -> String.valueOf(vector.getObject(at)))
                                .toList()));
                    }
                }
            }
            assertThat(delivery.count()).isEqualTo(rows.size());
        }
        return rows.stream().sorted().toList();
    }

    @Test
    void aTableOfSomebodyElseIsNotTouched() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id bigint, name varchar(20))");
            statement.execute("INSERT INTO orders VALUES (7, 'mine')");
        }
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThatThrownBy(() -> sink.prepare(ChangeRows.SCHEMA, WriteMode.UPSERT)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.TABLE_TAKEN));
        }
        assertThat(query("SELECT id, name FROM orders")).containsExactly("7|mine");
    }
}
