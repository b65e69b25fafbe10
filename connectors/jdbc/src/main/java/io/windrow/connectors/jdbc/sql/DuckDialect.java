package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * A DuckDB file, which belongs to one process at a time. Its tables have no primary key: DuckDB checks one too early for
 * rows that are replaced. Values are staged as numbers and texts, since that is what its appender takes.
 */
final class DuckDialect implements Dialect {
    private static final String MICROS = "epoch_us(%s)";

    @Override
    public Database database() {
        return Database.DUCKDB;
    }

    @Override
    public Connection connect(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        return open(address, new Properties());
    }

    /**
     * The driver holds all rows of a result, unless it is told not to; but all connections of a process to one file have the same
     * settings, so beside one that writes it holds them.
     */
    @Override
    public Connection connectToRead(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Connection connection;
        try {
            connection = open(address, properties);
        } catch (SQLException e) {
            connection = open(address, new Properties());
        }
        connection.setAutoCommit(false);
        return connection;
    }

    /** While it fetches rows the driver takes an error for the answer's end; the transaction is aborted all the same. */
    @Override
    public void expectWhole(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    private static Connection open(JdbcAddress address, Properties properties) throws SQLException {
        Connection connection = driver(address).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            // No statement of ours needs an extension: none is fetched over the network.
            statement.execute("SET autoinstall_known_extensions = false");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private static Driver driver(JdbcAddress address) throws SQLException {
        try {
            return DriverManager.getDriver(address.driverUrl());
        } catch (SQLException e) {
            throw new SQLException(e.getMessage(), DRIVER_MISSING, e);
        }
    }

    @Override
    public SqlType type(Column column, Use use) {
        return switch (column.type()) {
            case ColumnType.Bool ignored ->
                SqlType.converted("BOOLEAN", "BIGINT", Wire.LONG, "CAST(%s AS BOOLEAN)", "CAST(%s AS BIGINT)");
            case ColumnType.Int t when t.bits() == 64 && !t.signed() ->
                SqlType.converted("UBIGINT", "VARCHAR", Wire.TEXT, "CAST(%s AS UBIGINT)", "CAST(%s AS VARCHAR)");
            case ColumnType.Int t -> {
                String type = (t.signed() ? "" : "U") + switch (t.bits()) {
                    case 8 -> "TINYINT";
                    case 16 -> "SMALLINT";
                    case 32 -> "INTEGER";
                    default -> "BIGINT";
                };
                yield SqlType.converted(type, "BIGINT", Wire.LONG, "CAST(%s AS " + type + ")", "CAST(%s AS BIGINT)");
            }
            case ColumnType.Float t -> {
                String type = t.bits() == 32 ? "FLOAT" : "DOUBLE";
                yield SqlType.converted(type, "DOUBLE", Wire.DOUBLE, "CAST(%s AS " + type + ")", "CAST(%s AS DOUBLE)");
            }
            case ColumnType.Decimal t -> castText("DECIMAL(" + t.precision() + "," + t.scale() + ")");
            case ColumnType.Text ignored -> SqlType.same("VARCHAR", Wire.TEXT);
            case ColumnType.Json ignored -> SqlType.same("VARCHAR", Wire.TEXT);
            case ColumnType.Bytes ignored -> SqlType.same("BLOB", Wire.BYTES);
            case ColumnType.Uuid ignored -> castText("UUID");
            case ColumnType.Date ignored -> SqlType.converted(
                    "DATE", "BIGINT", Wire.LONG, "(DATE '1970-01-01' + CAST(%s AS INTEGER))", "date_diff('day', DATE '1970-01-01', %s)");
            case ColumnType.Time ignored -> SqlType.converted(
                    "TIME", "BIGINT", Wire.LONG, "CAST(make_timestamp(%s) AS TIME)", MICROS);
            case ColumnType.Timestamp ignored ->
                SqlType.converted("TIMESTAMP", "BIGINT", Wire.LONG, "make_timestamp(%s)", MICROS);
            case ColumnType.Interval ignored -> SqlType.same("VARCHAR", Wire.TEXT);
            case ColumnType.ListOf ignored -> SqlType.same("VARCHAR", Wire.TEXT);
            case ColumnType.Struct ignored -> SqlType.same("VARCHAR", Wire.TEXT);
        };
    }

    private static SqlType castText(String type) {
        return SqlType.converted(type, "VARCHAR", Wire.TEXT, "CAST(%s AS " + type + ")", "CAST(%s AS VARCHAR)");
    }

    @Override
    public String instantOf(String micros) {
        return "make_timestamp(" + micros + ")";
    }

    @Override
    public int maxNameLength() {
        return Integer.MAX_VALUE;
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
        return "current_schema()";
    }

    @Override
    public String columnsOf() {
        return "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ? "
                + "AND table_name = ? ORDER BY column_index";
    }

    @Override
    public String tables() {
        return "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = ?";
    }

    @Override
    public String required() {
        return "SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ? AND table_name = ? "
                + "AND NOT is_nullable";
    }

    @Override
    public String uniques() {
        return "SELECT index_name, CASE WHEN is_primary THEN 1 ELSE 0 END, NULL FROM duckdb_indexes() WHERE database_name = current_database() "
                + "AND schema_name = ? AND table_name = ? AND is_unique";
    }

    /** The catalog has a column's collation in the table's statement alone. */
    @Override
    public String looseColumns() {
        return columnsWith("'COLLATE'", "' VARCHAR COLLATE '");
    }

    /** The same of what computes it. */
    @Override
    public Optional<String> filled() {
        return Optional.of(columnsWith("0", "' ' || c.data_type || ' GENERATED ALWAYS AS('"));
    }

    /** {@code SELECT} the columns of a table with the words behind their names in the statement that makes it. */
    private static String columnsWith(String shown, String words) {
        String behind = " || " + words + ")";
        return "SELECT c.column_name, " + shown + " FROM duckdb_columns() AS c JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid "
                + "AND t.database_oid = c.database_oid WHERE c.database_name = current_database() AND c.schema_name = ? AND c.table_name = ? "
                + "AND (contains(t.sql, '(' || c.column_name" + behind + " OR contains(t.sql, ', ' || c.column_name" + behind
                + " OR contains(t.sql, '\"' || replace(c.column_name, '\"', '\"\"') || '\"'" + behind + ")";
    }

    @Override
    public StagedKey stagedKey() {
        return StagedKey.NEVER;
    }

    @Override
    public List<List<String>> widenings() {
        return List.of(
                List.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL(19,0)"),
                List.of("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DECIMAL(20,0)"),
                List.of("UTINYINT", "SMALLINT"),
                List.of("USMALLINT", "INTEGER"),
                List.of("UINTEGER", "BIGINT"),
                List.of("TINYINT", "DECIMAL(3,0)"),
                List.of("UTINYINT", "DECIMAL(3,0)"),
                List.of("SMALLINT", "DECIMAL(5,0)"),
                List.of("USMALLINT", "DECIMAL(5,0)"),
                List.of("INTEGER", "DECIMAL(10,0)"),
                List.of("UINTEGER", "DECIMAL(10,0)"),
                List.of("SMALLINT", "FLOAT", "DOUBLE"),
                List.of("TINYINT", "FLOAT"),
                List.of("USMALLINT", "FLOAT"),
                List.of("INTEGER", "DOUBLE"),
                List.of("UINTEGER", "DOUBLE"),
                List.of("UUID", "VARCHAR"));
    }

    @Override
    public Upsert upsert() {
        return Upsert.MERGE;
    }

    @Override
    public String rowLock() {
        return "";
    }

    @Override
    public Ddl ddl() {
        return Ddl.TRANSACTIONAL;
    }

    /** DuckDB has no codes: the kind stands in front of its messages. */
    @Override
    public JdbcError error(SQLException e) {
        if (DRIVER_MISSING.equals(e.getSQLState())) {
            return JdbcError.DRIVER_MISSING;
        }
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("conflict")) {
            return JdbcError.BUSY;
        }
        if (message.contains("could not set lock")) {
            return JdbcError.BUSY;
        }
        if (message.contains("out of memory") || message.contains("no space left")) {
            return JdbcError.TARGET_FULL;
        }
        if (message.contains("constraint error") || message.contains("conversion error") || message.contains("out of range")) {
            return JdbcError.VALUE_REFUSED;
        }
        return JdbcError.STATEMENT_REFUSED;
    }
}
