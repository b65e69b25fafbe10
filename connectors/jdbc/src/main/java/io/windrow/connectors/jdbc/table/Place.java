package io.windrow.connectors.jdbc.table;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where tables lie.
 *
 * @param schema the schema; empty: the database has none
 */
public record Place(Optional<String> schema) {
    /** The configured schema, or the one that the connection writes to. */
    public static Place of(Dialect dialect, Optional<String> configured, Connection connection) throws SQLException {
        if (configured.isPresent() || dialect.defaultSchema().isEmpty()) {
            return new Place(dialect.defaultSchema().isEmpty() ? Optional.empty() : configured);
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + dialect.defaultSchema());
                ResultSet results = statement.executeQuery()) {
            results.next();
            return new Place(Optional.of(Optional.ofNullable(results.getString(1)).orElseThrow(() -> WindrowException.of(
                    JdbcError.SCHEMA_MISSING, "Looking for the schema to write to: neither sink.jdbc.schema nor the session names one that is there"))));
        }
    }

    /** A table's name for a statement. */
    public String qualified(Dialect dialect, String table) {
        return schema.map(name -> dialect.quoted(name) + ".").orElse("") + dialect.quoted(table);
    }

    /** The name by which the database knows a table that is made under the given one. */
    public String stored(Dialect dialect, Connection connection, String table) throws SQLException {
        if (dialect.foldsTables().isEmpty()) {
            return table;
        }
        try (Statement statement = connection.createStatement(); ResultSet folds = statement.executeQuery("SELECT " + dialect.foldsTables().get())) {
            return folds.next() && folds.getBoolean(1) ? table.toLowerCase(Locale.ROOT) : table;
        }
    }

    /** The names of all tables and views. */
    public Set<String> tables(Dialect dialect, Connection connection) throws SQLException {
        Set<String> tables = new LinkedHashSet<>();
        ask(connection, dialect.tables(), Optional.empty(), results -> tables.add(results.getString(1)));
        return tables;
    }

    /** The columns of a table with their declared types; empty: there is no such table. */
    List<Existing> columns(Dialect dialect, Connection connection, String table) throws SQLException {
        List<Existing> columns = new ArrayList<>();
        ask(connection, dialect.columnsOf(), Optional.of(table),
                results -> columns.add(new Existing(results.getString(1), results.getString(2))));
        return columns;
    }

    /** Whether something else than the key must be unique in a table. */
    boolean otherUniques(Dialect dialect, Connection connection, String table) throws SQLException {
        return uniques(dialect, connection, table).stream().anyMatch(one -> one.rank() == Rank.OTHER);
    }

    /** What must be unique in a table. */
    List<Unique> uniques(Dialect dialect, Connection connection, String table) throws SQLException {
        Map<String, Unique> found = new LinkedHashMap<>();
        ask(connection, dialect.uniques(), Optional.of(table), results -> {
            Rank rank = results.getInt(2) == 1 ? Rank.PRIMARY : Rank.OTHER;
            Unique one = found.computeIfAbsent(results.getString(1), name -> new Unique(name, rank, new ArrayList<>()));
            one.columns().add(Optional.ofNullable(results.getString(3)).map(dialect::folded));
        });
        return List.copyOf(found.values());
    }

    /** The columns of a table that must have a value, folded. */
    Set<String> required(Dialect dialect, Connection connection, String table) throws SQLException {
        Set<String> required = new LinkedHashSet<>();
        ask(connection, dialect.required(), Optional.of(table), results -> required.add(dialect.folded(results.getString(1))));
        return required;
    }

    /** The columns of a table that the database fills by itself. */
    List<Filled> filled(Dialect dialect, Connection connection, String table) throws SQLException {
        List<Filled> filled = new ArrayList<>();
        if (dialect.filled().isPresent()) {
            ask(connection, dialect.filled().get(), Optional.of(table),
                    results -> filled.add(new Filled(results.getString(1), results.getInt(2) == 1 ? By.NUMBER : By.EXPRESSION)));
        }
        return filled;
    }

    /** The foreign keys that refer to a table; none where no database would enforce them. */
    List<Referring> referring(Dialect dialect, Connection connection, String table) throws SQLException {
        List<Referring> found = new ArrayList<>();
        if (dialect.referring().isPresent()) {
            ask(connection, dialect.referring().get(), Optional.of(table),
                    results -> found.add(new Referring(results.getString(1), results.getInt(2) == 1 ? OnDelete.FOLLOWS : OnDelete.FORBIDS)));
        }
        return found;
    }

    /** The columns of a table that take different texts for equal, each with its collation. */
    List<Existing> looseColumns(Dialect dialect, Connection connection, String table) throws SQLException {
        List<Existing> columns = new ArrayList<>();
        ask(connection, dialect.looseColumns(), Optional.of(table),
                results -> columns.add(new Existing(results.getString(1), results.getString(2))));
        return columns;
    }

    /** Refuses a table whose rows are in no transaction. */
    public void expectTransactional(Dialect dialect, Connection connection, String table) throws SQLException {
        if (dialect.otherEngine().isPresent()) {
            List<String> engines = new ArrayList<>();
            ask(connection, dialect.otherEngine().get(), Optional.of(table), results -> engines.add(results.getString(1)));
            if (!engines.isEmpty()) {
                throw WindrowException.of(
                        JdbcError.TABLE_UNSAFE, "Writing to table " + table + ": its engine is " + engines.getFirst() + ", not InnoDB");
            }
        }
    }

    /** Refuses a table all of whose rows are to go and come again, if rows of others would go with them. */
    public void expectReplaceable(Dialect dialect, Connection connection, String table) throws SQLException {
        for (Referring one : referring(dialect, connection, table)) {
            if (one.onDelete() == OnDelete.FOLLOWS) {
                throw WindrowException.of(
                        JdbcError.TABLE_REFERENCED, "Replacing the rows of table " + table + ": a foreign key of table " + one.table()
                                + " would change or delete what refers to them");
            }
        }
    }

    /**
     * What must be unique together.
     *
     * @param name the index's name
     * @param rank whether it is the primary key
     * @param columns the columns, folded; one that is empty is no whole column of all rows
     */
    record Unique(String name, Rank rank, List<Optional<String>> columns) {
        /** Whether it is of whole columns of all rows. */
        boolean isPlain() {
            return columns.stream().allMatch(Optional::isPresent);
        }

        /** The names of its whole columns. */
        Set<String> names() {
            return columns.stream().flatMap(Optional::stream).collect(Collectors.toSet());
        }
    }

    /** What a unique constraint is. */
    enum Rank {
        PRIMARY,
        OTHER
    }

    /** A column that the database fills by itself. */
    record Filled(String name, By by) {}

    /** How the database fills a column. */
    enum By {
        /** It numbers rows, and takes another number with a new row. */
        NUMBER,
        /** It computes it. */
        EXPRESSION
    }

    /** A table with a foreign key. */
    record Referring(String table, OnDelete onDelete) {}

    /** What becomes of a row when the one is deleted that it refers to. */
    enum OnDelete {
        /** It keeps the other from being deleted, or is in the same table. */
        FORBIDS,
        /** It is in another table, and is deleted too, or refers to nothing. */
        FOLLOWS
    }

    /** A column as the database has it. */
    record Existing(String name, String type) {}

    @FunctionalInterface
    private interface Each {
        void row(ResultSet results) throws SQLException;
    }

    private void ask(Connection connection, String sql, Optional<String> table, Each each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = 1;
            if (schema.isPresent()) {
                statement.setString(at++, schema.get());
            }
            if (table.isPresent()) {
                statement.setString(at, table.get());
            }
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    each.row(results);
                }
            }
        }
    }
}
