package io.windrow.connectors.connect.database;

import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.NamedIds;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.Failures;
import io.windrow.connectors.connect.record.Gtids;
import io.windrow.connectors.connect.record.LogOrder;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A MariaDB or MySQL server, asked with the driver that lies beside the connector. */
final class BinlogServer implements Server {
    /** The server does not know the statement. */
    private static final int SYNTAX = 1064;

    private static final Pattern COMPRESSED = Pattern.compile("(?i)(?:/\\*M?!\\d*\\s*COMPRESSED\\s*\\*/|\\sCOMPRESSED)$");

    /** The binary log's client has a log of its own, which may quote rows (I11); what matters of it comes as an error. */
    private static final Logger CLIENT = Logger.getLogger("com.github.shyiko");

    static {
        CLIENT.setLevel(Level.OFF);
    }

    private final Connection connection;
    private final List<String> statusSql;
    private final ExcludedColumns excluded;
    private final OutOfRange outOfRange;
    private final Failures.Words words;

    /**
     * Connects.
     *
     * @param driver the driver, from the plugin's folder
     * @param url without user and password
     * @param statusSql what asks for the place where the log ends: the first one that this version of the server knows counts
     * @param excluded columns that are not delivered, as {@code database.table.column}
     * @param outOfRange what becomes of a date of zeros in a column that may not be null
     */
    BinlogServer(Driver driver, String url, Properties properties, List<String> statusSql, List<String> excluded, OutOfRange outOfRange) {
        this.words = Failures.Words.given(List.of(Secret.of(properties.getProperty("password", ""))), List.of());
        try {
            Connection made = driver.connect(url, properties);
            if (made == null) {
                throw WindrowException.of(ConnectError.PLUGIN_BROKEN, "Connecting: the driver does not know " + url);
            }
            this.connection = made;
        } catch (SQLException e) {
            throw failed("Connecting to " + url, e);
        }
        this.outOfRange = outOfRange;
        this.statusSql = List.copyOf(statusSql);
        this.excluded = new ExcludedColumns(excluded);
    }

    /** What is made of an answer. */
    @FunctionalInterface
    interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T ask(String doing, String sql, Rows<T> rows) {
        return ask(doing, sql, List.of(), rows);
    }

