package io.windrow.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
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
import io.windrow.api.transform.BoundTransform;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.quarantine.QuarantineError;
import io.windrow.core.quarantine.QuarantineSink;
import io.windrow.core.quarantine.QuarantineTally;
import io.windrow.core.transform.Rows;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.fault.ThrowingFailpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are set aside are staged, committed, taken back and counted with the good rows of their epoch. */
class QuarantineTest {
    private static final StreamSchema ORDERS = new StreamSchema(
            new StreamName("public", "Orders"), 3,
            List.of(
                    new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                    new Column(2, "price", new ColumnType.Decimal(30, 4), true, "numeric"),
                    new Column(3, "name", new ColumnType.Text(), true, "text")),
            List.of("id"));

    private final ThrowingFailpoints failpoints = new ThrowingFailpoints();

    @RegisterExtension
    private final TestContext context = new TestContext(Clock.systemUTC(), failpoints);

    @Test
    void badRowsAreSeenWithTheirEpochAndNotBefore() throws IOException {
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 7, List.of(1, 2, 3, 4), List.of(2, 4));
            assertThat(staged).extracting(Staged::part)
                    .containsExactlyInAnyOrder(Staged.Part.DATA, Staged.Part.QUARANTINE);
            assertThat(part(staged, Staged.Part.QUARANTINE).getFirst().rows()).isEqualTo(2);
            assertThat(part(staged, Staged.Part.DATA).getFirst().rows()).isEqualTo(2);
            assertThat(lines()).isEmpty();
            assertThat(committer.commit(commit(1, 7, staged))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(lines()).hasSize(2);
            assertThat(lines().getFirst())
                    .startsWith("{\"epoch\":7,\"namespace\":\"public\",\"stream\":\"Orders\",\"generation\":1,\"ordinal\":2,"
                            + "\"position\":\"{\\\"at\\\":4}\",\"code\":\"contract.range\",\"field\":\"price\"")
                    .endsWith("\"row\":{\"id\":9007199254740995,\"price\":12345678901234567890.1234,\"name\":\"n2\"}}");
            assertThat(Fixture.duck("select id from read_json('" + context.folder("out") + "/**/*.jsonl')"))
                    .containsExactlyInAnyOrder("9007199254740994", "9007199254740996");
            assertThat(committer.commit(commit(1, 7, staged))).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
            assertThat(lines()).hasSize(2);
            assertThat(committer.lastCommitted(ORDERS.stream())).map(CommitIdentity::epoch).contains(7L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "quarantine.before_rename", "quarantine.after_rename", "quarantine.after_publish", "files.before_publish",
        "files.after_rename", "files.before_manifest", "files.after_manifest"
    })
    void aCommitThatDiesAnywhereIsFinishedByCommittingAgain(String place) throws IOException {
        StreamCommit commit;
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            commit = commit(1, 1, stage(sink, 1, 1, List.of(1, 2, 3), List.of(3)));
            failpoints.throwAt(place, Died::new);
            assertThatThrownBy(() -> committer.commit(commit)).isInstanceOf(Died.class);
        }
        try (Sink next = sink(0); Committer committer = next.committer()) {
            assertThat(committer.commit(commit))
                    .isInstanceOfAny(CommitOutcome.Committed.class, CommitOutcome.AlreadyCommitted.class);
            assertThat(lines()).hasSize(1);
            assertThat(part(commit.staged(), Staged.Part.DATA)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarantine.before_read_back", "quarantine.after_stage", "files.before_sync", "files.after_stage"})
    void whatDiesWhileItIsStagedIsNeverSeenAndSweptByTheNextOwner(String place) throws IOException {
        failpoints.throwAt(place, Died::new);
        try (Sink sink = sink(0)) {
            assertThatThrownBy(() -> stage(sink, 1, 1, List.of(1, 2), List.of(2))).isInstanceOf(Died.class);
        }
        assertThat(all()).noneMatch(name -> name.endsWith(".jsonl"));
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 2, 1, List.of(1, 2), List.of(2));
            committer.commit(commit(2, 1, staged));
            assertThat(lines()).hasSize(1);
            assertThat(all()).noneMatch(name -> name.endsWith(".staged") || name.endsWith(".writing"));
        }
    }

