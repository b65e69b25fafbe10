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

/** Oracle 12.2 and newer. To Oracle an empty text is NULL, so it arrives as null. Not run against a server here. */
final class OracleSourceDialect implements SourceDialect {
    private static final String MICROS = "'SYYYY-MM-DD HH24:MI:SS.FF9'";
    private static final String SECONDS = "'SYYYY-MM-DD HH24:MI:SS'";
    private static final Cell LOCAL = new Cell(Cells.TEXT, raw -> IsoTexts.local(((String) raw).strip()));
    private static final Cell INSTANT =
            new Cell(Cells.TEXT, raw -> IsoTexts.local(((String) raw).strip()).toInstant(java.time.ZoneOffset.UTC));

    @Override
    public Database database() {
        return Database.ORACLE;
    }

    @Override
    public Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout)
            throws SQLException {
        Properties properties = address.properties();
        properties.setProperty("oracle.net.CONNECT_TIMEOUT", Long.toString(connectTimeout.toMillis()));
        Connection connection = drivers.find(address.driverUrl()).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            // Texts sort and compare by their bytes.
            statement.execute("ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY NLS_NUMERIC_CHARACTERS = '.,' TIME_ZONE = '+00:00'");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION READ ONLY");
        }
    }

    @Override
    public Together together() {
        return Together.NOTHING;
    }

    @Override
    public String now() {
        return "SELECT TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD HH24:MI:SS.FF6') FROM dual";
    }

    @Override
    public Writers writers() {
        return Writers.MANY;
    }

    @Override
    public String namespace() {
        return "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual";
    }

    @Override
    public String tables() {
        return "SELECT t.owner, t.table_name, 'table', t.num_rows, t.num_rows * t.avg_row_len, 1 FROM all_tables t JOIN all_users u ON "
                + "u.username = t.owner WHERE u.oracle_maintained = 'N' AND t.nested = 'NO' AND t.secondary = 'N' UNION ALL "
                + "SELECT v.owner, v.view_name, 'view', NULL, NULL, 1 FROM all_views v JOIN all_users u ON u.username = v.owner WHERE "
                + "u.oracle_maintained = 'N'";
    }

    @Override
    public String columns() {
        return "SELECT column_name, CASE WHEN data_type = 'NUMBER' AND data_precision IS NOT NULL THEN 'NUMBER(' || data_precision || ',' || "
                + "data_scale || ')' WHEN data_type = 'NUMBER' AND data_scale = 0 THEN 'NUMBER(38,0)' ELSE data_type END, "
                + "CASE nullable WHEN 'Y' THEN 1 ELSE 0 END FROM all_tab_columns WHERE owner = ? AND table_name = ? ORDER BY column_id";
    }

    @Override
    public String keys() {
        return "SELECT k.constraint_name, k.column_name FROM all_constraints c JOIN all_cons_columns k ON k.owner = c.owner AND "
                + "k.constraint_name = c.constraint_name WHERE c.owner = ? AND c.table_name = ? AND c.constraint_type IN ('P', 'U') AND "
                + "c.status = 'ENABLED' AND c.validated = 'VALIDATED' ORDER BY c.constraint_type, k.constraint_name, k.position";
    }

    @Override
    public Optional<ReadColumn> read(NativeColumn column, OutOfRange rule) {
        String declared = column.type().toUpperCase(java.util.Locale.ROOT);
        String name = quoted(column.name());
        boolean asText = rule == OutOfRange.TEXT;
        if (declared.startsWith("TIMESTAMP")) {
            boolean zoned = declared.contains("TIME ZONE");
            String shown = "TO_CHAR(" + (zoned ? "SYS_EXTRACT_UTC(" + name + ")" : name) + ", " + MICROS + ")";
            return Optional.of(asText ? text(column, shown)
                    : new ReadColumn(
                            column.as(new ColumnType.Timestamp(zoned)), shown, zoned ? INSTANT : LOCAL, Order.SORTS,
                            zoned ? "FROM_TZ(TO_TIMESTAMP(?, " + MICROS + "), '+00:00')" : "TO_TIMESTAMP(?, " + MICROS + ")"));
        }
        if (declared.startsWith("INTERVAL")) {
            return Optional.of(text(column, "TO_CHAR(" + name + ")"));
        }
        TypeName type = TypeName.of(declared);
        return Optional.ofNullable(switch (type.base()) {
            case "number" -> number(column, type);
            case "float" -> digits(column);
            case "binary_float" -> of(column, new ColumnType.Float(32), name, Cells.FLOAT, Order.NONE);
            case "binary_double" -> of(column, new ColumnType.Float(64), name, Cells.DOUBLE, Order.NONE);
            case "boolean" -> of(column, new ColumnType.Bool(), "CASE WHEN " + name + " THEN 1 WHEN NOT " + name + " THEN 0 END", Cells.FLAG, Order.NONE);
            case "varchar2", "nvarchar2" -> of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.SORTS);
            // Blanks at the end are padded to in a comparison with a parameter or not, by how it is bound.
            case "char", "nchar", "clob", "nclob" -> of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.NONE);
            case "raw", "blob" -> of(column, new ColumnType.Bytes(), name, Cells.BINARY, Order.NONE);
            case "json" -> of(column, new ColumnType.Json(), "JSON_SERIALIZE(" + name + " RETURNING CLOB)", Cells.CHARACTERS, Order.NONE);
            case "rowid", "urowid" -> text(column, "CAST(" + name + " AS VARCHAR2(4000))");
            case "date" -> asText ? text(column, "TO_CHAR(" + name + ", " + SECONDS + ")")
                    : new ReadColumn(
                            column.as(new ColumnType.Timestamp(false)), "TO_CHAR(" + name + ", " + SECONDS + ")", LOCAL, Order.SORTS,
                            "TO_DATE(?, " + SECONDS + ")");
            default -> null;
        });
    }

    private ReadColumn number(NativeColumn column, TypeName type) {
        int precision = type.first();
        int scale = type.second();
        if (precision < 1 || scale < 0 || scale > precision) {
            return digits(column);
        }
        return scale == 0 && precision <= 18
                ? of(column, new ColumnType.Int(64, true), quoted(column.name()), Cells.WHOLE, Order.SORTS)
                : of(column, new ColumnType.Decimal(precision, scale), quoted(column.name()), Cells.EXACT, Order.SORTS);
    }

    /** A number of any size, in all its digits. */
    private ReadColumn digits(NativeColumn column) {
        return text(column, "TO_CHAR(" + quoted(column.name()) + ", 'TM9')");
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
        return Leaving.CLOSE;
    }

    @Override
    public JdbcError error(SQLException e) {
        return switch (e.getErrorCode()) {
            case 1017, 1005, 28000, 28001 -> JdbcError.AUTHENTICATION;
            case 1031, 1039, 1720 -> JdbcError.PERMISSION_DENIED;
            case 12514, 12505, 12154 -> JdbcError.URL_INVALID;
            case 12541, 12170, 12545, 17002, 17820, 17821 -> JdbcError.CONNECT_REFUSED;
            case 1089, 3113, 3114, 3135, 17008, 17410 -> JdbcError.CONNECTION_LOST;
            case 54, 60, 1013, 1555, 8177 -> JdbcError.BUSY;
            case 18, 20, 1652, 4031, 12516, 12519 -> JdbcError.TARGET_FULL;
            default -> SqlStates.of(e);
        };
    }

    @Override
    public boolean isOfChangedTable(SQLException e) {
        return e.getErrorCode() == 904 || e.getErrorCode() == 942 || e.getErrorCode() == 1466;
    }
}
