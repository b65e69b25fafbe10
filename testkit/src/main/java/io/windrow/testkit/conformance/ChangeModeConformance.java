package io.windrow.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a sink must do with changes, in those of the modes upsert, mirror and history that its traits name. A part of
 * {@link SinkConformance}, which connectors extend.
 */
public abstract class ChangeModeConformance {
    static final StreamName STREAM = new StreamName("public", "orders");

    /** The context that {@link #open} is given. */
    @RegisterExtension
    protected final TestContext context = new TestContext();

    /** The sink on this test's target. Called several times a test: each sink is another process's view of one target. */
    protected abstract Sink open(Context with);

    /** What the sink says of itself. */
    protected abstract SinkTraits traits();

    /** The ids that any reader of the target sees in the stream, in any order. Shares no code with the sink. */
    protected abstract List<Long> visible(StreamName stream);

    /** The schema of all streams here. */
    protected static StreamSchema schema(StreamName stream) {
        return new StreamSchema(
                stream,
                1,
                List.of(
                        new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                        new Column(2, "name", new ColumnType.Text(), true, "text")),
                List.of("id"));
    }

    @Test
    void upsertHoldsEachKeyOnceAndRemovesNone() {
        assumeTrue(traits().modes().contains(WriteMode.UPSERT), "the sink does not upsert");
        try (Sink sink = open(context)) {
            changed(sink, WriteMode.UPSERT, 1, 1, insert(1), insert(2), insert(3));
            List<Staged> staged = changed(sink, WriteMode.UPSERT, 1, 2, update(3), insert(4), delete(1));
            assertThat(visible(STREAM)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
            assertThat(staged.stream().mapToLong(Staged::rows).sum()).as("every change is in the books").isEqualTo(3);
        }
    }

    @Test
    void aMirrorLosesWhatIsDeleted() {
        assumeTrue(traits().modes().contains(WriteMode.MIRROR), "the sink does not mirror");
        try (Sink sink = open(context)) {
            changed(sink, WriteMode.MIRROR, 1, 1, insert(1), insert(2), insert(3));
            changed(sink, WriteMode.MIRROR, 1, 2, delete(2), insert(4));
            assertThat(visible(STREAM)).containsExactlyInAnyOrder(1L, 3L, 4L);
        }
    }

    @Test
    void aMirrorFoldsTheChangesOfAKeyInTheirOrderAndCountsThem() {
        assumeTrue(traits().modes().contains(WriteMode.MIRROR), "the sink does not mirror");
        try (Sink sink = open(context)) {
            List<Staged> staged = changed(
                    sink, WriteMode.MIRROR, 1, 1, insert(1), delete(1), insert(1), insert(2), update(2), delete(2));
            assertThat(visible(STREAM)).containsExactly(1L);
            assertThat(staged.stream().mapToLong(Staged::rows).sum()).as("every change is in the books").isEqualTo(6);
        }
    }

    @Test
    void aNewGenerationOfAMirrorLosesWhatItDoesNotBring() {
        assumeTrue(traits().modes().contains(WriteMode.MIRROR), "the sink does not mirror");
        try (Sink sink = open(context)) {
            changed(sink, WriteMode.MIRROR, 1, 1, insert(1), insert(2));
            changed(sink, WriteMode.MIRROR, 2, 2, insert(2));
            changed(sink, WriteMode.MIRROR, 2, 3, insert(3));
            assertThat(visible(STREAM)).containsExactlyInAnyOrder(2L, 3L);
        }
    }

    @Test
    void aHistoryKeepsEveryVersion() {
        assumeTrue(traits().modes().contains(WriteMode.HISTORY), "the sink keeps no history");
        try (Sink sink = open(context)) {
            changed(sink, WriteMode.HISTORY, 1, 1, insert(1), update(1), insert(2));
            changed(sink, WriteMode.HISTORY, 1, 2, update(1), delete(2));
            assertThat(visible(STREAM)).containsExactlyInAnyOrder(1L, 1L, 1L, 2L);
        }
    }

    private record Change(Operation operation, long id) {}

    private static Change insert(long id) {
        return new Change(Operation.INSERT, id);
    }

    private static Change update(long id) {
        return new Change(Operation.UPDATE, id);
    }

    private static Change delete(long id) {
        return new Change(Operation.DELETE, id);
    }

    /** Stages and commits changes, each a transaction of its own. */
    private List<Staged> changed(Sink sink, WriteMode mode, long generation, long epoch, Change... changes) {
        sink.prepare(schema(STREAM), mode);
        List<Staged> staged = new ArrayList<>();
        try (SinkWriter writer = sink.writer(schema(STREAM), mode, new WriterId(generation, 1, (int) epoch));
                Committer committer = sink.committer()) {
            try (BatchBuilder builder = new BatchBuilder(schema(STREAM), context.allocator())) {
                for (int i = 0; i < changes.length; i++) {
                    builder.set("id", changes[i].id()).set("name", "name " + i);
                    builder.change(changes[i].operation(), epoch * 100 + i, 0, epoch * 1_000_000 + i, i + 1);
                    builder.endRow();
                }
                try (Batch batch = builder.build(new Position(1, "{}"))) {
                    writer.write(batch);
                }
            }
            staged.addAll(writer.prepareCommit(epoch));
            CommitIdentity identity = new CommitIdentity(context.pipeline(), STREAM, generation, epoch, "d" + epoch);
            assertThat(committer.commit(new StreamCommit(identity, 1, mode, staged, Optional.empty(), false, "{}")))
                    .isInstanceOf(CommitOutcome.Committed.class);
        }
        return staged;
    }
}
