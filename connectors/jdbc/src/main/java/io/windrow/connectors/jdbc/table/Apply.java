package io.windrow.connectors.jdbc.table;

import io.windrow.api.batch.Operation;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.Among;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.StagedTable.StagedColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Applies one staging table to the stream's table, inside of the caller's transaction. Changes of one key are folded in
 * the order of their positions first, so that the order of statements does not matter; deletes come before inserts.
 */
public final class Apply {
    static final String WRITES = "w_op IN (" + Operation.INSERT.ordinal() + ", " + Operation.UPDATE.ordinal() + ")";
    static final String DELETES = "w_op = " + Operation.DELETE.ordinal();
    static final String TRUNCATES = "w_op = " + Operation.TRUNCATE.ordinal();

    private final Dialect dialect;
    private final Place place;
    private final Layout layout;
    private final List<TargetColumn> columns;
    private final Connection connection;
    private final Statement statement;
    private final String target;

    /** Statements run on the given connection; columns are the table's as the book has them. */
    public Apply(
            Dialect dialect, Place place, Layout layout, String table, List<TargetColumn> columns, Connection connection,
            Statement statement) {
        this.dialect = dialect;
        this.place = place;
        this.layout = layout;
        this.columns = columns;
        this.connection = connection;
        this.statement = statement;
        this.target = place.qualified(dialect, table);
    }

    /** Adds the rows with the generation that they came with. */
    public void append(StagedTable staged, long generation) throws SQLException {
        took(staged.rows(), statement.executeUpdate("INSERT INTO " + target + " (" + names(staged) + ", " + dialect.quoted(Layout.GENERATION) + ")"
                + dialect.overriding() + " SELECT " + values(staged, "") + ", " + generation + " FROM " + stage(staged)));
    }

    /** Takes away the appended rows of a generation. */
    public void removeGeneration(long generation) throws SQLException {
        statement.executeUpdate(
                "DELETE FROM " + target + " WHERE " + dialect.quoted(Layout.GENERATION) + " = " + generation);
    }

    /** Adds the rows as they are. */
    public void insert(StagedTable staged) throws SQLException {
        boolean isChanges = staged.content() == StagedTable.Content.CHANGES;
        took(isChanges ? writes(staged) : staged.rows(), statement.executeUpdate("INSERT INTO " + target + " (" + names(staged) + ")" + dialect.overriding()
                + " SELECT " + values(staged, "") + " FROM " + stage(staged) + (isChanges ? " WHERE " + WRITES : "")));
    }

    private long writes(StagedTable staged) throws SQLException {
        try (ResultSet counted = statement.executeQuery("SELECT count(*) FROM " + stage(staged) + " WHERE " + WRITES)) {
            counted.next();
            return counted.getLong(1);
        }
    }

    /** Triggers of some databases, and rules, may leave rows out without a word (I1). */
    private void took(long given, long taken) {
        if (dialect.upsert() == Dialect.Upsert.ON_CONFLICT && taken != given) {
            throw WindrowException.of(
                    JdbcError.ROWS_SWALLOWED, "Applying rows to " + target + ": it took " + taken + " of " + given);
        }
    }

    /** Takes every row away, since all that are still at the source come again. */
    public void emptyForAnother(String table) throws SQLException {
        if (layout.kind() == Layout.Kind.STATE && layout.deletes() == Layout.Deletes.HARD) {
            place.expectReplaceable(dialect, connection, table);
        }
        empty();
    }

    /** Takes every row away, in the way of the layout. */
    public void empty() throws SQLException {
        switch (layout.kind()) {
            case APPENDED -> statement.executeUpdate("DELETE FROM " + target);
            case STATE -> statement.executeUpdate(
                    layout.deletes() == Layout.Deletes.SOFT ? "UPDATE " + target + " SET " + deleted() + " = true" : "DELETE FROM " + target);
            case HISTORY -> throw new IllegalStateException("The versions of a history end and stay");
        }
    }

    /** Puts the rows of another staging table among those of the first. */
    public StagedTable merge(StagedTable first, StagedTable other, int number) throws SQLException {
        StringBuilder columns = new StringBuilder("w_op, w_pos, w_ord, w_micros, w_link, w_unchanged");
        for (int i = 0; i < first.columns().size(); i++) {
            columns.append(", c").append(i);
        }
        statement.executeUpdate("INSERT INTO " + stage(first) + " (w_seq, " + columns + ") SELECT w_seq + " + ((long) number << 40)
                + ", " + columns + " FROM " + stage(other));
        return first.merged(other);
    }

