package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.jdbc.catalog.ReadColumn.Order;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * A SQLite file. A column's declared type says what is expected of its values; a value that is stored as something else
 * follows the stream's rule for values out of range, and is never taken for something near it.
 */
final class SqliteSourceDialect implements SourceDialect {
    @Override
    public Database database() {
        return Database.SQLITE;
    }

    @Override
    public Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", Long.toString(lockTimeout.toMillis()));
        properties.setProperty("enable_load_extension", "false");
        // Read only; a file that is not there is not made.
        properties.setProperty("open_mode", "1");
        Connection connection = drivers.find(address.driverUrl()).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet first = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
            first.next();
        }
    }

    @Override
    public Together together() {
        return Together.NOTHING;
    }

    @Override
    public String now() {
        return "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')";
    }

    @Override
    public Writers writers() {
        return Writers.ONE_AT_A_TIME;
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public String tables() {
        return "SELECT '', name, CASE type WHEN 'view' THEN 'view' ELSE 'table' END, NULL, NULL, 1 FROM pragma_table_list "
                + "WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    }

    @Override
    public String columns() {
        return "SELECT name, type, \"notnull\" = 0 AND NOT (pk > 0 AND (SELECT wr FROM pragma_table_list l WHERE l.schema = 'main' "
                + "AND l.name = ?1)) AND NOT (pk = 1 AND upper(type) = 'INTEGER' AND (SELECT max(pk) FROM pragma_table_xinfo(?1)) = 1) "
                + "FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
    }

    /** Only the primary key: another index may tell texts apart by another collation than the column's. */
    @Override
    public String keys() {
        return "SELECT 'PRIMARY', name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk";
    }

    @Override
    public Optional<RowNumber> rowNumber() {
        return Optional.of(new RowNumber("rowid", RowNumber.Comes.SORTED));
    }

    @Override
    public Optional<ReadColumn> read(NativeColumn column, OutOfRange rule) {
        if (rule == OutOfRange.TEXT) {
            return Optional.of(of(column, new ColumnType.Text(), SqliteCells.ANY_AS_TEXT));
        }
        TypeName type = TypeName.of(column.type());
        // A type that begins with TEXT_ is as our own target declares it.
        String base = type.base();
        return Optional.of(switch (base) {
            case "text_unsigned" -> of(column, new ColumnType.Int(64, false), SqliteCells.UNSIGNED);
            case "text_decimal", "decimal", "numeric" -> type.first() >= 1 && type.first() <= 38 && type.second() <= type.first()
                    ? of(column, new ColumnType.Decimal(type.first(), Math.max(0, type.second())), SqliteCells.decimal(type))
                    : of(column, new ColumnType.Float(64), SqliteCells.REAL);
            case "text_json", "json" -> of(column, new ColumnType.Json(), SqliteCells.TEXT);
            case "text_uuid", "uuid" -> of(column, new ColumnType.Uuid(), SqliteCells.UUID);
            case "text_date", "date" -> of(column, new ColumnType.Date(), SqliteCells.DATE);
            case "text_time", "time" -> of(column, new ColumnType.Time(), SqliteCells.TIME);
            case "text_timestamp_utc" -> of(column, new ColumnType.Timestamp(true), SqliteCells.INSTANT);
            case "text_timestamp", "timestamp", "datetime" ->
                of(column, new ColumnType.Timestamp(false), SqliteCells.LOCAL);
            default -> byAffinity(column, base.toUpperCase(Locale.ROOT));
        });
    }

    /** SQLite's own rules, in their order. */
    private ReadColumn byAffinity(NativeColumn column, String declared) {
        if (declared.startsWith("BOOL")) {
            return of(column, new ColumnType.Bool(), SqliteCells.FLAG);
        }
        if (declared.contains("INT")) {
            return of(column, new ColumnType.Int(64, true), SqliteCells.WHOLE);
        }
        if (declared.contains("CHAR") || declared.contains("CLOB") || declared.contains("TEXT") || declared.isEmpty()) {
            return of(column, new ColumnType.Text(), SqliteCells.TEXT);
        }
        if (declared.contains("BLOB")) {
            return of(column, new ColumnType.Bytes(), SqliteCells.BYTES);
        }
        return of(column, new ColumnType.Float(64), SqliteCells.REAL);
    }

    /** What is bound again is what is stored, so that every column sorts as it compares. */
    private ReadColumn of(NativeColumn column, ColumnType type, Cell cell) {
        return new ReadColumn(column.as(type), quoted(column.name()), cell, Order.SORTS, "?");
    }

    @Override
    public Optional<String> isNoTime(String name) {
        return Optional.of("CAST(" + name + " AS text) NOT GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]*'");
    }

    @Override
    public Leaving leaving() {
        return Leaving.CLOSE;
    }

    @Override
    public JdbcError error(SQLException e) {
        return Database.SQLITE.dialect().error(e);
    }
}
