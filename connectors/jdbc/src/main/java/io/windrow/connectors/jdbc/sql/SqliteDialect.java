package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;

/** A SQLite file. What SQLite has no exact type for is text; the declared names say what a text holds. */
final class SqliteDialect implements Dialect {
    private static final String DECIMAL = "TEXT_DECIMAL";

    @Override
    public Database database() {
        return Database.SQLITE;
    }

    @Override
    public Connection connect(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        // A transaction that writes takes the lock when it begins: none fails halfway since another was quicker.
        Connection connection = open(address, lockTimeout, "IMMEDIATE");
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Takes no lock that a commit needs, and leaves the file in the journal mode that it has. */
    @Override
    public Connection connectToRead(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        Connection connection = open(address, lockTimeout, "DEFERRED");
        connection.setAutoCommit(false);
        return connection;
    }

    private static Connection open(JdbcAddress address, Duration lockTimeout, String transactions) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", Long.toString(lockTimeout.toMillis()));
        properties.setProperty("enable_load_extension", "false");
        properties.setProperty("transaction_mode", transactions);
        return new JDBC().connect(address.driverUrl(), properties);
    }

    @Override
    public SqlType type(Column column, Use use) {
        return switch (column.type()) {
            case ColumnType.Bool ignored -> SqlType.same("BOOLEAN", Wire.LONG);
            case ColumnType.Int t -> t.bits() == 64 && !t.signed()
                    ? SqlType.same("TEXT_UNSIGNED", Wire.TEXT)
                    : SqlType.same("INTEGER", Wire.LONG);
            case ColumnType.Float ignored -> SqlType.same("REAL", Wire.DOUBLE);
            case ColumnType.Decimal t -> SqlType.same(DECIMAL + "(" + t.precision() + "," + t.scale() + ")", Wire.TEXT);
            case ColumnType.Text ignored -> SqlType.same("TEXT", Wire.TEXT);
            case ColumnType.Json ignored -> SqlType.same("TEXT_JSON", Wire.TEXT);
            case ColumnType.Bytes ignored -> SqlType.same("BLOB", Wire.BYTES);
            case ColumnType.Uuid ignored -> SqlType.same("TEXT_UUID", Wire.TEXT);
            case ColumnType.Date ignored -> SqlType.same("TEXT_DATE", Wire.TEXT);
            case ColumnType.Time ignored -> SqlType.same("TEXT_TIME", Wire.TEXT);
            case ColumnType.Timestamp t -> SqlType.same(t.utc() ? "TEXT_TIMESTAMP_UTC" : "TEXT_TIMESTAMP", Wire.TEXT);
            case ColumnType.Interval ignored -> SqlType.same("TEXT_DURATION", Wire.TEXT);
            case ColumnType.ListOf ignored -> SqlType.same("TEXT_JSON", Wire.TEXT);
            case ColumnType.Struct ignored -> SqlType.same("TEXT_JSON", Wire.TEXT);
        };
    }

    @Override
    public String instantOf(String micros) {
        return "(strftime('%Y-%m-%dT%H:%M:%S', " + micros + " / 1000000, 'unixepoch') || '.' || printf('%06d', " + micros
                + " % 1000000) || 'Z')";
    }

    @Override
    public int maxNameLength() {
        return Integer.MAX_VALUE;
    }

    /** Of 2000, since statements that fold changes have some more. */
    @Override
    public OptionalInt maxColumns() {
        return OptionalInt.of(1984);
    }

    @Override
    public int length(String identifier) {
        return identifier.length();
    }

    @Override
    public Names names() {
        return Names.FOLDED;
    }

    @Override
    public String defaultSchema() {
        return "";
    }

    @Override
    public String columnsOf() {
        return "SELECT name, type FROM pragma_table_info(?) ORDER BY cid";
    }

    @Override
    public String tables() {
        return "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')";
    }

