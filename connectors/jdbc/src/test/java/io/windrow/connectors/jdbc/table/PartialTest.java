package io.windrow.connectors.jdbc.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.jdbc.sql.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PartialTest {
    private static final StagedTable STAGED = new StagedTable(
            "s", "t",
            List.of(new StagedTable.StagedColumn(1, "id", "INTEGER", "%s", "%s"), new StagedTable.StagedColumn(2, "body", "TEXT", "%s", "%s")),
            List.of("id"), StagedTable.Content.CHANGES, 2, true, false, List.of(1), 1, 1);

    /** All changes of a transaction have its position: with that alone every row would be compared with every other one. */
    @Test
    void noRowIsLookedUpByThePositionOfItsTransactionAlone() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, body TEXT, valid_from TEXT, valid_to TEXT, is_current INTEGER)");
            statement.execute("CREATE TABLE s (w_seq INTEGER NOT NULL PRIMARY KEY, w_op smallint NOT NULL, w_pos bigint NOT NULL,"
                    + " w_ord bigint NOT NULL, w_micros bigint, w_link bigint, w_unchanged text, c0 INTEGER, c1 TEXT)");
            statement.execute("CREATE INDEX s_k ON s (c0, w_op, w_pos)");
            statement.execute("CREATE INDEX s_p ON s (w_pos, w_ord)");
            for (Partial.Ends ends : Partial.Ends.values()) {
                Partial partial = new Partial(Database.SQLITE.dialect(), "s", "t", "", ends, STAGED);
                for (String sql : List.of(partial.mark(), partial.withoutOldRow(), partial.followLinks(1), partial.withoutRow(),
                        partial.withoutValue(1), partial.fill(1))) {
                    assertThat(plan(statement, sql)).as(sql).isNotEmpty()
                            .noneMatch(step -> step.contains("(w_pos=?)"))
                            .noneMatch(step -> step.startsWith("SCAN w_e"))
                            .allMatch(step -> !step.startsWith("SEARCH w_e") || step.contains("(c0=? AND w_op=?"));
                }
            }
            String closing = new Closing(Database.SQLITE.dialect(), "s", "t", STAGED)
                    .byKey(Optional.of(new Closing.Truncate(1, 2, 3, OptionalLong.of(4))));
            assertThat(plan(statement, closing)).noneMatch(step -> step.startsWith("SCAN w_b"));
            String goOn = new Copied(Database.SQLITE.dialect(), "s", "t", STAGED, 5).goOn();
            assertThat(plan(statement, goOn)).as(goOn).isNotEmpty().noneMatch(step -> step.startsWith("SCAN t"));
        }
    }

    private static List<String> plan(Statement statement, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return steps;
    }
}
