package io.windrow.connectors.files;

import static io.windrow.connectors.files.Fixture.ORDERS;
import static io.windrow.connectors.files.Fixture.commit;
import static io.windrow.connectors.files.Fixture.completing;
import static io.windrow.connectors.files.Fixture.orders;
import static io.windrow.connectors.files.Fixture.superseding;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.config.Secret;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.seal.SealRules;
import io.windrow.core.seal.WrappingKey;
import io.windrow.testkit.fault.DiskRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the machine after every single effect of a run, with what was not synced dropped, kept or torn, and looks at what
 * a reader of the manifests sees and whether the PREPARED epoch still goes through.
 */
@Tag("F22")
@Tag("F09")
@Tag("B14")
@Tag("slow")
class CrashReplayTest {
    @TempDir
    Path folder;

    private Fixture fixture;
    private final DiskRecorder disk = new DiskRecorder();
    private FilesSink sink;
    private final List<Step> steps = new ArrayList<>();

    /** A commit, and which rows a manifest reader sees before and after; the effects that it took. */
    private record Step(StreamCommit commit, int from, int to, List<Long> before, List<Long> after) {}

    @BeforeEach
    void open() {
        fixture = new Fixture(folder);
        sink = new FilesSink(
                FilesConfig.of(folder.resolve("live"), Format.JSONL), fixture.context(),
                new RecordingTree(new LocalFileTree(folder.resolve("live")), disk));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<Staged> stage(WriteMode mode, long generation, long epoch, long first, long last) {
        List<Staged> staged = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            long from = first + (last - first + 1) * writer / 3;
            long to = first + (last - first + 1) * (writer + 1) / 3 - 1;
            staged.addAll(fixture.stage(sink, mode, new WriterId(generation, 1, writer), epoch, from, to));
        }
        return staged;
    }

    private List<Staged> withoutRows(long generation, long epoch) {
        try (SinkWriter writer = sink.writer(orders(), WriteMode.REPLACE, new WriterId(generation, 1, 0))) {
            List<Staged> staged = writer.prepareEmpty(epoch);
            assertThat(staged).singleElement().satisfies(file -> assertThat(file.rows()).isZero());
            return staged;
        }
    }

    private void committed(StreamCommit commit, List<Long> before, List<Long> after) {
        int from = disk.count();
        assertThat(sink.committer().commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
        steps.add(new Step(commit, from, disk.count(), before, after));
    }

    private static List<Long> ids(long last) {
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= last; id++) {
            ids.add(id);
        }
        return ids;
    }

    private List<Long> seen(FilesSink reader) {
        List<Long> ids = new ArrayList<>();
        try (Delivery delivery = reader.delivery(ORDERS).orElseThrow()) {
            for (Optional<Batch> batch = delivery.read(orders()); batch.isPresent(); batch = delivery.read(orders())) {
                BigIntVector vector = (BigIntVector) batch.get().arrow().getVector("id");
                for (int i = 0; i < batch.get().rowCount(); i++) {
                    ids.add(vector.get(i));
                }
                batch.get().close();
            }
            assertThat(delivery.unreadable()).isEmpty();
        }
        ids.sort(Comparator.naturalOrder());
        return ids;
    }

    @ParameterizedTest
    @EnumSource(DiskRecorder.Unsynced.class)
    void noPrefixOfAnAppendLosesACommittedEpochOrShowsHalfOfOne(DiskRecorder.Unsynced unsynced) throws IOException {
        sink.prepare(orders(), WriteMode.APPEND);
        committed(commit(WriteMode.APPEND, 1, 1, stage(WriteMode.APPEND, 1, 1, 1, 9)), List.of(), ids(9));
        committed(commit(WriteMode.APPEND, 1, 2, stage(WriteMode.APPEND, 1, 2, 10, 18)), ids(9), ids(18));
        // A restarted read takes the place of an unfinished one; in between its rows are gone, never doubled.
        committed(superseding(commit(WriteMode.APPEND, 2, 3, stage(WriteMode.APPEND, 2, 3, 1, 12)), 1), ids(18), ids(12));
        everyPrefix(unsynced);
    }

