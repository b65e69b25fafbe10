package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.table.Layout.Deletes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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

    /** The last row of a view cannot be read: that is found out when it is fetched, so the rows before it were not held until then. */
    @Test
    void rowsThatAreReadBackAreFetchedAsTheyAreNeeded() throws SQLException {
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            apply(sink, WriteMode.MIRROR, 1, 1, insert(1, "a", "x", 1));
        }
        // As `verify` reads: nothing of this process writes to the file.
        try (Sink sink = sink(Deletes.HARD, JdbcConfig.Truncates.APPLY)) {
            execute("DROP TABLE orders",
                    "CREATE VIEW orders AS SELECT i AS id, 'a' AS name, CASE WHEN i = 499999 THEN error('unread') ELSE 'x' END AS body FROM range(500000) r(i)");
            try (Delivery delivery = sink.delivery(ChangeRows.STREAM).orElseThrow()) {
                try (Batch first = delivery.read(ChangeRows.SCHEMA).orElseThrow()) {
                    assertThat(first.rowCount()).isPositive();
                }
                assertThatThrownBy(() -> {
                    for (Optional<Batch> next = delivery.read(ChangeRows.SCHEMA); next.isPresent(); next = delivery.read(ChangeRows.SCHEMA)) {
                        next.get().close();
                    }
                }).isInstanceOf(WindrowException.class);
            }
        }
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
