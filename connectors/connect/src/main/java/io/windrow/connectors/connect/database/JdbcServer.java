package io.windrow.connectors.connect.database;

import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.NamedIds;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.Failures;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server of which no more is known than what JDBC tells of every database: its tables, columns and keys. */
final class JdbcServer implements Server {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcServer.class);
    /** How long a question about tables may take. */
    private static final int ASK_MILLIS = 60_000;

    private final Connection connection;
    private final ExcludedColumns excluded;
    private final Failures.Words words;

    /**
     * Connects.
     *
     * @param url without user and password
     * @param excluded columns that are not delivered, as {@code schema.table.column}
     */
    JdbcServer(Driver driver, String url, Properties properties, List<String> excluded) {
        this.words = Failures.Words.given(List.of(Secret.of(properties.getProperty("password", ""))), List.of());
        try {
            Connection made = driver.connect(url, properties);
            if (made == null) {
                throw WindrowException.of(ConnectError.PLUGIN_BROKEN, "Connecting: the driver does not know " + url);
            }
            this.connection = made;
            limit(made);
        } catch (SQLException e) {
            throw failed("Connecting to " + url, e);
        }
        this.excluded = new ExcludedColumns(excluded);
    }

    /** D41: whoever is not there any more does not answer, and nobody waits for ever, if the driver knows how. */
    private static void limit(Connection made) throws SQLException {
        try {
            made.setNetworkTimeout(Runnable::run, ASK_MILLIS);
        } catch (SQLFeatureNotSupportedException e) {
            LOG.debug("The driver knows no time-out of the network", e);
        } catch (SQLException e) {
            made.close();
            throw e;
        }
    }

    private WindrowException failed(String doing, SQLException e) {
        return Failures.coded(doing, words, e);
    }

    @Override
    public StreamSchema schema(StreamName stream) {
        String doing = "Reading the columns of " + stream;
        try {
            DatabaseMetaData data = connection.getMetaData();
            List<Column> columns = new ArrayList<>();
            List<String> present = new ArrayList<>();
            Set<Integer> ids = new HashSet<>();
            try (ResultSet rows = data.getColumns(
                    connection.getCatalog(), pattern(data, stream.namespace()), pattern(data, stream.name()), null)) {
                while (rows.next()) {
                    String name = rows.getString("COLUMN_NAME");
                    present.add(name);
                    if (!excluded.contains(stream, name)) {
                        columns.add(column(stream, rows, name, ids));
                    }
                }
            }
            if (columns.isEmpty()) {
                throw WindrowException.of(
                        ConnectError.NO_SUCH_STREAM, doing + ": there is no such table, or it may not be read");
            }
            excluded.expectAmong(stream, present);
            TreeMap<Integer, String> key = new TreeMap<>();
            try (ResultSet rows = data.getPrimaryKeys(connection.getCatalog(), stream.namespace(), stream.name())) {
                while (rows.next()) {
                    key.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
                }
            }
            return new StreamSchema(stream, 1, columns, List.copyOf(key.values()));
        } catch (SQLException e) {
            throw failed(doing, e);
        }
    }

    /** Names are patterns here, in which an underscore stands for any letter. */
    private static String pattern(DatabaseMetaData data, String name) throws SQLException {
        String escape = data.getSearchStringEscape();
        return name.replace("_", escape + "_").replace("%", escape + "%");
    }

    private static Column column(StreamName stream, ResultSet rows, String name, Set<Integer> ids) throws SQLException {
        String typeName = rows.getString("TYPE_NAME");
        int precision = rows.getInt("COLUMN_SIZE");
        int scale = rows.getInt("DECIMAL_DIGITS");
        return new Column(
                NamedIds.of(name, ids), name,
                JdbcTypes.of(rows.getInt("DATA_TYPE"), precision, scale).orElseThrow(() -> WindrowException.of(
                        ConnectError.TYPE_UNKNOWN, "Reading the columns of " + stream + ": column " + name + " is a " + typeName)),
                rows.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls, typeName);
    }

    @Override
    public void expectFollowable() {
        // The connector says so itself when it starts.
    }

    @Override
    public List<CheckResult> check(List<StreamName> streams) {
        List<CheckResult> results = new ArrayList<>();
        for (StreamName stream : streams) {
            try {
                results.add(CheckResult.ok("table " + stream, schema(stream).columns().size() + " columns"));
            } catch (WindrowException e) {
                results.add(CheckResult.failed("table " + stream, e.getMessage(), e.remedy()));
            }
        }
        return results;
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
