package io.windrow.connectors.jdbc.load;

import io.windrow.connectors.jdbc.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;

/** Puts rows into a staging table that was made for them. Used by one thread. */
public interface Loader {
    /** Adds rows, in the transaction of the connection. */
    Loaded load(Connection connection, StagedRows rows) throws SQLException;

    /**
     * What was added.
     *
     * @param bytes about how many bytes it takes
     * @param replaced the texts that are not as they came
     */
    record Loaded(long bytes, long replaced) {}

    /** The quickest way into the database. */
    static Loader of(Database database, UnfitText unfit) {
        return switch (database) {
            case POSTGRES -> new CopyLoader(unfit);
            case MARIADB, SQLITE, MYSQL, SQLSERVER, ORACLE -> new BatchLoader(database);
            case DUCKDB -> new AppenderLoader();
        };
    }
}
