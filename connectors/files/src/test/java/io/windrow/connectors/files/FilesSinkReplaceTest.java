package io.windrow.connectors.files;

import static io.windrow.connectors.files.Fixture.ORDERS;
import static io.windrow.connectors.files.Fixture.commit;
import static io.windrow.connectors.files.Fixture.completing;
import static io.windrow.connectors.files.Fixture.duck;
import static io.windrow.connectors.files.Fixture.orders;
import static io.windrow.connectors.files.Fixture.superseding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilesSinkReplaceTest {
    @TempDir
    Path root;

    private Fixture fixture;
    private FilesSink sink;
    private Committer committer;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
        sink = new FilesSink(FilesConfig.of(root, Format.JSONL), fixture.context(), new LocalFileTree(root));
        sink.prepare(orders(), WriteMode.REPLACE);
        committer = sink.committer();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private StreamCommit epoch(long generation, long epoch, long first, long last) {
        List<Staged> staged = first > last
                ? List.of()
                : fixture.stage(sink, WriteMode.REPLACE, new WriterId(generation, 1, 0), epoch, first, last);
        return commit(WriteMode.REPLACE, generation, epoch, staged);
    }

    private String current() {
        return duck("select count(*), sum(id) from read_json('" + root + "/public.orders/current/*.jsonl')").getFirst();
    }

    private long delivered() {
        try (Delivery delivery = sink.delivery(ORDERS).orElseThrow()) {
            return delivery.count();
        }
    }

    @Test
    void aGenerationIsVisibleOnlyOnceItIsComplete() {
        committer.commit(epoch(1, 1, 1, 10));
        assertThat(root.resolve("public.orders/current")).doesNotExist();
        assertThat(delivered()).isZero();
        assertThat(committer.commit(completing(epoch(1, 2, 11, 20)))).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(current()).isEqualTo("20|210");
        assertThat(delivered()).isEqualTo(20);
    }

    @Tag("A27")
    @Test
    void aReadThatFailedLeavesTheOldGenerationUntouched() throws IOException {
        committer.commit(completing(epoch(1, 1, 1, 10)));
        Path before = Files.readSymbolicLink(root.resolve("public.orders/current"));
        // The source fails before its first row: nothing is written, the epoch is never complete.
        assertThat(committer.commit(epoch(2, 2, 1, 0))).isInstanceOf(CommitOutcome.Committed.class);
        // It fails in the middle.
        committer.commit(epoch(3, 3, 1, 5));
        assertThat(Files.readSymbolicLink(root.resolve("public.orders/current"))).isEqualTo(before);
        assertThat(current()).isEqualTo("10|55");
        assertThat(delivered()).isEqualTo(10);
        // The next attempt supersedes the unfinished ones and completes.
        committer.commit(completing(superseding(epoch(4, 4, 1, 3), 2)));
        assertThat(current()).isEqualTo("3|6");
    }

    @Test
    void aCompleteGenerationWithoutRowsReplacesTheOldOne() {
        committer.commit(completing(epoch(1, 1, 1, 10)));
        committer.commit(completing(epoch(2, 2, 1, 0)));
        assertThat(delivered()).isZero();
        assertThat(root.resolve("public.orders/current")).isEmptyDirectory();
    }

    /** An empty folder has no columns, and a reader that is given its files finds none and fails. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void aCompleteCopyWithoutRowsIsOneFileThatNamesTheColumns(Format format) throws IOException {
        Path out = root.resolve("empty");
        FilesSink empty = new FilesSink(FilesConfig.of(out, format), fixture.context(), new LocalFileTree(out));
        empty.prepare(orders(), WriteMode.REPLACE);
        StreamCommit commit = completing(commit(WriteMode.REPLACE, 1, 1, withoutRows(empty, 1, 1)));
        assertThat(empty.committer().commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(empty.committer().commit(commit)).isInstanceOf(CommitOutcome.AlreadyCommitted.class);
        try (Stream<Path> files = Files.list(out.resolve("public.orders/current"))) {
            assertThat(files).singleElement().satisfies(file -> assertThat(file.toString()).endsWith(format.extension()));
        }
        String glob = out + "/public.orders/current/*";
        switch (format) {
            case PARQUET -> assertThat(duck("describe select * from read_parquet('" + glob + "')"))
                    .extracting(row -> row.split("\\|")[0]).containsExactly("id", "name");
            case CSV -> assertThat(duck("describe select * from read_csv('" + glob + "', header=true)"))
                    .extracting(row -> row.split("\\|")[0]).containsExactly("id", "name");
            case AVRO, ARROW, ARROW_STREAM, JSONL -> {
                // DuckDB reads none of them here, or has no columns to show: the audit below decodes them.
            }
        }
        try (Delivery delivery = empty.delivery(ORDERS).orElseThrow(); DeliveryAudit audit = empty.audit(ORDERS).orElseThrow()) {
            assertThat(delivery.count()).isZero();
            assertThat(delivery.read(orders())).isEmpty();
            assertThat(delivery.unreadable()).isEmpty();
            DeliveryAudit.Examined examined = audit.examine(audit.commits().getFirst(), rows -> {});
            assertThat(examined.findings()).isEmpty();
            assertThat(examined.complete()).isTrue();
            assertThat(examined.files()).isEqualTo(1);
            assertThat(audit.strays()).isEmpty();
        }
    }

    @Test
    void aPartitionedCopyWithoutRowsHasItsFileWhereItsReadersLook() {
        Path out = root.resolve("empty");
        FilesConfig plain = FilesConfig.of(out, Format.PARQUET);
        FilesSink empty = new FilesSink(
                new FilesConfig(
                        out, plain.format(), plain.compression(), plain.fileSize(),
                        List.of(new FilesConfig.PartitionConfig("public.orders", List.of("name", "id"))), 4, plain.grace(), ",", "\\N",
                        plain.csvFormulas()),
                fixture.context(), new LocalFileTree(out));
        empty.prepare(orders(), WriteMode.REPLACE);
        empty.committer().commit(completing(commit(WriteMode.REPLACE, 1, 1, withoutRows(empty, 1, 1))));
        assertThat(duck("select count(*) from read_parquet('" + out + "/public.orders/current/*/*/*.parquet', hive_partitioning=true)"))
                .containsExactly("0");
    }

    @Test
    void aCopyThatHasRowsNeedsNoFileWithoutAndOneThatIsAppendedHasNone() {
        committer.commit(epoch(1, 1, 1, 5));
        assertThat(withoutRows(sink, 1, 2)).isEmpty();
        assertThat(withoutRows(sink, 2, 3)).hasSize(1);
        StreamSchema appended = Fixture.schema(new StreamName("public", "appended"));
        sink.prepare(appended, WriteMode.APPEND);
        try (SinkWriter writer = sink.writer(appended, WriteMode.APPEND, new WriterId(1, 1, 0))) {
            assertThat(writer.prepareEmpty(1)).isEmpty();
        }
    }

    private static List<Staged> withoutRows(FilesSink sink, long generation, long epoch) {
        try (SinkWriter writer = sink.writer(orders(), WriteMode.REPLACE, new WriterId(generation, 1, 7))) {
            return writer.prepareEmpty(epoch);
        }
    }

    @Test
    void aGenerationThatLostAFileIsNotSwappedIn() throws IOException {
        committer.commit(completing(epoch(1, 1, 1, 10)));
        CommitOutcome.Committed part = (CommitOutcome.Committed) committer.commit(epoch(2, 2, 1, 5));
        Files.delete(root.resolve(part.outputs().getFirst()));
        assertThat(committer.commit(completing(epoch(2, 3, 6, 9)))).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(current()).isEqualTo("10|55");
    }

    @Test
    void anOlderGenerationNeverTakesTheLinkBack() {
        StreamCommit old = completing(epoch(1, 1, 1, 3));
        committer.commit(completing(epoch(2, 2, 1, 10)));
        assertThat(committer.commit(old)).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(current()).isEqualTo("10|55");
    }

    @Test
    void dyingBeforeOrAfterTheSwapIsMendedByCommittingAgain() {
        committer.commit(completing(epoch(1, 1, 1, 10)));
        long epoch = 2;
        for (String point : List.of("files.before_swap", "files.after_swap", "files.before_manifest")) {
            StreamCommit commit = completing(epoch(epoch, epoch, 1, 10 + epoch));
            fixture.failpoints = name -> {
                if (name.equals(point)) {
                    throw new IllegalStateException("killed");
                }
            };
            assertThatThrownBy(() -> committer.commit(commit)).hasMessage("killed");
            fixture.failpoints = name -> {};
            assertThat(committer.commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(delivered()).isEqualTo(10 + epoch);
            epoch++;
        }
    }

    @Test
    void oldGenerationsGoAfterTheirGraceButTheOneBeforeAlwaysStays() throws IOException {
        for (int g = 1; g <= 4; g++) {
            committer.commit(completing(epoch(g, g, 1, g)));
            fixture.now = fixture.now.plus(Duration.ofMinutes(40));
        }
        try (Stream<Path> generations = Files.list(root.resolve(".windrow/public.orders/generations"))) {
            // Generation 1 was replaced 80 minutes before the last commit, 2 only 40 minutes before.
            assertThat(generations.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("g000002", "g000003", "g000004");
        }
        fixture.now = fixture.now.plus(Duration.ofDays(1));
        committer.commit(completing(epoch(5, 5, 1, 5)));
        try (Stream<Path> generations = Files.list(root.resolve(".windrow/public.orders/generations"))) {
            assertThat(generations.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("g000004", "g000005");
        }
        assertThat(current()).isEqualTo("5|15");
    }

    /** As a process leaves it that was killed between the two steps of removing a generation, by whatever version. */
    @Test
    void whatIsLeftOfAReplacedGenerationIsSeenByADisposalAndGoesWithTheNextCommit() throws IOException {
        for (int g = 1; g <= 3; g++) {
            committer.commit(completing(epoch(g, g, 1, g)));
        }
        Path manifests = root.resolve(".windrow/public.orders/manifests");
        Files.move(manifests.resolve("g000001-e0000000001.manifest"), manifests.resolve("g000001-e0000000001.superseded"));
        try (DeliveryDisposal disposal = sink.disposal(ORDERS).orElseThrow()) {
            assertThat(disposal.before(fixture.now)).extracting(kept -> kept.identity().generation()).containsExactly(1L, 2L);
        }
        committer.commit(completing(epoch(4, 4, 1, 4)));
        assertThat(root.resolve(".windrow/public.orders/generations/g000001")).doesNotExist();
        try (DeliveryDisposal disposal = sink.disposal(ORDERS).orElseThrow();
                DeliveryAudit audit = sink.audit(ORDERS).orElseThrow()) {
            assertThat(disposal.before(fixture.now)).extracting(kept -> kept.identity().generation()).containsExactly(2L, 3L);
            assertThat(audit.strays()).isEmpty();
        }
        assertThat(current()).isEqualTo("4|10");
    }

    @Test
    void aDisposalDeletesWhatIsLeftOfAReplacedGeneration() throws IOException {
        StreamCommit first = completing(epoch(1, 1, 1, 3));
        committer.commit(first);
        committer.commit(completing(epoch(2, 2, 1, 4)));
        Path manifests = root.resolve(".windrow/public.orders/manifests");
        Files.move(manifests.resolve("g000001-e0000000001.manifest"), manifests.resolve("g000001-e0000000001.superseded"));
        try (DeliveryDisposal disposal = sink.disposal(ORDERS).orElseThrow()) {
            disposal.dispose(first.identity());
            assertThat(disposal.before(fixture.now)).isEmpty();
        }
        assertThat(root.resolve(".windrow/public.orders/generations/g000001")).doesNotExist();
        assertThat(current()).isEqualTo("4|10");
    }

    @Tag("A27")
    @Test
    @Tag("slow")
    void aReaderThatGlobsThroughAHundredSwapsSeesOnlyWholeGenerations() throws Exception {
        // Every generation has two files of n rows each, all holding the generation's number.
        committer.commit(completing(epoch(1, 1, 1, 2)));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger seen = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (!done.get() || seen.get() == 0) {
                    Path generation = root.resolve("public.orders/current").toRealPath();
                    long rows = 0;
                    try (Stream<Path> files = Files.list(generation)) {
                        for (Path file : files.toList()) {
                            rows += Files.readAllLines(file).size();
                        }
                    }
                    long number = Long.parseLong(generation.getFileName().toString().substring(1));
                    assertThat(rows).isEqualTo(number * 2);
                    seen.incrementAndGet();
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        for (long g = 2; g <= 101; g++) {
            committer.commit(epoch(g, 2 * g, 1, g));
            assertThat(committer.commit(completing(epoch(g, 2 * g + 1, g + 1, 2 * g)))).isInstanceOf(CommitOutcome.Committed.class);
        }
        done.set(true);
        reader.join();
        assertThat(failure.get()).isNull();
        assertThat(seen.get()).isPositive();
    }

    /** Of a partitioned stream the walk is long: folder after folder is listed while generations come and go. */
    @Tag("A27")
    @Test
    @Tag("slow")
    void aReaderThatResolvesTheLinkOnceAndWalksPartitionsThroughAHundredSwapsSeesOnlyWholeGenerations() throws Exception {
        FilesConfig plain = FilesConfig.of(root, Format.JSONL);
        sink = new FilesSink(
                new FilesConfig(
                        root, Format.JSONL, plain.compression(), plain.fileSize(),
                        List.of(new FilesConfig.PartitionConfig("public.orders", List.of("id"))), 4, plain.grace(), ",", "\\N",
                        plain.csvFormulas()),
                fixture.context(), new LocalFileTree(root));
        committer = sink.committer();
        committer.commit(completing(epoch(1, 1, 1, 5)));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger seen = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (!done.get() || seen.get() == 0) {
                    Path generation = root.resolve("public.orders/current").toRealPath();
                    long number = Long.parseLong(generation.getFileName().toString().substring(1));
                    long rows = 0;
                    try (Stream<Path> walk = Files.walk(generation)) {
                        for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
                            rows += Files.readAllLines(file).size();
                        }
                    }
                    assertThat(rows).isEqualTo(4 + number % 3);
                    seen.incrementAndGet();
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        for (long g = 2; g <= 101; g++) {
            assertThat(committer.commit(completing(epoch(g, g, 1, 4 + g % 3)))).isInstanceOf(CommitOutcome.Committed.class);
        }
        done.set(true);
        reader.join();
        assertThat(failure.get()).isNull();
        assertThat(seen.get()).isPositive();
    }

    @Test
    void duckDbReadsThroughTheLinkAWholeGenerationOrItStops() {
        committer.commit(completing(epoch(1, 1, 1, 2)));
        for (long g = 2; g <= 12; g++) {
            committer.commit(epoch(g, 2 * g, 1, g));
            committer.commit(completing(epoch(g, 2 * g + 1, g + 1, 2 * g)));
            assertThat(current()).isEqualTo(2 * g + "|" + g * (2 * g + 1));
        }
    }

    @Test
    void aFolderKeepsItsModeAndItsPipeline() {
        assertThatThrownBy(() -> sink.prepare(orders(), WriteMode.APPEND)).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(FilesError.MODE_CHANGED));
    }
}
