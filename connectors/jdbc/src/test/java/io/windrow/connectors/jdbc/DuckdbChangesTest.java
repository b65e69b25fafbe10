package io.windrow.connectors.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DuckdbChangesTest extends ChangesSuite {
    @TempDir
    Path folder;

    @Override
    protected String url() {
        return "jdbc:duckdb:" + folder.resolve("target.duckdb");
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    @Override
    protected String text() {
        return "varchar";
    }

    @Override
    protected boolean holdsKeys() {
        return false;
    }

    @Override
    protected List<String> computedTable() {
        return List.of("CREATE TABLE orders (id bigint, name varchar, body varchar GENERATED ALWAYS AS (name))");
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE TABLE orders (id BIGINT, name VARCHAR COLLATE NOCASE, body VARCHAR)");
    }
}
