package io.windrow.connectors.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;

class SqliteChangesTest extends ChangesSuite {
    @TempDir
    Path folder;

    @Override
    protected String url() {
        return "jdbc:sqlite:" + folder.resolve("target.db");
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    @Override
    protected String number() {
        return "INTEGER";
    }

    @Override
    protected boolean comparesTexts() {
        return true;
    }

    @Override
    protected OptionalInt mostColumns() {
        return OptionalInt.of(1977);
    }

    @Override
    protected boolean indexesSomeRows() {
        return true;
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE TABLE orders (id INTEGER, name TEXT COLLATE NOCASE, body TEXT)");
    }
}
