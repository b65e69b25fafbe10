package io.windrow.connectors.jdbc.table;

import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.StagedTable.StagedColumn;
import io.windrow.connectors.jdbc.table.TargetColumn.Came;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the columns of a stream's table the names that staged rows have for them: one that was renamed at the source keeps
 * its values (I8). Which column is which says {@link io.windrow.api.schema.SameColumns}, as it does for whoever accepted the schema.
 * Harmless if done before, or if the commit then fails.
 *
 * @param dialect of the database
 * @param place where the table lies
 * @param name the table's name
 */
public record Alignment(Dialect dialect, Place place, String name) {
    /** What becomes of the rows that a table holds. */
    public enum Rows {
        /** They stay, each with the values of its columns. */
        STAY,
        /** They go with the first commit of a read that was begun anew; only what it brings is there after. */
        COME_AGAIN;

        /** What becomes of them when the stream is read anew. */
        public static Rows ofNewRead(WriteMode mode, Layout.Deletes deletes) {
            return switch (mode) {
                case REPLACE -> COME_AGAIN;
                case MIRROR -> deletes == Layout.Deletes.HARD ? COME_AGAIN : STAY;
                case APPEND, UPSERT, HISTORY -> STAY;
            };
        }
    }

    /** Keeps what was done. */
    @FunctionalInterface
    public interface Book {
        /**
         * Writes the table's columns down after each statement, since some databases commit each by itself.
         *
         * @return whether the stream is still the caller's to write
         */
        boolean write(List<TargetColumn> columns) throws SQLException;
    }

    /** A column of the table that is called otherwise by now; {@code index} is its place among those that are known. */
    private record Rename(int index, String before, StagedColumn after) {}

    /** Whether there is anything to do. Nothing is known of a table that only earlier versions have written. */
    public boolean isDue(StagedTable staged, List<TargetColumn> known, Rows rows) {
        return !known.isEmpty() && (rows == Rows.COME_AGAIN || !renamed(staged, known).isEmpty());
    }

    /**
     * Renames columns, and adds those whose names were taken until then. All of it is planned first: a table whose columns cannot
     * be named is left as it is.
     *
     * @param known the table's columns until now
     */
    public void run(Connection connection, StagedTable staged, List<TargetColumn> known, Rows rows, Book book) throws SQLException {
        Map<String, String> there = new HashMap<>();
        place.columns(dialect, connection, name).forEach(column -> there.put(dialect.folded(column.name()), column.type()));
        List<TargetColumn> columns = new ArrayList<>(known);
        List<Rename> waiting = renamed(staged, known);
        for (Rename done : List.copyOf(waiting)) {
            // By a commit that died, or by hand.
            if (!there.containsKey(dialect.folded(done.before()))) {
                columns.set(done.index(), named(known.get(done.index()), done.after().name()));
                waiting.remove(done);
            }
        }
        List<Rename> steps = steps(staged, waiting, there, rows);
        try (Statement statement = connection.createStatement()) {
            for (Rename step : steps) {
                statement.execute("ALTER TABLE " + place.qualified(dialect, name) + " RENAME COLUMN " + dialect.quoted(step.before()) + " TO "
                        + dialect.quoted(step.after().name()));
                columns.set(step.index(), named(known.get(step.index()), step.after().name()));
                there.put(dialect.folded(step.after().name()), there.remove(dialect.folded(step.before())));
                if (!book.write(List.copyOf(columns))) {
                    return;
                }
            }
            Set<String> vacated = new HashSet<>();
            steps.forEach(step -> vacated.add(dialect.folded(step.before())));
            waiting.forEach(stuck -> vacated.add(dialect.folded(stuck.before())));
            columns.removeAll(waiting.stream().map(stuck -> known.get(stuck.index())).toList());
            for (StagedColumn column : staged.columns()) {
                if (!settle(statement, column, columns, there, vacated, rows, book)) {
                    return;
                }
            }
        }
        book.write(List.copyOf(columns));
    }

    /** Enters a column that the table has by its name, or comes to have now. Returns whether to go on. */
    private boolean settle(
            Statement statement, StagedColumn column, List<TargetColumn> columns, Map<String, String> there, Set<String> vacated, Rows rows,
            Book book) throws SQLException {
        String folded = dialect.folded(column.name());
        boolean isAdded = there.putIfAbsent(folded, column.type()) == null;
        if (isAdded) {
            statement.execute(TargetTable.addition(dialect, place.qualified(dialect, name), column.name(), column.type()));
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).came() != Came.GONE && dialect.folded(columns.get(i).name()).equals(folded)) {
                if (rows == Rows.COME_AGAIN) {
                    columns.set(i, new TargetColumn(columns.get(i).id(), columns.get(i).name(), Came.BEFORE_ROWS));
                }
                return true;
            }
        }
        // What the book lacks though it is there was staged before the stream's schema lost it.
        if (column.id() != StagedColumn.UNKNOWN && (isAdded || vacated.contains(folded))) {
            columns.add(new TargetColumn(column.id(), column.name(), rows == Rows.STAY ? Came.AFTER_ROWS : Came.BEFORE_ROWS));
            return !isAdded || book.write(List.copyOf(columns));
        }
        return true;
    }

    /**
     * The renames in an order in which each name is free when it is given. They are taken from those that wait; what is left there
     * cannot be done, and is refused unless all rows come again: these fill whichever column has the name.
     */
    private List<Rename> steps(StagedTable staged, List<Rename> waiting, Map<String, String> types, Rows rows) {
        Set<String> taken = new HashSet<>(types.keySet());
        List<Rename> steps = new ArrayList<>();
        for (boolean moves = true; moves;) {
            moves = false;
            for (Rename rename : List.copyOf(waiting)) {
                String type = types.getOrDefault(dialect.folded(rename.before()), "");
                boolean fits = !(Widening.of(dialect, type, rename.after().type(), staged.use(rename.after())) instanceof Widening.Impossible);
                if (!fits && rows == Rows.STAY) {
                    throw WindrowException.of(
                            JdbcError.COLUMN_INCOMPATIBLE, "Committing to table " + name + ": column " + rename.before() + " is " + type
                                    + ", and is named " + rename.after().name() + " at the source by now, which needs " + rename.after().type());
                }
                if (fits && taken.add(dialect.folded(rename.after().name()))) {
                    taken.remove(dialect.folded(rename.before()));
                    waiting.remove(rename);
                    steps.add(rename);
                    moves = true;
                }
            }
        }
        if (!waiting.isEmpty() && rows == Rows.STAY) {
            throw WindrowException.of(
                    JdbcError.COLUMN_TAKEN, "Committing to table " + name + ": its column " + waiting.getFirst().before() + " is named "
                            + waiting.getFirst().after().name() + " at the source by now, and the table has another column of that name");
        }
        return steps;
    }

    /** The columns that the table has under another name than the staged rows. */
    private List<Rename> renamed(StagedTable staged, List<TargetColumn> known) {
        List<Integer> same = TargetColumn.indexes(known, staged.labels());
        List<Rename> renamed = new ArrayList<>();
        for (int i = 0; i < same.size(); i++) {
            if (same.get(i) >= 0) {
                String before = known.get(i).name();
                StagedColumn after = staged.columns().get(same.get(i));
                if (!dialect.folded(before).equals(dialect.folded(after.name()))) {
                    renamed.add(new Rename(i, before, after));
                }
            }
        }
        return renamed;
    }

    private static TargetColumn named(TargetColumn column, String name) {
        return new TargetColumn(column.id(), name, column.came());
    }
}
