package io.windrow.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.checkpoint.Repair;
import io.windrow.core.checkpoint.Resync;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.ledger.Written;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The state store of core on a real PostgreSQL, which core itself cannot start. */
@Tag("server")
class PostgresStateStoreTest {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final StreamName ORDERS = new StreamName("public", "orders");

    @RegisterExtension
    static final PostgresDatabase database = PostgresDatabase.on(18, "CREATE TABLE other (id int)");

    private static StreamEpoch epoch(long number, String position) {
        LedgerEntry ledger = new LedgerEntry(
                "p", ORDERS, 1, number, WriteMode.APPEND, Account.ZERO, Optional.empty(), "", RowHash.ZERO,
                new Written(0, Optional.empty(), ""), List.of(), 1, new Guarantee("", "", List.of(), List.of()), false,
                List.of(), 0, Instant.EPOCH, Instant.EPOCH, Map.of());
        return new StreamEpoch(
                ORDERS, 1, number, Status.PREPARED, WriteMode.APPEND, new PlannerState(1, "{}"),
                Map.of("a", new OpenSplit(new Split("a", ORDERS, 1, "", -1), Optional.of(new Position(1, position)))),
                List.of(), "d" + number, Optional.empty(), false, ledger);
    }

    private static void expect(CheckpointError code, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void whatWasSavedIsLoadedByAnotherStoreBesideForeignTables() {
        StreamEpoch first = epoch(1, "1");
        StreamEpoch second = epoch(2, "2");
        try (StateStore store = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("saved", "me", TTL);
            store.save(lease, List.of(first));
            store.save(lease, List.of(first.with(Status.COMMITTED)));
            store.save(lease, List.of(second));
            expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(epoch(3, "3"))));
        }
        try (StateStore store = StateStores.open(database.jdbcUrl())) {
            assertThat(store.load("saved")).singleElement().satisfies(state -> {
                assertThat(state.committed()).contains(first.with(Status.COMMITTED));
                assertThat(state.pending()).contains(second);
            });
            assertThat(store.ledger("saved", Optional.empty(), 10)).containsExactly(first.ledger().toJson());
            database.execute("UPDATE windrow_split SET record = replace(record, '\"2\"', '\"9\"') WHERE pipeline = 'saved'");
            expect(CheckpointError.CORRUPTED, () -> store.load("saved"));
        }
    }

    @Test
    void aRepairIsAskedForWhileAnotherHoldsTheLeaseAndGoesWhenItIsThrough() {
        try (StateStore store = StateStores.open(database.jdbcUrl()); StateStore asking = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("repairs", "me", TTL);
            Repair asked = new Repair(ORDERS, Instant.EPOCH, List.of(List.of("1"), List.of("2")));
            asking.ask("repairs", asked);
            assertThat(store.repairs("repairs")).containsExactly(asked);
            asking.ask("repairs", new Repair(ORDERS, Instant.EPOCH, List.of(List.of("3"))));
            store.repaired(lease, asked);
            assertThat(asking.repairs("repairs").getFirst().keys()).containsExactly(List.of("1"), List.of("2"), List.of("3"));
            store.repaired(lease, asking.repairs("repairs").getFirst());
            assertThat(asking.repairs("repairs")).isEmpty();
            store.release(lease);
        }
    }

    @Test
    void aCopyIsAskedForWhileAnotherHoldsTheLeaseAndGoesWithTheGenerationThatBeginsIt() {
        try (StateStore store = StateStores.open(database.jdbcUrl()); StateStore asking = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("resyncs", "me", TTL);
            store.save(lease, List.of(epoch(1, "1")));
            Resync asked = new Resync(ORDERS, Instant.parse("2026-01-01T00:00:00Z"));
            asking.ask("resyncs", new Resync(ORDERS, Instant.EPOCH));
            asking.ask("resyncs", asked);
            assertThat(store.resyncs("resyncs")).containsExactly(asked);
            store.open(lease, new GenerationStart(ORDERS, 2, 1, Optional.empty()));
            assertThat(asking.resyncs("resyncs")).isEmpty();
            store.release(lease);
        }
    }

    @Test
    void aShreddedDocumentIsGoneAndItsTableIsWrittenAnew() throws Exception {
        try (StateStore store = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("shreds", "me", TTL);
            Instant now = Instant.parse("2026-01-01T00:00:00Z");
            store.record(lease, "key", "gone", "{}", now);
            store.record(lease, "key", "kept", "{}", now);
            long before = tableFile();
            store.shred(lease, "key", "gone");
            store.shred(lease, "key", "gone");
            assertThat(store.documents("shreds", "key")).extracting(document -> document.name()).containsExactly("kept");
            assertThat(tableFile()).isNotEqualTo(before);
            store.release(lease);
        }
    }

    private long tableFile() throws Exception {
        try (var connection = java.sql.DriverManager.getConnection(database.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_relation_filenode('windrow_document')")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void rememberedRowsGoWithTheirEpochs() {
        byte[] many = new byte[16 * 100_000];
        new java.util.Random(3).nextBytes(many);
        RememberedRows one = new RememberedRows(1, Instant.ofEpochMilli(5), 1, many);
        RememberedRows two = new RememberedRows(2, Instant.ofEpochMilli(6), 2, new byte[32]);
        try (StateStore store = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("remembers", "me", TTL);
            StreamEpoch first = remembering(epoch(1, "1"), one);
            store.save(lease, List.of(first));
            assertThat(store.remembered("remembers", ORDERS)).isEmpty();
            store.save(lease, List.of(first.with(Status.COMMITTED)));
            assertThat(store.remembered("remembers", ORDERS)).containsExactly(one);
            StreamEpoch second = remembering(epoch(2, "2"), two);
            store.save(lease, List.of(second));
            store.save(lease, List.of(second.with(Status.ROLLED_BACK)));
            assertThat(store.remembered("remembers", ORDERS)).containsExactly(one);
            RememberedRows three = new RememberedRows(3, Instant.ofEpochMilli(7), 3, new byte[16]);
            StreamEpoch third = remembering(epoch(3, "3"), three);
            store.save(lease, List.of(third));
            store.save(lease, List.of(third.with(Status.COMMITTED)));
            assertThat(store.remembered("remembers", ORDERS)).containsExactly(three);
        }
    }

    private static StreamEpoch remembering(StreamEpoch plain, RememberedRows rows) {
        return new StreamEpoch(
                plain.stream(), 1, plain.epoch(), Status.PREPARED, plain.mode(), plain.planner(), plain.openSplits(),
                plain.staged(), plain.digest(), plain.supersedes(), false, plain.ledger(), List.of(rows));
    }

    @Test
    void aLongLedgerIsGivenAsItWasAlthoughItIsRolledUpMeanwhile() {
        try (StateStore store = StateStores.open(database.jdbcUrl())) {
            Lease lease = store.acquire("rolled up", "me", TTL);
            List<LedgerEntry> saved = new ArrayList<>();
            for (int number = 1; number <= 120; number++) {
                StreamEpoch epoch = epoch(number, "1");
                store.save(lease, List.of(epoch));
                store.save(lease, List.of(epoch.with(Status.COMMITTED)));
                saved.addFirst(epoch.ledger());
            }
            LedgerEntry sum =
                    saved.subList(10, 120).stream().reduce((newer, older) -> RollUp.together(older, newer)).orElseThrow();
            List<LedgerEntry> given = new ArrayList<>();
            store.eachLedger("rolled up", ORDERS, json -> {
                if (given.size() == 20) {
                    store.rollUp(lease, sum);
                }
                given.add(LedgerEntry.parse(json));
            });
            assertThat(given).isEqualTo(saved);
            assertThat(store.ledger("rolled up", Optional.of(ORDERS), 200)).hasSize(11);
        }
    }

    @Test
    @Tag("B22")
    @Tag("G16")
    void leasesGoByTheServersClockAndAStaleHolderSavesNothing() {
        try (StateStore one = StateStores.open(database.jdbcUrl());
                StateStore two = StateStores.open(database.jdbcUrl())) {
            Lease stale = one.acquire("leased", "one", TTL);
            one.save(stale, List.of(epoch(1, "1")));
            expect(CheckpointError.LEASE_HELD, () -> two.acquire("leased", "two", TTL));
            database.execute("UPDATE windrow_lease SET expires_millis = extract(epoch FROM clock_timestamp()) * 1000 + 200"
                    + " WHERE pipeline = 'leased'");
            Lease taken = await().atMost(Duration.ofMinutes(5))
                    .ignoreExceptions()
                    .until(() -> two.acquire("leased", "two", TTL), lease -> true);
            assertThat(taken.fencingToken()).isGreaterThan(stale.fencingToken());
            expect(CheckpointError.LEASE_LOST, () -> one.save(stale, List.of(epoch(1, "1").with(Status.COMMITTED))));
            expect(CheckpointError.LEASE_LOST, () -> one.renew(stale));
            two.renew(taken);
            two.save(taken, List.of(epoch(1, "1").with(Status.COMMITTED)));
            two.release(taken);
            one.acquire("leased", "three", TTL);
        }
    }

    @Test
    @Tag("G13")
    void aServerThatRestartsIsReachedAgainAndHasLostNothing() {
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18).durable());
                StateStore store = StateStores.open(server.jdbcUrl("postgres"))) {
            Lease lease = store.acquire("p", "me", TTL);
            store.save(lease, List.of(epoch(1, "1")));
            server.kill();
            assertThatThrownBy(() -> store.save(lease, List.of(epoch(1, "1").with(Status.COMMITTED))))
                    .isInstanceOf(WindrowException.class);
            expect(CheckpointError.UNREACHABLE, () -> store.load("p"));
            server.start();
            assertThat(store.load("p").getFirst().prepared()).contains(epoch(1, "1"));
            store.save(lease, List.of(epoch(1, "1").with(Status.COMMITTED)));
        }
    }

    @Test
    void aStoreOfANewerVersionAndAUserWithoutRightsAreNamed() {
        try (PostgresDatabase own = PostgresDatabase.create(database.server())) {
            StateStores.open(own.jdbcUrl()).close();
            own.execute("UPDATE windrow_store SET version = 99");
            expect(CheckpointError.NEWER_VERSION, () -> StateStores.open(own.jdbcUrl()));
            own.execute(
                    "UPDATE windrow_store SET version = 1", "ALTER DATABASE \"" + own.name() + "\" SET default_transaction_read_only = on");
            try (StateStore store = StateStores.open(own.jdbcUrl())) {
                expect(CheckpointError.READ_ONLY, () -> store.acquire("p", "me", TTL));
            }
        }
    }
}
