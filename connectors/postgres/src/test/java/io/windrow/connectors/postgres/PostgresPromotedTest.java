package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
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
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A primary that fails, a backup that is restored. The binaries have no pg_basebackup: stopped clusters are copied. */
@Tag("server")
class PostgresPromotedTest {
    private static final StreamName T = new StreamName("public", "t");

    private Path folder;
    private PostgresServer primary;

    @BeforeEach
    void start() throws IOException {
        folder = Files.createTempDirectory("windrow-promoted-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        primary = PostgresServer.start(PostgresOptions.of(18).keptIn(folder.resolve("primary")).with("synchronous_commit", "on"));
        primary.execute("CREATE TABLE t (id int PRIMARY KEY)");
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        primary.close();
        run("rm", "-rf", folder.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
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

    private static LogDrive drive(PostgresServer server) {
        return new LogDrive(LogDrive.config(server.url("postgres"), "public.t"), T);
    }

    private static void goOn(LogDrive from, LogDrive to) {
        to.states.putAll(from.states);
        to.places.putAll(from.places);
        to.released.putAll(from.released);
    }

    private static void stand(LogDrive drive, LogPosition at) {
        drive.places.put(T, at.toPosition());
        drive.released.put(T, Map.of("slot:windrow_test", at.toPosition()));
    }

    private static void refused(LogDrive drive, ErrorCode code) {
        drive.run();
        assertThat(drive.refused.get(T).errorCode()).as(drive.refused.get(T).getMessage()).isEqualTo(code);
    }

    private PostgresServer standby() throws IOException, InterruptedException {
        primary.execute("SELECT pg_create_physical_replication_slot('standby', true)");
        primary.stop();
        Files.createDirectories(folder.resolve("standby"));
        run("cp", "-a", folder.resolve("primary/data").toString(), folder.resolve("standby/data").toString());
        run("rm", "-rf", folder.resolve("standby/data/pg_replslot/standby").toString());
        Files.createFile(folder.resolve("standby/data/standby.signal"));
        Files.deleteIfExists(folder.resolve("standby/data/postmaster.pid"));
        primary.start();
        return PostgresServer.start(PostgresOptions.of(18)
                .keptIn(folder.resolve("standby"))
                .with("synchronous_commit", "on")
                .with("hot_standby_feedback", "on")
                .with("primary_slot_name", "standby")
                .with("primary_conninfo", "host=127.0.0.1 port=" + primary.port() + " user=postgres dbname=postgres sslmode=disable"));
    }

    private static Drive windows(PostgresServer server, String role) {
        StreamConfig stream = new StreamConfig(
                Optional.of("public.t"), Optional.empty(), Optional.empty(), List.of(), ReadMode.INCREMENTAL, Optional.empty(),
                StreamConfig.Level.PROVEN, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(),
                OutOfRange.FAIL, StreamConfig.Consistency.SNAPSHOT);
        return new Drive(Drive.config(server.url("postgres").replace("//postgres", "//" + role), stream), T);
    }

    /** Transactions that the old primary had alone are the numbers of others now. */
    private static void goOnInWindows(PostgresServer promoted, PlannerState state) {
        WindowState.LogPlace place = WindowState.of(state).origin().place().orElseThrow();
        assertThat(place.timeline()).isEqualTo(1);
        String further = state.text().replace(Lsn.text(place.lsn()), Lsn.text(place.lsn() + (1L << 30)));
        try (Drive lost = windows(promoted, "postgres"); Drive unasked = windows(promoted, "reader:x"); Drive held = windows(promoted, "postgres")) {
            lost.state = Optional.of(new PlannerState(1, further));
            assertThatThrownBy(lost::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.OTHER_TIMELINE));
            unasked.state = Optional.of(state);
            assertThatThrownBy(unasked::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(LogError.OTHER_TIMELINE);
                assertThat(e.remedy()).contains("ALTER ROLE \"reader\" REPLICATION");
            });
            held.state = Optional.of(state);
            assertThat(held.run()).isEqualTo(1);
            assertThat(held.rows).containsExactly("4");
            assertThat(WindowState.of(held.state.orElseThrow()).origin().place().orElseThrow().timeline()).isEqualTo(2);
        }
    }

    @Test
    @Tag("D30")
    @Tag("D06")
    void After_a_promotion_the_streams_go_on_with_a_failover_slot_and_what_the_new_primary_never_had_stops_them() throws Exception {
        try (PostgresServer standby = standby(); LogDrive before = drive(primary); Drive windows = windows(primary, "postgres")) {
            before.run();
            primary.execute("CREATE ROLE reader LOGIN PASSWORD 'x' IN ROLE pg_read_all_data");
            primary.execute("INSERT INTO t VALUES (1)");
            before.run();
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> {
                // The slot must move on the primary until the standby has all that it needs.
                primary.execute("SELECT pg_log_standby_snapshot()");
                before.run();
                text(standby, "SELECT pg_sync_replication_slots()");
                return text(standby, "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'windrow_test' AND synced AND NOT temporary")
                        .equals("1");
            });
            primary.execute("INSERT INTO t VALUES (2)");
            before.run();
            primary.execute("INSERT INTO t VALUES (3)");
            assertThat(windows.run()).isEqualTo(3);
            String end = text(primary, "SELECT pg_current_wal_insert_lsn()");
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() ->
                    text(standby, "SELECT pg_last_wal_replay_lsn() >= '" + end + "'").equals("t"));
            primary.stop();
            try (LogDrive early = drive(standby); LogDrive never = drive(standby)) {
                goOn(before, early);
                // The address is the standby's already, which is promoted in a moment.
                refused(early, PostgresError.SERVER_UNAVAILABLE);
                assertThat(early.refused.get(T).kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
                refused(never, LogError.NOT_PREPARED);
            }
            text(standby, "SELECT pg_promote()");
            standby.execute("INSERT INTO t VALUES (4)");
            try (LogDrive after = drive(standby)) {
                goOn(before, after);
                after.run();
                goOnInWindows(standby, windows.state.orElseThrow());
                assertThat(before.rows()).containsExactly("INSERT|1", "INSERT|2");
                assertThat(after.rows()).containsExactly("INSERT|3", "INSERT|4");
                LogPosition stands = LogPosition.of(after.places.get(T));
                assertThat(stands.timeline()).isEqualTo(2);
                // As if the old primary had come further before it died.
                stand(after, new LogPosition(stands.system(), 1, stands.lsn(), Optional.empty()));
                assertThatThrownBy(after::run).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.OTHER_TIMELINE));
                stand(after, new LogPosition(stands.system(), 1, stands.lsn() + (1L << 30), Optional.empty()));
                refused(after, LogError.OTHER_TIMELINE);
            }
        }
    }

    @Test
    @Tag("D04")
    void A_restored_backup_and_another_cluster_are_told_from_the_database_that_was_read() throws Exception {
        try (LogDrive drive = drive(primary)) {
            drive.run();
            primary.stop();
            run("cp", "-a", folder.resolve("primary/data").toString(), folder.resolve("backup").toString());
            primary.start();
            primary.execute("INSERT INTO t SELECT generate_series(1, 1000)");
            drive.run();
            assertThat(drive.rows()).hasSize(1000);
            primary.stop();
            run("rm", "-rf", folder.resolve("primary/data").toString());
            run("cp", "-a", folder.resolve("backup").toString(), folder.resolve("primary/data").toString());
            primary.start();
            refused(drive, PostgresError.OTHER_CLUSTER);
            LogPosition stands = LogPosition.of(drive.places.get(T));
            primary.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))");
            stand(drive, new LogPosition("7", 1, stands.lsn(), Optional.empty()));
            refused(drive, PostgresError.OTHER_CLUSTER);
        }
    }
}
