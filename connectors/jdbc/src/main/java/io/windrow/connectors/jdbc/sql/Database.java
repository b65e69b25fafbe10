package io.windrow.connectors.jdbc.sql;

/** The databases that can be written to. */
public enum Database {
    /** PostgreSQL 14 to 18. */
    POSTGRES("PostgreSQL"),
    /** MariaDB 10.6 and newer. */
    MARIADB("MariaDB"),
    /** A SQLite file. */
    SQLITE("SQLite"),
    /** A DuckDB file. */
    DUCKDB("DuckDB");

    private final String label;

    Database(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** Its dialect. */
    public Dialect dialect() {
        return switch (this) {
            case POSTGRES -> new PostgresDialect();
            case MARIADB -> new MariaDialect();
            case SQLITE -> new SqliteDialect();
            case DUCKDB -> new DuckDialect();
        };
    }
}
