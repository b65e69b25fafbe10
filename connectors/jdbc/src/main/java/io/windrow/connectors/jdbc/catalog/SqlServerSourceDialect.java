package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.jdbc.catalog.ReadColumn.Order;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/** SQL Server 2016 and newer, with snapshot isolation allowed in the database. Not run against a server here. */
final class SqlServerSourceDialect implements SourceDialect {
    @Override
    public Database database() {
        return Database.SQLSERVER;
    }

    @Override
    public Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout)
            throws SQLException {
        Properties properties = address.properties();
        properties.setProperty("loginTimeout", Long.toString(Math.max(1, connectTimeout.toSeconds())));
        properties.setProperty("applicationIntent", "ReadOnly");
        properties.setProperty("lockTimeout", Long.toString(lockTimeout.toMillis()));
        // Rows are brought as they are read, whatever a statement's fetch size.
        properties.setProperty("responseBuffering", "adaptive");
        Connection connection = drivers.find(address.driverUrl()).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT");
            // The moment is that of the first row that is read, not of the begin.
            statement.execute("SELECT TOP 1 object_id FROM sys.objects");
        }
    }

    @Override
    public Together together() {
        return Together.NOTHING;
    }

    @Override
    public String now() {
        return "SELECT CONVERT(varchar(33), CAST(SYSUTCDATETIME() AS datetime2(6)), 121)";
    }

    @Override
    public Writers writers() {
        return Writers.MANY;
    }

    @Override
    public String quoted(String identifier) {
        return "[" + identifier.replace("]", "]]") + "]";
    }

    @Override
    public String namespace() {
        return "SELECT SCHEMA_NAME()";
    }

    @Override
    public String tables() {
        return "SELECT s.name, o.name, CASE o.type WHEN 'V' THEN 'view' ELSE 'table' END, (SELECT SUM(p.rows) FROM sys.partitions p WHERE "
                + "p.object_id = o.object_id AND p.index_id IN (0, 1)), (SELECT SUM(a.used_pages) * 8192 FROM sys.partitions p JOIN "
                + "sys.allocation_units a ON a.container_id = p.partition_id WHERE p.object_id = o.object_id AND p.index_id IN (0, 1)), 1 "
                + "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
    }

    @Override
    public String columns() {
        return "SELECT c.name, CASE WHEN t.name IN ('decimal', 'numeric') THEN t.name + '(' + CAST(c.precision AS varchar(3)) + ',' + "
                + "CAST(c.scale AS varchar(3)) + ')' ELSE t.name END, CAST(c.is_nullable AS int) FROM sys.columns c JOIN sys.types t ON "
                + "t.user_type_id = c.system_type_id JOIN sys.objects o ON o.object_id = c.object_id JOIN sys.schemas s ON s.schema_id = "
                + "o.schema_id WHERE s.name = ? AND o.name = ? AND c.is_hidden = 0 ORDER BY c.column_id";
    }

    @Override
    public String keys() {
        return "SELECT i.name, c.name FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = i.object_id AND k.index_id = i.index_id "
                + "JOIN sys.columns c ON c.object_id = k.object_id AND c.column_id = k.column_id JOIN sys.objects o ON o.object_id = "
                + "i.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE s.name = ? AND o.name = ? AND i.is_unique = 1 AND "
                + "i.has_filter = 0 AND k.is_included_column = 0 ORDER BY i.is_primary_key DESC, i.name, k.key_ordinal";
    }

    @Override
    public Optional<ReadColumn> read(NativeColumn column, OutOfRange rule) {
        TypeName type = TypeName.of(column.type());
        String name = quoted(column.name());
        boolean asText = rule == OutOfRange.TEXT;
        return Optional.ofNullable(switch (type.base()) {
            case "bit" -> of(column, new ColumnType.Bool(), "CAST(" + name + " AS int)", Cells.FLAG, Order.NONE);
            case "tinyint" -> of(column, new ColumnType.Int(8, false), name, Cells.WHOLE, Order.SORTS);
            case "smallint" -> of(column, new ColumnType.Int(16, true), name, Cells.WHOLE, Order.SORTS);
            case "int" -> of(column, new ColumnType.Int(32, true), name, Cells.WHOLE, Order.SORTS);
            case "bigint" -> of(column, new ColumnType.Int(64, true), name, Cells.WHOLE, Order.SORTS);
            case "decimal", "numeric" ->
                of(column, new ColumnType.Decimal(type.first(), Math.max(0, type.second())), name, Cells.EXACT, Order.SORTS);
            case "money" -> of(column, new ColumnType.Decimal(19, 4), name, Cells.EXACT, Order.NONE);
            case "smallmoney" -> of(column, new ColumnType.Decimal(10, 4), name, Cells.EXACT, Order.NONE);
            case "real" -> of(column, new ColumnType.Float(32), name, Cells.FLOAT, Order.NONE);
            case "float" -> of(column, new ColumnType.Float(64), name, Cells.DOUBLE, Order.NONE);
            case "char", "varchar", "nchar", "nvarchar" -> of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.SORTS);
            case "text", "ntext", "xml" -> of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.NONE);
            case "binary", "varbinary" -> of(column, new ColumnType.Bytes(), name, Cells.BINARY, Order.SORTS);
            case "image", "timestamp", "rowversion" -> of(column, new ColumnType.Bytes(), name, Cells.BINARY, Order.NONE);
            case "uniqueidentifier" -> new ReadColumn(
                    column.as(new ColumnType.Uuid()), "CONVERT(varchar(36), " + name + ")", Cells.UUID_TEXT, Order.SORTS,
                    "CAST(? AS uniqueidentifier)");
            case "date" -> new ReadColumn(
                    column.as(new ColumnType.Date()), "CONVERT(varchar(10), " + name + ", 23)", Cells.DATE, Order.SORTS, "CAST(? AS date)");
            case "time" -> asText ? text(column, "CONVERT(varchar(16), " + name + ")")
                    : of(column, new ColumnType.Time(), "CONVERT(varchar(16), " + name + ")", Cells.TIME, Order.NONE);
            case "datetime", "smalldatetime", "datetime2" -> asText ? text(column, "CONVERT(varchar(33), " + name + ", 121)")
                    : new ReadColumn(
                            column.as(new ColumnType.Timestamp(false)), "CONVERT(varchar(33), CAST(" + name + " AS datetime2), 121)",
                            Cells.LOCAL, Order.SORTS, "CAST(? AS datetime2)");
            case "datetimeoffset" -> asText ? text(column, "CONVERT(varchar(40), " + name + ", 121)")
                    : new ReadColumn(
                            column.as(new ColumnType.Timestamp(true)),
                            "CONVERT(varchar(33), CAST(SWITCHOFFSET(" + name + ", '+00:00') AS datetime2), 121)", Cells.INSTANT, Order.SORTS,
                            "TODATETIMEOFFSET(CAST(? AS datetime2), '+00:00')");
            default -> null;
        });
    }

    private static ReadColumn text(NativeColumn column, String expression) {
        return of(column, new ColumnType.Text(), expression, Cells.CHARACTERS, Order.NONE);
    }

    private static ReadColumn of(NativeColumn column, ColumnType type, String expression, Cell cell, Order order) {
        return new ReadColumn(column.as(type), expression, cell, order, "?");
    }

    @Override
    public String oneBehind(long rows) {
        return " OFFSET " + rows + " ROWS FETCH NEXT 1 ROWS ONLY";
    }

    @Override
    public Leaving leaving() {
        return Leaving.CANCEL;
    }

    @Override
    public JdbcError error(SQLException e) {
        return switch (e.getErrorCode()) {
            case 18456, 18452 -> JdbcError.AUTHENTICATION;
            case 4060, 911 -> JdbcError.URL_INVALID;
            case 229, 230, 262, 297, 300 -> JdbcError.PERMISSION_DENIED;
            case 1205, 1222, 3960 -> JdbcError.BUSY;
            case 701, 1105, 3958, 3967, 9002 -> JdbcError.TARGET_FULL;
            default -> SqlStates.of(e);
        };
    }

    @Override
    public boolean isOfChangedTable(SQLException e) {
        return e.getErrorCode() == 207 || e.getErrorCode() == 208 || e.getErrorCode() == 3961;
    }
}
