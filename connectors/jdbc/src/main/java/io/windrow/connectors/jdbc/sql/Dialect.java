package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What differs between databases. Immutable. */
public interface Dialect {
    /** The state of an error that means: the driver's jar is not there. */
    String DRIVER_MISSING = "WINDR";

    /** Which database it is. */
    Database database();

    /**
     * A connection in autocommit mode, with the settings that writing relies on.
     *
     * @param lockTimeout how long to wait for another session's lock
     */
    Connection connect(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException;

    /**
     * A connection in a transaction that reads as of the moment of its first statement, changes nothing and holds up nobody who
     * writes. Rows are fetched as they are needed where a statement says how many at once.
     *
     * @param lockTimeout how long to wait for another session's lock
     */
    default Connection connectToRead(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        Connection connection = connect(address, connectTimeout, lockTimeout);
        try {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** The server's process at the other end of a session; empty: no pooler stands between the two. */
    default Optional<String> lentProcess(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Asked behind the last row of an answer, in its transaction: refuses one that an error ended, where the driver says nothing of it. */
    default void expectWhole(Connection connection) throws SQLException {}

    /** How the database holds a column; a type that has no place is refused. */
    SqlType type(Column column, Use use);

    /** How the columns of a stream are held, in order. */
    default List<SqlType> types(StreamSchema schema) {
        return schema.columns().stream()
                .map(column -> type(column, schema.key().contains(column.name()) ? Use.KEY : Use.VALUE))
                .toList();
    }

    /** How an instant is held. */
    default SqlType instant() {
        return type(new Column(0, "", new ColumnType.Timestamp(true), true, ""), Use.VALUE);
    }

    /** How a text of any length is held. */
    default SqlType text() {
        return type(new Column(0, "", new ColumnType.Text(), false, ""), Use.VALUE);
    }

    /** The expression of an instant from one of microseconds since 1970 UTC. */
    String instantOf(String micros);

    /** An identifier of any shape, quoted. */
    default String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** How many units of {@link #length} an identifier may have. */
    int maxNameLength();

    /** The length of an identifier in the database's unit. */
    int length(String identifier);

    /** How many columns a table may have; empty: any number. */
    default OptionalInt maxColumns() {
        return OptionalInt.empty();
    }

    /** Why the database cannot hold an identifier of that length; empty: it can. */
    default Optional<String> unfit(String identifier) {
        return Optional.empty();
    }

    /** How the database tells identifiers apart. */
    Names names();

    /** The form of an identifier by which the database tells it from others. */
    default String folded(String identifier) {
        return names() == Names.FOLDED ? identifier.toLowerCase(Locale.ROOT) : identifier;
    }

    /** Whether the server makes upper case in names of tables lower, as an expression; empty: it never does. */
    default Optional<String> foldsTables() {
        return Optional.empty();
    }

    /** The schema that tables go to if none is configured, as an expression; empty: the database has no schemas. */
    String defaultSchema();

    /** {@code SELECT} name and declared type of a table's columns, in order; parameters: schema (if there are schemas) and table. */
    String columnsOf();

    /** {@code SELECT} the names of all tables; parameter: schema, if there are schemas. */
    String tables();

    /**
     * {@code SELECT} the columns of a table's unique constraints: the constraint's name, 1 if it is the primary key, and the column's name,
     * null if only some rows, part of the column or an expression is unique, or null is a value like others; parameters as of {@link #columnsOf}.
     */
    String uniques();

    /** {@code SELECT} the names of a table's columns that must have a value; parameters as of {@link #columnsOf}. */
    String required();

    /**
     * {@code SELECT} a table's foreign keys in other tables and itself: the table's name, and 1 if a row of another table that
     * refers to a deleted one is changed or deleted too; parameters as of {@link #columnsOf}. Empty: none is ever enforced.
     */
    default Optional<String> referring() {
        return Optional.empty();
    }

    /** The expression of a value by which it can be compared with another of its type. */
    default String compared(String type, String value) {
        return value;
    }

    /** Whether two values differ, null being equal to null. */
    default String differ(String one, String other) {
        return one + " IS DISTINCT FROM " + other;
    }

    /**
     * {@code SELECT} name and collation of a table's columns that take texts for equal whose characters differ; parameters as of
     * {@link #columnsOf}.
     */
    String looseColumns();

    /** {@code SELECT} a table's storage engine if its rows are in no transaction; parameters as of {@link #columnsOf}. */
    default Optional<String> otherEngine() {
        return Optional.empty();
    }

    /** What stands behind the columns of a table that is made. */
    default String tableOptions() {
        return "";
    }

    /** How a staging table of changes has its primary key, which is their number in it. */
    StagedKey stagedKey();

    /** A column of a table that has no key of its own: a primary key that the database numbers rows by; empty: it needs none. */
    default Optional<String> rowNumber() {
        return Optional.empty();
    }

    /** How an index holds a text that is no longer than a name. */
    default String indexedName(String column) {
        return column;
    }

    /**
     * {@code SELECT} the names of a table's columns that the database fills by itself, and 1 if an {@code INSERT} that is {@link #overriding}
     * gives them other values; parameters as of {@link #columnsOf}. Empty: it says so of none.
     */
    default Optional<String> filled() {
        return Optional.empty();
    }

    /** What stands before the rows of an {@code INSERT} so that columns take them which are numbered by the database. */
    default String overriding() {
        return "";
    }

    /**
     * Types from narrow to wide, each able to hold every value of those before it; a type may be in several lists. What one decimal
     * type holds of another is known without.
     */
    List<List<String>> widenings();

    /** The statements by which a column comes to have a wider type. Names are quoted. */
    default List<String> widen(String table, String column, String existing, String type) {
        return List.of("ALTER TABLE " + table + " ALTER COLUMN " + column + " TYPE " + type);
    }

    /** How the values of a key are told apart. */
    default Keys keys() {
        return Keys.BY_VALUE;
    }

    /** How the rows of one key are replaced. */
    Upsert upsert();

    /**
     * Between two tables whose condition stands in {@code WHERE}: the second is looked up for each row of the first where the
     * database lets that be said, and chooses itself otherwise.
     */
    default String joinedInOrder() {
        return " CROSS JOIN ";
    }

    /** {@code DELETE}: rows of a table. Their query may read the same table. */
    default String delete(String table, Among rows) {
        return "DELETE FROM " + table + " WHERE " + rows.in();
    }

    /** {@code UPDATE}: rows of a table that meet a condition too. Their query may read the same table. */
    default String update(String table, String set, String condition, Among rows) {
        return "UPDATE " + table + " SET " + set + " WHERE " + condition + " AND " + rows.in();
    }

    /** Appended to a {@code SELECT} to lock its row until the end of the transaction. */
    String rowLock();

    /** Whether tables can be made and dropped inside of a transaction. */
    Ddl ddl();

    /** What an error is. */
    JdbcError error(SQLException e);

    /** What a column is used for. */
    enum Use {
        /** A value. */
        VALUE,
        /** Part of a primary key. */
        KEY
    }

    /** How the values of a key are told apart. */
    enum Keys {
        /** By what they are. */
        BY_VALUE,
        /** By how they are written, where the database has no type for them. */
        BY_TEXT
    }

    /** When a staging table of changes gets its primary key. */
    enum StagedKey {
        /** When it is made: it is how rows are stored, or the server may refuse tables without. */
        WHEN_MADE("bigint NOT NULL PRIMARY KEY"),
        /** The same, of a database whose numbers of rows are called so. */
        ROW_NUMBER("INTEGER NOT NULL PRIMARY KEY"),
        /** When its rows are there, which is quicker. */
        ONCE_FILLED("bigint NOT NULL"),
        /** It has none, since nothing would use it. */
        NEVER("bigint NOT NULL");

        private final String declared;

        StagedKey(String declared) {
            this.declared = declared;
        }

        /** The declaration of the number's column. */
        public String declared() {
            return declared;
        }
    }

    /** How identifiers are told apart. */
    enum Names {
        /** By every character. */
        EXACT,
        /** Without regard to upper and lower case. */
        FOLDED
    }

    /** How the rows of one key are replaced. */
    enum Upsert {
        /** {@code INSERT … ON CONFLICT DO UPDATE}. */
        ON_CONFLICT,
        /** {@code INSERT … ON DUPLICATE KEY UPDATE}. */
        ON_DUPLICATE_KEY,
        /** {@code MERGE INTO}: the table has no primary key. */
        MERGE
    }

    /** What becomes of a transaction in which a table is made. */
    enum Ddl {
        /** It goes on. */
        TRANSACTIONAL,
        /** It is committed. */
        COMMITS
    }
}
