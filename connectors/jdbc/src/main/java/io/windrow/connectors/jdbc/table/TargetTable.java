package io.windrow.connectors.jdbc.table;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.SameColumns.Label;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.load.StagedRows;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** The table that a stream is written to. */
public final class TargetTable {
    private final Dialect dialect;
    private final Place place;
    private final String name;

    /** The table of that name. */
    public TargetTable(Dialect dialect, Place place, String name) {
        this.dialect = dialect;
        this.place = place;
        this.name = name;
    }

    /** How the stream's columns are held, in order. */
    public static List<SqlType> types(Dialect dialect, StreamSchema schema) {
        return dialect.types(schema);
    }

    /** Whether a table has a column. */
    public static boolean has(Dialect dialect, Place place, Connection connection, String table, String column)
            throws SQLException {
        return place.columns(dialect, connection, table).stream().anyMatch(one -> one.name().equals(column));
    }

    /** The name for a statement. */
    public String qualified() {
        return place.qualified(dialect, name);
    }

    /**
     * Makes the table, or adds what it lacks. Only adds; what would widen or rename a column is left to the committer.
     *
     * @param known the table's columns as the book has them; empty: it has not
     * @return the same as they are now
     */
    public List<TargetColumn> make(
            Connection connection, StreamSchema schema, WriteMode mode, Layout layout, Made made, List<TargetColumn> known) throws SQLException {
        checkNames(schema, layout);
        checkWidth(schema, mode, layout);
        checkClash(connection);
        List<SqlType> types = types(dialect, schema);
        List<Place.Existing> existing = place.columns(dialect, connection, name);
        try (Statement statement = connection.createStatement()) {
            if (existing.isEmpty()) {
                statement.execute(creation(schema, types, layout));
                List<TargetColumn> columns = TargetColumn.of(schema);
                return made == Made.WRITTEN && mode != WriteMode.REPLACE ? TargetColumn.allCame(columns, TargetColumn.Came.AFTER_ROWS) : columns;
            }
            if (made == Made.BY_OTHERS && holdsRows(statement)) {
                throw WindrowException.of(
                        JdbcError.TABLE_TAKEN, "Preparing table " + name + " for " + schema.stream()
                                + ": it holds rows that this pipeline has not written");
            }
            place.expectTransactional(dialect, connection, name);
            checkFilled(connection, schema, mode);
            // A table without a key that was made for a stream without one takes rows that are all replaced as it is.
            boolean isKeyed = mode.needsKey() || made == Made.BY_OTHERS || holdsKey(connection);
            List<String> unique = isKeyed ? layout.unique(schema.key()) : List.of();
            if (!unique.isEmpty()) {
                expectExactKeys(connection, schema);
            }
            List<TargetColumn> columns = add(statement, schema, types, existing, known, mode, layout);
            addOwn(statement, layout, existing);
            if (!unique.isEmpty() && dialect.upsert() != Dialect.Upsert.MERGE && !isUnique(connection, held(schema, unique, columns))) {
                if (made != Made.BY_OTHERS) {
                    throw keyChanged(schema);
                }
                uniqueIndex(connection, statement, schema, unique);
                // Only an index shows how SQLite compares.
                expectExactKeys(connection, schema);
            }
            return columns;
        }
    }

    /** Two keys of the source that the target takes for one would become one row. A UUID is always written in one way. */
    private void expectExactKeys(Connection connection, StreamSchema schema) throws SQLException {
        for (Place.Existing loose : place.looseColumns(dialect, connection, name)) {
            for (String key : schema.key()) {
                if (dialect.folded(key).equals(dialect.folded(loose.name()))
                        && !(schema.columns().get(schema.indexOf(key)).type() instanceof ColumnType.Uuid)) {
                    throw WindrowException.of(
                            JdbcError.COLUMN_INCOMPATIBLE, "Preparing table " + name + " for " + schema.stream() + ": column " + key
                                    + " of the key has the collation " + loose.type() + ", which takes different texts for equal");
                }
            }
        }
    }

