package io.windrow.core.checkpoint;

import static io.windrow.core.checkpoint.Samples.ITEMS;
import static io.windrow.core.checkpoint.Samples.ORDERS;
import static io.windrow.core.checkpoint.Samples.PIPELINE;
import static io.windrow.core.checkpoint.Samples.epoch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A power failure while the store is being written, as the disk shows it afterwards: the write-ahead log ends anywhere,
 * or its tail holds other bytes than were written; the database holds some pages of a checkpoint and lacks others. What
 * was synced when a save returned is kept in every copy; the rest is dropped or damaged. The store has to open with
 * exactly the saves that had returned. That SQLite syncs the log at each commit is what the settings below ask of it.
 */
@Tag("slow")
class SqliteTornLogTest {
    private static final int LOG_HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final Duration TTL = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    /** What the store held, and how long its log was, when a save had returned. */
    private record Saved(int length, List<StreamState> states, Optional<RunMark> run) {}

    private final List<Saved> saves = new ArrayList<>();
    private byte[] database;
    private byte[] log;
    private byte[] checkpointed;
    private int page;

    @BeforeEach
    void record() throws Exception {
        Path file = folder.resolve("live.db");
        Path wal = folder.resolve("live.db-wal");
        try (StateStore store = StateStores.open("jdbc:sqlite:" + file)) {
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            saves.add(saved(store, wal));
            database = Files.readAllBytes(file);
            page = ((database[16] & 0xff) << 8) | database[17] & 0xff;
            RunMark run = new RunMark("r1", Instant.EPOCH, 0, Set.of(), RunMark.Start.CONTINUE, RunMark.State.OPEN, Map.of());
            store.mark(lease, run);
            saves.add(saved(store, wal));
            for (int number = 1; number <= 3; number++) {
                List<StreamEpoch> epochs = List.of(
                        epoch(ORDERS, 1, number, Map.of("a", number + "x".repeat(9_000 * number), "b", "" + number)),
                        epoch(ITEMS, 1, number, Map.of("c", "" + number)));
                store.save(lease, epochs);
                saves.add(saved(store, wal));
                store.save(lease, epochs.stream().map(e -> e.with(Status.COMMITTED)).toList());
                saves.add(saved(store, wal));
            }
            store.mark(lease, run.ended(Map.of()));
            saves.add(saved(store, wal));
            assertThat(Files.readAllBytes(file)).as("no checkpoint until now").isEqualTo(database);
            log = Files.readAllBytes(wal);
            assertThat(log).hasSize(saves.getLast().length);
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA wal_checkpoint(FULL)");
            }
            checkpointed = Files.readAllBytes(file);
            assertThat(checkpointed).isNotEqualTo(database);
        }
    }

    private static Saved saved(StateStore store, Path wal) throws IOException {
        return new Saved((int) Files.size(wal), store.load(PIPELINE), store.run(PIPELINE));
    }

    private Saved lastWithin(int length) {
        return saves.stream().filter(saved -> saved.length <= length).reduce((a, b) -> b).orElseThrow();
    }

    private void expect(Saved expected, byte[] data, byte[] wal, String what) throws IOException {
        Path copy = folder.resolve("copy.db");
        Files.deleteIfExists(folder.resolve("copy.db-shm"));
        Files.write(copy, data);
        Files.write(folder.resolve("copy.db-wal"), wal);
        try (StateStore store = StateStores.open("jdbc:sqlite:" + copy)) {
            assertThat(store.load(PIPELINE)).as(what).isEqualTo(expected.states);
            assertThat(store.run(PIPELINE)).as(what).isEqualTo(expected.run);
        }
    }

    @Test
    @Tag("G12")
    void aLogThatEndsAnywhereGivesExactlyTheSavesThatWereWhole() throws IOException {
        int frame = FRAME_HEADER + page;
        int from = saves.getFirst().length;
        assertThat((log.length - LOG_HEADER) % frame).isZero();
        for (int start = from; start < log.length; start += frame) {
            for (int cut : new int[] {0, 1, FRAME_HEADER - 1, FRAME_HEADER, FRAME_HEADER + page / 2, frame - 1}) {
                expect(lastWithin(start + cut), database, Arrays.copyOf(log, start + cut), "cut at " + (start + cut));
            }
        }
        expect(saves.getLast(), database, log, "whole");
    }

    @Test
    @Tag("G12")
    void aTailThatWasNeverSyncedAndHoldsOtherBytesIsLeftOut() throws IOException {
        Random random = new Random(7);
        for (Saved saved : saves) {
            byte[] zeros = log.clone();
            Arrays.fill(zeros, saved.length, log.length, (byte) 0);
            expect(saved, database, zeros, "zeros after " + saved.length);
            byte[] noise = log.clone();
            byte[] tail = new byte[log.length - saved.length];
            random.nextBytes(tail);
            System.arraycopy(tail, 0, noise, saved.length, tail.length);
            expect(saved, database, noise, "noise after " + saved.length);
            if (saved.length < log.length) {
                // Later frames reached the disk, the first one after the save did not: writes are not kept in order.
                byte[] hole = log.clone();
                Arrays.fill(hole, saved.length, saved.length + FRAME_HEADER + page, (byte) 0);
                expect(saved, database, hole, "a hole at " + saved.length);
                byte[] flipped = log.clone();
                flipped[saved.length + FRAME_HEADER + random.nextInt(page)] ^= 1;
                expect(saved, database, flipped, "a bit flipped after " + saved.length);
            }
        }
    }

    @Test
    @Tag("G12")
    void aCheckpointThatStoppedAnywhereLosesNothing() throws IOException {
        Random random = new Random(7);
        int pages = checkpointed.length / page;
        for (int round = 0; round < 40; round++) {
            byte[] torn = Arrays.copyOf(database, round % 2 == 0 ? checkpointed.length : database.length);
            for (int number = 0; number < pages; number++) {
                if (random.nextBoolean() && (number + 1) * page <= torn.length) {
                    System.arraycopy(checkpointed, number * page, torn, number * page, page);
                }
            }
            expect(saves.getLast(), torn, log, "checkpoint " + round);
        }
    }

    @Test
    void everyConnectionThatWritesSyncsTheLogAtEachCommit() throws SQLException {
        SqliteDialect dialect = SqliteDialect.open(folder.resolve("live.db"), Clock.systemUTC());
        for (int connection = 0; connection < 2; connection++) {
            try (Connection writer = dialect.connect()) {
                assertThat(pragma(writer, "journal_mode")).isEqualTo("wal");
                assertThat(pragma(writer, "synchronous")).as("FULL").isEqualTo("2");
                assertThat(pragma(writer, "fullfsync")).isEqualTo("1");
                assertThat(pragma(writer, "checkpoint_fullfsync")).isEqualTo("1");
            }
        }
        dialect.close();
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