    @Override
    public String required() {
        return "SELECT name FROM pragma_table_info(?) WHERE \"notnull\" = 1 OR pk > 0";
    }

    /** A primary key that is the number of the row has no index. */
    @Override
    public String uniques() {
        return "SELECT 'PRIMARY', 1, name FROM pragma_table_info(?1) WHERE pk > 0 UNION ALL SELECT l.name, 0, CASE WHEN l.partial = 0 THEN i.name END "
                + "FROM pragma_index_list(?1) AS l, pragma_index_info(l.name) AS i WHERE l.\"unique\" = 1 AND l.origin <> 'pk'";
    }

    @Override
    public String differ(String one, String other) {
        return one + " IS NOT " + other;
    }

    /** The columns of its unique indexes, which compare as the columns do that they are of. */
    @Override
    public String looseColumns() {
        return "SELECT DISTINCT c.name, c.coll FROM pragma_index_list(?) AS i, pragma_index_xinfo(i.name) AS c "
                + "WHERE i.\"unique\" = 1 AND c.\"key\" = 1 AND c.coll <> 'BINARY'";
    }

    @Override
    public StagedKey stagedKey() {
        return StagedKey.ROW_NUMBER;
    }

    @Override
    public Optional<String> filled() {
        return Optional.of("SELECT name, 0 FROM pragma_table_xinfo(?) WHERE hidden IN (2, 3)");
    }

    @Override
    public List<List<String>> widenings() {
        return List.of(
                List.of("INTEGER", "TEXT_DECIMAL(19,0)"),
                List.of("INTEGER", "TEXT_UNSIGNED", "TEXT_DECIMAL(20,0)"),
                List.of("INTEGER", "NUMERIC"),
                List.of("REAL", "NUMERIC"));
    }

    /** No column can be declared anew: another takes its place, at the end of the table. Refused where an index, a view or a trigger is of it. */
    @Override
    public List<String> widen(String table, String column, String existing, String type) {
        int zeros = scale(type) - scale(existing);
        String digits = (scale(existing) == 0 && zeros > 0 ? "." : "") + "0".repeat(zeros);
        String value = type.equals("NUMERIC") ? column : "CAST(" + column + " AS TEXT) || '" + digits + "'";
        return List.of(
                "ALTER TABLE " + table + " ADD COLUMN w_wider " + type,
                "UPDATE " + table + " SET w_wider = " + value,
                "ALTER TABLE " + table + " DROP COLUMN " + column,
                "ALTER TABLE " + table + " RENAME COLUMN w_wider TO " + column);
    }

    /** The digits behind the point in a text of a type, of which only decimals have any. */
    private static int scale(String type) {
        return type.toUpperCase(Locale.ROOT).startsWith(DECIMAL)
                ? Integer.parseInt(type.substring(type.indexOf(',') + 1, type.indexOf(')')).strip())
                : 0;
    }

    /** 1.0 and 1.00 are one number and two texts. */
    @Override
    public Keys keys() {
        return Keys.BY_TEXT;
    }

    @Override
    public Upsert upsert() {
        return Upsert.ON_CONFLICT;
    }

    @Override
    public String rowLock() {
        return "";
    }

    @Override
    public Ddl ddl() {
        return Ddl.TRANSACTIONAL;
    }

    @Override
    public JdbcError error(SQLException e) {
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff)) {
            case SQLITE_BUSY, SQLITE_LOCKED -> JdbcError.BUSY;
            case SQLITE_FULL, SQLITE_NOMEM, SQLITE_IOERR -> JdbcError.TARGET_FULL;
            case SQLITE_CANTOPEN, SQLITE_NOTADB, SQLITE_CORRUPT -> JdbcError.URL_INVALID;
            case SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH -> JdbcError.PERMISSION_DENIED;
            case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH -> JdbcError.VALUE_REFUSED;
            default -> JdbcError.STATEMENT_REFUSED;
        };
    }
}