    /** Who made a table that is there. */
    public enum Made {
        /** It was entered in the book of commits. */
        BY_US,
        /** That, and rows were committed to it. */
        WRITTEN,
        /** The book does not know it. */
        BY_OTHERS
    }

    private boolean holdsRows(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT 1 FROM " + qualified() + " LIMIT 1")) {
            return found.next();
        }
    }

    private String creation(StreamSchema schema, List<SqlType> types, Layout layout) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Column column = schema.columns().get(i);
            boolean key = schema.key().contains(column.name()) && layout.kind() != Layout.Kind.APPENDED;
            parts.add(dialect.quoted(column.name()) + " " + types.get(i).declared() + (key ? " NOT NULL" : ""));
        }
        for (Place.Existing own : layout.own(dialect)) {
            parts.add(dialect.quoted(own.name()) + " " + own.type());
        }
        List<String> unique = layout.unique(schema.key());
        if (!unique.isEmpty() && dialect.upsert() != Dialect.Upsert.MERGE) {
            parts.add("PRIMARY KEY (" + String.join(", ", unique.stream().map(dialect::quoted).toList()) + ")");
        }
        return "CREATE TABLE IF NOT EXISTS " + qualified() + " (" + String.join(", ", parts) + ")" + dialect.tableOptions();
    }

    /** A column that the stream no longer has stays in the table: if one of its name comes, it is another one. */
    private List<TargetColumn> add(
            Statement statement, StreamSchema schema, List<SqlType> types, List<Place.Existing> existing, List<TargetColumn> known,
            WriteMode mode, Layout layout) throws SQLException {
        Alignment.Rows anew = Alignment.Rows.ofNewRead(mode, layout.deletes());
        Map<String, String> there = new HashMap<>();
        existing.forEach(column -> there.put(dialect.folded(column.name()), column.type()));
        List<Integer> same = TargetColumn.indexes(known, Label.of(schema.columns()));
        Map<Integer, TargetColumn> before = new HashMap<>();
        Set<String> leaving = new HashSet<>();
        for (int i = 0; i < same.size(); i++) {
            if (same.get(i) >= 0) {
                String held = dialect.folded(known.get(i).name());
                before.put(same.get(i), known.get(i));
                if (!held.equals(dialect.folded(schema.columns().get(same.get(i)).name())) && there.containsKey(held)) {
                    leaving.add(held);
                }
            }
        }
        List<TargetColumn> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Column column = schema.columns().get(i);
            String wanted = dialect.folded(column.name());
            TargetColumn held = before.get(i);
            if (held != null && !dialect.folded(held.name()).equals(wanted) && leaving.contains(dialect.folded(held.name()))) {
                // The committer renames it, or finds that its rows come again.
                if (anew == Alignment.Rows.STAY) {
                    expectType(schema, column, there.get(dialect.folded(held.name())), types.get(i));
                }
                columns.add(held);
            } else if (held != null && !there.containsKey(wanted) && holdsRows(statement)) {
                // Somebody dropped it. The committer adds it if its rows come again, and else refuses the table.
                columns.add(held);
            } else if (!leaving.contains(wanted)) {
                String type = there.get(wanted);
                if (type == null) {
                    statement.execute(addition(dialect, qualified(), column.name(), types.get(i).declared()));
                } else {
                    expectType(schema, column, type, types.get(i));
                    if (held == null && TargetColumn.isFormer(known, same, name -> dialect.folded(name).equals(wanted))) {
                        forget(statement, mode, layout, column.name());
                    }
                }
                // A column may have come with a statement that was committed by itself, before a death.
                boolean isNew = type == null || held == null && !known.isEmpty();
                TargetColumn.Came came = held == null ? TargetColumn.Came.BEFORE_ROWS : held.came();
                columns.add(new TargetColumn(column.id(), column.name(), isNew && holdsRows(statement) ? TargetColumn.Came.AFTER_ROWS : came));
            }
            // Else the committer adds it, when the column that has its name has got its new one.
        }
        Set<String> names = columns.stream().map(column -> dialect.folded(column.name())).collect(Collectors.toSet());
        for (int i = 0; i < same.size(); i++) {
            String left = dialect.folded(known.get(i).name());
            if (same.get(i) < 0 && there.containsKey(left) && names.add(left)) {
                columns.add(known.get(i).came(TargetColumn.Came.GONE));
            }
        }
        return columns;
    }

    /** What the rows hold in a column that left the stream is of then; appended rows, and versions that have ended, are of then too. */
    private void forget(Statement statement, WriteMode mode, Layout layout, String column) throws SQLException {
        if (mode == WriteMode.REPLACE) {
            return; // All rows come with it.
        }
        String sql = "UPDATE " + qualified() + " SET " + dialect.quoted(column) + " = NULL";
        switch (layout.kind()) {
            case APPENDED -> {}
            case STATE -> statement.executeUpdate(sql);
            case HISTORY -> statement.executeUpdate(sql + " WHERE " + dialect.quoted(Layout.IS_CURRENT));
        }
    }

    private void expectType(StreamSchema schema, Column column, String type, SqlType wanted) {
        Dialect.Use use = schema.key().contains(column.name()) ? Dialect.Use.KEY : Dialect.Use.VALUE;
        if (Widening.of(dialect, type, wanted.declared(), use) instanceof Widening.Impossible) {
            throw WindrowException.of(
                    JdbcError.COLUMN_INCOMPATIBLE, "Preparing table " + name + " for " + schema.stream() + ": column " + column.name() + " is "
                            + type + ", the stream's needs " + wanted.declared());
        }
    }

    private void addOwn(Statement statement, Layout layout, List<Place.Existing> existing) throws SQLException {
        for (Place.Existing own : layout.own(dialect)) {
            if (existing.stream().noneMatch(column -> dialect.folded(column.name()).equals(dialect.folded(own.name())))) {
                statement.execute(addition(dialect, qualified(), own.name(), own.type()));
            }
        }
    }

    /** {@code ALTER TABLE} that adds a column. */
    static String addition(Dialect dialect, String table, String column, String type) {
        return "ALTER TABLE " + table + " ADD COLUMN " + dialect.quoted(column) + " " + type;
    }

    /** The names that the table has until now for what is unique. */
    private Set<String> held(StreamSchema schema, List<String> unique, List<TargetColumn> columns) {
        Map<Integer, String> names = new HashMap<>();
        columns.stream().filter(column -> column.came() != TargetColumn.Came.GONE).forEach(column -> names.put(column.id(), column.name()));
        return unique.stream()
                .map(name -> schema.indexOf(name) < 0 ? name : names.getOrDefault(schema.columns().get(schema.indexOf(name)).id(), name))
                .map(dialect::folded)
                .collect(Collectors.toSet());
    }

    /** Whether the table tells rows apart by some key, in the primary key or an index of Windrow's. */
    private boolean holdsKey(Connection connection) throws SQLException {
        return place.uniques(dialect, connection, name).stream()
                .anyMatch(one -> one.rank() == Place.Rank.PRIMARY || one.name().startsWith(StageName.PREFIX));
    }

    private boolean isUnique(Connection connection, Set<String> columns) throws SQLException {
        return place.uniques(dialect, connection, name).stream().anyMatch(one -> one.isPlain() && one.names().equals(columns));
    }

    /** A table that a user made may lack what rows are told apart by. */
    private void uniqueIndex(Connection connection, Statement statement, StreamSchema schema, List<String> unique) throws SQLException {
        String index = StageName.PREFIX + "key_" + Integer.toHexString(name.hashCode());
        if (place.uniques(dialect, connection, name).stream().anyMatch(one -> one.name().equals(index))) {
            throw keyChanged(schema);
        }
        statement.execute("CREATE UNIQUE INDEX " + dialect.quoted(index) + " ON " + qualified() + " ("
                + String.join(", ", unique.stream().map(dialect::quoted).toList()) + ")");
    }

    private WindrowException keyChanged(StreamSchema schema) {
        return WindrowException.of(
                JdbcError.KEY_CHANGED, "Preparing table " + name + " for " + schema.stream() + ": nothing in it holds the columns of the key unique: "
                        + String.join(", ", schema.key()));
    }

    /** Its staging tables have columns for the facts of changes where it may have some of Windrow's own. */
    private void checkWidth(StreamSchema schema, WriteMode mode, Layout layout) {
        int more = Math.max(layout.own(dialect).size(), mode.needsKey() ? StagedRows.FACTS.size() : 1);
        OptionalInt most = dialect.maxColumns();
        if (most.isPresent() && schema.columns().size() + more > most.getAsInt()) {
            throw WindrowException.of(
                    JdbcError.TABLE_TOO_WIDE, "Preparing table " + name + " for " + schema.stream() + ": it has " + schema.columns().size()
                            + " columns and needs " + more + " beside them, " + dialect.database().label() + " allows " + most.getAsInt());
        }
    }

    /** A number that the database gives is only given another with a new row. */
    private void checkFilled(Connection connection, StreamSchema schema, WriteMode mode) throws SQLException {
        boolean isUpdated = mode == WriteMode.UPSERT || mode == WriteMode.MIRROR;
        for (Place.Filled filled : place.filled(dialect, connection, name)) {
            for (Column column : schema.columns()) {
                if (dialect.folded(column.name()).equals(dialect.folded(filled.name()))
                        && (filled.by() == Place.By.EXPRESSION || isUpdated && !schema.key().contains(column.name()))) {
                    throw WindrowException.of(
                            JdbcError.COLUMN_FILLED, "Preparing table " + name + " for " + schema.stream() + ": " + dialect.database().label()
                                    + " fills its column " + column.name() + " by itself");
                }
            }
        }
    }

    private void checkClash(Connection connection) throws SQLException {
        if (dialect.names() == Dialect.Names.FOLDED) {
            for (String other : place.tables(dialect, connection)) {
                if (other.equalsIgnoreCase(name) && !other.equals(name)) {
                    throw refused(name, "there is a table " + other + ", which " + dialect.database().label()
                            + " takes for the same");
                }
            }
        }
    }

    private void checkNames(StreamSchema schema, Layout layout) {
        checkName(name);
        Map<String, String> names = new HashMap<>();
        for (Place.Existing own : layout.own(dialect)) {
            names.put(dialect.folded(own.name()), own.name());
        }
        for (Column column : schema.columns()) {
            checkName(column.name());
            String other = names.put(dialect.folded(column.name()), column.name());
            if (other != null) {
                throw refused(column.name(), "there is a column " + other + " beside it, which " + dialect.database().label()
                        + " takes for the same");
            }
        }
        if (name.startsWith(StageName.PREFIX)) {
            throw refused(name, "names that begin with " + StageName.PREFIX + " are Windrow's own");
        }
    }

    private void checkName(String identifier) {
        if (identifier.isEmpty() || identifier.indexOf('\0') >= 0) {
            throw refused(identifier.replace("\0", "�"), "it is empty or holds U+0000");
        }
        Optional<String> unfit = dialect.unfit(identifier);
        if (unfit.isPresent()) {
            throw refused(identifier, unfit.get() + ", which no name in " + dialect.database().label() + " may");
        }
        if (dialect.length(identifier) > dialect.maxNameLength()) {
            throw refused(identifier, "it is " + dialect.length(identifier) + " long, " + dialect.database().label() + " allows "
                    + dialect.maxNameLength());
        }
    }

    private WindrowException refused(String identifier, String why) {
        return WindrowException.of(JdbcError.NAME_REFUSED, "Naming " + identifier + " in the target: " + why);
    }
}
