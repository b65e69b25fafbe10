package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.jdbc.catalog.ReadColumn.Order;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/** A DuckDB file, opened for reading, so that no other process can write to it meanwhile. */
final class DuckSourceDialect implements SourceDialect {
    private static final Cell HUGE = new Cell(Cells.TEXT, raw -> digits((String) raw));
    private static final Cell LOCAL_MICROS = new Cell(Cells.TEXT, raw -> LocalDateTime.ofInstant(instant((String) raw), ZoneOffset.UTC));
    private static final Cell INSTANT_MICROS = new Cell(Cells.TEXT, raw -> instant((String) raw));
    private static final Cell LOCAL_NANOS = new Cell(Cells.TEXT, raw -> LocalDateTime.ofInstant(instant(micros((String) raw)), ZoneOffset.UTC));

    @Override
    public Database database() {
        return Database.DUCKDB;
    }

    @Override
    public Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("duckdb.read_only", "true");
        properties.setProperty("jdbc_stream_results", "true");
        Connection connection = drivers.find(address.driverUrl()).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            // No statement of ours needs an extension or a file: neither is fetched.
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute("SET preserve_insertion_order = true");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    /** While it fetches rows the driver takes an error for the answer's end; the transaction is aborted all the same. */
    @Override
    public void expectWhole(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    @Override
    public Together together() {
        return Together.NOBODY_WRITES;
    }

    @Override
    public String now() {
        return "SELECT CAST(make_timestamp(epoch_us(now())) AS VARCHAR)";
    }

    @Override
    public Writers writers() {
        return Writers.ONE_AT_A_TIME;
    }

    @Override
    public String namespace() {
        return "SELECT current_schema()";
    }

    @Override
    public String tables() {
        return "SELECT schema_name, table_name, 'table', estimated_size, NULL, 1 FROM duckdb_tables() WHERE database_name = "
                + "current_database() AND NOT internal UNION ALL SELECT schema_name, view_name, 'view', NULL, NULL, 1 FROM duckdb_views() "
                + "WHERE database_name = current_database() AND NOT internal";
    }

    @Override
    public String columns() {
        return "SELECT column_name, data_type, CASE WHEN is_nullable THEN 1 ELSE 0 END FROM duckdb_columns() WHERE database_name = "
                + "current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index";
    }

    @Override
    public String keys() {
        return "SELECT 'PRIMARY', unnest(constraint_column_names) FROM duckdb_constraints() WHERE database_name = current_database() "
                + "AND schema_name = ? AND table_name = ? AND constraint_type = 'PRIMARY KEY'";
    }

    @Override
    public Optional<RowNumber> rowNumber() {
        return Optional.of(new RowNumber("rowid", RowNumber.Comes.BY_THEMSELVES));
    }

    @Override
    public Optional<ReadColumn> read(NativeColumn column, OutOfRange rule) {
        String declared = column.type().toUpperCase(Locale.ROOT);
        String name = quoted(column.name());
        if (declared.endsWith("]") || declared.startsWith("STRUCT(") || declared.startsWith("MAP(")) {
            // An infinity or NaN within has no form in JSON.
            return declared.contains("FLOAT") || declared.contains("DOUBLE") || declared.contains("UNION(")
                    ? Optional.of(text(column, name))
                    : Optional.of(of(column, new ColumnType.Json(), "CAST(to_json(" + name + ") AS VARCHAR)", Cells.CHARACTERS));
        }
        TypeName type = TypeName.of(declared);
        boolean asText = rule == OutOfRange.TEXT;
        return Optional.ofNullable(switch (type.base()) {
            case "boolean" -> of(column, new ColumnType.Bool(), "CAST(" + name + " AS TINYINT)", Cells.FLAG);
            case "tinyint" -> whole(column, 8, true);
            case "smallint" -> whole(column, 16, true);
            case "integer" -> whole(column, 32, true);
            case "bigint" -> whole(column, 64, true);
            case "utinyint" -> whole(column, 8, false);
            case "usmallint" -> whole(column, 16, false);
            case "uinteger" -> whole(column, 32, false);
            case "ubigint" -> new ReadColumn(
                    column.as(new ColumnType.Int(64, false)), varchar(name), new Cell(Cells.TEXT, raw -> new BigInteger((String) raw)),
                    Order.SORTS, "CAST(? AS UBIGINT)");
            case "hugeint", "uhugeint" -> asText ? text(column, name) : of(column, new ColumnType.Decimal(38, 0), varchar(name), HUGE);
            case "decimal" -> new ReadColumn(
                    column.as(new ColumnType.Decimal(type.first(), type.second())), name, Cells.EXACT, Order.SORTS,
                    "CAST(? AS " + declared + ")");
            case "float" -> of(column, new ColumnType.Float(32), name, Cells.FLOAT);
            case "double" -> of(column, new ColumnType.Float(64), name, Cells.DOUBLE);
            case "varchar" -> new ReadColumn(column.as(new ColumnType.Text()), name, Cells.CHARACTERS, Order.SORTS, "?");
            case "json" -> of(column, new ColumnType.Json(), varchar(name), Cells.CHARACTERS);
            case "blob" -> of(column, new ColumnType.Bytes(), name, Cells.BINARY);
            case "uuid" -> new ReadColumn(
                    column.as(new ColumnType.Uuid()), varchar(name), Cells.UUID_TEXT, Order.SORTS, "CAST(? AS UUID)");
            case "date" -> asText ? text(column, name) : new ReadColumn(
                    column.as(new ColumnType.Date()), days(name), new Cell(Cells.TEXT, raw -> day((String) raw)), Order.SORTS,
                    "(DATE '1970-01-01' + CAST(? AS INTEGER))");
            case "time" -> asText ? text(column, name) : of(column, new ColumnType.Time(), varchar(name), Cells.TIME);
            case "timestamp", "timestamp_s", "timestamp_ms" -> asText ? text(column, name) : new ReadColumn(
                    column.as(new ColumnType.Timestamp(false)), counted(name, "epoch_us"), LOCAL_MICROS, Order.SORTS,
                    "make_timestamp(CAST(? AS BIGINT))");
            case "timestamp_ns" -> asText ? text(column, name)
                    : of(column, new ColumnType.Timestamp(false), counted(name, "epoch_ns"), LOCAL_NANOS);
            case "timestamp with time zone" -> asText ? text(column, name) : new ReadColumn(
                    column.as(new ColumnType.Timestamp(true)), counted(name, "epoch_us"), INSTANT_MICROS, Order.SORTS,
                    "make_timestamptz(CAST(? AS BIGINT))");
            case "enum", "bit", "interval", "time with time zone" -> text(column, name);
            default -> null;
        });
    }

    /** Dates and times are counted from 1970. */
    @Override
    public Object raw(ReadColumn column, String written) throws Misfit {
        return switch (column.column().type()) {
            case ColumnType.Date ignored -> Long.toString(IsoTexts.date(written).toEpochDay());
            case ColumnType.Timestamp type -> Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, IsoTexts.moment(written, type.utc())));
            default -> SourceDialect.super.raw(column, written);
        };
    }

    private static String varchar(String name) {
        return "CAST(" + name + " AS VARCHAR)";
    }

    private static String counted(String name, String function) {
        return "CASE WHEN isfinite(" + name + ") THEN CAST(" + function + "(" + name + ") AS VARCHAR) WHEN " + name
                + " IS NOT NULL THEN 'infinity' END";
    }

    private static String days(String name) {
        return "CASE WHEN isfinite(" + name + ") THEN CAST(date_diff('day', DATE '1970-01-01', " + name + ") AS VARCHAR) WHEN " + name
                + " IS NOT NULL THEN 'infinity' END";
    }

    private static java.time.LocalDate day(String days) throws Misfit {
        if (days.equals("infinity")) {
            throw new Misfit("infinity");
        }
        return java.time.LocalDate.ofEpochDay(Long.parseLong(days));
    }

    private static Instant instant(String micros) throws Misfit {
        if (micros.equals("infinity")) {
            throw new Misfit("infinity");
        }
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private static String micros(String nanos) throws Misfit {
        if (nanos.equals("infinity")) {
            return nanos;
        }
        long count = Long.parseLong(nanos);
        if (count % 1000 != 0) {
            throw new Misfit("below_a_microsecond");
        }
        return Long.toString(count / 1000);
    }

    private static java.math.BigDecimal digits(String text) throws Misfit {
        java.math.BigDecimal value = new java.math.BigDecimal(text);
        if (value.precision() > 38) {
            throw new Misfit("more_than_38_digits");
        }
        return value;
    }

    private ReadColumn whole(NativeColumn column, int bits, boolean signed) {
        return new ReadColumn(
                column.as(new ColumnType.Int(bits, signed)), "CAST(" + quoted(column.name()) + " AS BIGINT)", Cells.WHOLE, Order.SORTS, "?");
    }

    private static ReadColumn text(NativeColumn column, String name) {
        return of(column, new ColumnType.Text(), varchar(name), Cells.CHARACTERS);
    }

    private static ReadColumn of(NativeColumn column, ColumnType type, String expression, Cell cell) {
        return new ReadColumn(column.as(type), expression, cell, Order.NONE, "?");
    }

    @Override
    public Leaving leaving() {
        return Leaving.CLOSE;
    }

    @Override
    public JdbcError error(SQLException e) {
        return Database.DUCKDB.dialect().error(e);
    }
}
