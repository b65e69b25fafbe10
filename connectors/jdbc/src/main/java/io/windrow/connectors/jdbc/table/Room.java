package io.windrow.connectors.jdbc.table;

import io.windrow.connectors.jdbc.sql.Among;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.table.StagedTable.StagedColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Room for staged values in a table that holds others than the key unique. Used inside of the caller's transaction.
 *
 * @param dialect of the database
 * @param place where the table lies
 * @param connection to ask on
 * @param target the table, for a statement
 * @param stage the staging table, for a statement
 * @param staged what it holds
 */
record Room(Dialect dialect, Place place, Connection connection, String target, String stage, StagedTable staged) {
    /**
     * A value that another constraint holds unique may move from one row to another: rows that change theirs give it up before they come
     * again. Where a column must have a value, or an expression is unique, whole rows go instead, if nothing else is in them. Not if rows
     * of another table refer to them, which would change too.
     *
     * @param sameKey the condition that {@code w_t}, of the target, has the key of {@code w_s}, of the staging table
     */
    void make(Statement statement, String sameKey) throws SQLException {
        List<Place.Unique> others = others();
        if (others.isEmpty() || !place.referring(dialect, connection, staged.target()).isEmpty()) {
            return;
        }
        Set<String> required = place.required(dialect, connection, staged.target());
        List<String> key = staged.key().stream().map(dialect::folded).toList();
        List<String> changed = new ArrayList<>();
        Set<String> free = new LinkedHashSet<>();
        for (int i = 0; i < staged.columns().size(); i++) {
            StagedColumn column = staged.columns().get(i);
            String folded = dialect.folded(column.name());
            if (!key.contains(folded) && others.stream().anyMatch(one -> one.names().contains(folded))) {
                changed.add(dialect.differ("w_t." + dialect.quoted(column.name()), column.in().replace("%s", "w_s.c" + i)));
                if (!required.contains(folded)) {
                    free.add(folded);
                }
            }
        }
        boolean isPlain = others.stream().allMatch(Place.Unique::isPlain);
        if (changed.isEmpty() && isPlain) {
            return;
        }
        // What an expression, or part of a column, comes to is not known here.
        List<String> keys = staged.key().stream().map(dialect::quoted).toList();
        Among which = new Among(keys, keys.stream().map(name -> "w_t." + name).toList(), "FROM " + target + " AS w_t JOIN " + stage + " AS w_s ON "
                + sameKey + " WHERE w_s." + Apply.WRITES + (isPlain ? " AND (" + String.join(" OR ", changed) + ")" : ""));
        if (isPlain && others.stream().allMatch(one -> one.names().stream().anyMatch(free::contains))) {
            List<String> nulls = staged.columns().stream()
                    .filter(column -> free.contains(dialect.folded(column.name())))
                    .map(column -> dialect.quoted(column.name()) + " = NULL")
                    .toList();
            statement.executeUpdate(dialect.update(target, String.join(", ", nulls), "1 = 1", which));
        } else if (holdsNothingElse()) {
            statement.executeUpdate(dialect.delete(target, which));
        }
    }

    /** Whether the table's rows have no columns but the stream's and the mark of a deleted one. */
    private boolean holdsNothingElse() throws SQLException {
        Set<String> ours = staged.columns().stream().map(column -> dialect.folded(column.name())).collect(Collectors.toSet());
        ours.add(dialect.folded(Layout.DELETED));
        return place.columns(dialect, connection, staged.target()).stream().allMatch(column -> ours.contains(dialect.folded(column.name())));
    }

    /** What must be unique beside the key; what has the whole key in it is unique anyway. */
    List<Place.Unique> others() throws SQLException {
        if (dialect.upsert() == Dialect.Upsert.MERGE) {
            return List.of();
        }
        List<String> key = staged.key().stream().map(dialect::folded).toList();
        return place.uniques(dialect, connection, staged.target()).stream()
                .filter(one -> !one.isPlain() || !one.names().containsAll(key))
                .toList();
    }
}
