package io.windrow.connectors.connect.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.StreamName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements put another table behind a name. */
class EmptyingTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "RENAME TABLE t TO o, n TO t",
        "rename tables `t` to `shop`.`o`, n wait 5 to t",
        "SET STATEMENT lock_wait_timeout = 1 FOR RENAME TABLE t TO o, n TO t",
        "/* by hand */ ALTER TABLE t RENAME TO o",
        "ALTER TABLE IF EXISTS t RENAME = o",
        "/*!40000 ALTER TABLE t RENAME o */",
        "SET STATEMENT max_statement_time=0 FOR ALTER ONLINE TABLE shop.t ADD n int, RENAME AS o"
    })
    void aTableThatGetsAnotherNameIsFoundInEveryForm(String statement) {
        assertThat(Emptying.renamed(SqlWords.of(statement), "shop")).contains(new StreamName("shop", "t"), new StreamName("shop", "o"));
    }

    @Test
    void aDatabaseThatIsDroppedIsFoundInEveryForm() {
        for (String statement : List.of("DROP DATABASE shop", "drop schema if exists `shop`;", "/* gone */ DROP DATABASE `shop` -- for good")) {
            assertThat(Emptying.droppedDatabase(SqlWords.of(statement))).as(statement).contains("shop");
        }
        for (String statement : List.of("DROP TABLE shop", "CREATE DATABASE shop", "DROP DATABASE", "SELECT 'DROP DATABASE shop'")) {
            assertThat(Emptying.droppedDatabase(SqlWords.of(statement))).as(statement).isEmpty();
        }
    }

    @Test
    void whatIsRenamedWithinATableIsNoTable() {
        for (String statement : List.of(
                "ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME INDEX a TO b", "SET STATEMENT x = 1 FOR SELECT 1", "SET STATEMENT",
                "INSERT INTO t VALUES ('RENAME TABLE t TO o')")) {
            assertThat(Emptying.renamed(SqlWords.of(statement), "shop")).as(statement).isEmpty();
        }
    }
}
