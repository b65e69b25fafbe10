package io.windrow.connectors.jdbc.source;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.connectors.jdbc.sql.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One connection. Used by one thread at a time, but for {@link #abort}. */
final class Session implements AutoCloseable {
    private final SourceDialect dialect;
    private final Connection connection;

    private Session(SourceDialect dialect, Connection connection) {
        this.dialect = dialect;
        this.connection = connection;
    }

    /** A session in autocommit mode. */
    static Session open(JdbcSource source) {
        try {
            return new Session(
                    source.dialect(),
                    source.dialect().connect(
                            source.address(), source.drivers(), source.config().connectTimeout(), source.config().lockTimeout()));
        } catch (SQLException e) {
            throw coded(source.dialect(), "Connecting to " + source.address().display(), e);
        }
    }

    /** A session that sees one moment. */
    static Session begun(JdbcSource source) {
        Session session = open(source);
        try {
            session.begin();
            return session;
        } catch (SQLException e) {
            session.close();
            throw session.coded("Fixing a moment of " + source.address().display(), e);
        }
    }

    void begin() throws SQLException {
        dialect.begin(connection);
    }

    Connection connection() {
        return connection;
    }

    /** What one row of an answer becomes. */
    @FunctionalInterface
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** A statement with the values of its parameters. */
    record Sql(String text, List<Object> parameters) {
        Sql {
            parameters = List.copyOf(parameters);
        }
    }

    <T> List<T> rows(Sql sql, Row<T> each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
            Raw.bind(statement, sql.parameters());
            try (ResultSet results = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (results.next()) {
                    rows.add(each.of(results));
                }
                return rows;
            }
        }
    }

    /** What is done with one row. */
    @FunctionalInterface
    interface Each {
        void row(ResultSet row) throws SQLException;
    }

    /** All rows of an answer, as they come. */
    void each(Sql sql, int batchRows, Each each) throws SQLException {
        try (PreparedStatement statement = prepared(sql, batchRows); ResultSet results = statement.executeQuery()) {
            while (results.next()) {
                each.row(results);
            }
            expectWhole();
        }
    }

    /** Refuses an answer whose last row was read and that an error ended. */
    void expectWhole() throws SQLException {
        dialect.expectWhole(connection);
    }

    /** A statement whose rows come as they are read. The caller closes it. */
    PreparedStatement prepared(Sql sql, int batchRows) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(sql.text(), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        try {
            statement.setFetchSize(dialect.fetchSize(batchRows));
            Raw.bind(statement, sql.parameters());
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    long number(Sql sql) throws SQLException {
        return rows(sql, row -> row.getLong(1)).getFirst();
    }

    /** The first column of the only row; empty for the empty statement and for null. */
    Optional<String> text(String sql) throws SQLException {
        return sql.isEmpty()
                ? Optional.empty()
                : rows(new Sql(sql, List.of()), row -> Optional.ofNullable(row.getString(1))).getFirst();
    }

    boolean isAlive() {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    WindrowException coded(String doing, SQLException e) {
        return coded(dialect, doing, e);
    }

    static WindrowException coded(SourceDialect dialect, String doing, SQLException e) {
        WindrowException coded = SqlStates.coded(dialect.database(), dialect.error(e), doing, e);
        return dialect.isOfChangedTable(e) ? WindrowException.of(SourceError.TABLE_CHANGED, coded.getMessage()) : coded;
    }

    /** Ends whatever runs on it, from any thread. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            close();
        }
    }

    /** A connection that is broken has nothing left to be closed. */
    @Override
    public void close() {
        try {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // Nothing was written, so nothing is lost.
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // The other side ends it.
        }
    }
}
