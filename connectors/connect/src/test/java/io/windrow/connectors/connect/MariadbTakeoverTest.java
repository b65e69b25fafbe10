package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Position;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.mariadb.MariaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A replica answers in the place of the server whose log was read: a real pair, whose logs differ in files and in events. */
@Tag("server")
class MariadbTakeoverTest {
    private static MariaServer one;
    private static MariaServer two;

    @RegisterExtension
    final TestContext context = new TestContext();

    private MariaShop first;
    private MariaShop second;

    @BeforeAll
    static void start() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        CompletableFuture<MariaServer> other = CompletableFuture.supplyAsync(
                () -> MariaServer.replicating(12, List.of("--log-bin=other", "--binlog-row-event-max-size=256")));
        one = MariaServer.replicating(11, List.of());
        two = other.join();
    }

    @AfterAll
    static void end() {
        if (one != null) {
            one.close();
            two.close();
        }
    }

    /** Logs of no other test, one server replicating the other. */
    @BeforeEach
    void replicate() {
        new MariaShop(two, "").run("STOP SLAVE", "RESET SLAVE ALL", "RESET MASTER", "SET GLOBAL gtid_slave_pos = ''");
        new MariaShop(one, "").run("RESET MASTER");
        first = new MariaShop(one);
        second = new MariaShop(two, first.database);
        second.run("CHANGE MASTER TO master_host = '127.0.0.1', master_port = " + one.port()
                + ", master_user = 'root', master_ssl = 0, master_ssl_verify_server_cert = 0, master_use_gtid = slave_pos", "START SLAVE");
    }

    /** The replica has what the other server has. */
    private void caughtUp() {
        String all = first.query("SELECT @@gtid_binlog_pos").getFirst();
        assertThat(second.query("SELECT MASTER_GTID_WAIT('" + all + "', 300)")).as(all).containsExactly("0");
    }

    private String newest() {
        return first.query("SELECT @@gtid_binlog_pos").getFirst();
    }

    private Drive goingOn(MariaShop at, Drive from, int batchRows, String... tables) {
        Drive next = new Drive(at.config(batchRows, tables), context);
        next.goOnFrom(from);
        return next;
    }

    private WindrowException refusal(Drive drive, String table) {
        drive.run();
        assertThat(drive.refused).containsOnlyKeys(Preset.stream(first.table(table)));
        return drive.refused.values().iterator().next();
    }

    @Test
    @Tag("D30")
    void aPromotedReplicaGoesOnBehindTheTransactionsThatWereRead() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY, n int)", "INSERT INTO $.t VALUES (1, 1)");
        Drive drive = new Drive(first.config("t"), context);
        drive.run();
        first.run("SET SESSION gtid_domain_id = 1", "INSERT INTO $.t VALUES (2, 2)", "SET SESSION gtid_domain_id = 0", "ALTER TABLE $.t ADD m int",
                "INSERT INTO $.t VALUES (3, 3, 3)");
        drive.run();
        long before = LogPlace.of(drive.places.get(Preset.stream(first.table("t")))).transaction();
        first.run("INSERT INTO $.t VALUES (4, 4, 4)", "ALTER TABLE $.t ADD last int", "INSERT INTO $.t VALUES (5, 5, 5, 5)");
        caughtUp();
        // Nobody finds the last transaction that was read by what the log ends with.
        second.run("STOP SLAVE", "INSERT INTO $.t VALUES (6, 6, 6, 6)");

        Drive promoted = goingOn(second, drive, 8192, "t");
        promoted.run();
        assertThat(promoted.refused).isEmpty();
        List<String> rows = new ArrayList<>(List.of(
                "COPY|1|1", "INSERT|2|2|-", "INSERT|3|3|3", "INSERT|4|4|4|-", "INSERT|5|5|5|5", "INSERT|6|6|6|6"));
        assertThat(promoted.rows(first.table("t"))).containsExactlyElementsOf(rows);
        assertThat(context.told()).filteredOn(text -> text.startsWith("connect.server_taken_over")).singleElement().asString()
                .contains("server_id 11", "server_id 12", "other.000001");
        // Rows are ordered by it, wherever they are kept.
        assertThat(LogPlace.of(promoted.places.get(Preset.stream(first.table("t")))).transaction()).isGreaterThan(before);
        second.run("INSERT INTO $.t VALUES (7, 7, 7, 7)");
        promoted.run();
        rows.add("INSERT|7|7|7|7");
        assertThat(promoted.rows(first.table("t"))).containsExactlyElementsOf(rows);
        assertThat(promoted.seenAgain).isZero();
    }

    @Test
    @Tag("D30")
    @Tag("B07")
    void withinATransactionThatIsInOtherEventsThereItGoesOnRowByRow() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY, wide varchar(100))", "CREATE TABLE $.u (id int PRIMARY KEY)");
        Drive drive = new Drive(first.config(7, "t", "u"), context);
        drive.run();
        first.run("INSERT INTO $.t VALUES (0, '')", "BEGIN", "INSERT INTO $.t SELECT seq, REPEAT('x', 90) FROM $.seq_1_to_200",
                "INSERT INTO $.u SELECT seq FROM $.seq_1_to_50", "UPDATE $.t SET id = id + 1000 WHERE id BETWEEN 1 AND 20", "DELETE FROM $.u", "COMMIT",
                "INSERT INTO $.t VALUES (300, '')");
        caughtUp();
        assertThat(rowEvents(first, "binlog.000001")).isLessThan(rowEvents(second, "other.000001") / 2);
        drive.run(4);
        Drive second1 = goingOn(second, drive, 7, "t", "u");
        second1.run(9);
        Drive first2 = goingOn(first, second1, 7, "t", "u");
        first2.run(20);
        Drive second2 = goingOn(second, first2, 7, "t", "u");
        second2.run(6);
        second2.run();
        assertThat(second2.refused).isEmpty();

        List<String> t = new ArrayList<>(List.of("INSERT|0|"));
        String wide = "x".repeat(90);
        IntStream.rangeClosed(1, 200).forEach(i -> t.add("INSERT|" + i + "|" + wide));
        IntStream.rangeClosed(1, 20).forEach(i -> t.addAll(List.of("DELETE>|" + i + "|" + wide, "INSERT<|" + (i + 1000) + "|" + wide)));
        t.add("INSERT|300|");
        assertThat(second2.rows(first.table("t"))).containsExactlyElementsOf(t);
        List<String> u = new ArrayList<>();
        IntStream.rangeClosed(1, 50).forEach(i -> u.add("INSERT|" + i));
        IntStream.rangeClosed(1, 50).forEach(i -> u.add("DELETE|" + i));
        assertThat(second2.rows(first.table("u"))).containsExactlyElementsOf(u);
    }

    private static long rowEvents(MariaShop shop, String file) {
        return shop.query("SHOW BINLOG EVENTS IN '" + file + "'").stream().filter(event -> event.contains("_rows_v1|")).count();
    }

    @Test
    @Tag("D30")
    void aReplicaThatLacksTheLastTransactionIsWaitedForByItsName() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(first.config(2, "t"), context);
        drive.run();
        caughtUp();
        second.run("STOP SLAVE");
        first.run("INSERT INTO $.t VALUES (1), (2), (3), (4)");
        String last = newest();
        // One of the transaction's batches was delivered, then all of it.
        drive.run(1);
        WindrowException part = refusal(goingOn(second, drive, 2, "t"), "t");
        assertThat(part.errorCode()).as(part.getMessage()).isEqualTo(ConnectError.SERVER_BEHIND);
        assertThat(part).hasMessageContaining(last);
        drive.run();
        Drive behind = goingOn(second, drive, 2, "t");
        WindrowException whole = refusal(behind, "t");
        assertThat(whole.errorCode()).as(whole.getMessage()).isEqualTo(ConnectError.SERVER_BEHIND);
        assertThat(whole.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
        assertThat(whole).hasMessageContaining("does not hold " + last + " yet");
        second.run("START SLAVE");
        caughtUp();
        second.run("INSERT INTO $.t VALUES (5)");
        behind.run();
        assertThat(behind.rows(first.table("t"))).containsExactly("INSERT|1", "INSERT|2", "INSERT|3", "INSERT|4", "INSERT|5");
    }

    @Test
    @Tag("D30")
    void aServerThatPartedFromTheOneThatWasReadStopsTheStreamsHoweverFarItIs() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(first.config(1, "t"), context);
        drive.run();
        caughtUp();
        second.run("STOP SLAVE", "INSERT INTO $.t VALUES (11)", "INSERT INTO $.t VALUES (12)", "INSERT INTO $.t VALUES (13)");
        first.run("INSERT INTO $.t VALUES (1), (2)");
        String last = newest();
        drive.run(1);
        WindrowException part = refusal(goingOn(second, drive, 1, "t"), "t");
        assertThat(part.errorCode()).as(part.getMessage()).isEqualTo(ConnectError.SERVER_CHANGED);
        assertThat(part).hasMessageContaining("in the place of " + last);
        drive.run();
        Drive parted = goingOn(second, drive, 1, "t");
        WindrowException whole = refusal(parted, "t");
        assertThat(whole.errorCode()).as(whole.getMessage()).isEqualTo(ConnectError.SERVER_CHANGED);
        assertThat(whole.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(whole).hasMessageContaining("does not hold " + last);
        assertThat(whole.remedy()).contains("--full-refresh");
        // What it lacked came behind what it had of its own.
        second.run("START SLAVE");
        caughtUp();
        assertThat(refusal(parted, "t").errorCode()).isEqualTo(ConnectError.SERVER_CHANGED);
        assertThat(parted.rows(first.table("t"))).containsExactly("INSERT|1", "INSERT|2");
    }

    @Test
    @Tag("D30")
    @Tag("D28")
    void aReplicaWhoseLogIsPurgedFromThePlaceOnStopsTheStreams() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)");
        String last = newest();
        Drive drive = new Drive(first.config("t"), context);
        drive.run();
        first.run("INSERT INTO $.t VALUES (2)");
        caughtUp();
        second.run("FLUSH BINARY LOGS");
        second.purge();
        WindrowException purged = refusal(goingOn(second, drive, 8192, "t"), "t");
        assertThat(purged.errorCode()).as(purged.getMessage()).isEqualTo(ConnectError.LOG_LOST);
        assertThat(purged.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(purged).hasMessageContaining(last);
    }

    @Test
    @Tag("D30")
    void aPlaceWithoutAGtidIsNotGoneOnWithOnAnotherServer() {
        first.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)");
        Drive drive = new Drive(first.config("t"), context);
        drive.run();
        caughtUp();
        Map<StreamName, Position> whole = drive.placesCopy();
        drive.places.replaceAll((stream, place) -> {
            LogPlace at = LogPlace.of(place);
            return new LogPlace(at.transaction(), at.row(), at.offsets().changed(Map.of(), List.of("gtids"))).toPosition();
        });
        Drive other = goingOn(second, drive, 8192, "t");
        WindrowException changed = refusal(other, "t");
        assertThat(changed.errorCode()).isEqualTo(ConnectError.SERVER_CHANGED);
        assertThat(changed.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(changed).hasMessageContaining("without a GTID").hasMessageContaining("server_id 12");
        // As an earlier version has saved it, with one.
        other.places.replaceAll((stream, place) -> LogPlace.of(whole.get(stream)).in(LogPlace.Log.UNNAMED, Halfway.NONE).toPosition());
        second.run("STOP SLAVE", "INSERT INTO $.t VALUES (2)");
        other.run();
        assertThat(other.rows(first.table("t"))).containsExactly("COPY|1", "INSERT|2");
    }
}
