package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.fault.TcpProxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Debezium's connector and a MariaDB that is not heard any more. A class of its own, since it waits and computes nothing. */
@Tag("server")
class MariadbSilenceTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @Test
    @Tag("D41")
    void aConnectionThatIsResetEndsTheReadAndTheNextOneGoesOnBehindIt() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", shop.server.port())) {
            Drive drive = new Drive(shop.through(proxy.port(), "t"), context);
            drive.run();
            shop.run("INSERT INTO $.t VALUES (1)");
            drive.afterBatch = proxy::resetAll;
            drive.until = Until.STOPPED;
            WindrowException reset = catchThrowableOfType(WindrowException.class, drive::run);
            assertThat(reset.kind()).as(reset.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
            shop.run("INSERT INTO $.t VALUES (2)");
            drive.afterBatch = () -> {};
            drive.until = Until.CAUGHT_UP;
            drive.run();
            assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1", "INSERT|2");
            assertThat(drive.seenAgain).isZero();
        }
    }

    @Test
    @Tag("D41")
    void aCopyThatHearsNothingMoreOfTheServerEndsAndTheNextOneIsWhole() {
        MariaShop shop = new MariaShop();
        // More than what lies between the server and the reader.
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, wide varchar(2000))", "INSERT INTO $.t SELECT seq, REPEAT('x', 2000) FROM $.seq_1_to_25000");
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", shop.server.port())) {
            Drive drive = new Drive(shop.through(proxy.port(), "t"), context);
            AtomicInteger batches = new AtomicInteger();
            // On a slow machine the server itself may be silent for so long before the first batch.
            for (int millis = 4000; batches.get() == 0; millis *= 2) {
                Drive patient = new Drive(
                        shop.through(proxy.port(), Map.of("driver.socketTimeout", Integer.toString(millis), "max.queue.size", "2100"), "t"), context);
                patient.goOnFrom(drive);
                patient.afterCopied = () -> {
                    batches.incrementAndGet();
                    proxy.blackHole();
                };
                WindrowException silent = catchThrowableOfType(WindrowException.class, patient::run);
                assertThat(silent.kind()).as(silent.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                drive = patient;
            }
            proxy.pass();
            // The next copy hears the server whole, however slow the machine.
            Drive next = new Drive(shop.through(proxy.port(), "t"), context);
            next.goOnFrom(drive);
            next.run();
            assertThat(next.rows(shop.table("t"))).hasSize(25_000).doesNotHaveDuplicates();
        }
    }

    @Test
    @Tag("D41")
    void aServerThatFallsSilentInMidStreamEndsTheReadAndTheNextOneGoesOnBehindIt() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", shop.server.port())) {
            Drive drive = new Drive(shop.through(proxy.port(), "t"), context);
            drive.run();
            shop.run("INSERT INTO $.t VALUES (1)");
            AtomicInteger batches = new AtomicInteger();
            drive.afterBatch = () -> {
                batches.incrementAndGet();
                proxy.blackHole();
            };
            drive.until = Until.STOPPED;
            drive.silence = Duration.ofSeconds(2);
            while (batches.get() == 0) {
                WindrowException silent = catchThrowableOfType(WindrowException.class, drive::run);
                assertThat(silent.errorCode()).as(silent.getMessage()).isEqualTo(ConnectError.CONNECT_REFUSED);
                assertThat(silent.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                assertThat(silent).hasMessageContaining("the server has sent nothing for " + drive.silence.toMillis() / 1000.0 + " s");
                // On a slow machine the connector itself may be silent for so long before it has begun.
                drive.silence = drive.silence.multipliedBy(2);
            }
            proxy.pass();
            shop.run("INSERT INTO $.t VALUES (2)");
            drive.afterBatch = () -> {};
            drive.until = Until.CAUGHT_UP;
            drive.silence = Silence.MOST;
            drive.run();
            assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1", "INSERT|2");
            assertThat(drive.seenAgain).isZero();
        }
    }

    @Test
    @Tag("D41")
    void aServerThatTakesTheConnectionAndNeverSaysAWordEndsTheReadBeforeItBegins() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)");
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", shop.server.port())) {
            Drive drive = new Drive(shop.through(proxy.port(), Map.of("connect.timeout.ms", "2000"), "t"), context);
            drive.run();
            shop.run("INSERT INTO $.t VALUES (2)");
            // Once the planner has asked what it must know: nobody answers the connector.
            drive.beforeLog = proxy::blackHole;
            WindrowException mute = catchThrowableOfType(WindrowException.class, drive::run);
            assertThat(mute.errorCode()).as(mute.getMessage()).isEqualTo(ConnectError.CONNECT_REFUSED);
            proxy.pass();
            drive.beforeLog = () -> {};
            drive.run();
            assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1", "INSERT|2");
        }
    }
}