    /** Brings the state of the keys up to the last change of each. */
    public void state(StagedTable staged) throws SQLException {
        String stage = stage(staged);
        if (staged.truncates()) {
            statement.executeUpdate(Folding.beforeTruncate(dialect, stage));
            empty();
        }
        resolve(staged, Partial.Ends.BY_DELETE);
        replace(staged);
    }

    /** The same, but rows that were deleted stay: of the deletes only those are staged that another row's change of key needs. */
    public void written(StagedTable staged) throws SQLException {
        resolve(staged, Partial.Ends.NEVER);
        statement.executeUpdate("DELETE FROM " + stage(staged) + " WHERE " + DELETES);
        replace(staged);
    }

    private void replace(StagedTable staged) throws SQLException {
        String stage = stage(staged);
        Among gone = staged.rows(dialect, "FROM " + stage + " WHERE " + DELETES);
        if (layout.deletes() == Layout.Deletes.SOFT) {
            String mark = dialect.update(target, deleted() + " = true", "1 = 1", gone);
            if (room(staged).others().isEmpty()) {
                // A row that is deleted is marked as it was last, wherever the epoch is cut.
                if (staged.folds()) {
                    statement.executeUpdate(Folding.supersededWrites(dialect, stage, staged));
                }
                upsert(staged, Marks.TAKEN_OFF);
                statement.executeUpdate(mark);
            } else {
                // What is unique among living rows may go to another: the marked one keeps what it had.
                if (staged.folds()) {
                    statement.executeUpdate(Folding.superseded(dialect, stage, staged));
                }
                statement.executeUpdate(mark);
                room(staged).make(statement, sameKey(staged));
                upsert(staged, Marks.TAKEN_OFF);
            }
        } else {
            if (staged.folds()) {
                statement.executeUpdate(Folding.superseded(dialect, stage, staged));
            }
            statement.executeUpdate(dialect.delete(target, gone));
            room(staged).make(statement, sameKey(staged));
            upsert(staged, wasMarked(staged) ? Marks.TAKEN_OFF : Marks.NONE);
        }
    }

    private Room room(StagedTable staged) {
        return new Room(dialect, place, connection, target, stage(staged), staged);
    }

    /** What becomes of the mark of a row that was deleted and is there again. */
    private enum Marks {
        /** There are none. */
        NONE,
        TAKEN_OFF
    }

    /** Deletes were marked once and are deletes by now: the column is still there. */
    private boolean wasMarked(StagedTable staged) throws SQLException {
        return staged.columns().stream().noneMatch(column -> column.name().equalsIgnoreCase(Layout.DELETED))
                && TargetTable.has(dialect, place, connection, staged.target(), Layout.DELETED);
    }

