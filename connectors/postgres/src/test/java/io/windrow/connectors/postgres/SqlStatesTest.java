package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class SqlStatesTest {
    @ParameterizedTest
    @CsvSource({
        "08001, CONNECT_REFUSED, EXTERNAL_TRANSIENT", "08004, CONNECT_REFUSED, EXTERNAL_TRANSIENT",
        "08P01, SERVER_FAULT, EXTERNAL_PERMANENT", "08000, CONNECTION_LOST, EXTERNAL_TRANSIENT",
        "08003, CONNECTION_LOST, EXTERNAL_TRANSIENT", "08006, CONNECTION_LOST, EXTERNAL_TRANSIENT",
        "0A000, NOT_SUPPORTED, EXTERNAL_PERMANENT", "21000, QUERY_FAILED, EXTERNAL_PERMANENT",
        "22012, QUERY_FAILED, EXTERNAL_PERMANENT", "22021, TEXT_INVALID, EXTERNAL_PERMANENT", "22023, QUERY_FAILED, EXTERNAL_PERMANENT",
        "22P02, QUERY_FAILED, EXTERNAL_PERMANENT", "22P05, TEXT_INVALID, EXTERNAL_PERMANENT", "25001, SERVER_FAULT, EXTERNAL_PERMANENT",
        "25006, PERMISSION_DENIED, USER", "25P03, CONNECTION_LOST, EXTERNAL_TRANSIENT",
        "25P04, CONNECTION_LOST, EXTERNAL_TRANSIENT", "28000, AUTHENTICATION, USER", "28P01, AUTHENTICATION, USER",
        "38000, QUERY_FAILED, EXTERNAL_PERMANENT", "39000, QUERY_FAILED, EXTERNAL_PERMANENT",
        "3D000, NO_SUCH_DATABASE, USER", "3F000, NO_SUCH_OBJECT, USER", "40001, CONFLICT, EXTERNAL_TRANSIENT",
        "40P01, CONFLICT, EXTERNAL_TRANSIENT", "40003, CONFLICT, EXTERNAL_TRANSIENT", "42501, PERMISSION_DENIED, USER",
        "42601, SQL_INVALID, USER", "42703, NO_SUCH_OBJECT, USER", "42704, NO_SUCH_OBJECT, USER",
        "42883, NO_SUCH_OBJECT, USER", "42P01, NO_SUCH_OBJECT, USER", "53100, SERVER_RESOURCES, EXTERNAL_TRANSIENT",
        "53200, SERVER_RESOURCES, EXTERNAL_TRANSIENT", "53300, TOO_MANY_CONNECTIONS, EXTERNAL_TRANSIENT",
        "54000, SERVER_ROW_LIMIT, EXTERNAL_PERMANENT",
        "54001, NOT_SUPPORTED, EXTERNAL_PERMANENT", "54011, NOT_SUPPORTED, EXTERNAL_PERMANENT",
        "55000, SERVER_FAULT, EXTERNAL_PERMANENT",
        "55006, LOCK_TIMEOUT, EXTERNAL_TRANSIENT", "55P03, LOCK_TIMEOUT, EXTERNAL_TRANSIENT",
        "57014, CANCELED, EXTERNAL_TRANSIENT", "57P01, CONNECTION_LOST, EXTERNAL_TRANSIENT",
        "57P02, CONNECTION_LOST, EXTERNAL_TRANSIENT", "57P03, SERVER_UNAVAILABLE, EXTERNAL_TRANSIENT",
        "57P04, NO_SUCH_DATABASE, USER", "57P05, CONNECTION_LOST, EXTERNAL_TRANSIENT",
        "57000, SERVER_UNAVAILABLE, EXTERNAL_TRANSIENT", "58030, SERVER_RESOURCES, EXTERNAL_TRANSIENT",
        "58P01, SERVER_RESOURCES, EXTERNAL_TRANSIENT", "72000, SNAPSHOT_LOST, EXTERNAL_TRANSIENT",
        "XX000, SERVER_FAULT, EXTERNAL_PERMANENT", "XX001, DATA_CORRUPTED, EXTERNAL_PERMANENT",
        "XX002, DATA_CORRUPTED, EXTERNAL_PERMANENT", "P0001, SERVER_FAULT, EXTERNAL_PERMANENT",
        "'', SERVER_FAULT, EXTERNAL_PERMANENT"
    })
    void Each_state_has_one_code(String state, PostgresError code, ErrorKind kind) {
        assertThat(SqlStates.code(state)).isEqualTo(code);
        assertThat(code.kind()).isEqualTo(kind);
    }

    @Test
    void A_row_for_which_the_server_cannot_get_memory_is_not_blamed_on_its_version() {
        SQLException e = new PSQLException(
                new ServerErrorMessage("SERROR\0CXX000\0Minvalid memory alloc request size 1258291204\0"));
        assertThat(SqlStates.coded("Reading public.t", e).errorCode()).isEqualTo(PostgresError.SERVER_ROW_LIMIT);
    }

    @ParameterizedTest
    @CsvSource({
        "'server login has been failing, try again later (server_login_retry)', SERVER_UNAVAILABLE", "query_wait_timeout, SERVER_UNAVAILABLE",
        "no more connections allowed (max_client_conn), SERVER_UNAVAILABLE", "server conn crashed?, SERVER_UNAVAILABLE",
        "no such database: shop, NO_SUCH_DATABASE", "no such user: reader, AUTHENTICATION", "SASL authentication failed, AUTHENTICATION",
        "unsupported startup parameter: replication, NOT_SUPPORTED", "invalid frontend message type 88, SERVER_FAULT"
    })
    @Tag("G15")
    void What_a_pooler_says_under_the_state_of_a_broken_message_is_told_by_its_words(String message, PostgresError code) {
        SQLException e = new PSQLException(
                new ServerErrorMessage("SFATAL\0C08P01\0M" + message + "\0"));
        assertThat(SqlStates.coded("Connecting", e).errorCode()).isEqualTo(code);
    }

    @Test
    @Tag("H03")
    void Values_and_statements_of_a_server_message_are_not_passed_on() {
        SQLException e = new PSQLException(new ServerErrorMessage(
                "SERROR\0C22P02\0Minvalid input syntax for type integer: \"S3CRET\"\0DKey S3CRET\0WPL/pgSQL CREATE USER x PASSWORD 'S3CRET'\0"));
        WindrowException coded = SqlStates.coded("Reading public.t", e);
        assertThat(coded).hasMessage("Reading public.t: the server answered 22P02").hasNoCause();
    }
}
