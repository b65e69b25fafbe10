package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlStates;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the databases' codes to ours, row by row. */
class ErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "POSTGRES,08001,0,CONNECT_REFUSED", "POSTGRES,08006,0,CONNECTION_LOST", "POSTGRES,57P01,0,CONNECTION_LOST",
        "POSTGRES,57P03,0,CONNECT_REFUSED", "POSTGRES,28P01,0,AUTHENTICATION", "POSTGRES,42501,0,PERMISSION_DENIED",
        "POSTGRES,3D000,0,URL_INVALID", "POSTGRES,40P01,0,BUSY", "POSTGRES,55P03,0,BUSY", "POSTGRES,53100,0,TARGET_FULL",
        "POSTGRES,23505,0,VALUE_REFUSED", "POSTGRES,22003,0,VALUE_REFUSED", "POSTGRES,42601,0,STATEMENT_REFUSED",
        "POSTGRES,54011,0,TABLE_TOO_WIDE", "POSTGRES,54000,0,VALUE_REFUSED", "POSTGRES,54001,0,STATEMENT_REFUSED",
        "MARIADB,42000,1117,TABLE_TOO_WIDE", "MARIADB,42000,1118,TABLE_TOO_WIDE", "POSTGRES,25006,0,READ_ONLY", "MARIADB,HY000,1290,READ_ONLY", "MARIADB,HY000,1836,READ_ONLY", "MARIADB,25006,1792,READ_ONLY",
        "MARIADB,70100,1317,BUSY", "MARIADB,70100,1969,BUSY", "MARIADB,70100,1927,CONNECTION_LOST", "MARIADB,08S01,1053,CONNECTION_LOST",
        "SQLITE,,5,BUSY", "SQLITE,,6,BUSY", "SQLITE,,13,TARGET_FULL", "SQLITE,,14,URL_INVALID", "SQLITE,,26,URL_INVALID",
        "SQLITE,,8,PERMISSION_DENIED", "SQLITE,,19,VALUE_REFUSED", "SQLITE,,2067,VALUE_REFUSED", "SQLITE,,1,STATEMENT_REFUSED",
        "MARIADB,42000,1142,PERMISSION_DENIED", "MARIADB,28000,1045,AUTHENTICATION", "MARIADB,08004,1040,TARGET_FULL",
        "MARIADB,HY000,1205,BUSY", "MARIADB,40001,1213,BUSY", "MARIADB,42000,1049,URL_INVALID",
        "MARIADB,22001,1406,VALUE_REFUSED", "MARIADB,08S01,1153,VALUE_REFUSED", "MARIADB,08000,0,CONNECTION_LOST", "MARIADB,42000,1064,STATEMENT_REFUSED"
    })
    void aCodeOfTheDatabaseIsOneOfOurs(Database database, String state, int number, JdbcError expected) {
        assertThat(database.dialect().error(new SQLException("secret value", state, number))).isEqualTo(expected);
    }

    @Test
    void whatIsLargerThanMariadbTakesIsNoLostConnection() {
        SQLException refused = new SQLException("Packet too big for current server max_allowed_packet value", "08000");
        assertThat(Database.MARIADB.dialect().error(refused)).isEqualTo(JdbcError.VALUE_REFUSED);
        assertThat(Database.MARIADB.dialect().error(new SQLException("a batch", refused))).isEqualTo(JdbcError.VALUE_REFUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "TransactionContext Error: Conflict on update,BUSY", "Constraint Error: Duplicate key,VALUE_REFUSED",
        "Conversion Error: out of range,VALUE_REFUSED", "Out of Memory Error: x,TARGET_FULL",
        "IO Error: Could not set lock on file,BUSY", "Parser Error: x,STATEMENT_REFUSED"
    })
    void duckDbIsUnderstoodByTheKindInFrontOfItsMessages(String message, JdbcError expected) {
        assertThat(Database.DUCKDB.dialect().error(new SQLException(message))).isEqualTo(expected);
    }

    @Test
    void whatTheDatabaseSaidIsNotRepeated() {
        for (Database database : Database.targets()) {
            assertThat(SqlStates.coded(database.dialect(), "Committing", new SQLException("Key (id)=(4711) exists", "23505")).getMessage())
                    .startsWith("Committing")
                    .doesNotContain("4711");
        }
    }
}
