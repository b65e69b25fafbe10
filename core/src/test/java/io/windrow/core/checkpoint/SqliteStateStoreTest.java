package io.windrow.core.checkpoint;

import static io.windrow.core.checkpoint.Samples.ITEMS;
import static io.windrow.core.checkpoint.Samples.ORDERS;
import static io.windrow.core.checkpoint.Samples.PIPELINE;
import static io.windrow.core.checkpoint.Samples.epoch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.PlannerState;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStateStoreTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private StateStore store;

    @BeforeEach
    void open() {
        store = StateStores.open(url());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("deep/state.db");
    }

    static void expect(CheckpointError code, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void aShreddedDocumentIsInNoFileOfTheStoreAndAStaleHolderShredsNothing() throws IOException {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        String canary = "c4n4ry-" + "x".repeat(200);
        for (int i = 0; i < 200; i++) {
            store.record(lease, "key", "k" + i, "{\"wrapped\":\"" + canary + i + "\"}", now);
        }
        for (int i = 0; i < 200; i++) {
            store.shred(lease, "key", "k" + i);
        }
        store.shred(lease, "key", "k0");
        assertThat(store.documents(PIPELINE, "key")).isEmpty();
        try (Stream<Path> files = Files.list(folder.resolve("deep"))) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString()).doesNotContain("c4n4ry");
            }
        }
        store.release(lease);
        assertThatThrownBy(() -> store.shred(lease, "key", "k1")).isInstanceOf(WindrowException.class);
    }

    @Test
    void anUnknownPipelineHasNoState() {
        assertThat(store.load(PIPELINE)).isEmpty();
        assertThat(store.load(PIPELINE, ORDERS)).isEmpty();
        assertThat(store.ledger(PIPELINE, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void whatWasSavedIsLoadedByAnotherStore() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        StreamEpoch first = epoch(ORDERS, 1, 1, Map.of("a", "1", "b", ""));
        StreamEpoch other = epoch(ITEMS, 1, 1, Map.of());
        store.save(lease, List.of(first, other));
        store.save(lease, List.of(first.with(Status.COMMITTED).with(first.ledger().withOutputs(List.of("f1")))));
        StreamEpoch second = epoch(ORDERS, 1, 2, Map.of("b", "7"));
        store.save(lease, List.of(second));
        store.close();

        store = StateStores.open(url());
        List<StreamState> states = store.load(PIPELINE);
        assertThat(states).extracting(StreamState::stream).containsExactly(ITEMS, ORDERS);
        assertThat(states.get(0).pending()).contains(other);
        StreamState orders = states.get(1);
        assertThat(store.load(PIPELINE, ORDERS)).contains(orders);
        assertThat(orders.committed())
                .contains(first.with(Status.COMMITTED).with(first.ledger().withOutputs(List.of("f1"))));
        assertThat(orders.pending()).contains(second);
        assertThat(orders.lastEpoch()).isEqualTo(2);
        assertThat(orders.base()).contains(first.progress());
    }

    @Test
    void aRolledBackEpochLeavesTheCommittedPositionsAndItsNumberIsNotUsedAgain() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        StreamEpoch first = epoch(ORDERS, 1, 1, Map.of("a", "1", "b", "2", "c", "3"));
        store.save(lease, List.of(first));
        store.save(lease, List.of(first.with(Status.COMMITTED)));
        StreamEpoch second = epoch(ORDERS, 2, 2, Map.of("a", "9", "d", "4"));
        store.save(lease, List.of(second));
        store.save(lease, List.of(second.with(Status.ROLLED_BACK)));

        StreamState state = store.load(PIPELINE).getFirst();
        assertThat(state.pending()).contains(second.with(Status.ROLLED_BACK));
        assertThat(state.generation()).isEqualTo(1);
        assertThat(state.base()).contains(first.progress());
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(epoch(ORDERS, 1, 2, Map.of()))));

        StreamEpoch third = epoch(ORDERS, 1, 3, Map.of("a", "1", "c", "5"));
        store.save(lease, List.of(third));
        assertThat(store.load(PIPELINE).getFirst().committed()).contains(first.with(Status.COMMITTED));
        store.save(lease, List.of(third.with(Status.COMMITTED)));
        assertThat(store.load(PIPELINE).getFirst())
                .isEqualTo(new StreamState(
                        ORDERS, 1, 3, Optional.empty(), Optional.of(third.with(Status.COMMITTED)), Optional.empty()));
        assertThat(store.ledger(PIPELINE, Optional.of(ORDERS), 10))
                .containsExactly(third.ledger().toJson(), first.ledger().toJson());
        assertThat(store.ledger(PIPELINE, Optional.empty(), 1)).hasSize(1);
        assertThat(LedgerEntry.parse(store.ledger(PIPELINE, Optional.empty(), 1).getFirst())).isEqualTo(third.ledger());
    }

    @Test
    void aLongLedgerIsGivenEntryByEntryAndTheTakerMayUseTheStore() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        for (int number = 1; number <= 201; number++) {
            StreamEpoch epoch = epoch(ORDERS, 1, number, Map.of());
            store.save(lease, List.of(epoch));
            store.save(lease, List.of(epoch.with(Status.COMMITTED)));
        }
        StreamEpoch other = epoch(ITEMS, 1, 1, Map.of());
        store.save(lease, List.of(other));
        store.save(lease, List.of(other.with(Status.COMMITTED)));
        List<String> entries = new ArrayList<>();
        store.eachLedger(PIPELINE, ORDERS, json -> {
            assertThat(store.run(PIPELINE)).isEmpty();
            entries.add(json);
        });
        assertThat(entries).hasSize(201).isEqualTo(store.ledger(PIPELINE, Optional.of(ORDERS), 300));
    }

    @Test
    void aLongLedgerIsGivenAsItWasAlthoughItIsRolledUpMeanwhile() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        List<LedgerEntry> saved = new ArrayList<>();
        for (int number = 1; number <= 150; number++) {
            StreamEpoch epoch = epoch(ORDERS, 1, number, Map.of());
            store.save(lease, List.of(epoch));
            store.save(lease, List.of(epoch.with(Status.COMMITTED)));
            saved.addFirst(epoch.ledger());
        }
        // Across the border of two pages: without one moment for all, the rest of the sum would come a second time.
        LedgerEntry sum = saved.subList(10, 150).stream().reduce((newer, older) -> RollUp.together(older, newer)).orElseThrow();
        List<LedgerEntry> given = new ArrayList<>();
        store.eachLedger(PIPELINE, ORDERS, json -> {
            if (given.size() == 20) {
                store.rollUp(lease, sum);
            }
            given.add(LedgerEntry.parse(json));
        });
        assertThat(given).isEqualTo(saved);
        assertThat(store.ledger(PIPELINE, Optional.of(ORDERS), 200)).hasSize(11);
    }

    @Test
    void entriesOfEarlierEpochsAreRolledUpUnderTheLeaseAndThoseThatTheStreamStandsAtAreNot() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        List<LedgerEntry> entries = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            StreamEpoch epoch = epoch(ORDERS, 1, number, Map.of());
            store.save(lease, List.of(epoch));
            store.save(lease, List.of(epoch.with(Status.COMMITTED)));
            entries.add(epoch.ledger());
        }
        store.save(lease, List.of(epoch(ORDERS, 1, 4, Map.of())));
        LedgerEntry two = RollUp.together(entries.get(0), entries.get(1));
        for (int times = 0; times < 2; times++) {
            store.rollUp(lease, two);
            assertThat(store.ledger(PIPELINE, Optional.of(ORDERS), 10).stream().map(LedgerEntry::parse))
                    .containsExactly(entries.get(2), two);
        }
        expect(CheckpointError.CONFLICT, () -> store.rollUp(lease, RollUp.together(two, entries.get(2))));
        expect(CheckpointError.CONFLICT, () -> store.rollUp(lease, Samples.ledger(ITEMS, 1, 1, 1)));
        store.release(lease);
        Lease next = store.acquire(PIPELINE, "another", TTL);
        expect(CheckpointError.LEASE_LOST, () -> store.rollUp(lease, two));
        assertThat(store.load(PIPELINE).getFirst().committed().orElseThrow().ledger()).isEqualTo(entries.get(2));
        store.release(next);
    }

    @Test
    void stepsThatDoNotFollowFromWhatIsStoredAreRefusedAndChangeNothing() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        StreamEpoch first = epoch(ORDERS, 1, 1, Map.of("a", "1"));
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(first.with(Status.COMMITTED))));
        store.save(lease, List.of(first));
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(epoch(ORDERS, 1, 2, Map.of()))));
        StreamEpoch cutAgain = new StreamEpoch(
                ORDERS, 1, 1, Status.COMMITTED, first.mode(), first.planner(), first.openSplits(), first.staged(), "other",
                Optional.empty(), false, first.ledger());
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(cutAgain)));
        // One refused stream takes the others of the same save with it.
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(epoch(ITEMS, 1, 2, Map.of()), cutAgain)));
        assertThat(store.load(PIPELINE)).hasSize(1).first().extracting(StreamState::prepared).isEqualTo(Optional.of(first));
        store.save(lease, List.of(first.with(Status.COMMITTED)));
        store.save(lease, List.of(first.with(Status.COMMITTED)));
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(first.with(Status.ROLLED_BACK))));
    }

    @Test
    void aNewGenerationForgetsPositionsButKeepsNumbersAndLedger() {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        StreamEpoch first = epoch(ORDERS, 1, 4, Map.of("a", "1"));
        store.save(lease, List.of(first));
        store.save(lease, List.of(first.with(Status.COMMITTED)));
        store.save(lease, List.of(epoch(ORDERS, 1, 5, Map.of("a", "2"))));
        Progress start = new Progress(new PlannerState(2, "{\"from\":7}"), first.openSplits());
        expect(CheckpointError.CONFLICT, () -> store.open(lease, new GenerationStart(ORDERS, 1, 5, Optional.empty())));
        expect(CheckpointError.CONFLICT, () -> store.open(lease, new GenerationStart(ORDERS, 2, 4, Optional.empty())));
        store.open(lease, new GenerationStart(ORDERS, 2, 5, Optional.of(start)));
        StreamState state = store.load(PIPELINE).getFirst();
        assertThat(state)
                .isEqualTo(new StreamState(ORDERS, 2, 5, Optional.of(start), Optional.empty(), Optional.empty()));
        assertThat(store.ledger(PIPELINE, Optional.empty(), 10)).hasSize(1);
        expect(CheckpointError.CONFLICT, () -> store.save(lease, List.of(epoch(ORDERS, 2, 5, Map.of()))));
        StreamEpoch next = epoch(ORDERS, 2, 6, Map.of("a", "3"));
        store.save(lease, List.of(next));
        assertThat(store.load(PIPELINE).getFirst().base()).contains(start);
        store.save(lease, List.of(next.with(Status.COMMITTED)));
        assertThat(store.load(PIPELINE).getFirst().base()).contains(next.progress());
    }

    @Test
    void aStoreThatIsNamedThroughALinkHasTheSameLease() throws IOException {
        Lease held = store.acquire(PIPELINE, "me", TTL);
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("deep"));
        try (StateStore linked = StateStores.open("jdbc:sqlite:" + link.resolve("state.db"))) {
            expect(CheckpointError.LEASE_HELD, () -> linked.acquire(PIPELINE, "other", TTL));
            store.release(held);
            linked.release(linked.acquire(PIPELINE, "other", TTL));
        }
    }

    @Test
    @Tag("B22")
    void twoRunsNeverOwnOnePipelineAndAStaleOneSavesNothing() {
        Lease first = store.acquire(PIPELINE, "first", TTL);
        try (StateStore second = StateStores.open(url())) {
            expect(CheckpointError.LEASE_HELD, () -> second.acquire(PIPELINE, "second", TTL));
            Lease elsewhere = second.acquire("another", "second", TTL);
            assertThat(elsewhere.fencingToken()).isEqualTo(1);
            assertThat(second.load(PIPELINE)).isEmpty();
            store.save(first, List.of(epoch(ORDERS, 1, 1, Map.of("a", "1"))));
            store.release(first);
            Lease taken = second.acquire(PIPELINE, "second", TTL);
            assertThat(taken.fencingToken()).isGreaterThan(first.fencingToken());
            expect(CheckpointError.LEASE_LOST,
                    () -> store.save(first, List.of(epoch(ORDERS, 1, 1, Map.of("a", "1")).with(Status.COMMITTED))));
            expect(CheckpointError.LEASE_LOST, () -> store.renew(first));
            expect(CheckpointError.LEASE_LOST,
                    () -> store.open(first, new GenerationStart(ORDERS, 2, 9, Optional.empty())));
            store.release(first);
            second.renew(taken);
            assertThat(second.load(PIPELINE).getFirst().prepared()).isPresent();
        }
    }

    @Test
    void documentsAreAddedInVersionsUnderTheLeaseAndReadWithoutIt() throws SQLException {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        java.time.Instant now = java.time.Instant.parse("2026-01-02T03:04:05.678Z");
        Document first = store.record(lease, "schema", "s.b", "{\"a\":1}", now);
        Document second = store.record(lease, "schema", "s.b", "{\"a\":2}", now.plusSeconds(1));
        Document other = store.record(lease, "schema", "s.a", "{}", now);
        store.record(lease, "policy", "s.a", "{}", now);
        assertThat(second.version()).isEqualTo(2);
        store.release(lease);
        expect(CheckpointError.LEASE_LOST, () -> store.record(lease, "schema", "s.b", "{}", now));
        store.close();

        store = StateStores.open(url());
        assertThat(store.documents(PIPELINE, "schema")).containsExactly(other, first, second);
        assertThat(store.documents(PIPELINE, "nothing")).isEmpty();
        assertThat(store.documents("another", "schema")).isEmpty();
        sql("UPDATE windrow_document SET json = '{\"a\":3}' WHERE name = 's.b' AND version = 1");
        expect(CheckpointError.CORRUPTED, () -> store.documents(PIPELINE, "schema"));
        sql("DELETE FROM windrow_document WHERE name = 's.b' AND version = 1");
        expect(CheckpointError.CORRUPTED, () -> store.documents(PIPELINE, "schema"));
    }

    @Test
    void whatALogMayLetGoIsSavedUnderTheLeaseInThisFormAndKeepsItsStreams() throws SQLException {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        store.release(lease, new Release("slot:s", new Position(1, "5"), Map.of(ORDERS, 1L)));
        Release second = new Release("slot:s", new Position(1, "7"), Map.of(ORDERS, 2L));
        store.release(lease, second);
        assertThat(store.released(PIPELINE)).containsExactly(second);
        assertThat(second.of(ORDERS, 2)).contains(new Position(1, "7"));
        assertThat(second.of(ORDERS, 1)).as("another generation").isEmpty();
        assertThat(ReleaseJson.write(second)).isEqualTo(
                "{\"position_version\":1,\"position\":\"7\",\"streams\":[{\"namespace\":\""
                        + ORDERS.namespace() + "\",\"name\":\"" + ORDERS.name() + "\",\"generation\":2}]}");
        store.release(lease);
        expect(CheckpointError.LEASE_LOST, () -> store.release(lease, second));
        sql("UPDATE windrow_release SET record = replace(record, '7', '8')");
        expect(CheckpointError.CORRUPTED, () -> store.released(PIPELINE));
    }

    @Test
    void aCopyIsAskedForWithoutTheLeaseAndGoesWithTheGenerationThatBeginsIt() throws SQLException {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        store.save(lease, List.of(epoch(ORDERS, 1, 1, Map.of())));
        Instant noon = Instant.parse("2026-01-01T12:00:00.123456Z");
        try (StateStore asking = StateStores.open(url())) {
            asking.ask(PIPELINE, new Resync(ORDERS, Instant.EPOCH));
            asking.ask(PIPELINE, new Resync(ORDERS, noon));
            asking.ask(PIPELINE, new Resync(ITEMS, noon));
        }
        Resync asked = new Resync(ORDERS, noon);
        assertThat(store.resyncs(PIPELINE)).containsExactlyInAnyOrder(asked, new Resync(ITEMS, noon));
        assertThat(store.resyncs("another")).isEmpty();
        assertThat(ResyncRows.write(asked)).isEqualTo("{\"asked_at\":\"2026-01-01T12:00:00.123Z\"}");
        Progress somewhere = new Progress(new PlannerState(1, "{}"), Map.of());
        store.open(lease, new GenerationStart(ORDERS, 2, 1, Optional.of(somewhere)));
        assertThat(store.resyncs(PIPELINE)).as("not at the very start").contains(asked);
        expect(CheckpointError.CONFLICT, () -> store.open(lease, new GenerationStart(ORDERS, 2, 1, Optional.empty())));
        assertThat(store.resyncs(PIPELINE)).as("nothing was opened").contains(asked);
        store.open(lease, new GenerationStart(ORDERS, 3, 1, Optional.empty()));
        assertThat(store.resyncs(PIPELINE)).containsExactly(new Resync(ITEMS, noon));
        sql("UPDATE windrow_resync SET record = replace(record, '2026', '2025')");
        expect(CheckpointError.CORRUPTED, () -> store.resyncs(PIPELINE));
    }

    @Test
    void aRepairIsAskedForWithoutTheLeaseKeyByKeyAndGoesWhenItIsThroughOrAllIsReadAgain() throws SQLException {
        Lease lease = store.acquire(PIPELINE, "me", TTL);
        store.save(lease, List.of(epoch(ORDERS, 1, 1, Map.of())));
        Instant noon = Instant.parse("2026-01-01T12:00:00.123456Z");
        Repair first = new Repair(ORDERS, noon, List.of(List.of("1", "a \"ä"), List.of("2", "")));
        try (StateStore asking = StateStores.open(url())) {
            asking.ask(PIPELINE, first);
            assertThat(store.repairs(PIPELINE)).containsExactly(first);
            asking.ask(PIPELINE, new Repair(ORDERS, noon, List.of(List.of("2", ""), List.of("3", "c"))));
            asking.ask(PIPELINE, new Repair(ITEMS, noon, List.of(List.of("1"))));
        }
        store.repaired(lease, first);
        Repair both = new Repair(ORDERS, noon.plusMillis(1), List.of(List.of("1", "a \"ä"), List.of("2", ""), List.of("3", "c")));
        assertThat(store.repairs(PIPELINE)).as("more was asked for since").contains(both).hasSize(2);
        assertThat(store.repairs("another")).isEmpty();
        assertThat(RepairRows.write(first)).isEqualTo(
                "{\"asked_at\":\"2026-01-01T12:00:00.123Z\",\"keys\":[[\"1\",\"a \\\"ä\"],[\"2\",\"\"]]}");
        store.repaired(lease, both);
        assertThat(store.repairs(PIPELINE)).extracting(Repair::stream).containsExactly(ITEMS);
        List<List<String>> many = IntStream.range(0, Repair.MAX_KEYS).mapToObj(i -> List.of(Integer.toString(i))).toList();
        store.ask(PIPELINE, new Repair(ORDERS, noon, many));
        expect(CheckpointError.TOO_MANY_KEYS, () -> store.ask(PIPELINE, new Repair(ORDERS, noon, List.of(List.of("x")))));
        store.open(lease, new GenerationStart(ORDERS, 2, 1, Optional.empty()));
        assertThat(store.repairs(PIPELINE)).as("all is read again").extracting(Repair::stream).containsExactly(ITEMS);
        sql("UPDATE windrow_repair SET record = replace(record, '2026', '2025')");
        expect(CheckpointError.CORRUPTED, () -> store.repairs(PIPELINE));
        store.release(lease);
        expect(CheckpointError.LEASE_LOST, () -> store.repaired(lease, both));
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url()); Statement run = connection.createStatement()) {
            run.executeUpdate(statement);
        }
    }

    @Test
    void aFileThatIsNotThereIsMadeCompleteOrNotAtAll() {
        assertThat(folder.resolve("deep")).isDirectoryNotContaining(path -> path.toString().endsWith(".new"));
        assertThat(Files.exists(folder.resolve("deep/state.db"))).isTrue();
    }

    @Test
    void aNewStoreIsAsTheMigrationsWouldHaveMadeItAndTheyGoOnFromIt() throws SQLException {
        Path migrated = folder.resolve("migrated.db");
        Migrations.run(() -> DriverManager.getConnection("jdbc:sqlite:" + migrated), "sqlite", 0);
        Path made = folder.resolve("deep/state.db");
        assertThat(layout(made)).isEqualTo(layout(migrated)).contains("version " + Dialect.LAYOUT);

        Lease lease = store.acquire(PIPELINE, "me", TTL);
        store.save(lease, List.of(epoch(ORDERS, 1, 1, Map.of("a", "1"))));
        Migrations.run(() -> DriverManager.getConnection("jdbc:sqlite:" + made), "sqlite", Dialect.LAYOUT);
        assertThat(layout(made)).isEqualTo(layout(migrated));
        assertThat(store.load(PIPELINE)).hasSize(1);
    }

    private static List<String> layout(Path database) throws SQLException {
        List<String> layout = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
                layout.add("version " + version.getLong(1));
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE tbl_name <> 'windrow_migration' ORDER BY 1")) {
                while (rows.next()) {
                    layout.add(rows.getString(1));
                }
            }
        }
        return layout;
    }
}
