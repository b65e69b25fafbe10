package io.windrow.connectors.jdbc.table;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.StagedTable.StagedColumn;
import io.windrow.connectors.jdbc.table.TargetColumn.Came;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the columns of a stream's table the names that staged rows have for them: one that was renamed at the source keeps
 * its values (I8). Harmless if done before, or if the commit then fails.
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
        /** A read that was begun anew brings all of them again. */
        COME_AGAIN
    }

    /** Whether there is anything to do. Nothing is known of a table that only earlier versions have written. */
    public boolean isDue(StagedTable staged, List<TargetColumn> known, Rows rows) {
        return !known.isEmpty() && (rows == Rows.COME_AGAIN || !renamed(staged, byId(known)).isEmpty());
    }

    /**
     * Renames columns, and adds those whose names were taken until then.
     *
     * @param known the table's columns until now
     * @return the table's columns from now on
     */
    public List<TargetColumn> run(Connection connection, StagedTable staged, List<TargetColumn> known, Rows rows) throws SQLException {
        Map<Integer, TargetColumn> columns = byId(known);
        Set<String> there = new HashSet<>();
        place.columns(dialect, connection, name).forEach(column -> there.add(dialect.folded(column.name())));
        try (Statement statement = connection.createStatement()) {
            Set<String> freed = rename(statement, staged, columns, there, rows);
            for (StagedColumn column : staged.columns()) {
                boolean isAdded = freed.contains(dialect.folded(column.name())) && there.add(dialect.folded(column.name()));
                if (isAdded) {
                    statement.execute(TargetTable.addition(dialect, place.qualified(dialect, name), column.name(), column.type()));
                }
                TargetColumn before = columns.get(column.id());
                boolean isLate = rows == Rows.STAY && (isAdded || before != null && before.came() == Came.AFTER_ROWS);
                if (column.id() != StagedColumn.UNKNOWN) {
                    columns.values().removeIf(other -> dialect.folded(other.name()).equals(dialect.folded(column.name())));
                    columns.put(column.id(), new TargetColumn(column.id(), column.name(), isLate ? Came.AFTER_ROWS : Came.BEFORE_ROWS));
                }
            }
        }
        return List.copyOf(columns.values());
    }

    /** Gives every name as soon as it is free, and says which have become free. */
    private Set<String> rename(
            Statement statement, StagedTable staged, Map<Integer, TargetColumn> columns, Set<String> there, Rows rows) throws SQLException {
        Set<String> freed = new HashSet<>();
        List<StagedColumn> waiting = renamed(staged, columns);
        // Done already, by a commit that died or by hand.
        waiting.removeIf(column -> !there.contains(dialect.folded(columns.get(column.id()).name())));
        for (boolean moves = true; moves;) {
            moves = false;
            for (StagedColumn column : List.copyOf(waiting)) {
                String before = columns.get(column.id()).name();
                if (there.add(dialect.folded(column.name()))) {
                    statement.execute("ALTER TABLE " + place.qualified(dialect, name) + " RENAME COLUMN " + dialect.quoted(before) + " TO "
                            + dialect.quoted(column.name()));
                    there.remove(dialect.folded(before));
                    freed.add(dialect.folded(before));
                    waiting.remove(column);
                    moves = true;
                }
            }
        }
        // Rows that all come again fill whichever column has the name.
        if (!waiting.isEmpty() && rows == Rows.STAY) {
            StagedColumn stuck = waiting.getFirst();
            throw WindrowException.of(
                    JdbcError.COLUMN_TAKEN, "Committing to table " + name + ": its column " + columns.get(stuck.id()).name() + " is named "
                            + stuck.name() + " at the source by now, and the table has another column of that name");
        }
        return freed;
    }

    /** The staged columns that the table has under another name. */
    private List<StagedColumn> renamed(StagedTable staged, Map<Integer, TargetColumn> columns) {
        List<StagedColumn> renamed = new ArrayList<>();
        for (StagedColumn column : staged.columns()) {
            TargetColumn before = columns.get(column.id());
            if (before != null && !dialect.folded(before.name()).equals(dialect.folded(column.name()))) {
                renamed.add(column);
            }
        }
        return renamed;
    }

    private static Map<Integer, TargetColumn> byId(List<TargetColumn> known) {
        Map<Integer, TargetColumn> columns = new LinkedHashMap<>();
        known.forEach(column -> columns.put(column.id(), column));
        return columns;
    }
}
