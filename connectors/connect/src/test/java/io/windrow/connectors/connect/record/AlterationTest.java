package io.windrow.connectors.connect.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.connect.record.TableForm.ColumnForm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which alterations leave the values of a table's rows alone; everything else does not. */
@Tag("D16")
class AlterationTest {
    private static final ColumnForm INT = whole("INT");
    private static final TableForm TABLE = new TableForm(Optional.of("utf8mb4"), Map.of(
            "id", new ColumnForm("INT", Optional.empty(), OptionalLong.of(11), OptionalLong.empty(), false, false, List.of()), "n", INT,
            "a", text("VARCHAR", "utf8mb4", 20), "hidden", INT));

    private static ColumnForm whole(String type) {
        return new ColumnForm(type, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), true, false, List.of());
    }

    private static ColumnForm text(String type, String charset, int length) {
        return new ColumnForm(
                type, Optional.of(charset), length == 0 ? OptionalLong.empty() : OptionalLong.of(length), OptionalLong.empty(), true, false, List.of());
    }

    /** The table with these columns as well, or as they are here. */
    private static TableForm with(Map<String, ColumnForm> columns) {
        Map<String, ColumnForm> all = new HashMap<>(TABLE.columns());
        all.putAll(columns);
        return new TableForm(TABLE.charset(), all);
    }

    private static Optional<String> how(String statement, TableForm after, String... former) {
        return Alteration.of(
                SqlWords.withTexts(statement), Optional.of(TABLE), Optional.of(after), Set.of(former), column -> !column.equals("hidden")).how();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ALTER TABLE t ADD c int", "ALTER TABLE shop.t ADD COLUMN c int unsigned DEFAULT NULL COMMENT 'not null default 7' AFTER id, ADD INDEX (c)",
        "alter online table `t` wait 5 add column if not exists c int null first, algorithm=instant, lock = none;",
        "ALTER TABLE t ADD (c int, KEY k (c))", "SET STATEMENT max_statement_time = 1 FOR ALTER TABLE t ADD c timestamp NULL",
        "ALTER TABLE t ADD c varchar(9) CHARACTER SET latin1 COLLATE latin1_bin UNIQUE KEY CHECK (c <> ''), COMMENT 'x', ENGINE = InnoDB"
    })
    void aColumnThatIsNullInTheRowsThatAreThereLeavesThemAlone(String statement) {
        assertThat(how(statement, with(Map.of("c", INT)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ALTER TABLE t ADD c int DEFAULT 7", "ALTER TABLE t ADD c varchar(9) DEFAULT 'x' NULL", "ALTER TABLE t ADD c varchar(9) DEFAULT \"x\" NULL",
        "ALTER TABLE t ADD c int NOT NULL", "ALTER TABLE t ADD c int AUTO_INCREMENT UNIQUE", "ALTER TABLE t ADD c int AS (n + 1)",
        "ALTER TABLE t ADD c int GENERATED ALWAYS AS (n + 1) STORED", "ALTER TABLE t ADD c timestamp", "ALTER TABLE t ADD c serial",
        "ALTER TABLE t ADD c int DEFAULT (rand())", "ALTER TABLE t ADD (b int, c int DEFAULT 3)", "ALTER TABLE t ADD INDEX (n), ADD c int DEFAULT 7",
        "ALTER TABLE t ADD c int SOMETHING_NEW", "/*!50000 ALTER TABLE t ADD c int DEFAULT 7 */", "ALTER TABLE t ADD c int COMMENT 'a\\', ADD b int",
        "ALTER TABLE t COMMENT 'it\\'s', ADD c int DEFAULT 7 COMMENT ''"
    })
    void aColumnWithAValueForThemDoesNot(String statement) {
        assertThat(how(statement, with(Map.of("c", INT, "b", INT)))).as(statement).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ALTER TABLE t DROP n, ADD n int", "ALTER TABLE t ADD gone int", "ALTER TABLE t ADD COLUMN IF NOT EXISTS Gone int",
        "ALTER TABLE t RENAME COLUMN n TO gone", "ALTER TABLE t CHANGE COLUMN n gone int", "ALTER TABLE t CHANGE n N int",
        "ALTER TABLE t CHANGE n id int, CHANGE id n int"
    })
    void aColumnInThePlaceOfAnotherIsNotTakenForIt(String statement) {
        assertThat(how(statement, with(Map.of("gone", INT)), "gone")).as(statement).isPresent();
    }

    @Test
    @Tag("D17")
    void aRenameNamesBothColumnsAndWhatIsDroppedIsKnownByItsName() {
        assertThat(how("ALTER TABLE t RENAME COLUMN IF EXISTS n TO m", with(Map.of("m", INT)))).contains("column n was renamed to m");
        Alteration.Effect effect = Alteration.of(SqlWords.withTexts("ALTER TABLE t DROP COLUMN n, DROP hidden, DROP KEY k, DROP PRIMARY KEY"),
                Optional.of(TABLE), Optional.empty(), Set.of(), column -> !column.equals("hidden"));
        assertThat(effect.how()).isEmpty();
        assertThat(effect.gone()).containsExactly("n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CREATE INDEX i ON t (n)", "DROP INDEX i ON t", "TRUNCATE TABLE t", "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0), ADD UNIQUE u (n)",
        "ALTER TABLE t ALTER n SET DEFAULT 4, ALTER COLUMN a DROP DEFAULT", "ALTER TABLE t ALTER INDEX i NOT IGNORED", "ALTER TABLE t DROP FOREIGN KEY f",
        "ALTER TABLE t FORCE, ORDER BY n, a", "ALTER TABLE t ENGINE=Aria ROW_FORMAT=PAGE COMMENT='DROP COLUMN n'", "ALTER TABLE t DISABLE KEYS",
        "ALTER TABLE t AUTO_INCREMENT = 100, DEFAULT CHARSET = utf8mb4 COLLATE utf8mb4_bin", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
        "ALTER TABLE t RENAME INDEX i TO j", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4", "ALTER TABLE t REMOVE PARTITIONING",
        "ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (7))", "ALTER TABLE t REORGANIZE PARTITION p, q INTO (PARTITION r VALUES LESS THAN (7))",
        "ALTER TABLE t MODIFY hidden varchar(1), DROP hidden, ADD hidden int DEFAULT 7", "ALTER TABLE t MODIFY n int COMMENT 'not null'",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS n int DEFAULT 7", "ALTER TABLE t ADD PRIMARY KEY (id)", "ALTER TABLE t"
    })
    void whatTouchesNoValueStopsNothing(String statement) {
        assertThat(how(statement, TABLE)).as(statement).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ALTER TABLE t CONVERT TO CHARACTER SET latin1", "ALTER TABLE t DEFAULT CHARACTER SET latin1", "ALTER TABLE t COLLATE latin1_bin",
        "ALTER TABLE t MODIFY n int AS (id + 1) STORED", "ALTER TABLE t MODIFY a varchar(20) CHARACTER SET latin1", "ALTER TABLE t MODIFY b int",
        "ALTER TABLE t MODIFY a varchar(20) COLLATE latin1_bin", "ALTER TABLE t ADD SYSTEM VERSIONING", "ALTER TABLE t DROP SYSTEM VERSIONING",
        "ALTER TABLE t ADD PERIOD FOR SYSTEM_TIME (a, b)", "ALTER TABLE t ENGINE = BLACKHOLE", "ALTER TABLE t DO_SOMETHING_NEW", "ALTER VIEW t",
        "ALTER TABLE t ADD PRIMARY KEY (n)", "ALTER TABLE t ADD CONSTRAINT PRIMARY KEY (id, n)", "ALTER TABLE t MODIFY n timestamp",
        "ALTER TABLE t ALTER n DO_SOMETHING_NEW"
    })
    void whatIsNotKnownToLeaveValuesAloneDoesNot(String statement) {
        assertThat(how(statement, TABLE)).as(statement).isPresent();
    }

    @Test
    void whatTheConnectorMadeOfAColumnThatIsNotNamedCountsToo() {
        assertThat(how("ALTER TABLE t FORCE", with(Map.of("n", whole("BIGINT"))))).contains("column n was altered");
        assertThat(how("SOMETHING NEW", with(Map.of("new", INT)))).contains("column new was altered");
        assertThat(how("ALTER TABLE t ADD COLUMN IF NOT EXISTS n bigint", with(Map.of("n", whole("BIGINT"))))).isPresent();
        assertThat(Alteration.of(SqlWords.withTexts("ALTER TABLE t MODIFY n int"), Optional.empty(), Optional.of(TABLE), Set.of(), column -> true).how())
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "INT, BIGINT, true", "BIGINT, INT, false", "INT UNSIGNED, BIGINT, true", "INT UNSIGNED, INT, false", "INT, INT UNSIGNED, false",
        "TINYINT, BOOLEAN, true", "INT, DOUBLE, false", "FLOAT, DOUBLE, false", "DATE, DATE, true", "DATE, DATETIME, false", "INT, VARCHAR, false"
    })
    void wholeNumbersStayInWiderOnes(String before, String after, boolean keeps) {
        assertThat(TypeChange.keeps(whole(before), whole(after), Optional.empty())).isEqualTo(keeps);
    }

    @ParameterizedTest
    @CsvSource({
        "VARCHAR, latin1, 20, VARCHAR, latin1, 40, true", "VARCHAR, latin1, 40, VARCHAR, latin1, 20, false", "VARCHAR, utf8mb3, 20, VARCHAR, utf8mb4, 20, true",
        "VARCHAR, latin1, 20, VARCHAR, utf8mb4, 20, false", "VARCHAR, latin1, 20, TEXT, latin1, 0, true", "VARCHAR, latin1, 20, TINYTEXT, latin1, 0, false",
        "TEXT, latin1, 0, LONGTEXT, latin1, 0, true", "LONGTEXT, latin1, 0, TEXT, latin1, 0, false", "TEXT, utf8mb3, 0, TEXT, utf8mb4, 0, false",
        "CHAR, latin1, 20, VARCHAR, latin1, 20, false", "VARCHAR, latin1, 20, BLOB, latin1, 0, false", "CHAR, latin1, 2, CHAR, latin1, 3, true"
    })
    void textsStayInLongerOnesOfTheirCharacterSet(
            String before, String charset, int length, String after, String charsetAfter, int lengthAfter, boolean keeps) {
        assertThat(TypeChange.keeps(text(before, charset, length), text(after, charsetAfter, lengthAfter), Optional.of(charsetAfter))).isEqualTo(keeps);
    }

    @ParameterizedTest
    @CsvSource({
        "DECIMAL, 8, 2, 12, 2, true", "DECIMAL, 8, 2, 8, 1, false", "DECIMAL, 8, 2, 9, 3, false", "DECIMAL, 8, 2, 7, 2, false", "DATETIME, 0, 0, 6, 0, true",
        "TIMESTAMP, 6, 0, 0, 0, false", "VARBINARY, 4, 0, 5, 0, true", "BINARY, 4, 0, 5, 0, false", "BIT, 4, 0, 5, 0, false"
    })
    void digitsAreNotLost(String type, int length, int scale, int lengthAfter, int scaleAfter, boolean keeps) {
        assertThat(TypeChange.keeps(sized(type, length, scale, true), sized(type, lengthAfter, scaleAfter, true), Optional.empty())).isEqualTo(keeps);
        assertThat(TypeChange.keeps(sized(type, length, scale, true), sized(type, length, scale, false), Optional.empty())).isFalse();
        assertThat(TypeChange.keeps(sized(type, length, scale, false), sized(type, length, scale, true), Optional.empty())).isTrue();
    }

    private static ColumnForm sized(String type, int length, int scale, boolean optional) {
        return new ColumnForm(type, Optional.empty(), OptionalLong.of(length), OptionalLong.of(scale), optional, false, List.of());
    }

    @Test
    void anEnumerationMayGrowAtItsEnd() {
        ColumnForm before = words("ENUM", "'x'", "'y'");
        Optional<String> charset = Optional.of("utf8mb4");
        assertThat(TypeChange.keeps(before, words("ENUM", "'x'", "'y'", "'z'"), charset)).isTrue();
        assertThat(TypeChange.keeps(before, words("ENUM", "'y'", "'x'"), charset)).isFalse();
        assertThat(TypeChange.keeps(before, words("ENUM", "'x'"), charset)).isFalse();
        assertThat(TypeChange.keeps(before, words("SET", "'x'", "'y'"), charset)).isFalse();
    }

    private static ColumnForm words(String type, String... words) {
        return new ColumnForm(type, Optional.of("utf8mb4"), OptionalLong.of(1), OptionalLong.empty(), true, false, List.of(words));
    }
}
