package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.table.Layout.Deletes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
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

    @Test
    void rowsAreReadBackWhileACommitIsOnItsWayAndCommitsGoOnWhileTheyAreRead() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1), insert(2, "b", "y", 1));
            try (Connection other = connect(); Statement writing = other.createStatement()) {
                writing.execute("BEGIN IMMEDIATE");
                writing.execute("DELETE FROM orders");
                assertThat(shown(sink, ChangeRows.SCHEMA)).containsExactly("1|a|x", "2|b|y");
                writing.execute("ROLLBACK");
            }
            try (Delivery delivery = sink.delivery(ChangeRows.STREAM).orElseThrow()) {
                assertThat(delivery.count()).isEqualTo(2);
                apply(sink, WriteMode.MIRROR, 1, 2, insert(3, "c", "z", 2));
                assertThat(delivery.count()).as("it reads as of one moment").isEqualTo(2);
            }
            assertThat(shown(sink, ChangeRows.SCHEMA)).containsExactly("1|a|x", "2|b|y", "3|c|z");
        }
    }

    @Test
    void readingRowsBackLeavesTheFileInTheJournalModeThatItHas() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
        }
        // Only a file that nobody else has open gets another mode.
        execute("PRAGMA journal_mode = DELETE");
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            assertThat(shown(sink, ChangeRows.SCHEMA)).containsExactly("1|a|x");
            assertThat(query("PRAGMA journal_mode")).containsExactly("delete");
        }
    }

    @Override
    protected List<String> looseTable() {
        return List.of("CREATE TABLE orders (id INTEGER, name TEXT COLLATE NOCASE, body TEXT)");
    }
}
