package io.windrow.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("server")
class TcpProxyTest {
    @RegisterExtension
    static final PostgresDatabase database = PostgresDatabase.on(18, "CREATE TABLE t (id int)");

    private static Connection through(TcpProxy proxy) throws SQLException {
        Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name() + "?user=postgres&sslmode=disable");
        // Only of what is asked from now on: a server that is slow to begin is no fault.
        connection.setNetworkTimeout(Runnable::run, 2_000);
        return connection;
    }

    @Test
    void aDroppedReplyLeavesTheEffectAndTellsTheClientNothing() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                Connection connection = through(proxy);
                Statement statement = connection.createStatement()) {
            proxy.dropReplies();
            assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (1)")).isInstanceOf(SQLException.class);
            await().atMost(Duration.ofMinutes(5)).untilAsserted(() ->
                    assertThat(database.query("SELECT id FROM t WHERE id = 1")).containsExactly(List.of("1")));
        }
    }

    @Test
    void aStreamOfBytesHasNoHole() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                TcpProxy proxy = TcpProxy.to("127.0.0.1", listener.getLocalPort());
                Socket client = new Socket("127.0.0.1", proxy.port());
                Socket server = listener.accept()) {
            server.getOutputStream().write("one ".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readNBytes(4)).asString(StandardCharsets.US_ASCII).isEqualTo("one ");
            proxy.dropReplies();
            server.getOutputStream().write("two ".getBytes(StandardCharsets.US_ASCII));
            await().atMost(Duration.ofMinutes(5)).until(() -> proxy.received() == 8);
            proxy.pass();
            assertThatThrownBy(() -> {
                        server.getOutputStream().write("three".getBytes(StandardCharsets.US_ASCII));
                        client.getInputStream().readNBytes(5);
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aConnectionIsResetAfterTheGivenBytes() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                Connection connection = through(proxy);
                Statement statement = connection.createStatement()) {
            proxy.resetAfter(100_000);
            assertThatThrownBy(() -> statement.executeQuery("SELECT repeat('x', 1000) FROM generate_series(1, 1000)"))
                    .isInstanceOf(SQLException.class);
            assertThat(proxy.received()).isGreaterThanOrEqualTo(100_000);
        }
    }

    @Test
    void aBlackHoleSwallowsRequestsUntilItOpens() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                Connection connection = through(proxy);
                Statement statement = connection.createStatement()) {
            proxy.blackHole();
            assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (2)")).isInstanceOf(SQLException.class);
            assertThat(database.number("SELECT count(*) FROM t WHERE id = 2")).isZero();
        }
    }

    @Test
    void aDelayMakesEveryAnswerLate() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                Connection connection = through(proxy);
                Statement statement = connection.createStatement()) {
            proxy.delay(Duration.ofMillis(200));
            long start = System.nanoTime();
            statement.execute("SELECT 1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(390));
        }
    }

    @Test
    void aThrowingFailpointThrowsOnceAndRemembersEveryPlace() {
        ThrowingFailpoints failpoints = new ThrowingFailpoints().throwAt("here", () -> new IllegalStateException("now"));
        failpoints.reach("there");
        assertThatThrownBy(() -> failpoints.reach("here")).hasMessage("now");
        failpoints.reach("here");
        assertThat(failpoints.reached()).containsExactly("there", "here", "here");
    }
}
