package io.windrow.core.checkpoint;

import static io.windrow.core.checkpoint.Samples.ITEMS;
import static io.windrow.core.checkpoint.Samples.ORDERS;
import static io.windrow.core.checkpoint.Samples.PIPELINE;
import static io.windrow.core.checkpoint.SqliteStateStoreTest.expect;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.core.ledger.HashForm;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedRowsTest {
    @TempDir
    Path folder;

    private StateStore store;
    private Lease lease;

    @BeforeEach
    void open() {
        store = StateStores.open(url());
        lease = store.acquire(PIPELINE, "me", Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("state.db");
    }

    private static RememberedRows rows(long epoch, long oldest, int rows) {
        byte[] hashes = new byte[16 * rows];
        new Random(epoch).nextBytes(hashes);
        return new RememberedRows(epoch, Instant.ofEpochMilli(1000 * epoch), oldest, hashes);
    }

    private static StreamEpoch epoch(long generation, long number, RememberedRows... rows) {
        StreamEpoch plain = Samples.epoch(ORDERS, generation, number, Map.of("a", "" + number));
        return new StreamEpoch(
                plain.stream(), generation, number, Status.PREPARED, plain.mode(), plain.planner(), plain.openSplits(),
                plain.staged(), plain.digest(), plain.supersedes(), false, plain.ledger(), List.of(rows));
    }

    private void commit(StreamEpoch epoch) {
        store.save(lease, List.of(epoch));
        store.save(lease, List.of(epoch.with(Status.COMMITTED)));
    }

    @Test
    void rowsOfCommittedEpochsAreLoadedInOrderAlsoWhenTheyTakeManyParts() {
        RememberedRows first = rows(1, 1, 200_000);
        RememberedRows second = rows(2, 1, 0);
        RememberedRows third = rows(3, 1, 65_536);
        assertThat(store.remembered(PIPELINE, ORDERS)).isEmpty();
        commit(epoch(1, 1, first));
        commit(epoch(1, 2, second));
        commit(epoch(1, 3, third));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(first, second, third);
        assertThat(store.remembered(PIPELINE, ITEMS)).isEmpty();
        assertThat(store.remembered("another", ORDERS)).isEmpty();
    }

    @Test
    void rowsOfAPreparedEpochAreNotThereAndThoseOfARolledBackOneAreGone() {
        RememberedRows first = rows(1, 1, 3);
        commit(epoch(1, 1, first));
        StreamEpoch second = epoch(1, 2, rows(2, 2, 4));
        store.save(lease, List.of(second));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(first);
        store.save(lease, List.of(second.with(Status.ROLLED_BACK)));
        assertThat(store.remembered(PIPELINE, ORDERS))
                .as("what the rolled back epoch would have pruned is still there")
                .containsExactly(first);
        RememberedRows third = rows(3, 1, 2);
        commit(epoch(1, 3, third));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(first, third);
    }

    @Test
    void aPreparedEpochThatALaterRunCommitsRemembersItsRowsAndPrunes() {
        commit(epoch(1, 1, rows(1, 1, 3)));
        commit(epoch(1, 2, rows(2, 1, 3)));
        StreamEpoch third = epoch(1, 3, rows(3, 2, 3));
        store.save(lease, List.of(third));
        StreamEpoch loaded = store.load(PIPELINE).getFirst().prepared().orElseThrow();
        assertThat(loaded.remembered()).isEmpty();
        store.save(lease, List.of(loaded.with(Status.COMMITTED)));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(rows(2, 1, 3), rows(3, 2, 3));
    }

    @Test
    void aNewGenerationBeginsEmptyAndTheOldOneIsForgottenOnlyWhenItIsSeen() {
        RememberedRows first = rows(1, 1, 3);
        commit(epoch(1, 1, first));
        StreamEpoch second = epoch(2, 2, rows(2, 2, 1));
        store.save(lease, List.of(second));
        store.save(lease, List.of(second.with(Status.ROLLED_BACK)));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(first);
        RememberedRows third = rows(3, 3, 2);
        commit(epoch(2, 3, third));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(third);
        store.open(lease, new GenerationStart(ORDERS, 3, 3, Optional.empty()));
        assertThat(store.remembered(PIPELINE, ORDERS)).isEmpty();
    }

    @Test
    void rowsThatAReplayCarriesOnKeepTheirAgeThoughTheyAreOfOneEpoch() {
        commit(epoch(1, 1, rows(1, 1, 3)));
        RememberedRows old = new RememberedRows(2, Instant.ofEpochMilli(10), 2, rows(5, 5, 70_000).hashes());
        RememberedRows none = new RememberedRows(2, Instant.ofEpochMilli(20), 2, new byte[0]);
        RememberedRows young = new RememberedRows(2, Instant.ofEpochMilli(30), 2, rows(6, 6, 4).hashes());
        commit(epoch(2, 2, old, none, young));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(old, none, young);
        RememberedRows next = rows(3, 2, 1);
        commit(epoch(2, 3, next));
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(old, none, young, next);
    }

    @Test
    void rowsThatWereSavedBeforeThereWereTwoFormsAreReadWithTheirTypes() throws SQLException {
        RememberedRows old = new RememberedRows(1, Instant.ofEpochMilli(10), 1, HashForm.TYPED, rows(5, 1, 70_000).hashes());
        commit(epoch(1, 1, old));
        store.release(lease);
        store.close();
        // As layout 5 left it: the checksums are those of that layout.
        try (Connection other = DriverManager.getConnection(url());
                Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE windrow_memory DROP COLUMN form");
            statement.execute("DROP TABLE windrow_repair");
            statement.execute("DROP TABLE windrow_resync");
            statement.execute("PRAGMA user_version = 5");
        }
        store = StateStores.open(url());
        assertThat(store.remembered(PIPELINE, ORDERS)).containsExactly(old);
        lease = store.acquire(PIPELINE, "me", Duration.ofSeconds(30));
        RememberedRows one = new RememberedRows(2, Instant.ofEpochMilli(20), 2, HashForm.TYPED, rows(6, 2, 3).hashes());
        RememberedRows two = new RememberedRows(2, Instant.ofEpochMilli(20), 2, HashForm.VALUE, rows(7, 2, 4).hashes());
        commit(epoch(1, 2, one, two));
        assertThat(store.remembered(PIPELINE, ORDERS)).as("cut at one moment, in two forms").containsExactly(one, two);
    }

    @Test
    void aStaleOwnerSavesNone() {
        store.release(lease);
        expect(CheckpointError.LEASE_LOST, () -> store.save(lease, List.of(epoch(1, 1, rows(1, 1, 3)))));
        assertThat(store.remembered(PIPELINE, ORDERS)).isEmpty();
    }

    @Test
    @Tag("G12")
    void damagedAndMissingPartsAreFound() throws SQLException {
        commit(epoch(1, 1, rows(1, 1, 200_000)));
        for (String damage : List.of(
                "UPDATE windrow_memory SET hashes = x'00' || substr(hashes, 2) WHERE part = 1",
                "UPDATE windrow_memory SET oldest = 0 WHERE part = 2",
                "UPDATE windrow_memory SET form = 1 WHERE part = 0",
                "UPDATE windrow_memory SET form = 7 WHERE part = 0",
                "DELETE FROM windrow_memory WHERE part = 1",
                "DELETE FROM windrow_memory WHERE part = 3")) {
            try (Connection other = DriverManager.getConnection(url());
                    Statement statement = other.createStatement()) {
                statement.execute("CREATE TABLE kept AS SELECT * FROM windrow_memory");
                assertThat(statement.executeUpdate(damage)).as(damage).isEqualTo(1);
            }
            expect(CheckpointError.CORRUPTED, () -> store.remembered(PIPELINE, ORDERS));
            try (Connection other = DriverManager.getConnection(url());
                    Statement statement = other.createStatement()) {
                statement.execute("DELETE FROM windrow_memory");
                statement.execute("INSERT INTO windrow_memory SELECT * FROM kept");
                statement.execute("DROP TABLE kept");
            }
        }
        assertThat(store.remembered(PIPELINE, ORDERS)).hasSize(1);
    }
}
