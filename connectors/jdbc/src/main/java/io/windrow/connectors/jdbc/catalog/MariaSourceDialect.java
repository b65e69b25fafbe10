package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.jdbc.catalog.ReadColumn.Order;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * MariaDB 10.6 and MySQL 8.0 and newer. Numbers come in binary, since the server rounds a float when it shows it; dates and
 * times as text, since a driver has no form for the zero date.
 */
final class MariaSourceDialect implements SourceDialect {
    private static final int FOREVER = 31_536_000;
    private static final int NO_PRIVILEGE = 1227;

    private final Database database;

    MariaSourceDialect(Database database) {
        this.database = database;
    }

    private boolean isMaria() {
        return database == Database.MARIADB;
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Connection connect(JdbcAddress address, DriverFinder drivers, Duration connectTimeout, Duration lockTimeout)
            throws SQLException {
        Properties properties = address.properties();
        properties.setProperty("connectTimeout", Long.toString(connectTimeout.toMillis()));
        properties.setProperty("tcpKeepAlive", "true");
        if (isMaria()) {
            // A statement may take hours and say nothing: only the other machine can be asked, and the system's default waits two hours.
            properties.setProperty("tcpKeepIdle", "60");
            properties.setProperty("tcpKeepInterval", "10");
            properties.setProperty("tcpKeepCount", "6");
        }
        properties.setProperty("allowMultiQueries", "false");
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("yearIsDateType", "false");
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty(isMaria() ? "allowLocalInfile" : "allowLoadLocalInfile", "false");
        Connection connection = drivers.find(address.driverUrl()).connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            long lock = Math.max(1, lockTimeout.toSeconds());
            // A slow target may leave rows unread for longer than the server waits by default, and a table takes as long as it takes:
            // a limit of the server's on statements or idle transactions would end each attempt, the one from the start too (D43).
            statement.execute("SET SESSION " + (isMaria()
                    ? "max_statement_time = 0, idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0"
                    : "max_execution_time = 0")
                    + ", time_zone = '+00:00', net_write_timeout = " + FOREVER + ", wait_timeout = " + FOREVER
                    + ", lock_wait_timeout = " + lock + ", sql_mode = ''");
            statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            statement.execute("SET SESSION TRANSACTION READ ONLY");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
        }
    }

    /** MariaDB tells of a transaction to which place of the binary log its snapshot belongs; MySQL does not. */
    @Override
    public Together together() {
        return isMaria() ? Together.BY_TEXT : Together.NOTHING;
    }

    /**
     * Only if every transaction is in the server's own log: what a replica or a node of a Galera cluster without
     * {@code log_slave_updates} applies is not, nor what a filter of databases leaves out. {@code gtid_slave_pos} stays on a server that has ever been a replica.
     */
    @Override
    public boolean tellsMoments(Connection connection) throws SQLException {
        return isOne(connection, "SELECT @@log_slave_updates = 1 OR @@gtid_slave_pos = '' AND NOT EXISTS (SELECT 1 FROM "
                        + "information_schema.global_status WHERE variable_name = 'SLAVES_RUNNING' AND variable_value <> '0'"
                        + " OR variable_name = 'WSREP_CONNECTED' AND variable_value = 'ON')")
                && logsEveryDatabase(connection);
    }

