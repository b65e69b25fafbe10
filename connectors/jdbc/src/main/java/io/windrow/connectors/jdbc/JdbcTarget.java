package io.windrow.connectors.jdbc;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.jdbc.sql.Dialect;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.SqlStates;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Place;
import io.windrow.connectors.jdbc.table.StageName;
import io.windrow.connectors.jdbc.table.TableBook;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/**
 * One configured database: what sink, writers and committers share. Immutable; each of them has a connection of its own.
 *
 * @param config the settings
 * @param context the ambient things
 * @param address the database
 * @param dialect how it speaks
 */
record JdbcTarget(JdbcConfig config, Context context, JdbcAddress address, Dialect dialect) {
    static JdbcTarget of(JdbcConfig config, Context context) {
        JdbcAddress address = JdbcAddress.of(config.url(), config.password());
        return new JdbcTarget(config, context, address, address.database().dialect());
    }

    /** A connection in autocommit mode. */
    Connection connect() {
        try {
            return dialect.connect(address, config.connectTimeout(), config.lockTimeout());
        } catch (SQLException e) {
            throw coded("Connecting to " + address.display(), e);
        }
    }

    /** A connection that reads as of one moment and holds up nobody who writes. */
    Connection connectToRead() {
        try {
            return dialect.connectToRead(address, config.connectTimeout(), config.lockTimeout());
        } catch (SQLException e) {
            throw coded("Connecting to " + address.display(), e);
        }
    }

    Place place(Connection connection) throws SQLException {
        return Place.of(dialect, config.schema(), connection);
    }

    CommitBook book(Connection connection) throws SQLException {
        return new CommitBook(dialect, place(connection));
    }

    TableBook tables(Connection connection) throws SQLException {
        return new TableBook(dialect, place(connection));
    }

    String id(StreamName stream) {
        return StageName.id(context.pipeline(), stream);
    }

    WindrowException coded(String doing, SQLException e) {
        return SqlStates.coded(dialect, doing, e);
    }

    /** Drops staging tables that nobody needs. Failing to is told and undoes nothing. */
    void drop(Connection connection, Collection<String> tables) {
        try (Statement statement = connection.createStatement()) {
            for (String table : tables) {
                statement.execute("DROP TABLE IF EXISTS " + place(connection).qualified(dialect, table));
            }
        } catch (SQLException e) {
            context.notices().tell(
                    "jdbc.leftover", "Staging tables could not be dropped; a later commit does it: "
                            + coded("Dropping staging tables", e).getMessage());
        }
    }

    /** Closes a connection that may be broken already. */
    void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            context.notices().tell("jdbc.close", String.valueOf(coded("Closing a connection", e).getMessage()));
        }
    }
}
