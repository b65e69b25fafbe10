package io.windrow.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Written;
import io.windrow.testkit.fault.DiskRecorder;
import io.windrow.testkit.fault.DiskRecorder.Unsynced;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the machine after every page that the SQLite store writes: into its log, into the database when the log is brought
 * in, and into the log that begins anew. A save that has returned is there; one that has not is there whole or not at all.
 * That SQLite syncs when it says so is what {@code SqliteTornLogTest} of core pins, which also tears what was not synced.
 */
@Tag("F22")
@Tag("G12")
@Tag("slow")
class StoreCrashReplayTest {
    private static final StreamName ORDERS = new StreamName("public", "orders");
    private static final int LOG_HEADER = 32;
    private static final int FRAME_HEADER = 24;

    @TempDir
    private Path folder;

    private final DiskRecorder disk = new DiskRecorder();
    /** What the store held once so many effects were done. */
    private final TreeMap<Integer, List<StreamState>> saved = new TreeMap<>();

    private static StreamEpoch epoch(long number) {
        LedgerEntry ledger = new LedgerEntry(
                "p", ORDERS, 1, number, WriteMode.APPEND, Account.ZERO, Optional.empty(), "", RowHash.ZERO,
                new Written(0, Optional.empty(), ""), List.of(), 1, new Guarantee("", "", List.of(), List.of()), false,
                List.of(), 0, Instant.EPOCH, Instant.EPOCH, Map.of());
        // Longer than a page, so that a save is more than one write.
        String position = "{\"at\":\"" + Long.toString(number).repeat(6_000) + "\"}";
        return new StreamEpoch(
                ORDERS, 1, number, Status.PREPARED, WriteMode.APPEND, new PlannerState(1, "{}"),
                Map.of("a", new OpenSplit(new Split("a", ORDERS, 1, "", -1), Optional.of(new Position(1, position)))),
                List.of(), "d" + number, Optional.empty(), false, ledger);
    }

    /** The effects of three epochs, with the log brought into the database and begun anew after the second. */
    private int record() throws Exception {
        Path live = Files.createDirectory(folder.resolve("live"));
        Path file = live.resolve("state.db");
        Path log = live.resolve("state.db-wal");
        try (StateStore store = StateStores.open("jdbc:sqlite:" + file)) {
            Lease lease = store.acquire("p", "me", Duration.ofMinutes(5));
            int page = pageSize(file);
            int database = disk.create("state.db");
            disk.observe(database, file, 0, page);
            disk.sync(database);
            int wal = disk.create("state.db-wal");
            disk.observe(wal, log, LOG_HEADER, FRAME_HEADER + page);
            disk.sync(wal);
            disk.syncFolder("");
            saved.put(disk.count(), store.load("p"));
            int begin = disk.count();
            for (long number = 1; number <= 3; number++) {
                StreamEpoch epoch = epoch(number);
                for (StreamEpoch step : List.of(epoch, epoch.with(Status.COMMITTED))) {
                    store.save(lease, List.of(step));
                    disk.observe(wal, log, LOG_HEADER, FRAME_HEADER + page);
                    disk.sync(wal);
                    saved.put(disk.count(), store.load("p"));
                }
                if (number == 2) {
                    bringIn(file);
                    disk.observe(database, file, 0, page);
                    disk.sync(database);
                    saved.put(disk.count(), store.load("p"));
                }
            }
            return begin;
        }
    }

    private static int pageSize(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA page_size")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** All of the log goes into the database; the next save writes the log from its start. */
    private static void bringIn(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(RESTART)")) {
            row.next();
            assertThat(row.getInt(1)).as("nobody was in its way").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Unsynced.class)
    void noPrefixOfWhatTheStoreWritesLosesASaveOrShowsHalfOfOne(Unsynced unsynced) throws Exception {
        int begin = record();
        assertThat(saved).hasSize(8);
        for (int count = begin; count <= disk.count(); count++) {
            Path crashed = folder.resolve("crashed-" + count);
            disk.replay(count, unsynced, crashed);
            try (StateStore store = StateStores.open("jdbc:sqlite:" + crashed.resolve("state.db"))) {
                List<StreamState> before = saved.floorEntry(count).getValue();
                var next = saved.higherEntry(count);
                List<StreamState> states = store.load("p");
                if (unsynced == Unsynced.KEPT && next != null) {
                    assertThat(states).as("after effect " + count).isIn(before, next.getValue());
                } else {
                    assertThat(states).as("after effect " + count).isEqualTo(before);
                }
            }
        }
    }
}
