package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hot standby as a source. The binaries have no pg_basebackup, so the stopped primary's cluster is copied. */
@Tag("server")
class PostgresStandbyTest {
    private static Path folder;
    private static PostgresServer primary;
    private static @Nullable PostgresServer standby;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        folder = Files.createTempDirectory("windrow-standby-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        primary = PostgresServer.start(PostgresOptions.of(18).keptIn(folder.resolve("primary")));
        primary.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
        primary.execute("INSERT INTO t SELECT g FROM generate_series(1, 1000) g");
        primary.stop();
        Files.createDirectories(folder.resolve("standby"));
        run("cp", "-a", folder.resolve("primary/data").toString(), folder.resolve("standby/data").toString());
        Files.createFile(folder.resolve("standby/data/standby.signal"));
        Files.deleteIfExists(folder.resolve("standby/data/postmaster.pid"));
        primary.start();
        standby = PostgresServer.start(PostgresOptions.of(18)
                .keptIn(folder.resolve("standby"))
                .with("primary_conninfo", "host=127.0.0.1 port=" + primary.port() + " user=postgres sslmode=disable"));
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (standby != null) {
            standby.close();
        }
        primary.close();
        run("rm", "-rf", folder.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static void caughtUp() {
        String at = text(primary, "SELECT pg_current_wal_insert_lsn()");
        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() ->
                text(standby, "SELECT pg_last_wal_replay_lsn() >= '" + at + "'").equals("t"));
    }

    private static String text(PostgresServer server, String sql) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static Drive drive(StreamConfig stream) {
        return new Drive(Drive.config(standby.url("postgres"), stream), new StreamName("public", "t"));
    }

    @Test
    void A_snapshot_of_a_standby_arrives_whole_and_the_check_names_the_standby() {
        primary.execute("INSERT INTO t VALUES (5001)");
        caughtUp();
        try (Drive drive = drive(StreamConfig.snapshot("public.t"))) {
            assertThat(drive.run()).isGreaterThanOrEqualTo(1001);
            assertThat(drive.rows).doesNotHaveDuplicates();
            assertThat(drive.source().check())
                    .anyMatch(result -> result.name().equals("standby") && result.remedy().contains("hot_standby_feedback"));
        }
    }

    @Test
    void A_reader_that_an_address_leads_to_another_server_says_so() {
        StreamName t = new StreamName("public", "t");
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", standby.port());
                Drive drive = new Drive(
                        Drive.config(
                                "postgres://postgres@127.0.0.1:" + proxy.port() + "/postgres?sslmode=disable",
                                StreamConfig.snapshot("public.t")),
                        t);
                Source source = drive.source();
                SplitPlanner planner = source.plan(List.of(new StreamRequest(t, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
            proxy.leadTo(primary.port());
            SplitPlanner.Assignment one = planner.next(1).getFirst();
            try (SplitReader reader = source.open(one.split(), one.from())) {
                assertThatThrownBy(() -> reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5)))
                        .isInstanceOfSatisfying(WindrowException.class, e -> {
                            assertThat(e.errorCode()).isEqualTo(PostgresError.SNAPSHOT_LOST);
                            assertThat(e).hasMessageContaining("leads to another server (127.0.0.1:" + primary.port());
                            assertThat(e.remedy()).contains("name one of them");
                        });
            }
        }
    }

    @Test
    void A_standby_that_is_behind_the_server_of_the_last_run_is_waited_for() {
        try (Drive drive = drive(StreamConfig.incremental("public.t", "at", Level.PROVEN));
                Drive before = new Drive(
                        Drive.config(primary.url("postgres"), StreamConfig.incremental("public.t", "at", Level.PROVEN)),
                        new StreamName("public", "t"))) {
            caughtUp();
            text(standby, "SELECT pg_wal_replay_pause()");
            try {
                primary.execute("INSERT INTO t VALUES (8000)");
                before.run();
                primary.execute("INSERT INTO t VALUES (8001)");
                drive.state = before.state;
                assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(PostgresError.STANDBY_BEHIND));
            } finally {
                text(standby, "SELECT pg_wal_replay_resume()");
            }
            caughtUp();
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.rows).singleElement().asString().startsWith("8001|");
        }
    }

    @Test
    @Tag("A01")
    void A_row_whose_cursor_was_fixed_before_its_transaction_was_to_be_seen_on_the_standby_arrives() throws SQLException {
        try (Drive drive = drive(StreamConfig.incremental("public.t", "at", Level.CONDITIONAL));
                Connection late = primary.connect("postgres");
                Statement statement = late.createStatement()) {
            caughtUp();
            drive.run();
            // No transaction id yet, and now() is fixed: on the standby nothing shows that the transaction exists.
            statement.execute("BEGIN");
            statement.execute("SELECT now()");
            for (int i = 0; i < 4; i++) {
                primary.execute("INSERT INTO t VALUES (" + (6000 + i) + ", clock_timestamp())");
                caughtUp();
                drive.run();
            }
            statement.execute("INSERT INTO t VALUES (7000)");
            statement.execute("COMMIT");
            caughtUp();
            drive.run();
            List<String> ids = drive.rows.stream().map(row -> row.split("\\|")[0]).toList();
            assertThat(ids).doesNotHaveDuplicates().contains("6003", "7000");
            assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.standby_bound"));
            assertThat(drive.run()).isZero();
        }
    }
}