    @ParameterizedTest
    @EnumSource(DiskRecorder.Unsynced.class)
    void noPrefixOfAReplaceShowsAnythingButWholeGenerations(DiskRecorder.Unsynced unsynced) throws IOException {
        sink.prepare(orders(), WriteMode.REPLACE);
        committed(commit(WriteMode.REPLACE, 1, 1, stage(WriteMode.REPLACE, 1, 1, 1, 6)), List.of(), List.of());
        committed(completing(commit(WriteMode.REPLACE, 1, 2, stage(WriteMode.REPLACE, 1, 2, 7, 9))), List.of(), ids(9));
        committed(completing(commit(WriteMode.REPLACE, 2, 3, stage(WriteMode.REPLACE, 2, 3, 1, 12))), ids(9), ids(12));
        // The grace of the first one is over: the next commit removes it.
        fixture.now = fixture.now.plus(FilesConfig.of(folder, Format.JSONL).grace()).plusSeconds(1);
        committed(completing(commit(WriteMode.REPLACE, 3, 4, stage(WriteMode.REPLACE, 3, 4, 1, 15))), ids(12), ids(15));
        assertThat(folder.resolve("live/.windrow/public.orders/generations/g000001")).doesNotExist();
        // The table is empty by now: the file that says so is staged as any other, and its books are one with the ledger's.
        committed(completing(commit(WriteMode.REPLACE, 4, 5, withoutRows(4, 5))), ids(15), List.of());
        everyPrefix(unsynced);
    }

    /** The manifest that names the replaced commits is the switch: their rows go after it, and are never seen beside the new ones. */
    @ParameterizedTest
    @EnumSource(DiskRecorder.Unsynced.class)
    void noPrefixOfACommitThatReplacesOthersShowsBothOrNeither(DiskRecorder.Unsynced unsynced) throws IOException {
        sink.prepare(orders(), WriteMode.APPEND);
        committed(commit(WriteMode.APPEND, 1, 1, stage(WriteMode.APPEND, 1, 1, 1, 9)), List.of(), ids(9));
        committed(commit(WriteMode.APPEND, 1, 2, stage(WriteMode.APPEND, 1, 2, 10, 18)), ids(9), ids(18));
        List<Staged> replay = stage(WriteMode.APPEND, 2, 3, 1, 6);
        replay.add(sink.replacing(ORDERS, List.of(steps.getFirst().commit().identity())).orElseThrow());
        List<Long> without = ids(18).stream().filter(id -> id <= 6 || id >= 10).toList();
        committed(commit(WriteMode.APPEND, 2, 3, replay), ids(18), without);
        List<Long> more = ids(21).stream().filter(id -> id <= 6 || id >= 10).toList();
        committed(commit(WriteMode.APPEND, 2, 4, stage(WriteMode.APPEND, 2, 4, 19, 21)), without, more);
        everyPrefix(unsynced);
    }