    private void upsert(StagedTable staged, Marks marks) throws SQLException {
        String moreNames = marks == Marks.NONE ? "" : ", " + deleted();
        String moreValues = marks == Marks.NONE ? "" : ", false";
        List<String> set = new ArrayList<>();
        List<String> plain = new ArrayList<>(staged.columns().stream().map(StagedColumn::name).toList());
        plain.removeAll(staged.key());
        List<String> changed = new ArrayList<>(plain.stream().map(dialect::quoted).toList());
        if (!moreNames.isEmpty()) {
            changed.add(deleted());
        }
        String names = names(staged) + moreNames;
        String keys = String.join(", ", staged.key().stream().map(dialect::quoted).toList());
        String from = " FROM " + stage(staged) + " WHERE " + WRITES;
        switch (dialect.upsert()) {
            case ON_CONFLICT -> {
                changed.forEach(column -> set.add(column + " = excluded." + column));
                // Under another name: the table's own may be excluded.
                long given = writes(staged);
                int taken = statement.executeUpdate("INSERT INTO " + target + " AS w_t (" + names + ")" + dialect.overriding() + " SELECT " + values(staged, "") + moreValues + from
                        + " ON CONFLICT (" + keys + ") DO " + (set.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", set)));
                if (!set.isEmpty()) {
                    took(given, taken);
                }
            }
            case ON_DUPLICATE_KEY -> {
                if (!room(staged).others().isEmpty()) {
                    byKey(staged, names, moreValues, changed);
                    return;
                }
                changed.forEach(column -> set.add(column + " = VALUES(" + column + ")"));
                String first = dialect.quoted(staged.key().getFirst());
                statement.executeUpdate("INSERT INTO " + target + " (" + names + ") SELECT " + values(staged, "") + moreValues + from
                        + " ON DUPLICATE KEY UPDATE " + (set.isEmpty() ? first + " = VALUES(" + first + ")" : String.join(", ", set)));
            }
            case MERGE -> merge(staged, names, moreValues, changed, from);
        }
    }

    /** Under another unique constraint a duplicate may be another row than the one of the key. */
    private void byKey(StagedTable staged, String names, String moreValues, List<String> changed) throws SQLException {
        List<String> matching = new ArrayList<>();
        List<String> set = new ArrayList<>();
        for (int i = 0; i < staged.columns().size(); i++) {
            StagedColumn column = staged.columns().get(i);
            String pair = "w_t." + dialect.quoted(column.name()) + " = " + column.in().replace("%s", "w_s.c" + i);
            (staged.key().contains(column.name()) ? matching : set).add(pair);
        }
        if (changed.contains(deleted()) && !moreValues.isEmpty()) {
            set.add("w_t." + deleted() + " = false");
        }
        String match = String.join(" AND ", matching);
        String writes = "w_s." + WRITES;
        if (!set.isEmpty()) {
            statement.executeUpdate("UPDATE " + target + " AS w_t JOIN " + stage(staged) + " AS w_s ON " + match + " SET "
                    + String.join(", ", set) + " WHERE " + writes);
        }
        statement.executeUpdate("INSERT INTO " + target + " (" + names + ") SELECT " + values(staged, "w_s.") + moreValues + " FROM "
                + stage(staged) + " AS w_s WHERE " + writes + " AND NOT EXISTS (SELECT 1 FROM " + target + " AS w_t WHERE " + match + ")");
    }

    private void merge(StagedTable staged, String names, String moreValues, List<String> changed, String from)
            throws SQLException {
        List<String> source = new ArrayList<>();
        for (int i = 0; i < staged.columns().size(); i++) {
            StagedColumn column = staged.columns().get(i);
            source.add(column.in().replace("%s", "c" + i) + " AS " + dialect.quoted(column.name()));
        }
        List<String> on = staged.key().stream()
                .map(dialect::quoted)
                .map(key -> "w_t." + key + " = w_s." + key)
                .toList();
        List<String> set = changed.stream()
                .map(column -> column + " = " + (column.equals(deleted()) && !moreValues.isEmpty() ? "false" : "w_s." + column))
                .toList();
        List<String> inserted = staged.columns().stream().map(column -> "w_s." + dialect.quoted(column.name())).toList();
        statement.executeUpdate("MERGE INTO " + target + " AS w_t USING (SELECT " + String.join(", ", source) + from
                + ") AS w_s ON (" + String.join(" AND ", on) + ")"
                + (set.isEmpty() ? "" : " WHEN MATCHED THEN UPDATE SET " + String.join(", ", set))
                + " WHEN NOT MATCHED THEN INSERT (" + names + ") VALUES (" + String.join(", ", inserted) + moreValues + ")");
    }

    /** Of which reading of a stream changes are. */
    public enum Generation {
        FIRST,
        /** One that was begun from the start again. */
        LATER
    }

    /** Ends every version, since all rows are copied again. */
    public void end(long moment) throws SQLException {
        statement.executeUpdate(Copied.end(dialect, target, moment));
    }

    /**
     * Adds a version for every change, and ends the versions before it.
     *
     * @param copied when all versions were ended, microseconds since 1970 UTC; empty: never
     */
    public void history(StagedTable staged, Generation generation, OptionalLong copied) throws SQLException {
        String stage = stage(staged);
        resolve(staged, staged.truncates() ? Partial.Ends.BY_TRUNCATE_TOO : Partial.Ends.BY_DELETE);
        // Without a copied row, none of the history has to be looked at.
        if (copied.isPresent() && isAny(Copied.any(stage))) {
            Copied copies = new Copied(dialect, stage, target, staged, copied.getAsLong());
            statement.executeUpdate(copies.goOn());
            statement.executeUpdate(copies.found());
            statement.executeUpdate(copies.begin());
        }
        close(staged);
        if (generation == Generation.LATER) {
            // A copy that is made again may find a row where an earlier one has found it: the same version, delivered again.
            List<String> version = Stream.concat(staged.key().stream(), Stream.of(Layout.POSITION, Layout.ORDINAL)).map(dialect::quoted).toList();
            List<String> same = Stream.concat(staged.keyValues().stream(), Stream.of("w_pos", "w_ord")).toList();
            statement.executeUpdate(dialect.delete(target, new Among(version, same, "FROM " + stage + " WHERE " + WRITES)));
        }
        String columns = names(staged) + ", " + dialect.quoted(Layout.VALID_FROM) + ", " + dialect.quoted(Layout.VALID_TO) + ", "
                + dialect.quoted(Layout.IS_CURRENT) + ", "
                + dialect.quoted(Layout.POSITION) + ", " + dialect.quoted(Layout.ORDINAL);
        long given = writes(staged);
        took(given, statement.executeUpdate("INSERT INTO " + target + " (" + columns + ")" + dialect.overriding() + " SELECT " + values(staged, "w_s.") + ", "
                + Folding.noEarlier(dialect.instantOf("w_s.w_since"), "w_t.w_floor", "w_t.w_floor") + ", "
                + Folding.noEarlier(dialect.instantOf("w_s.w_until"), "w_t.w_floor", "NULL") + ", w_s.w_next IS NULL AND w_s.w_until IS NULL, "
                + "w_s.w_pos, w_s.w_ord FROM (" + Folding.versions(stage, staged) + ") AS w_s LEFT JOIN ("
                + Folding.ends(stage, target, dialect, staged) + ") AS w_t ON " + sameKey(staged) + " WHERE " + WRITES));
    }

    private void close(StagedTable staged) throws SQLException {
        Closing closing = new Closing(dialect, stage(staged), target, staged);
        Optional<Closing.Truncate> truncate = staged.truncates() ? closing.firstTruncate(statement) : Optional.empty();
        statement.executeUpdate(closing.byKey(truncate));
        if (truncate.isPresent()) {
            statement.executeUpdate(closing.all(truncate.get()));
        }
    }

    /** Gives the columns that a change leaves as they were their values, from an earlier change or the target's row (I8). */
    private void resolve(StagedTable staged, Partial.Ends ends) throws SQLException {
        if (staged.unchanged().isEmpty()) {
            return;
        }
        String stage = stage(staged);
        String current = layout.kind() == Layout.Kind.HISTORY ? " AND w_t." + dialect.quoted(Layout.IS_CURRENT)
                : layout.deletes() == Layout.Deletes.SOFT || wasMarked(staged) ? " AND NOT COALESCE(w_t." + deleted() + ", false)"
                : "";
        Partial partial = new Partial(dialect, stage, target, current, ends, staged);
        for (int index : staged.unchanged()) {
            String name = staged.columns().get(index).name();
            boolean isLate = columns.stream().anyMatch(column ->
                    column.came() == TargetColumn.Came.AFTER_ROWS && dialect.folded(column.name()).equals(dialect.folded(name)));
            if (isLate) {
                refuse(partial.withoutValue(index), JdbcError.VALUE_MISSING, "Applying changes to " + staged.target() + ": a change leaves column "
                        + name + " as it was, and the target's row is older than the column");
            }
        }
        // As often as the key of one row changes in the epoch, however many rows there are.
        while (statement.executeUpdate(partial.mark()) > 0) {
            refuse(partial.withoutOldRow(), JdbcError.ROW_MISSING, "Applying changes to " + staged.target()
                    + ": a change of a key leaves columns as they were, and the target has no row of the old key");
            for (int index : staged.unchanged()) {
                statement.executeUpdate(partial.followLinks(index));
            }
            statement.executeUpdate(partial.settled());
        }
        refuse(partial.withoutRow(), JdbcError.ROW_MISSING, "Applying changes to " + staged.target()
                + ": a change leaves columns as they were, and the target has no row of its key");
        for (int index : staged.unchanged()) {
            statement.executeUpdate(partial.fill(index));
        }
    }

    private void refuse(String any, JdbcError code, String message) throws SQLException {
        if (isAny(any)) {
            throw WindrowException.of(code, message);
        }
    }

    private boolean isAny(String query) throws SQLException {
        try (ResultSet found = statement.executeQuery(query)) {
            return found.next();
        }
    }

    private String stage(StagedTable staged) {
        return place.qualified(dialect, staged.table());
    }

    private String deleted() {
        return dialect.quoted(Layout.DELETED);
    }

    private String names(StagedTable staged) {
        return String.join(", ", staged.columns().stream().map(column -> dialect.quoted(column.name())).toList());
    }

    private static String values(StagedTable staged, String alias) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < staged.columns().size(); i++) {
            values.add(staged.columns().get(i).in().replace("%s", alias + "c" + i));
        }
        return String.join(", ", values);
    }

    /** Whether {@code w_t}, of the target or its keys, has the key of {@code w_s}, of the staging table. */
    private String sameKey(StagedTable staged) {
        return staged.key().stream()
                .map(name -> "w_t." + dialect.quoted(name) + " = "
                        + staged.columns().get(staged.indexOf(name)).in().replace("%s", "w_s.c" + staged.indexOf(name)))
                .collect(Collectors.joining(" AND "));
    }
}
