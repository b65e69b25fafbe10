package io.windrow.connectors.jdbc.load;

import io.windrow.connectors.jdbc.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;

/** Puts rows into a staging table that was made for them. Used by one thread. */
public interface Loader {
    /** Adds rows, in the transaction of the connection. Returns about how many bytes they take. */
    long load(Connection connection, StagedRows rows) throws SQLException;

    /** The quickest way into the database. */
    static Loader of(Database database) {
        return switch (database) {
            case POSTGRES -> new CopyLoader();
            case MARIADB, SQLITE, MYSQL, SQLSERVER, ORACLE -> new BatchLoader(database);
            case DUCKDB -> new AppenderLoader();
        };
    }
}