    @ParameterizedTest
    @EnumSource(DiskRecorder.Unsynced.class)
    void noPrefixOfAnEncryptedAppendLosesACommittedEpochOrShowsHalfOfOne(DiskRecorder.Unsynced unsynced) throws IOException {
        try (StateStore store = StateStores.open("jdbc:sqlite:" + folder.resolve("state.db"))) {
            Lease lease = store.acquire("test", "me", Duration.ofMinutes(1));
            String key = Base64.getEncoder().encodeToString(new byte[32]);
            SealRules rules = new SealRules(
                    Optional.of(new SealRules.Keys(
                            WrappingKey.of(Secret.of(key), "the test"), List.of(), Duration.ofDays(30), "the test")),
                    Optional.empty());
            fixture.seals = rules.open(store, "test", Optional.of(lease), fixture.context().clock());
            noPrefixOfAnAppendLosesACommittedEpochOrShowsHalfOfOne(unsynced);
            try (Stream<Path> data = Files.list(folder.resolve("live/public.orders"))) {
                assertThat(data.toList()).isNotEmpty().allMatch(path -> path.toString().endsWith(".jsonl.enc"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DiskRecorder.Unsynced.class)
    void noPrefixOfADisposalLeavesAManifestWithoutItsFilesAndItCanBeDoneAgain(DiskRecorder.Unsynced unsynced)
            throws IOException {
        sink.prepare(orders(), WriteMode.APPEND);
        committed(commit(WriteMode.APPEND, 1, 1, stage(WriteMode.APPEND, 1, 1, 1, 9)), List.of(), ids(9));
        committed(commit(WriteMode.APPEND, 1, 2, stage(WriteMode.APPEND, 1, 2, 10, 18)), ids(9), ids(18));
        CommitIdentity first = steps.getFirst().commit().identity();
        int from = disk.count();
        dispose(sink, first);
        List<Long> left = ids(18).subList(9, 18);
        for (int count = from; count <= disk.count(); count++) {
            Path crashed = folder.resolve("crashed");
            disk.replay(count, unsynced, crashed);
            FilesSink after = new FilesSink(FilesConfig.of(crashed, Format.JSONL), fixture.context(), new LocalFileTree(crashed));
            String where = "after effect " + count + " of " + from + ".." + disk.count();
            assertThat(seen(after)).as(where).isIn(ids(18), left);
            dispose(after, first);
            assertThat(seen(after)).as(where).isEqualTo(left);
            try (DeliveryAudit audit = after.audit(ORDERS).orElseThrow()) {
                assertThat(audit.strays()).as(where).isEmpty();
                assertThat(audit.commits()).as(where).extracting(DeliveryAudit.Commit::standing)
                        .containsExactly(DeliveryAudit.Standing.DISPOSED, DeliveryAudit.Standing.SHOWN);
            }
            remove(crashed);
        }
    }

    private static void dispose(FilesSink from, CommitIdentity commit) {
        try (DeliveryDisposal disposal = from.disposal(ORDERS).orElseThrow()) {
            disposal.dispose(commit);
        }
    }

    private void everyPrefix(DiskRecorder.Unsynced unsynced) throws IOException {
        for (Step step : steps) {
            for (int count = step.from(); count <= step.to(); count++) {
                Path crashed = folder.resolve("crashed");
                disk.replay(count, unsynced, crashed);
                FilesSink after = new FilesSink(FilesConfig.of(crashed, Format.JSONL), fixture.context(), new LocalFileTree(crashed));
                boolean done = after.committer().lastCommitted(ORDERS).map(CommitIdentity::epoch)
                        .equals(Optional.of(step.commit().identity().epoch()));
                List<Long> seen = seen(after);
                String where = "after effect " + count + " of " + step.from() + ".." + step.to();
                if (done) {
                    assertThat(seen).as(where).isEqualTo(step.after());
                } else if (step.commit().supersedes().isPresent()) {
                    assertThat(new TreeSet<>(seen)).as(where).hasSameSizeAs(seen);
                } else {
                    assertThat(seen).as(where).isEqualTo(step.before());
                }
                // The commit has returned: it must hold. It has not: committing again must finish it.
                assertThat(done || count < step.to()).as(where).isTrue();
                assertThat(after.committer().commit(step.commit())).as(where)
                        .isInstanceOf(done ? CommitOutcome.AlreadyCommitted.class : CommitOutcome.Committed.class);
                assertThat(seen(after)).as(where).isEqualTo(step.after());
                try (DeliveryAudit audit = after.audit(ORDERS).orElseThrow()) {
                    assertThat(audit.strays()).as(where).isEmpty();
                }
                remove(crashed);
            }
        }
    }

    private static void remove(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
