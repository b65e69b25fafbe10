package io.windrow.connectors.jdbc.table;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlStates;
import io.windrow.connectors.jdbc.table.StagedTable.StagedColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the columns of a stream's table hold what was staged for it. Harmless if done before, or if the commit then fails.
 *
 * @param dialect of the database
 * @param place where the table lies
 * @param name the table's name
 */
public record Fitting(Dialect dialect, Place place, String name) {
    /** What becomes of a column that the table was written with and has no longer. */
    public enum Lost {
        /** The commit is refused if there are rows: made anew, the column would be empty in all of them. */
        REFUSED,
        /** It is made anew, since the rows are read anew. */
        ADDED
    }

    /**
     * Refuses a table that holds rows and lost a column that they were written with: made anew, it would be empty in all of them (I8).
     *
     * @param known the table's columns as the book has them
     */
    public void expectColumns(Connection connection, List<StagedTable> staged, List<TargetColumn> known) throws SQLException {
        expectColumns(connection, types(connection), staged, known);
    }

    private void expectColumns(Connection connection, Map<String, String> there, List<StagedTable> staged, List<TargetColumn> known)
            throws SQLException {
        for (StagedTable table : staged) {
            List<Integer> same = TargetColumn.indexes(known, table.labels());
            for (int i = 0; i < same.size(); i++) {
                if (same.get(i) >= 0 && !there.containsKey(dialect.folded(known.get(i).name()))
                        && !there.containsKey(dialect.folded(table.columns().get(same.get(i)).name())) && holdsRows(connection)) {
                    throw WindrowException.of(
                            JdbcError.COLUMN_LOST, "Committing to table " + name + ": its column " + known.get(i).name() + " is gone");
                }
            }
        }
    }

    private boolean holdsRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT 1 FROM " + place.qualified(dialect, name) + " LIMIT 1")) {
            return found.next();
        }
    }

    /**
     * Refuses a table that somebody dropped, unless its rows are read anew. Adds or refuses what the table has lost; widens columns
     * that cannot hold the staged values yet, in one transaction where the database has that; and refuses those that were made
     * something else since: the database would convert the values as it likes.
     *
     * @param known the table's columns as the book has them
     * @return the same as they are now
     */
    public List<TargetColumn> run(Connection connection, List<StagedTable> staged, List<TargetColumn> known, Lost lost) throws SQLException {
        Map<String, String> there = types(connection);
        boolean isNew = TargetColumn.isOfNewTable(known) && !there.isEmpty();
        // With rows in it, it was brought back.
        boolean isLost = isNew && lost == Lost.REFUSED && !holdsRows(connection);
        if (there.isEmpty() || isLost) {
            throw WindrowException.of(JdbcError.TABLE_LOST, "Committing to table " + name + ": it is gone" + (isLost ? ", and an empty one in its place" : ""));
        }
        if (lost == Lost.REFUSED) {
            expectColumns(connection, there, staged, known);
        }
        List<TargetColumn> columns = new ArrayList<>(isNew ? TargetColumn.allCame(known, TargetColumn.Came.BEFORE_ROWS) : known);
        if (staged.stream().allMatch(table -> table.columns().stream().allMatch(column -> holds(there, table, column)))) {
            return columns;
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (StagedTable table : staged) {
                for (StagedColumn column : table.columns()) {
                    String type = there.get(dialect.folded(column.name()));
                    if (type == null) {
                        statement.execute(TargetTable.addition(dialect, place.qualified(dialect, name), column.name(), column.type()));
                        columns.replaceAll(one -> dialect.folded(one.name()).equals(dialect.folded(column.name()))
                                ? new TargetColumn(one.id(), one.name(), TargetColumn.Came.AFTER_ROWS) : one);
                        there.put(dialect.folded(column.name()), column.type());
                    } else {
                        there.put(dialect.folded(column.name()), widened(statement, column, type, table.use(column)));
                    }
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
        return columns;
    }

    private boolean holds(Map<String, String> there, StagedTable table, StagedColumn column) {
        String type = there.get(dialect.folded(column.name()));
        return type != null && Widening.of(dialect, type, column.type(), table.use(column)) instanceof Widening.None;
    }

    /** Returns the type that the column has then. */
    private String widened(Statement statement, StagedColumn column, String type, Dialect.Use use) throws SQLException {
        return switch (Widening.of(dialect, type, column.type(), use)) {
            case Widening.None ignored -> type;
            case Widening.Impossible ignored -> throw incompatible(column, type, "");
            case Widening.Needed needed -> {
                try {
                    for (String sql : dialect.widen(place.qualified(dialect, name), dialect.quoted(column.name()), type, needed.type())) {
                        statement.execute(sql);
                    }
                } catch (SQLException e) {
                    // A view, an index or a trigger may be of it.
                    if (dialect.error(e) == JdbcError.STATEMENT_REFUSED) {
                        throw incompatible(column, type, "; " + SqlStates.answer(dialect.database(), e) + " when it was to become " + needed.type());
                    }
                    throw e;
                }
                yield needed.type();
            }
        };
    }

    private WindrowException incompatible(StagedColumn column, String type, String more) {
        return WindrowException.of(
                JdbcError.COLUMN_INCOMPATIBLE, "Committing to table " + name + ": column " + column.name() + " is " + type
                        + " by now, the stream's needs " + column.type() + more);
    }

    private Map<String, String> types(Connection connection) throws SQLException {
        Map<String, String> there = new HashMap<>();
        place.columns(dialect, connection, name).forEach(column -> there.put(dialect.folded(column.name()), column.type()));
        return there;
    }
}
