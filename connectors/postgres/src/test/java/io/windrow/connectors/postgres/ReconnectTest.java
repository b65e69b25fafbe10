package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections that a network takes away in the middle of anything. */
@Tag("server")
@Tag("slow")
class ReconnectTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    /** Enough for what a JVM loads late and for what the test itself does meanwhile; a leak would be a thousand. */
    private static final int SLACK = 20;

    @Test
    @Tag("G17")
    void A_thousand_connections_that_are_reset_anywhere_leave_no_thread_no_descriptor_and_no_session() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "counts descriptors where the system shows them");
        StreamName stream = new StreamName("public", "t");
        Random random = new Random(17);
        int failed = 0;
        int whole = 0;
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18));
                TcpProxy proxy = TcpProxy.to("127.0.0.1", db.server().port());
                Drive drive = new Drive(
                        Drive.config("postgres://postgres@127.0.0.1:" + proxy.port() + "/" + db.name(), StreamConfig.snapshot("public.t")),
                        stream)) {
            db.execute("CREATE TABLE t (id int, v text)", "INSERT INTO t SELECT g, repeat('x', 200) FROM generate_series(1, 200) g");
            long descriptors = 0;
            int threads = 0;
            for (int i = 0; proxy.accepted() < 1050; i++) {
                if (i == 30) {
                    descriptors = descriptors();
                    threads = Thread.activeCount();
                }
                drive.state = Optional.empty();
                drive.rows.clear();
                proxy.resetAfter(random.nextInt(120_000));
                try {
                    assertThat(drive.run()).isEqualTo(200);
                    whole++;
                } catch (WindrowException e) {
                    assertThat(e.kind()).as(e.toString()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                    failed++;
                }
                assertThat(drive.allocator.getAllocatedMemory()).isZero();
            }
            proxy.pass();
            long mostDescriptors = descriptors + SLACK;
            int mostThreads = threads + SLACK;
            await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> {
                assertThat(descriptors()).isLessThanOrEqualTo(mostDescriptors);
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(mostThreads);
            });
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> db.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'windrow'"
                                    + " AND datname = current_database()") == 0);
        }
        assertThat(failed).isGreaterThan(100);
        assertThat(whole).isGreaterThan(100);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }
}
