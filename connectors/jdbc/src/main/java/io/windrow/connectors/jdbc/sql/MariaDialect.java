package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/** MariaDB 10.6 and newer. Texts compare by their bytes, trailing spaces included, as they do at every source. */
final class MariaDialect implements Dialect {
    /** The bytes of an index's entry, those of a character, and the most and least characters of a text that is a key. */
    private static final int INDEX = 3072;

    private static final int CHARACTER = 4;
    private static final int LENGTH = 255;
    private static final int SHORTEST = 64;
    /** The most bytes of a column that is no text, and of what a history has in its key besides. */
    private static final int WIDEST = 256;

    private static final int HISTORY = 16;
    /** The longest text of an interval has 69 characters; earlier versions made columns for 64. */
    private static final String INTERVAL = "varchar(80) CHARACTER SET ascii COLLATE ascii_nopad_bin";
    private static final String FORMER_INTERVAL = "varchar(64)";
    private static final String CHARACTERS = " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

    @Override
    public Database database() {
        return Database.MARIADB;
    }

    @Override
    public Connection connect(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        Properties properties = address.properties();
        properties.setProperty("connectTimeout", Long.toString(connectTimeout.toMillis()));
        properties.setProperty("allowLocalInfile", "false");
        properties.setProperty("allowMultiQueries", "false");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpKeepIdle", Integer.toString(WatchedSockets.IDLE));
        properties.setProperty("tcpKeepInterval", Integer.toString(WatchedSockets.BETWEEN));
        properties.setProperty("tcpKeepCount", Integer.toString(WatchedSockets.QUESTIONS));
        Connection connection = new Driver().connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            // Strict: a value that does not fit is an error, never a shorter or nearer one. A statement may take as long as it needs.
            statement.execute("SET SESSION max_statement_time = 0, sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                    + "NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,PIPES_AS_CONCAT', time_zone = '+00:00', innodb_lock_wait_timeout = "
                    + Math.max(1, lockTimeout.toSeconds()) + ", lock_wait_timeout = " + Math.max(1, lockTimeout.toSeconds()));
            statement.execute("SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin");
            statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public String quoted(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public SqlType type(Column column, Use use) {
        return switch (column.type()) {
            case ColumnType.Bool ignored -> SqlType.same("tinyint(1)", Wire.LONG);
            case ColumnType.Int t -> {
                String type = switch (t.bits()) {
                    case 8 -> "tinyint";
                    case 16 -> "smallint";
                    case 32 -> "int";
                    default -> "bigint";
                };
                yield t.signed() ? SqlType.same(type, Wire.LONG)
                        : SqlType.same(type + " unsigned", t.bits() == 64 ? Wire.TEXT : Wire.LONG);
            }
            // MariaDB rounds a float when it shows it.
            case ColumnType.Float ignored -> SqlType.same("double", Wire.DOUBLE);
            case ColumnType.Decimal t -> SqlType.same("decimal(" + t.precision() + "," + t.scale() + ")", Wire.TEXT);
            case ColumnType.Text ignored -> characters(use);
            case ColumnType.Json ignored -> characters(use);
            case ColumnType.Bytes ignored -> SqlType.same(use == Use.KEY ? "varbinary(255)" : "longblob", Wire.BYTES);
            case ColumnType.Uuid ignored -> SqlType.same("char(36) CHARACTER SET ascii COLLATE ascii_bin", Wire.TEXT);
            case ColumnType.Date ignored -> SqlType.read("date", Wire.TEXT, "CAST(%s AS char)");
            case ColumnType.Time ignored -> SqlType.read("time(6)", Wire.TEXT, "CAST(%s AS char)");
            case ColumnType.Timestamp ignored -> new SqlType(
                    "datetime(6)", "varchar(64)", Wire.TEXT, "CAST(REPLACE(%s, 'Z', '') AS datetime(6))", "CAST(%s AS char)",
                    "CAST(%s AS char)");
            case ColumnType.Interval ignored -> SqlType.same(INTERVAL, Wire.TEXT);
            case ColumnType.ListOf ignored -> characters(use);
            case ColumnType.Struct ignored -> characters(use);
        };
    }

    /** A key is in an index, which holds no text of any length, and not four of the length that three may have. */
    @Override
    public List<SqlType> types(StreamSchema schema) {
        List<SqlType> types = new ArrayList<>(Dialect.super.types(schema));
        List<Integer> texts = schema.key().stream().map(schema::indexOf).filter(at -> types.get(at).equals(characters(Use.KEY))).toList();
        int others = (schema.key().size() - texts.size()) * WIDEST + HISTORY;
        int length = texts.isEmpty() ? LENGTH : (INDEX - others) / CHARACTER / texts.size();
        if (texts.size() * LENGTH * CHARACTER > INDEX && length >= SHORTEST) {
            texts.forEach(at -> types.set(at, SqlType.same("varchar(" + length + ")" + CHARACTERS, Wire.TEXT)));
        }
        return List.copyOf(types);
    }

    /** How a text is held. */
    private static SqlType characters(Use use) {
        return SqlType.same((use == Use.KEY ? "varchar(" + LENGTH + ")" : "longtext") + CHARACTERS, Wire.TEXT);
    }

    @Override
    public String instantOf(String micros) {
        return "TIMESTAMPADD(MICROSECOND, " + micros + ", CAST('1970-01-01 00:00:00' AS datetime(6)))";
    }

    @Override
    public int maxNameLength() {
        return 64;
    }

    @Override
    public OptionalInt maxColumns() {
        return OptionalInt.of(1017);
    }

    @Override
    public int length(String identifier) {
        return identifier.codePointCount(0, identifier.length());
    }

    @Override
    public Optional<String> unfit(String identifier) {
        return identifier.chars().anyMatch(c -> Character.isSurrogate((char) c)) ? Optional.of("it has a character beyond U+FFFF")
                : identifier.endsWith(" ") ? Optional.of("it ends with a blank")
                : Optional.empty();
    }

    @Override
    public Names names() {
        return Names.FOLDED;
    }

    @Override
    public String defaultSchema() {
        return "DATABASE()";
    }

    @Override
    public String columnsOf() {
        return "SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ? "
                + "ORDER BY ordinal_position";
    }

    @Override
    public String tables() {
        return "SELECT table_name FROM information_schema.tables WHERE table_schema = ?";
    }

    @Override
    public String required() {
        return "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND is_nullable = 'NO'";
    }

    @Override
    public String uniques() {
        return "SELECT index_name, index_name = 'PRIMARY', CASE WHEN sub_part IS NULL THEN column_name END FROM information_schema.statistics "
                + "WHERE table_schema = ? AND table_name = ? AND non_unique = 0 ORDER BY index_name, seq_in_index";
    }

    @Override
    public Optional<String> referring() {
        return Optional.of("SELECT table_name, delete_rule NOT IN ('NO ACTION', 'RESTRICT') "
                + "AND (constraint_schema <> unique_constraint_schema OR table_name <> referenced_table_name) FROM information_schema.referential_constraints "
                + "WHERE unique_constraint_schema = ? AND referenced_table_name = ? ORDER BY table_name");
    }

    @Override
    public String differ(String one, String other) {
        return "NOT (" + one + " <=> " + other + ")";
    }

    /** A collation that pads takes a text for equal to itself with blanks behind it. */
    @Override
    public String looseColumns() {
        return "SELECT column_name, collation_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? "
                + "AND collation_name IS NOT NULL AND collation_name NOT LIKE '%\\_nopad\\_bin' AND collation_name <> 'binary'";
    }

    @Override
    public Optional<String> foldsTables() {
        return Optional.of("@@lower_case_table_names <> 0");
    }

    @Override
    public Optional<String> otherEngine() {
        return Optional.of("SELECT engine FROM information_schema.tables WHERE table_schema = ? AND table_name = ? AND engine <> 'InnoDB'");
    }

    /** Whatever engine the server makes tables with if nobody says: of most of them nothing is rolled back. */
    @Override
    public String tableOptions() {
        return " ENGINE=InnoDB";
    }

    @Override
    public String indexedName(String column) {
        return column + "(" + maxNameLength() + ")";
    }

    @Override
    public StagedKey stagedKey() {
        return StagedKey.WHEN_MADE;
    }

    /** With innodb_force_primary_key a server refuses a table without a key, and replicas look at all rows of one for each change. */
    @Override
    public Optional<String> rowNumber() {
        return Optional.of("bigint NOT NULL AUTO_INCREMENT PRIMARY KEY");
    }

    @Override
    public Optional<String> filled() {
        return Optional.of("SELECT column_name, 0 FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND is_generated = 'ALWAYS'");
    }

    @Override
    public List<List<String>> widenings() {
        return List.of(
                List.of("tinyint", "smallint", "int", "bigint", "decimal(19,0)"),
                List.of("tinyint unsigned", "smallint unsigned", "int unsigned", "bigint unsigned", "decimal(20,0)"),
                List.of("tinyint unsigned", "smallint"),
                List.of("smallint unsigned", "int"),
                List.of("int unsigned", "bigint"),
                List.of("tinyint", "decimal(3,0)"),
                List.of("tinyint unsigned", "decimal(3,0)"),
                List.of("smallint", "decimal(5,0)"),
                List.of("smallint unsigned", "decimal(5,0)"),
                List.of("int", "decimal(10,0)"),
                List.of("int unsigned", "decimal(10,0)"),
                List.of("int", "double"),
                List.of("int unsigned", "double"),
                List.of(FORMER_INTERVAL, INTERVAL),
                List.of("char", "varchar", "longtext"));
    }

    @Override
    public List<String> widen(String table, String column, String existing, String type) {
        return List.of("ALTER TABLE " + table + " MODIFY COLUMN " + column + " " + type);
    }

    @Override
    public String joinedInOrder() {
        return " STRAIGHT_JOIN ";
    }

    /** Before 11.1 a condition in the place of the join is asked for each row that the table has. */
    @Override
    public String delete(String table, Among rows) {
        return "DELETE " + table + " FROM " + table + joined(table, rows);
    }

    @Override
    public String update(String table, String set, String condition, Among rows) {
        return "UPDATE " + table + joined(table, rows) + " SET " + set + " WHERE " + condition;
    }

    /** Distinct, so that the query is put aside before the table changes. */
    private static String joined(String table, Among rows) {
        List<String> values = new ArrayList<>();
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < rows.columns().size(); i++) {
            values.add(rows.values().get(i) + " AS w_" + i);
            pairs.add(table + "." + rows.columns().get(i) + " = w_q.w_" + i);
        }
        return " JOIN (SELECT DISTINCT " + String.join(", ", values) + " " + rows.from() + ") AS w_q ON " + String.join(" AND ", pairs);
    }

    @Override
    public Upsert upsert() {
        return Upsert.ON_DUPLICATE_KEY;
    }

    @Override
    public String rowLock() {
        return " FOR UPDATE";
    }

    @Override
    public Ddl ddl() {
        return Ddl.COMMITS;
    }

    /** By MariaDB's numbers where the states of the standard are too coarse. */
    @Override
    public JdbcError error(SQLException e) {
        if (isTooLarge(e)) {
            return JdbcError.VALUE_REFUSED;
        }
        return switch (e.getErrorCode()) {
            case 1044, 1142, 1143, 1227 -> JdbcError.PERMISSION_DENIED;
            case 1045, 1698 -> JdbcError.AUTHENTICATION;
            case 1040, 1203, 1021, 1114 -> JdbcError.TARGET_FULL;
            case 1205, 1213, 1020, 1317, 1969 -> JdbcError.BUSY;
            case 1053, 1927 -> JdbcError.CONNECTION_LOST;
            case 1290, 1836 -> JdbcError.READ_ONLY;
            case 1049 -> JdbcError.URL_INVALID;
            case 1117, 1118 -> JdbcError.TABLE_TOO_WIDE;
            case 1070, 1071 -> JdbcError.KEY_TOO_LONG;
            case 1216, 1217, 1451, 1452 -> JdbcError.REFERENCE_REFUSED;
            case 1062, 1264, 1265, 1292, 1366, 1406 -> JdbcError.VALUE_REFUSED;
            default -> SqlStates.of(e);
        };
    }

    /**
     * The server closes a connection on which more comes than it takes, and the driver one on which it would send more: this is told
     * from a connection that was lost, since it would be refused the next time too.
     */
    private static boolean isTooLarge(SQLException e) {
        for (Throwable one = e; one != null; one = one.getCause()) {
            if (one instanceof SQLException said
                    && (said.getErrorCode() == 1153 || String.valueOf(said.getMessage()).contains("max_allowed_packet"))) {
                return true;
            }
        }
        return false;
    }
}