    private <T> T ask(String doing, String sql, List<String> parameters, Rows<T> rows) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            // I12: row by row from the server. Of a log's events one may quote a long statement.
            statement.setFetchSize(1);
            try (ResultSet result = statement.executeQuery()) {
                return rows.read(result);
            }
        } catch (SQLException e) {
            throw failed(doing, e);
        }
    }

    private WindrowException failed(String doing, SQLException e) {
        return Failures.coded(doing, words, e);
    }

    @Override
    public StreamSchema schema(StreamName stream) {
        String doing = "Reading the columns of " + stream;
        List<String> name = List.of(stream.namespace(), stream.name());
        String kind = ask(doing,
                "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?", name, rows -> {
                    while (rows.next()) {
                        // The catalog compares without case; a server may tell tables apart by it.
                        if (rows.getString(1).equals(stream.name())) {
                            return rows.getString(2);
                        }
                    }
                    return "";
                });
        if (kind.isEmpty()) {
            throw WindrowException.of(ConnectError.NO_SUCH_STREAM, doing + ": there is no such table, or it may not be read");
        }
        if (!kind.equals("BASE TABLE")) {
            throw WindrowException.of(ConnectError.STREAM_INVALID, doing + ": it is a " + kind.toLowerCase(Locale.ROOT)
                    + ", and only tables are in the log");
        }
        List<Column> columns = ask(doing,
                "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE"
                        + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION",
                name, rows -> columns(stream, rows));
        List<String> key = ask(doing,
                "SELECT COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION",
                name, rows -> {
                    List<String> found = new ArrayList<>();
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                    return found;
                });
        return new StreamSchema(stream, 1, columns, key);
    }

    private List<Column> columns(StreamName stream, ResultSet rows) throws SQLException {
        List<Column> columns = new ArrayList<>();
        List<String> present = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        while (rows.next()) {
            String name = rows.getString(1);
            present.add(name);
            String columnType = rows.getString(3);
            expectReadable(stream, name, columnType);
            if (excluded.contains(stream, name)) {
                continue;
            }
            ColumnType type = BinlogTypes.of(rows.getString(2), columnType, rows.getInt(5), rows.getInt(6))
                    .orElseThrow(() -> WindrowException.of(
                            ConnectError.TYPE_UNKNOWN,
                            "Reading the columns of " + stream + ": column " + name + " is a " + columnType));
            // A timestamp of zeros is none, whatever the column says of null.
            boolean nullable = rows.getString(4).equals("YES") || type.equals(new ColumnType.Timestamp(true))
                    || outOfRange == OutOfRange.NULL && (type instanceof ColumnType.Date || type instanceof ColumnType.Timestamp);
            columns.add(new Column(NamedIds.of(name, ids), name, type, nullable, columnType));
        }
        excluded.expectAmong(stream, present);
        return columns;
    }

    /** MariaDB's log holds such a column's bytes as they are stored, and the client cannot read a row that has one. */
    private static void expectReadable(StreamName stream, String name, String columnType) {
        if (COMPRESSED.matcher(columnType).find()) {
            throw WindrowException.of(ConnectError.STREAM_INVALID, "Reading the columns of " + stream + ": column " + name + " is a " + columnType
                            + ", and a row of the log that has a compressed column cannot be read, whether or not the column is delivered")
                    .remedy("Store the column uncompressed, or take the table out of the pipeline.");
        }
    }

    @Override
    public long estimatedRows(StreamName stream) {
        return ask("Reading the size of " + stream,
                "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                List.of(stream.namespace(), stream.name()), rows -> rows.next() ? rows.getLong(1) : -1);
    }

    @Override
    public void expectFollowable() {
        for (CheckResult check : LogSettings.checks(variables())) {
            if (check.outcome() == CheckResult.Outcome.FAILED) {
                throw WindrowException.of(ConnectError.NOT_PREPARED, "Following the log: " + check.detail()).remedy(check.remedy());
            }
        }
        List<String> missing = LogSettings.missingToFollow(grants());
        if (!missing.isEmpty()) {
            throw WindrowException.of(ConnectError.PERMISSION_DENIED, "Following the log: the user lacks " + String.join(", ", missing))
                    .remedy(LogSettings.GRANT);
        }
    }

    /** The server's settings that have to do with its log, as far as this version has them. */
    private Map<String, String> variables() {
        return ask("Reading the server's settings",
                "SHOW GLOBAL VARIABLES WHERE Variable_name IN (" + LogSettings.NAMES.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))
                        + ")",
                List.of(), rows -> {
                    Map<String, String> found = new HashMap<>();
                    while (rows.next()) {
                        found.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
                    }
                    return found;
                });
    }

    /** MySQL's is that of its data folder. MariaDB's own is one of the machine, so that of its replication is taken. */
    @Override
    public Optional<String> identity() {
        Map<String, String> known = variables();
        return Optional.ofNullable(known.get("server_uuid")).or(() -> Optional.ofNullable(known.get("server_id")).map(id -> "server_id " + id));
    }

    @Override
    public boolean endsAs(Gtids completed) {
        Gtids newest = Gtids.of(variables().getOrDefault("gtid_binlog_pos", "")).orElse(Gtids.NONE);
        return completed.newest().values().stream()
                .allMatch(one -> newest.of(one.domain()).filter(other -> other.server() == one.server()).isPresent());
    }

    /** Only MariaDB has the events by which a place is found. */
    @Override
    public Located locate(Gtids completed, Collection<Gtids.Gtid> begun) {
        return variables().containsKey("gtid_binlog_pos")
                ? new GtidSearch(this::ask, completed, begun).search()
                : Server.super.locate(completed, begun);
    }

    @Override
    public Optional<LogEnd> end() {
        for (String sql : statusSql) {
            try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(new LogEnd(
                                LogOrder.Binlog.place(rows.getString(1), rows.getLong(2)), rows.getString(1) + ":" + rows.getLong(2)))
                        : Optional.empty();
            } catch (SQLException e) {
                if (e.getErrorCode() != SYNTAX) {
                    throw failed("Reading where the log ends", e);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public List<CheckResult> check(List<StreamName> streams) {
        List<CheckResult> results = new ArrayList<>(LogSettings.checks(variables()));
        results.add(LogSettings.privileges(grants()));
        compressed().ifPresent(results::add);
        for (StreamName stream : streams) {
            try {
                results.add(CheckResult.ok("table " + stream, schema(stream).columns().size() + " columns"));
            } catch (WindrowException e) {
                results.add(CheckResult.failed("table " + stream, e.getMessage(), e.remedy()));
            }
        }
        return results;
    }

    /** The connector reads the rows of every table, so one that nobody follows may stop it, too. */
    private Optional<CheckResult> compressed() {
        String found = ask("Looking for compressed columns",
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE COLUMN_TYPE LIKE '%COMPRESSED*/' LIMIT 1",
                List.of(), rows -> rows.next() ? rows.getString(1) + "." + rows.getString(2) + "." + rows.getString(3) : "");
        return found.isEmpty() ? Optional.empty() : Optional.of(CheckResult.warning(
                "compressed columns", "a row of the log that has " + found + " cannot be read and stops every stream, whether or not its table is followed",
                "Store such columns uncompressed if their tables are written to."));
    }

    private List<String> grants() {
        return ask("Reading the grants", "SHOW GRANTS", List.of(), rows -> {
            List<String> grants = new ArrayList<>();
            while (rows.next()) {
                grants.add(rows.getString(1));
            }
            return grants;
        });
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("Closing a connection", e);
        }
    }
}
