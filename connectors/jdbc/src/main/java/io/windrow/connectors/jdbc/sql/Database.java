package io.windrow.connectors.jdbc.sql;

import io.windrow.api.error.WindrowException;
import java.util.List;

/** The databases that are known. */
public enum Database {
    /** PostgreSQL 14 to 18; a target only, since it has a source of its own. */
    POSTGRES("PostgreSQL"),
    /** MariaDB 10.6 and newer. */
    MARIADB("MariaDB"),
    /** A SQLite file. */
    SQLITE("SQLite"),
    /** A DuckDB file. */
    DUCKDB("DuckDB"),
    /** MySQL 8.0 and newer; a source only. */
    MYSQL("MySQL"),
    /** SQL Server 2016 and newer; a source only. */
    SQLSERVER("SQL Server"),
    /** Oracle 12.2 and newer; a source only. */
    ORACLE("Oracle");

    private final String label;

    Database(String label) {
        this.label = label;
    }

    /** Those that can be written to. */
    public static List<Database> targets() {
        return List.of(POSTGRES, MARIADB, SQLITE, DUCKDB);
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** Whether it is a file of this machine, not a server. */
    public boolean isFile() {
        return this == SQLITE || this == DUCKDB;
    }

    /**
     * How it is written to.
     *
     * @throws WindrowException with {@link JdbcError#NO_TARGET} if it is not one of {@link #targets}
     */
    public Dialect dialect() {
        return switch (this) {
            case POSTGRES -> new PostgresDialect();
            case MARIADB -> new MariaDialect();
            case SQLITE -> new SqliteDialect();
            case DUCKDB -> new DuckDialect();
            case MYSQL, SQLSERVER, ORACLE -> throw WindrowException.of(
                    JdbcError.NO_TARGET, "Writing to " + label + ": it can be read from only").at("sink.jdbc.url");
        };
    }
}
