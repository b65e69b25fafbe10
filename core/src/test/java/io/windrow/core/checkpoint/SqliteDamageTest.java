package io.windrow.core.checkpoint;

import static io.windrow.core.checkpoint.Samples.ORDERS;
import static io.windrow.core.checkpoint.Samples.PIPELINE;
import static io.windrow.core.checkpoint.Samples.epoch;
import static io.windrow.core.checkpoint.SqliteStateStoreTest.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.windrow.api.error.WindrowException;
import io.windrow.core.ledger.HashKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SqliteDamageTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Path file;
    private StreamEpoch first;
    private StreamEpoch second;

    @BeforeEach
    void fill() {
        file = folder.resolve("state.db");
        first = epoch(ORDERS, 1, 1, Map.of("a", "1", "b", "2"));
        second = epoch(ORDERS, 1, 2, Map.of("a", "5", "b", "2"));
        try (StateStore store = StateStores.open(url())) {
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            store.save(lease, List.of(first));
            store.save(lease, List.of(first.with(Status.COMMITTED)));
            store.save(lease, List.of(second));
            store.release(lease);
        }
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }

    @Test
    void aStoreOfTheFirstLayoutIsBroughtUpWithAllThatItHolds() throws SQLException {
        // What later layouts added is taken away: the store is as the first version left it.
        sql(
                "DROP TABLE windrow_repair", "DROP TABLE windrow_resync", "DROP TABLE windrow_release", "DROP TABLE windrow_memory", "DROP TABLE windrow_document",
                "DROP TABLE windrow_pipeline", "PRAGMA user_version = 1");
        try (StateStore store = StateStores.open(url())) {
            assertThat(store.load(PIPELINE).getFirst().prepared()).contains(second);
            assertThat(store.hashKey(PIPELINE)).isEmpty();
            assertThat(store.run(PIPELINE)).isEmpty();
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            HashKey key = store.hashKey(lease);
            assertThat(store.hashKey(lease)).isEqualTo(key);
            store.save(lease, List.of(second.with(Status.COMMITTED)));
            assertThat(store.hashKey(PIPELINE)).contains(key);
        }
    }

    @Test
    void theMarkOfARunThatOwesNothingIsWrittenAsItEverWas() {
        RunMark run = new RunMark(
                "r1", Instant.EPOCH, 2, java.util.Set.of(ORDERS), RunMark.Start.FULL, RunMark.State.ENDED, Map.of());
        String text = "{\"id\":\"r1\",\"began\":\"1970-01-01T00:00:00Z\",\"after_epoch\":2,\"start\":\"full\",\"state\":\"ended\","
                + "\"streams\":[{\"namespace\":\"public\",\"name\":\"orders\"}]}";
        assertThat(RunMarkJson.write(run)).isEqualTo(text);
        assertThat(RunMarkJson.read(text)).isEqualTo(run);
        String owing = text.replace("]}", "],\"owed\":[{\"namespace\":\"public\",\"name\":\"orders\",\"generation\":3}]}");
        assertThat(RunMarkJson.write(run.ended(Map.of(ORDERS, 3L)))).isEqualTo(owing);
        assertThat(RunMarkJson.read(owing)).isEqualTo(run.ended(Map.of(ORDERS, 3L)));
    }

    @Test
    @Tag("G12")
    void aDamagedRecordOfThePipelineItselfIsFound() throws SQLException {
        RunMark run = new RunMark(
                "r1", Instant.EPOCH, 2, java.util.Set.of(ORDERS), RunMark.Start.FULL, RunMark.State.OPEN, Map.of(ORDERS, 3L));
        try (StateStore store = StateStores.open(url())) {
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            store.mark(lease, run);
            store.hashKey(lease);
            assertThat(store.run(PIPELINE)).contains(run);
            store.release(lease);
            expect(CheckpointError.LEASE_LOST, () -> store.mark(lease, run.ended(Map.of())));
            assertThat(store.run(PIPELINE)).contains(run);
        }
        sql("UPDATE windrow_pipeline SET run_record = replace(run_record, 'open', 'ended')");
        try (StateStore store = StateStores.open(url())) {
            expect(CheckpointError.CORRUPTED, () -> store.run(PIPELINE));
            expect(CheckpointError.CORRUPTED, () -> store.hashKey(PIPELINE));
        }
    }

    @Test
    void theFileMayBeReadByItsOwnerOnly() throws IOException {
        assumeThat(Files.getFileStore(file).supportsFileAttributeView("posix")).isTrue();
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void load() {
        try (StateStore store = StateStores.open(url())) {
            store.load(PIPELINE);
        }
    }

    @Test
    @Tag("G12")
    void aFileThatIsEmptyCutOrNoDatabaseIsDamageAndNeverAFirstRun() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 10, 100, 4096, whole.length / 2, whole.length - 4096}) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            expect(CheckpointError.CORRUPTED, this::load);
            assertThat(Files.size(file)).as("nothing was changed").isEqualTo(length);
        }
        Files.writeString(file, "{\"not\": \"a database\"}");
        expect(CheckpointError.CORRUPTED, this::load);
        Files.write(file, whole);
        load();
    }

    @Test
    @Tag("G12")
    void aWriteAheadLogWithoutItsDatabaseIsDamage() throws IOException {
        Files.copy(file, folder.resolve("state.db-wal"));
        Files.delete(file);
        expect(CheckpointError.CORRUPTED, this::load);
    }

    @ParameterizedTest
    @Tag("G12")
    @ValueSource(strings = {
        "UPDATE windrow_stream SET committed = 0",
        "UPDATE windrow_stream SET pending_status = 'ROLLED_BACK'",
        "UPDATE windrow_stream SET last_epoch = 0",
        "DELETE FROM windrow_stream",
        "DELETE FROM windrow_epoch WHERE epoch = 1",
        "UPDATE windrow_epoch SET record = replace(record, 'f1', 'f9')",
        "UPDATE windrow_epoch SET generation = 7",
        "DELETE FROM windrow_split WHERE split = 'b'",
        "DELETE FROM windrow_split WHERE since = 2",
        "UPDATE windrow_split SET record = ''",
        "UPDATE windrow_split SET since = 1 WHERE since = 2 AND split <> 'a'; UPDATE windrow_split SET split = 'c' WHERE split = 'b'",
        "DELETE FROM windrow_ledger",
        "UPDATE windrow_ledger SET record = replace(record, '\"read\":7', '\"read\":8')",
        "UPDATE windrow_epoch SET checksum = ''"
    })
    void everyDamagedRecordIsFound(String damage) throws SQLException {
        sql(damage.split("; "));
        expect(CheckpointError.CORRUPTED, this::load);
    }

    @Test
    @Tag("G12")
    void aStoreOfANewerVersionIsRefusedAndNotChanged() throws SQLException, IOException {
        sql("PRAGMA user_version = 99");
        byte[] before = Files.readAllBytes(file);
        expect(CheckpointError.NEWER_VERSION, this::load);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    @Tag("B24")
    void whoeverReadsWhileStateIsReplacedSeesTheOldOrTheNewOne() throws SQLException {
        try (StateStore store = StateStores.open(url());
                StateStore reader = StateStores.open(url())) {
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            // The writer stops between two statements of its transaction, as a crash would stop it.
            sql("CREATE TRIGGER stop BEFORE INSERT ON windrow_ledger BEGIN SELECT RAISE(ABORT, 'stopped'); END");
            List<StreamState> before = reader.load(PIPELINE);
            expect(CheckpointError.FAILED, () -> store.save(lease, List.of(second.with(Status.COMMITTED))));
            assertThat(reader.load(PIPELINE)).isEqualTo(before);
            assertThat(store.load(PIPELINE)).isEqualTo(before);
            sql("DROP TRIGGER stop");
            store.save(lease, List.of(second.with(Status.COMMITTED)));
            assertThat(reader.load(PIPELINE).getFirst().committed()).contains(second.with(Status.COMMITTED));
        }
    }

    @Test
    void aStoreThatAnotherProgramLocksAnswersInTimeAndLosesNothing() throws SQLException {
        try (StateStore store = StateStores.open(url())) {
            Lease lease = store.acquire(PIPELINE, "me", TTL);
            try (Connection other = DriverManager.getConnection(url());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                expect(CheckpointError.LOCKED, () -> store.save(lease, List.of(second.with(Status.COMMITTED))));
                assertThat(store.load(PIPELINE).getFirst().prepared()).contains(second);
                statement.execute("ROLLBACK");
            }
            store.save(lease, List.of(second.with(Status.COMMITTED)));
        }
    }

    @Test
    @Tag("G13")
    @Tag("server")
    void aFullDiskStopsTheSaveAndKeepsWhatWasSaved() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()))
                .as("this user may mount a small disk")
                .isZero();
        try {
            Files.copy(file, disk.resolve("state.db"));
            Path ballast = disk.resolve("ballast");
            file = disk.resolve("state.db");
            try (StateStore store = StateStores.open(url())) {
                Lease lease = store.acquire(PIPELINE, "me", TTL);
                fillUp(ballast);
                StreamEpoch large = epoch(ORDERS, 1, 3, Map.of("a", "x".repeat(300_000)));
                expect(CheckpointError.FULL, () -> {
                    store.save(lease, List.of(second.with(Status.COMMITTED)));
                    store.save(lease, List.of(large));
                });
                Files.delete(ballast);
                StreamState state = store.load(PIPELINE).getFirst();
                assertThat(state.lastEpoch()).isEqualTo(2);
                if (state.prepared().isPresent()) {
                    store.save(lease, List.of(second.with(Status.COMMITTED)));
                }
                store.save(lease, List.of(large));
                store.release(lease);
            }
            run("mount", "-o", "remount,ro", disk.toString());
            expect(CheckpointError.READ_ONLY, () -> {
                try (StateStore store = StateStores.open(url())) {
                    store.acquire(PIPELINE, "me", TTL);
                }
            });
            run("mount", "-o", "remount,rw", disk.toString());
            load();
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void fillUp(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4096];
            for (int i = 0; i < 1000; i++) {
                out.write(page);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("space");
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    /** A wall clock that a test moves. */
    private static final class MovedClock extends Clock {
        private volatile long millis = 1_000_000_000_000L;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }

    @Test
    @Tag("G16")
    void aClockThatJumpsStealsNoLeaseAndMakesNobodyWaitForEver() throws SQLException {
        MovedClock clock = new MovedClock();
        try (StateStore holder = StateStores.open(url(), clock);
                StateStore other = StateStores.open(url(), clock)) {
            Lease lease = holder.acquire(PIPELINE, "holder", Duration.ofMinutes(1));
            expect(CheckpointError.LEASE_HELD, () -> other.acquire(PIPELINE, "other", TTL));
            clock.millis += Duration.ofDays(1).toMillis();
            Thread renewing = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    holder.renew(lease);
                    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                }
            });
            expect(CheckpointError.LEASE_HELD, () -> other.acquire(PIPELINE, "other", TTL));
            renewing.interrupt();
            join(renewing);
            // The clock goes back; the holder's process is gone: nobody waits an hour.
            clock.millis -= Duration.ofDays(2).toMillis();
            holder.close();
            assertThat(other.acquire(PIPELINE, "other", TTL).fencingToken()).isGreaterThan(lease.fencingToken());
        }
    }

    @Test
    @Tag("B22")
    void aHolderThatHangsLosesItsLeaseAfterItsTtlAndCanSaveNothing() {
        MovedClock clock = new MovedClock();
        try (StateStore hanging = StateStores.open(url(), clock);
                StateStore other = StateStores.open(url(), clock)) {
            Lease stale = hanging.acquire(PIPELINE, "hanging", Duration.ofMillis(100));
            clock.millis += 101;
            Lease taken = other.acquire(PIPELINE, "other", TTL);
            expect(CheckpointError.LEASE_LOST, () -> hanging.save(stale, List.of(second.with(Status.COMMITTED))));
            other.save(taken, List.of(second.with(Status.COMMITTED)));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("H07")
    @Tag("H01")
    void urlsThatCouldRunCodeOrHoldSecretsInTheWrongPlaceAreRefusedAndNotRepeated() {
        for (String url : List.of(
                "jdbc:h2:mem:x;INIT=CREATE ALIAS S3CRET", "jdbc:sqlite::memory:",
                "jdbc:sqlite:x.db?enable_load_extension=true&S3CRET", "jdbc:sqlite:file:x.db?S3CRET",
                "jdbc:postgresql://h/db?socketFactory=S3CRET.Class&x", "jdbc:postgresql://u:S3CRET@h/db",
                "jdbc:postgresql://h/db?loggerFile=/tmp/x&password=S3CRET", "S3CRET")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                            WindrowException.class, () -> StateStores.open(url)))
                    .as(url)
                    .satisfies(e -> assertThat(e.errorCode()).isEqualTo(CheckpointError.URL_REFUSED))
                    .satisfies(e -> assertThat(e.getMessage() + e.place()).doesNotContain("password=S3CRET", ":S3CRET"));
        }
        expect(CheckpointError.UNREACHABLE,
                () -> StateStores.open("jdbc:postgresql://127.0.0.1:1/db?user=u&password=S3CRET"));
    }

    @Test
    void twoProcessesThatMakeTheStoreAtOnceMakeOne() throws Exception {
        file = folder.resolve("fresh.db");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<?> one : threads.invokeAll(Collections.nCopies(4, () -> {
                try (StateStore store = StateStores.open(url())) {
                    return store.ledger(PIPELINE, Optional.empty(), 1);
                }
            }))) {
                assertThat((List<?>) one.get()).isEmpty();
            }
        }
        assertThat(folder.resolve("fresh.db.new")).doesNotExist();
        Files.copy(file, folder.resolve("copy.db"), StandardCopyOption.REPLACE_EXISTING);
        load();
    }
}