    @Test
    void lostBadRowsMakeTheCommitUnknownAndNoGoodRowIsSeen() throws IOException {
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            List<Staged> staged = stage(sink, 1, 1, List.of(1, 2), List.of(2));
            try (Stream<Path> files = Files.walk(quarantine())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.writeString(file, "other\n");
                }
            }
            CommitOutcome outcome = committer.commit(commit(1, 1, staged));
            assertThat(outcome).isInstanceOfSatisfying(CommitOutcome.Unknown.class,
                    unknown -> assertThat(unknown.reason().errorCode()).isEqualTo(QuarantineError.STAGED_LOST));
            assertThat(committer.lastCommitted(ORDERS.stream())).isEmpty();
        }
    }

    @Test
    void aStaleOwnerShowsNoBadRowsEither() throws IOException {
        try (Sink stale = sink(0); Sink fresh = sink(0);
                Committer old = stale.committer(); Committer current = fresh.committer()) {
            List<Staged> late = stage(stale, 1, 1, List.of(1, 2), List.of(2));
            current.commit(commit(2, 2, stage(fresh, 2, 2, List.of(3), List.of())));
            assertThat(old.commit(commit(1, 1, late))).isInstanceOf(CommitOutcome.Unknown.class);
            assertThat(lines()).isEmpty();
        }
    }

    @Test
    void discardedBadRowsAreGoneAlsoIfTheyWereRenamed() throws IOException {
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            List<Staged> one = stage(sink, 1, 1, List.of(1, 2), List.of(2));
            committer.discard(one);
            committer.discard(one);
            assertThat(all()).isEmpty();
            List<Staged> two = stage(sink, 1, 2, List.of(1, 2), List.of(2));
            failpoints.throwAt("quarantine.after_publish", Died::new);
            assertThatThrownBy(() -> committer.commit(commit(1, 2, two))).isInstanceOf(Died.class);
            assertThat(lines()).hasSize(1);
            committer.discard(two);
            assertThat(lines()).isEmpty();
        }
    }

    @Test
    void aRestartedReadTakesTheBadRowsOfTheUnfinishedOneBack() throws IOException {
        try (Sink sink = sink(0); Committer committer = sink.committer()) {
            committer.commit(commit(1, 1, stage(sink, 1, 1, List.of(1, 2), List.of(2))));
            sink.prepare(ORDERS, WriteMode.APPEND);
            List<Staged> again;
            try (SinkWriter writer = sink.writer(ORDERS, WriteMode.APPEND, new WriterId(2, 1, 9));
                    Batch batch = batch(List.of(1, 2), List.of(2))) {
                writer.write(batch);
                again = writer.prepareCommit(2);
            }
            CommitIdentity identity = new CommitIdentity("conformance", ORDERS.stream(), 2, 2, "d2");
            committer.commit(new StreamCommit(identity, 1, WriteMode.APPEND, again, Optional.of(1L), false, "{}"));
            assertThat(lines()).singleElement().asString().contains("\"epoch\":2,", "\"generation\":2,");
        }
    }

    @Test
    void moreThanTheLimitIsRefusedAndOnlyWhatARunCommittedCounts() {
        QuarantineTally tally = new QuarantineTally(3);
        try (Sink sink = sink(tally)) {
            stage(sink, 1, 1, List.of(1, 2, 3), List.of(2, 3));
        }
        // The attempt failed; its rows are read again.
        try (Sink sink = sink(tally); Committer committer = sink.committer()) {
            committer.commit(commit(1, 1, stage(sink, 1, 1, List.of(1, 2, 3), List.of(2, 3))));
            committer.commit(commit(1, 2, stage(sink, 1, 2, List.of(4), List.of(4))));
            assertThatThrownBy(() -> stage(sink, 1, 3, List.of(5, 6), List.of(5)))
                    .isInstanceOfSatisfying(WindrowException.class, refused -> {
                        assertThat(refused.errorCode()).isEqualTo(QuarantineError.LIMIT_REACHED);
                        assertThat(refused.getMessage()).contains("4 aside, the limit is 3");
                    });
        }
        assertThat(lines()).hasSize(3);
    }

    @Test
    void aColumnThatTheTargetDoesNotGetIsWithheld() throws IOException {
        List<Column> more = new ArrayList<>(ORDERS.columns());
        more.add(new Column(9, "surprise", new ColumnType.Text(), true, "text"));
        StreamSchema wide = new StreamSchema(ORDERS.stream(), 3, more, ORDERS.key());
        try (Sink sink = sink(0); Committer committer = sink.committer();
                BatchBuilder builder = new BatchBuilder(wide, context.allocator())) {
            for (String secret : new String[] {"canary-42", "canary-42", "other"}) {
                builder.set("id", 1L).setNull("price").set("name", "n").set("surprise", secret).endRow();
            }
            builder.set("id", 1L).setNull("price").set("name", "n").setNull("surprise").endRow();
            Batch bad = builder.build(new Position(1, "{}"));
            Rejected.Reason reason = new Rejected.Reason(0, "contract.unknown_field", "surprise", "is not in the contract");
            Batch.Parts parts = bad.release();
            Batch empty = batch(List.of(), List.of());
            Batch carrying = empty.release().withAccount(parts.account())
                    .withRejected(List.of(new Rejected(wide, parts.rows(), List.of(reason, reason, reason, reason)))).batch();
            sink.prepare(ORDERS, WriteMode.APPEND);
            try (carrying; SinkWriter writer = sink.writer(ORDERS, WriteMode.APPEND, new WriterId(1, 1, 0))) {
                writer.write(carrying);
                committer.commit(commit(1, 1, writer.prepareCommit(1)));
            }
            List<String> lines = lines();
            assertThat(lines).hasSize(4).noneMatch(line -> line.contains("canary"));
            List<String> withheld = lines.stream().map(line -> line.substring(line.indexOf("\"surprise\":"))).toList();
            assertThat(withheld.get(0)).startsWith("\"surprise\":{\"withheld_bytes\":9,\"digest\":\"").isEqualTo(withheld.get(1));
            assertThat(withheld.get(2)).isNotEqualTo(withheld.get(0));
            assertThat(withheld.get(3)).startsWith("\"surprise\":null");
        }
    }

    @Test
    void badRowsOfALayoutThatTheMaskDoesNotKnowAreWithheldWhole() throws IOException {
        List<Column> more = new ArrayList<>(ORDERS.columns());
        more.add(new Column(9, "surprise", new ColumnType.Text(), true, "text"));
        StreamSchema wide = new StreamSchema(ORDERS.stream(), 3, more, ORDERS.key());
        MaskRule names = new MaskRule(
                Optional.of("name"), List.of(), MaskRule.Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
        try (Sink sink = sink(0); Committer committer = sink.committer();
                BoundTransform mask = new MaskTransform(List.of(names)).bind(ORDERS);
                BatchBuilder builder = new BatchBuilder(wide, context.allocator())) {
            builder.set("id", 1L).setNull("price").set("name", "canary-1").set("surprise", "canary-2").endRow();
            Batch.Parts parts = builder.build(new Position(1, "{}")).release();
            Rejected.Reason reason = new Rejected.Reason(0, "contract.unknown_field", "surprise", "is not in the contract");
            Batch good = batch(List.of(5, 6), List.of(6));
            List<Rejected> aside = new ArrayList<>(good.rejected());
            aside.add(new Rejected(wide, parts.rows(), List.of(reason)));
            Batch masked = mask.apply(good.release().withRejected(aside).batch());
            sink.prepare(mask.output(), WriteMode.APPEND);
            try (masked; SinkWriter writer = sink.writer(mask.output(), WriteMode.APPEND, new WriterId(1, 1, 0))) {
                writer.write(masked);
                committer.commit(commit(1, 1, writer.prepareCommit(1)));
            }
            assertThat(lines()).hasSize(2).noneMatch(line -> line.contains("canary") || line.contains("n6"));
            assertThat(lines().getFirst()).contains("\"name\":\"***\"");
            assertThat(lines().getLast()).containsPattern("\"name\":\\{\"withheld_bytes\":8,\"digest\":\"[0-9a-f]{32}\"}");
        }
    }

    @Test
    void valuesOfEveryTypeAreTheSameAsInJsonFiles() throws IOException {
        StreamSchema schema = EveryType.schema();
        int[] odd = IntStream.range(0, 40).filter(row -> row % 2 == 1).toArray();
        List<Rejected.Reason> reasons = IntStream.of(odd)
                .mapToObj(row -> new Rejected.Reason(row, "test.odd", "", "is odd")).toList();
        try (Sink sink = sink(0); Committer committer = sink.committer(); Batch whole = EveryType.batch(context.allocator(), 40)) {
            Rejected aside = new Rejected(schema, Rows.pick(whole.arrow(), odd, odd.length), reasons);
            Batch.Parts copy = new Batch(schema, Rows.pick(whole.arrow(), odd, odd.length), whole.position(), whole.account())
                    .release();
            sink.prepare(schema, WriteMode.APPEND);
            try (Batch both = copy.withRejected(List.of(aside)).batch();
                    SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 0))) {
                writer.write(both);
                CommitIdentity identity = new CommitIdentity("conformance", schema.stream(), 1, 1, "d1");
                assertThat(committer.commit(new StreamCommit(identity, 1, WriteMode.APPEND, writer.prepareCommit(1),
                                Optional.empty(), false, "{}")))
                        .isInstanceOf(CommitOutcome.Committed.class);
            }
        }
        List<String> delivered = jsonLines(context.folder("out"));
        assertThat(lines().stream().map(line -> line.substring(line.indexOf("\"row\":") + 6, line.length() - 1)).toList())
                .hasSize(20).isEqualTo(delivered);
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void theColumnsThatFoldersAreNamedByAreThoseOfTheRealSink() {
        FilesConfig plain = FilesConfig.of(context.folder("out"), Format.JSONL);
        FilesConfig config = new FilesConfig(
                plain.path(), plain.format(), plain.compression(), plain.fileSize(),
                List.of(new FilesConfig.PartitionConfig(ORDERS.stream().toString(), List.of("name"))), 4, plain.grace(), ",", "\\N",
                plain.csvFormulas());
        try (Sink sink = new QuarantineSink(
                new FilesSink(config, context, new LocalFileTree(config.path())), context, quarantine(), new QuarantineTally(1))) {
            assertThat(sink.placedBy(ORDERS.stream())).containsExactly("name");
        }
    }

    private Path quarantine() {
        return context.temporaryFolder().resolve("quarantine");
    }

    private Sink sink(long limit) {
        return sink(new QuarantineTally(limit));
    }

    private Sink sink(QuarantineTally tally) {
        FilesConfig config = FilesConfig.of(context.folder("out"), Format.JSONL);
        return new QuarantineSink(
                new FilesSink(config, context, new LocalFileTree(config.path())), context, quarantine(), tally);
    }

    /** Ids count from 2^53; the bad rows are named by their number. */
    private Batch batch(List<Integer> rows, List<Integer> bad) {
        try (BatchBuilder builder = new BatchBuilder(ORDERS, context.allocator())) {
            for (int row : rows) {
                builder.set("id", 9007199254740993L + row).set("price", new BigDecimal("12345678901234567890.1234"))
                        .set("name", "n" + row).endRow();
            }
            Batch batch = builder.build(new Position(1, "{\"at\":" + rows.size() + "}"));
            int[] kept = IntStream.range(0, rows.size()).filter(at -> !bad.contains(rows.get(at))).toArray();
            int[] aside = IntStream.range(0, rows.size()).filter(at -> bad.contains(rows.get(at))).toArray();
            List<Rejected.Reason> reasons = IntStream.of(aside)
                    .mapToObj(at -> new Rejected.Reason(rows.get(at), "contract.range", "price", "is above the maximum"))
                    .toList();
            return bad.isEmpty() ? batch : Rows.setAside(batch, kept, kept.length, aside, reasons);
        }
    }

    private List<Staged> stage(Sink sink, long token, long epoch, List<Integer> rows, List<Integer> bad) {
        sink.prepare(ORDERS, WriteMode.APPEND);
        try (SinkWriter writer = sink.writer(ORDERS, WriteMode.APPEND, new WriterId(1, token, (int) epoch));
                Batch batch = batch(rows, bad)) {
            writer.write(batch);
            return writer.prepareCommit(epoch);
        }
    }

    private static List<Staged> part(List<Staged> staged, Staged.Part part) {
        return staged.stream().filter(one -> one.part() == part).toList();
    }

    private static StreamCommit commit(long token, long epoch, List<Staged> staged) {
        CommitIdentity identity = new CommitIdentity("conformance", ORDERS.stream(), 1, epoch, "d" + epoch);
        return new StreamCommit(identity, token, WriteMode.APPEND, staged, Optional.empty(), false, "{}");
    }

    private List<String> all() throws IOException {
        if (!Files.exists(quarantine())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(quarantine())) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    private List<String> lines() {
        return jsonLines(quarantine());
    }

    private static List<String> jsonLines(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
