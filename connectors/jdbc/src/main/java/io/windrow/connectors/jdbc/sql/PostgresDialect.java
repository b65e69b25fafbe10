package io.windrow.connectors.jdbc.sql;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/** PostgreSQL 14 to 18. Staging tables have the types of the target, since COPY sends them binary. */
final class PostgresDialect implements Dialect {

    @Override
    public Database database() {
        return Database.POSTGRES;
    }

    @Override
    public Connection connect(JdbcAddress address, Duration connectTimeout, Duration lockTimeout) throws SQLException {
        Properties properties = address.properties();
        properties.setProperty("ApplicationName", "windrow");
        properties.setProperty("assumeMinServerVersion", "14");
        String seconds = Long.toString(Math.max(1, connectTimeout.toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        // Also for what follows the handshake: a proxy without a server behind it accepts and never says a word.
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        // A pooler may lend another process for the next use of a statement that was prepared on the server.
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("socketFactory", WatchedSockets.class.getName());
        Connection connection = new Driver().connect(address.driverUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know the URL", "08001");
        }
        try (Statement statement = connection.createStatement()) {
            // A prepared epoch and a commit are on disk when the server says so, whatever the role's settings are.
            statement.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; "
                    + "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0; "
                    + "SELECT pg_catalog.set_config('transaction_timeout', '0', false) "
                    + "WHERE pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL; SET row_security = off; "
                    + "SET extra_float_digits = 3; SET lock_timeout = " + lockTimeout.toMillis() + "; "
                    + "SELECT pg_catalog.set_config('synchronous_commit', 'on', false) "
                    + "WHERE pg_catalog.current_setting('synchronous_commit') = 'off'");
            connection.setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** A pooler tells the client a process id of its own making. */
    @Override
    public Optional<String> lentProcess(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet process = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            process.next();
            String id = process.getString(1);
            return id.equals(Integer.toString(connection.unwrap(PGConnection.class).getBackendPID())) ? Optional.empty() : Optional.of(id);
        }
    }

    @Override
    public SqlType type(Column column, Use use) {
        return switch (column.type()) {
            case ColumnType.Bool ignored -> SqlType.read("boolean", Wire.LONG, "%s::integer");
            case ColumnType.Int t when !t.signed() && t.bits() == 64 ->
                SqlType.read("numeric(20,0)", Wire.TEXT, "%s::text");
            case ColumnType.Int t -> SqlType.same(
                    switch (t.signed() ? t.bits() : t.bits() * 2) {
                        case 8, 16 -> "smallint";
                        case 32 -> "integer";
                        default -> "bigint";
                    },
                    Wire.LONG);
            case ColumnType.Float t -> SqlType.same(t.bits() == 32 ? "real" : "double precision", Wire.DOUBLE);
            case ColumnType.Decimal t ->
                SqlType.read("numeric(" + t.precision() + "," + t.scale() + ")", Wire.TEXT, "%s::text");
            case ColumnType.Text ignored -> SqlType.same("text", Wire.TEXT);
            case ColumnType.Bytes ignored -> SqlType.same("bytea", Wire.BYTES);
            case ColumnType.Uuid ignored -> SqlType.read("uuid", Wire.TEXT, "%s::text");
            case ColumnType.Date ignored -> SqlType.read("date", Wire.LONG, "(%s - date '1970-01-01')");
            case ColumnType.Time ignored -> SqlType.read(
                    "time without time zone", Wire.LONG, "(EXTRACT(epoch FROM %s) * 1000000)::bigint");
            case ColumnType.Timestamp t -> SqlType.read(
                    t.utc() ? "timestamp with time zone" : "timestamp without time zone", Wire.LONG,
                    "(EXTRACT(epoch FROM %s) * 1000000)::bigint");
            case ColumnType.Interval ignored -> SqlType.read(
                    "interval", Wire.TEXT,
                    "CASE WHEN %s IS NOT NULL THEN pg_catalog.concat((EXTRACT(year FROM %s) * 12 + EXTRACT(month FROM %s))::bigint, "
                            + "' months ', EXTRACT(day FROM %s)::bigint, ' days ', (EXTRACT(hour FROM %s) * 3600000000 + "
                            + "EXTRACT(minute FROM %s) * 60000000 + EXTRACT(microseconds FROM %s))::bigint, ' microseconds') END");
            case ColumnType.Json ignored -> json(use);
            case ColumnType.ListOf ignored -> json(use);
            case ColumnType.Struct ignored -> json(use);
        };
    }

    /** The type json keeps a document's text as it is; it cannot be compared, so a key of documents, lists or rows is held as text. */
    private static SqlType json(Use use) {
        return use == Use.KEY
                ? SqlType.same("text", Wire.TEXT)
                : SqlType.read("json", Wire.TEXT, "%s::text");
    }

    @Override
    public String instantOf(String micros) {
        return "(pg_catalog.to_timestamp(" + micros + " / 1000000) + " + micros + " % 1000000 * interval '1 microsecond')";
    }

    @Override
    public int maxNameLength() {
        return 63;
    }

    @Override
    public OptionalInt maxColumns() {
        return OptionalInt.of(1600);
    }

    @Override
    public int length(String identifier) {
        return identifier.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public Names names() {
        return Names.EXACT;
    }

    @Override
    public String defaultSchema() {
        return "pg_catalog.current_schema()";
    }

    @Override
    public String columnsOf() {
        return "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a "
                + "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                + "WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    }

    @Override
    public String tables() {
        return "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                + "WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
    }

    @Override
    public String required() {
        return "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
                + "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND a.attnotnull";
    }

    @Override
    public String uniques() {
        return "SELECT o.relname, CASE WHEN i.indisprimary THEN 1 ELSE 0 END, CASE WHEN i.indpred IS NULL AND i.indimmediate "
                + "AND pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' IS DISTINCT FROM 'true' THEN a.attname END "
                + "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_class o ON o.oid = i.indexrelid "
                + "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                + "CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) "
                + "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND a.attnum > 0 "
                + "WHERE n.nspname = ? AND c.relname = ? AND i.indisunique AND i.indisvalid AND k.place <= i.indnkeyatts ORDER BY o.relname, k.place";
    }

    /** Documents of the type json cannot be compared, their texts can. */
    @Override
    public String compared(String type, String value) {
        return type.equals("json") ? "CAST(" + value + " AS text)" : value;
    }

    @Override
    public Optional<String> referring() {
        return Optional.of("SELECT r.relname, CASE WHEN f.confdeltype IN ('a', 'r') OR r.oid = c.oid THEN 0 ELSE 1 END FROM pg_catalog.pg_constraint f "
                + "JOIN pg_catalog.pg_class c ON c.oid = f.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                + "JOIN pg_catalog.pg_class r ON r.oid = f.conrelid WHERE n.nspname = ? AND c.relname = ? AND f.contype = 'f' ORDER BY r.relname");
    }

    @Override
    public String looseColumns() {
        return "SELECT a.attname, l.collname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
                + "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation "
                + "WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT l.collisdeterministic";
    }

    @Override
    public StagedKey stagedKey() {
        return StagedKey.ONCE_FILLED;
    }

    /** Rows of a published table cannot be taken away without a key. */
    @Override
    public Optional<String> rowNumber() {
        return Optional.of("bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY");
    }

    @Override
    public Optional<String> filled() {
        return Optional.of("SELECT a.attname, CASE WHEN a.attidentity = 'a' THEN 1 ELSE 0 END FROM pg_catalog.pg_attribute a "
                + "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                + "WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped AND (a.attgenerated <> '' OR a.attidentity = 'a')");
    }

    @Override
    public String overriding() {
        return " OVERRIDING SYSTEM VALUE";
    }

    @Override
    public List<List<String>> widenings() {
        return List.of(
                List.of("smallint", "integer", "bigint", "numeric(19,0)", "numeric(20,0)"),
                List.of("smallint", "numeric(5,0)"),
                List.of("integer", "numeric(10,0)"),
                List.of("smallint", "real", "double precision"),
                List.of("integer", "double precision"),
                List.of("uuid", "text"),
                List.of("character varying", "text"));
    }

    @Override
    public Upsert upsert() {
        return Upsert.ON_CONFLICT;
    }

    @Override
    public String rowLock() {
        return " FOR UPDATE";
    }

    @Override
    public Ddl ddl() {
        return Ddl.TRANSACTIONAL;
    }

    @Override
    public JdbcError error(SQLException e) {
        return SqlStates.of(e);
    }
}