    private static boolean isOne(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet answer = statement.executeQuery(question)) {
            return answer.next() && answer.getInt(1) == 1;
        }
    }

    /** The filters are variables from MariaDB 11.7 on; before, only who may follow the log is told of them. */
    private static boolean logsEveryDatabase(Connection connection) throws SQLException {
        boolean known = isOne(connection, "SELECT NOT EXISTS (SELECT 1 FROM information_schema.system_variables WHERE variable_name IN "
                + "('BINLOG_DO_DB', 'BINLOG_IGNORE_DB') AND global_value <> '')");
        if (!known) {
            return false;
        }
        try (Statement statement = connection.createStatement(); ResultSet log = statement.executeQuery("SHOW MASTER STATUS")) {
            return !log.next() || log.getString(3).isEmpty() && log.getString(4).isEmpty();
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_PRIVILEGE) {
                throw e;
            }
            return true;
        }
    }

    /** Without a binary log there is no place in it, and all transactions would seem to be at the same. */
    @Override
    public String moment() {
        return "SELECT CASE WHEN @@log_bin = 1 AND file <> '' THEN concat(file, ':', place) END FROM (SELECT "
                + "max(CASE variable_name WHEN 'BINLOG_SNAPSHOT_FILE' THEN variable_value END) AS file, "
                + "max(CASE variable_name WHEN 'BINLOG_SNAPSHOT_POSITION' THEN variable_value END) AS place "
                + "FROM information_schema.session_status "
                + "WHERE variable_name IN ('BINLOG_SNAPSHOT_FILE', 'BINLOG_SNAPSHOT_POSITION')) s";
    }

    @Override
    public String now() {
        return "SELECT CAST(utc_timestamp(6) AS CHAR)";
    }

    @Override
    public Writers writers() {
        return Writers.MANY;
    }

    @Override
    public String quoted(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public String namespace() {
        return "SELECT DATABASE()";
    }

    @Override
    public String tables() {
        return "SELECT table_schema, table_name, CASE WHEN table_type LIKE '%VIEW%' THEN 'view' ELSE 'table' END, table_rows, "
                + "data_length, CASE WHEN engine = 'InnoDB' OR table_type LIKE '%VIEW%' THEN 1 ELSE 0 END "
                + "FROM information_schema.tables WHERE table_schema NOT IN "
                + "('mysql', 'information_schema', 'performance_schema', 'sys') AND table_type <> 'SEQUENCE'";
    }

    @Override
    public String columns() {
        return "SELECT column_name, column_type, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END FROM information_schema.columns "
                + "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position";
    }

    @Override
    public String keys() {
        return "SELECT index_name, column_name FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? "
                + "AND non_unique = 0 ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index";
    }

    @Override
    public Optional<ReadColumn> read(NativeColumn column, OutOfRange rule) {
        TypeName type = TypeName.of(column.type());
        boolean signed = !type.rest().contains("unsigned") && !type.base().contains("unsigned");
        String name = quoted(column.name());
        return Optional.ofNullable(switch (type.base().replace(" unsigned", "").replace(" zerofill", "")) {
            // A tinyint(1) may hold 2: it is a number unless somebody asks for more.
            case "tinyint" -> of(column, new ColumnType.Int(8, signed), name, Cells.WHOLE, Order.SORTS);
            case "smallint" -> of(column, new ColumnType.Int(16, signed), name, Cells.WHOLE, Order.SORTS);
            case "mediumint", "int" -> of(column, new ColumnType.Int(32, signed), name, Cells.WHOLE, Order.SORTS);
            case "bigint" -> of(column, new ColumnType.Int(64, signed), name, signed ? Cells.WHOLE : Cells.BIG_WHOLE, Order.SORTS);
            case "year" -> of(column, new ColumnType.Int(16, true), "CAST(" + name + " AS UNSIGNED)", Cells.WHOLE, Order.NONE);
            case "decimal" -> type.first() <= 38
                    ? of(column, new ColumnType.Decimal(type.first(), Math.max(0, type.second())), name, Cells.EXACT, Order.SORTS)
                    : text(column, name);
            case "float" -> of(column, new ColumnType.Float(32), name, Cells.FLOAT, Order.NONE);
            case "double" -> of(column, new ColumnType.Float(64), name, Cells.DOUBLE, Order.NONE);
            case "bit" -> type.first() <= 1
                    ? of(column, new ColumnType.Bool(), "CAST(" + name + " AS UNSIGNED)", Cells.FLAG, Order.NONE)
                    : of(column, new ColumnType.Int(64, false), "CAST(" + name + " AS UNSIGNED)", Cells.BIG_WHOLE, Order.NONE);
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
                of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.SORTS);
            // They sort by number and compare as text.
            case "enum", "set" -> of(column, new ColumnType.Text(), name, Cells.CHARACTERS, Order.NONE);
            case "json" -> of(column, new ColumnType.Json(), name, Cells.CHARACTERS, Order.NONE);
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
                of(column, new ColumnType.Bytes(), name, Cells.BINARY, Order.SORTS);
            case "uuid" -> of(column, new ColumnType.Uuid(), characters(name), Cells.UUID_TEXT, Order.SORTS);
            case "inet4", "inet6" -> text(column, name);
            // Up to 838 hours, also below zero: a span, not a time of day.
            case "time" -> of(column, new ColumnType.Interval(), characters(name), Cells.SPAN, Order.NONE);
            case "date" -> rule == OutOfRange.TEXT
                    ? text(column, name)
                    : of(column, new ColumnType.Date(), characters(name), Cells.DATE, Order.SORTS);
            case "datetime" -> rule == OutOfRange.TEXT
                    ? text(column, name)
                    : of(column, new ColumnType.Timestamp(false), characters(name), Cells.LOCAL, Order.SORTS);
            case "timestamp" -> rule == OutOfRange.TEXT
                    ? text(column, name)
                    : of(column, new ColumnType.Timestamp(true), characters(name), Cells.INSTANT, Order.SORTS);
            default -> null;
        });
    }

    /** The server compares a time with a zone as if it had none. */
    @Override
    public Object raw(ReadColumn column, String written) throws Misfit {
        return Written.raw(column.column().type(), written, Written.Zones.UNKNOWN);
    }

    /** A date of zeros is below every other, as many rows as may come with it. */
    @Override
    public String isNoCursor(ReadColumn cursor) {
        String name = quoted(cursor.column().name());
        return switch (cursor.column().type()) {
            case ColumnType.Date ignored -> "(" + name + " IS NULL OR " + name + " = 0)";
            case ColumnType.Timestamp ignored -> "(" + name + " IS NULL OR " + name + " = 0)";
            default -> name + " IS NULL";
        };
    }

    private static String characters(String name) {
        return "CAST(" + name + " AS CHAR)";
    }

    private static ReadColumn text(NativeColumn column, String name) {
        return of(column, new ColumnType.Text(), characters(name), Cells.CHARACTERS, Order.NONE);
    }

    private static ReadColumn of(NativeColumn column, ColumnType type, String expression, Cell cell, Order order) {
        return new ReadColumn(column.as(type), expression, cell, order, "?");
    }

    /**
     * Row by row, however wide rows are (G01): the server sends all of them unasked, so that holding many at once spares no way to it.
     * MySQL's driver takes another number for it.
     */
    @Override
    public int fetchSize(int rows) {
        return isMaria() ? 1 : Integer.MIN_VALUE;
    }

    @Override
    public Leaving leaving() {
        return Leaving.CANCEL;
    }

    @Override
    public JdbcError error(SQLException e) {
        return switch (e.getErrorCode()) {
            case 1044, 1142, 1143, 1227 -> JdbcError.PERMISSION_DENIED;
            case 1045, 1698 -> JdbcError.AUTHENTICATION;
            case 1040, 1203, 1021, 1114 -> JdbcError.TARGET_FULL;
            case 1205, 1213, 1317, 1969, 3024 -> JdbcError.BUSY;
            case 1049 -> JdbcError.URL_INVALID;
            case 1053, 1927, 4031 -> JdbcError.CONNECTION_LOST;
            case 1290, 1836 -> JdbcError.READ_ONLY;
            default -> SqlStates.of(e);
        };
    }

    @Override
    public boolean isOfChangedTable(SQLException e) {
        return e.getErrorCode() == 1412 || e.getErrorCode() == 1054 || e.getErrorCode() == 1146;
    }
}
