package io.windrow.connectors.connect.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the failures that servers and networks give. */
class FailuresTest {
    private static Object coded(Throwable thrown) {
        return Failures.coded("Reading", Failures.Words.WITHHELD, thrown).errorCode();
    }

    static Stream<Throwable> lostConnections() {
        return Stream.of(new EOFException(), new SSLException("closing inbound"), new ClosedChannelException(), new TimeoutException());
    }

    /** Called as Debezium's are. */
    private static final class ParsingException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** As above. */
    private static final class EventDataDeserializationException extends IOException {
        private static final long serialVersionUID = 1L;

        EventDataDeserializationException(Throwable cause) {
            super(cause);
        }
    }

    @Test
    void whatCannotBeReadOfTheLogIsToldApartFromAConnectionThatIsLostOverIt() {
        assertThat(coded(new IllegalStateException(new ParsingException()))).isEqualTo(ConnectError.STATEMENT_UNREADABLE);
        assertThat(coded(new EventDataDeserializationException(new IOException("Unsupported type 140")))).isEqualTo(ConnectError.EVENT_UNREADABLE);
        assertThat(coded(new EventDataDeserializationException(new EOFException()))).isEqualTo(ConnectError.CONNECT_REFUSED);
    }

    @ParameterizedTest
    @MethodSource("lostConnections")
    void aConnectionThatIsLostIsTriedAgain(Throwable lost) {
        assertThat(coded(new IllegalStateException("An exception occurred", lost))).isEqualTo(ConnectError.CONNECT_REFUSED);
        assertThat(coded(new SSLHandshakeException("no such certificate"))).isEqualTo(ConnectError.CONNECTOR_FAILED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "LOG_LOST | Could not find first log file name in binary log index file",
            "LOG_LOST | Could not find GTID state requested by slave in any binlog files. Probably the slave state is too old",
            "LOG_LOST | Cannot replicate because the source purged required binary logs. Replicate the missing transactions from elsewhere",
            "LOG_LOST | the master has purged binary logs containing GTIDs that the slave requires",
            "LOG_LOST | connecting slave requested to start from GTID 0-1-5, which is not in the master's binlog",
            "LOG_WENT_BACK | Client requested master to start replication from impossible position; the first event",
            "PERMISSION_DENIED | Access denied; you need (at least one of) the REPLICATION SLAVE privilege(s) for this operation",
            "PERMISSION_DENIED | SELECT command denied to user 'u'@'h' for table 't'",
            "PERMISSION_DENIED | Access denied for user 'u'@'h' to database 'shop'",
            "AUTHENTICATION | Access denied for user 'u'@'h' (using password: YES)",
            "SERVER_ID_TAKEN | A slave with the same server_uuid/server_id as this slave has connected to the master",
            "EVENT_TOO_LARGE | log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master",
            "CONNECTOR_FAILED | bogus data in log event"})
    void whatTheServerSaysOfItsLogIsToldApart(ConnectError expected, String text) {
        IOException said = new IOException(text);
        assertThat(coded(new IllegalStateException(text + " Error code: 1236; SQLSTATE: HY000.", said))).isEqualTo(expected);
    }
}
