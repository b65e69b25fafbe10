package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** What differs between databases that are read. Immutable. Every catalog statement takes the parameters that it names. */
public interface SourceDialect {
    /** Which database it is. */
    Database database();

    /** The dialect of a database; {@link SourceError#NO_SOURCE} for one that has a source of its own. */
    static SourceDialect of(Database database) {
        return switch (database) {
            case MARIADB, MYSQL -> new MariaSourceDialect(database);
            case SQLITE -> new SqliteSourceDialect();
            case DUCKDB -> new DuckSourceDialect();
            case SQLSERVER -> new SqlServerSourceDialect();
            case ORACLE -> new OracleSourceDialect();
            case POSTGRES -> throw WindrowException.of(
                    SourceError.NO_SOURCE, "Reading from PostgreSQL: it has a source of its own").at("source.jdbc.url");
        };
    }

    /** A connection in autocommit mode that cannot write, with the settings that reading relies on. */
    Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout) throws SQLException;

    /** Asked behind the last row of an answer, in its transaction: refuses one that an error ended, where the driver says nothing of it. */
    default void expectWhole(Connection connection) throws SQLException {}

    /** Begins a transaction of a fresh connection that sees one moment, and fixes that moment. */
    void begin(Connection connection) throws SQLException;

    /** What makes several connections see one moment. */
    Together together();

    /** Whether {@link #moment} can be believed on this server, asked of a connection that has not begun; of {@link Together#BY_TEXT}. */
    default boolean tellsMoments(Connection connection) throws SQLException {
        return true;
    }

    /** {@code SELECT} a text that is the same for two begun connections if and only if they see the same moment; of {@link Together#BY_TEXT}. */
    default String moment() {
        return "";
    }

    /** {@code SELECT} what time it is by the database's own clock, in UTC, as {@code 2024-02-29 12:00:00.000001}. */
    String now();

    /** What is promised of a cursor beside {@code settle}. */
    Writers writers();

    /** An identifier of any shape, quoted. */
    default String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A table's name for a statement. */
    default String qualified(StreamName name) {
        return name.namespace().isEmpty() ? quoted(name.name()) : quoted(name.namespace()) + "." + quoted(name.name());
    }

    /** {@code SELECT} the namespace of names that are written without one; empty: the database has none. */
    String namespace();

    /**
     * {@code SELECT} namespace, name, {@code table} or {@code view}, estimated rows, estimated bytes (both may be null) and 1 if
     * a transaction sees one moment of it, else 0, of everything that can be seen but the database's own tables.
     */
    String tables();

    /** {@code SELECT} name, type and 1 if nullable, in order; parameters: namespace (if there are any) and name. */
    String columns();

    /**
     * {@code SELECT} a key's name and its columns in order, of the keys whose columns the database compares as it sorts them,
     * the primary key first; parameters as of {@link #columns}.
     */
    String keys();

    /**
     * How a column is read; empty: it cannot be.
     *
     * @param rule with {@link OutOfRange#TEXT} a type that does not hold all values of its column becomes text
     */
    Optional<ReadColumn> read(NativeColumn column, OutOfRange rule);

    /**
     * The raw value of a column for a text that spells one as people do: {@code 12}, {@code 2024-02-29 12:00:00}.
     *
     * @throws Misfit if the text is none of the column's type
     */
    default Object raw(ReadColumn column, String written) throws Misfit {
        return Written.raw(column.column().type(), written, Written.Zones.KNOWN);
    }

    /** A condition that a cursor has no value that any other could be compared with. */
    default String isNoCursor(ReadColumn cursor) {
        return quoted(cursor.column().name()) + " IS NULL";
    }

    /** A pseudo column that tells a table's rows apart within one moment and in whose order they come; empty: there is none. */
    default Optional<RowNumber> rowNumber() {
        return Optional.empty();
    }

    /**
     * A condition that a text is not written as a day or a time whose order is that of its letters; of a database that keeps
     * times as texts. Empty: it has types for them, and a text sorts {@code '10'} before {@code '9'}.
     *
     * @param name the column's quoted name
     */
    default Optional<String> isNoTime(String name) {
        return Optional.empty();
    }

    /** What follows {@code ORDER BY …} to have one row only, that behind so many others. */
    default String oneBehind(long rows) {
        return " LIMIT 1 OFFSET " + rows;
    }

    /** What the driver is told, so that it brings rows as they come instead of all at once. */
    default int fetchSize(int rows) {
        return rows;
    }

    /** How a query that is left before its end is ended. */
    Leaving leaving();

    /** What an error is. */
    JdbcError error(SQLException e);

    /** Whether the error says that the table is not any more what it was. */
    default boolean isOfChangedTable(SQLException e) {
        return false;
    }

    /** What makes several connections see one moment. */
    enum Together {
        /** Nothing: one connection reads everything. */
        NOTHING,
        /** They do if {@link #moment} answers the same. */
        BY_TEXT,
        /** Nobody can write while the file is open. */
        NOBODY_WRITES
    }

    /** Who may be writing rows that are not seen yet. */
    enum Writers {
        /** Any number, and they cannot all be seen: only a lag helps. */
        MANY,
        /** One at a time, so that transactions commit in the order in which they write. */
        ONE_AT_A_TIME
    }

    /** How a query that is left before its end is ended. */
    enum Leaving {
        /** Closing the result is enough. */
        CLOSE,
        /** It has to be cancelled, else closing waits for all its rows. */
        CANCEL
    }

    /**
     * A pseudo column.
     *
     * @param name its name, not quoted
     * @param comes whether rows come in its order by themselves
     */
    record RowNumber(String name, Comes comes) {
        /** How its order is had. */
        public enum Comes {
            /** By {@code ORDER BY}, which costs nothing. */
            SORTED,
            /** By themselves, which is checked row by row. */
            BY_THEMSELVES
        }
    }
}
