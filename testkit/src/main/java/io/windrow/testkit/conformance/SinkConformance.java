package io.windrow.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

/**
 * What every sink must do. A connector's test extends this class and answers three questions; every test then begins
 * with an empty target. Streams have the columns {@code id} (64-bit, key) and {@code name} (text).
 */
public abstract class SinkConformance extends ChangeModeConformance {
    @Test
    void theTargetPassesItsCheckAndTheCheckLeavesNoTrace() {
        try (Sink sink = open(context)) {
            assertThat(sink.check()).isNotEmpty().noneMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
        }
        assertThat(visible(STREAM)).isEmpty();
    }

    @Test
    void rowsAreSeenOnlyOnceTheyAreCommitted() {
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, first(), 1, 1, 100);
            assertThat(staged).isNotEmpty().allMatch(one -> one.stream().equals(STREAM) && one.bytes() > 0);
            assertThat(staged.stream().mapToLong(Staged::rows).sum()).isEqualTo(100);
            assertThat(visible(STREAM)).isEmpty();
            assertThat(committer.lastCommitted(STREAM)).isEmpty();
            committed(committer, commit(1, 1, staged));
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 100));
            assertThat(committer.lastCommitted(STREAM)).contains(identity(1, 1, "d1"));
        }
    }

    @Test
    void theSameIdentityTwiceHasTheEffectOfOnceIfTheSinkSaysSo() {
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            StreamCommit commit = commit(1, 1, stage(sink, first(), 1, 1, 10));
            committed(committer, commit);
            CommitOutcome again = committer.commit(commit);
            if (traits().idempotentCommit()) {
                assertThat(again).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
                assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 10));
            } else {
                assertThat(again).isNotInstanceOf(CommitOutcome.AlreadyCommitted.class);
            }
        }
    }

    @Test
    void whatADeadOwnerStagedIsCommittedByTheNext() {
        StreamCommit prepared;
        try (Sink dead = open(context)) {
            prepared = commit(1, 1, stage(dead, first(), 1, 1, 10));
        }
        try (Sink next = open(context); Committer committer = next.committer()) {
            next.prepare(schema(STREAM), first());
            next.writer(schema(STREAM), first(), new WriterId(1, 2, 0)).close();
            committed(committer, prepared);
        }
        try (Sink third = open(context); Committer committer = third.committer()) {
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 10));
            assertThat(committer.lastCommitted(STREAM)).contains(identity(1, 1, "d1"));
        }
    }

    @Test
    void anEpochThatIsThereWithOtherContentIsUnknownAndNothingChanges() {
        assumeTrue(traits().idempotentCommit(), "the sink keeps no identity");
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            committed(committer, commit(1, 2, stage(sink, first(), 2, 1, 10)));
            List<Staged> other = stage(sink, first(), 2, 11, 20);
            assertThat(committer.commit(of(identity(1, 2, "other"), 1, other, Optional.empty(), true)))
                    .isInstanceOf(CommitOutcome.Unknown.class);
            assertThat(committer.commit(commit(1, 1, other))).isInstanceOf(CommitOutcome.Unknown.class);
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 10));
            assertThat(committer.lastCommitted(STREAM)).contains(identity(1, 2, "d2"));
        }
    }

    @Test
    void aStaleOwnerCannotPublishAfterItsSuccessor() {
        try (Sink stale = open(context); Sink fresh = open(context);
                Committer old = stale.committer(); Committer current = fresh.committer()) {
            List<Staged> late = stage(stale, first(), 2, 1, 10);
            fresh.prepare(schema(STREAM), first());
            List<Staged> now;
            try (SinkWriter writer = fresh.writer(schema(STREAM), first(), new WriterId(1, 2, 0));
                    Batch batch = batch(STREAM, 11, 20)) {
                writer.write(batch);
                now = writer.prepareCommit(3);
            }
            committed(current, of(identity(1, 3, "d3"), 2, now, Optional.empty(), true));
            CommitOutcome outcome = old.commit(of(identity(1, 2, "d2"), 1, late, Optional.empty(), true));
            assertThat(outcome).isNotInstanceOf(CommitOutcome.Committed.class);
            CommitOutcome later = old.commit(of(identity(1, 4, "d4"), 1, late, Optional.empty(), true));
            if (traits().fencedAtTarget()) {
                assertThat(later).isNotInstanceOf(CommitOutcome.Committed.class);
                assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(11, 20));
            }
        }
    }

    @Test
    void discardedAndAbandonedRowsAreNeverSeen() {
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, first(), 1, 1, 10);
            committer.discard(staged);
            committer.discard(staged);
            try (SinkWriter writer = sink.writer(schema(STREAM), first(), new WriterId(1, 1, 1));
                    Batch batch = batch(STREAM, 11, 20)) {
                writer.write(batch);
            }
            committed(committer, commit(1, 2, stage(sink, first(), 2, 21, 30)));
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(21, 30));
        }
    }

    @Test
    void anEpochWithoutRowsIsCommittedToo() {
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            sink.prepare(schema(STREAM), first());
            try (SinkWriter writer = sink.writer(schema(STREAM), first(), new WriterId(1, 1, 0))) {
                assertThat(writer.prepareCommit(1)).isEmpty();
            }
            committed(committer, commit(1, 1, List.of()));
            assertThat(committer.lastCommitted(STREAM)).contains(identity(1, 1, "d1"));
            assertThat(visible(STREAM)).isEmpty();
        }
    }

    @Test
    void oneWriterServesManyEpochsAndManyWritersOneEpoch() {
        assumeTrue(traits().modes().contains(WriteMode.APPEND), "the sink does not append");
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            sink.prepare(schema(STREAM), WriteMode.APPEND);
            try (SinkWriter one = sink.writer(schema(STREAM), WriteMode.APPEND, new WriterId(1, 1, 0));
                    SinkWriter two = sink.writer(schema(STREAM), WriteMode.APPEND, new WriterId(1, 1, 1))) {
                for (int epoch = 1; epoch <= 3; epoch++) {
                    List<Staged> staged = new ArrayList<>();
                    write(one, epoch * 100L, epoch * 100L + 9);
                    write(two, epoch * 100L + 10, epoch * 100L + 19);
                    staged.addAll(one.prepareCommit(epoch));
                    staged.addAll(two.prepareCommit(epoch));
                    committed(committer, append(1, epoch, staged, Optional.empty()));
                }
            }
            List<Long> expected = new ArrayList<>(ids(100, 119));
            expected.addAll(ids(200, 219));
            expected.addAll(ids(300, 319));
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void aNewGenerationTakesThePlaceOfTheRowsOfAnUnfinishedOne() {
        assumeTrue(traits().modes().contains(WriteMode.APPEND), "the sink does not append");
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            StreamCommit unfinished = append(1, 1, stage(sink, WriteMode.APPEND, 1, 1, 10), Optional.empty());
            committed(committer, unfinished);
            try (SinkWriter writer = sink.writer(schema(STREAM), WriteMode.APPEND, new WriterId(2, 1, 5))) {
                write(writer, 1, 5);
                committed(committer, append(2, 2, writer.prepareCommit(2), Optional.of(1L)));
                assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 5));
                write(writer, 6, 12);
                committed(committer, append(2, 3, writer.prepareCommit(3), Optional.empty()));
            }
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 12));
        }
    }

    @Test
    void replaceShowsAGenerationOnlyWhenItIsWhole() {
        try (Sink sink = open(context); Committer committer = sink.committer()) {
            if (!traits().modes().contains(WriteMode.REPLACE)) {
                assertThatThrownBy(() -> sink.prepare(schema(STREAM), WriteMode.REPLACE))
                        .isInstanceOfSatisfying(WindrowException.class, refused ->
                                assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(ErrorKind.USER));
                return;
            }
            committed(committer, replace(1, 1, stage(sink, WriteMode.REPLACE, 1, 1, 10), Last.YES));
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 10));
            try (SinkWriter writer = sink.writer(schema(STREAM), WriteMode.REPLACE, new WriterId(2, 1, 5))) {
                write(writer, 101, 105);
                committed(committer, replace(2, 2, writer.prepareCommit(2), Last.NO));
                assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(1, 10));
                write(writer, 106, 110);
                committed(committer, replace(2, 3, writer.prepareCommit(3), Last.YES));
            }
            assertThat(visible(STREAM)).containsExactlyInAnyOrderElementsOf(ids(101, 110));
        }
    }

    @Test
    void aStreamMayHaveAnyName() {
        for (String name : List.of("..", "a/b", "Iıİi", "naïve table", "say \"hi\"", "x".repeat(60))) {
            StreamName stream = new StreamName("../odd", name);
            try (Sink sink = open(context); Committer committer = sink.committer()) {
                sink.prepare(schema(stream), first());
                List<Staged> staged;
                try (SinkWriter writer = sink.writer(schema(stream), first(), new WriterId(1, 1, 0));
                        Batch batch = batch(stream, 1, 3)) {
                    writer.write(batch);
                    staged = writer.prepareCommit(1);
                }
                CommitIdentity identity = new CommitIdentity(context.pipeline(), stream, 1, 1, "d1");
                committed(committer, of(identity, 1, staged, Optional.empty(), true));
                assertThat(committer.lastCommitted(stream)).contains(identity);
            }
            assertThat(visible(stream)).as(name).containsExactlyInAnyOrder(1L, 2L, 3L);
        }
    }

    /** Rows with the ids from first to last; every fifth name is null. The caller closes it. */
    protected final Batch batch(StreamName stream, long first, long last) {
        StreamSchema schema = schema(stream);
        VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
        BigIntVector ids = (BigIntVector) rows.getVector("id");
        VarCharVector names = (VarCharVector) rows.getVector("name");
        int count = (int) (last - first + 1);
        for (int i = 0; i < count; i++) {
            ids.setSafe(i, first + i);
            if ((first + i) % 5 != 0) {
                names.setSafe(i, ("name of " + (first + i)).getBytes(StandardCharsets.UTF_8));
            }
        }
        rows.setRowCount(count);
        return new Batch(schema, rows, new Position(1, "{}"), Account.ofRead(count));
    }

    private WriteMode first() {
        return traits().modes().contains(WriteMode.APPEND) ? WriteMode.APPEND : WriteMode.REPLACE;
    }

    private void write(SinkWriter writer, long first, long last) {
        try (Batch batch = batch(STREAM, first, last)) {
            writer.write(batch);
        }
    }

    private List<Staged> stage(Sink sink, WriteMode mode, long epoch, long first, long last) {
        sink.prepare(schema(STREAM), mode);
        sink.prepare(schema(STREAM), mode);
        try (SinkWriter writer = sink.writer(schema(STREAM), mode, new WriterId(1, 1, 0))) {
            write(writer, first, last);
            return writer.prepareCommit(epoch);
        }
    }

    private CommitIdentity identity(long generation, long epoch, String digest) {
        return new CommitIdentity(context.pipeline(), STREAM, generation, epoch, digest);
    }

    private StreamCommit commit(long generation, long epoch, List<Staged> staged) {
        return of(identity(generation, epoch, "d" + epoch), 1, staged, Optional.empty(), first() == WriteMode.REPLACE);
    }

    private StreamCommit append(long generation, long epoch, List<Staged> staged, Optional<Long> supersedes) {
        return new StreamCommit(
                identity(generation, epoch, "d" + epoch), 1, WriteMode.APPEND, staged, supersedes, false, "{}");
    }

    private StreamCommit replace(long generation, long epoch, List<Staged> staged, Last last) {
        return new StreamCommit(identity(generation, epoch, "d" + epoch), 1, WriteMode.REPLACE, staged,
                Optional.empty(), last == Last.YES, "{}");
    }

    private StreamCommit of(
            CommitIdentity identity, long token, List<Staged> staged, Optional<Long> supersedes, boolean completes) {
        return new StreamCommit(identity, token, first(), staged, supersedes, completes, "{}");
    }

    private static void committed(Committer committer, StreamCommit commit) {
        assertThat(committer.commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
    }

    private static List<Long> ids(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private enum Last {
        YES,
        NO
    }
}
