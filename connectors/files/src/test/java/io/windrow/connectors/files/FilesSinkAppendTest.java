package io.windrow.connectors.files;

import static io.windrow.connectors.files.Fixture.ORDERS;
import static io.windrow.connectors.files.Fixture.commit;
import static io.windrow.connectors.files.Fixture.duck;
import static io.windrow.connectors.files.Fixture.orders;
import static io.windrow.connectors.files.Fixture.superseding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.vector.VarCharVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesSinkAppendTest {
    private static final WriterId FIRST = new WriterId(1, 1, 0);

    @TempDir
    Path root;

    private Fixture fixture;
    private FilesSink sink;
    private Committer committer;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
        sink = sink(Format.JSONL);
        sink.prepare(orders(), WriteMode.APPEND);
        committer = sink.committer();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private FilesSink sink(Format format) {
        return new FilesSink(FilesConfig.of(root, format), fixture.context(), new LocalFileTree(root));
    }

    private List<Staged> stage(long epoch, long first, long last) {
        return fixture.stage(sink, WriteMode.APPEND, FIRST, epoch, first, last);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private String counted() {
        return duck("select count(*), sum(id) from read_json('" + root + "/**/*.jsonl')").getFirst();
    }

    @Test
    void rowsAreVisibleToReadersThatGlobOnlyAfterTheCommit() throws IOException {
        List<Staged> staged = stage(1, 1, 100);
        assertThat(staged).hasSize(1);
        assertThat(staged.getFirst().rows()).isEqualTo(100);
        assertThat(files()).noneMatch(file -> file.toString().matches(".*\\.jsonl?"));
        assertThat(committer.lastCommitted(ORDERS)).isEmpty();

        CommitOutcome outcome = committer.commit(commit(WriteMode.APPEND, 1, 1, staged));

        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(counted()).isEqualTo("100|5050");
        assertThat(duck("select count(*) from read_json('" + root + "/**/*.jsonl') where name is null")).containsExactly("20");
        assertThat(committer.lastCommitted(ORDERS)).contains(new CommitIdentity("test", ORDERS, 1, 1, "d1"));
    }

    @Test
    void manifestAndLedgerAreOutOfReachOfAnyGlobForJson() throws IOException {
        committer.commit(commit(WriteMode.APPEND, 1, 1, stage(1, 1, 3)));
        assertThat(files()).filteredOn(file -> file.toString().endsWith(".json")).isEmpty();
        assertThat(files()).filteredOn(file -> file.toString().endsWith(".jsonl")).hasSize(1);
        assertThat(files()).filteredOn(file -> file.toString().endsWith(".ledger")).hasSize(1)
                .first().satisfies(file -> assertThat(Files.readString(file)).isEqualTo("{\"epoch\":1}"));
    }

    @Tag("B29")
    @Test
    void theSameIdentityAgainChangesNothing() {
        StreamCommit commit = commit(WriteMode.APPEND, 1, 1, stage(1, 1, 10));
        CommitOutcome.Committed first = (CommitOutcome.Committed) committer.commit(commit);
        CommitOutcome again = sink.committer().commit(commit);
        assertThat(again).isEqualTo(new CommitOutcome.AlreadyCommitted(first.outputs()));
        assertThat(counted()).isEqualTo("10|55");
    }

    @Test
    void theSameOrALowerEpochWithAnotherDigestOrGenerationIsUnknownAndKeepsEverything() {
        committer.commit(commit(WriteMode.APPEND, 2, 2, stage(2, 1, 10)));
        List<Staged> other = stage(2, 11, 20);
        StreamCommit plain = commit(WriteMode.APPEND, 2, 2, other);
        StreamCommit digest = new StreamCommit(new CommitIdentity("test", ORDERS, 2, 2, "other"), 1, WriteMode.APPEND,
                other, Optional.empty(), false, "{}");
        assertThat(committer.commit(digest)).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(committer.commit(commit(WriteMode.APPEND, 2, 1, other))).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(committer.commit(commit(WriteMode.APPEND, 1, 3, other))).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(committer.commit(commit(WriteMode.APPEND, 3, 2, other))).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(counted()).isEqualTo("10|55");
        assertThat(new LocalFileTree(root).length(StagedFile.parse(2, plain.staged().getFirst().text()).staged())).isPresent();
    }

    @Tag("F03")
    @Test
    void aStagedFileThatIsGoneOrShortIsRejectedBecauseNothingOfItIsVisible() throws IOException {
        List<Staged> staged = stage(1, 1, 10);
        Path file = root.resolve(StagedFile.parse(2, staged.getFirst().text()).staged());
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThat(committer.commit(commit(WriteMode.APPEND, 1, 1, staged))).isInstanceOf(CommitOutcome.Rejected.class);
        Files.delete(file);
        assertThat(committer.commit(commit(WriteMode.APPEND, 1, 1, staged))).isInstanceOf(CommitOutcome.Rejected.class);
        assertThat(committer.lastCommitted(ORDERS)).isEmpty();
        committer.discard(staged);
    }

    @Tag("F22")
    @Test
    void aCommitThatDiedAfterTheThirdOfSevenFilesIsFinishedByCommittingAgain() {
        List<Staged> staged = new ArrayList<>();
        for (int writer = 0; writer < 7; writer++) {
            staged.addAll(fixture.stage(sink, WriteMode.APPEND, new WriterId(1, 1, writer), 1, writer * 10L + 1, writer * 10L + 10));
        }
        int[] renames = {0};
        fixture.failpoints = name -> {
            if (name.equals("files.after_rename") && ++renames[0] == 3) {
                throw new IllegalStateException("killed");
            }
        };
        StreamCommit commit = commit(WriteMode.APPEND, 1, 1, staged);
        assertThatThrownBy(() -> committer.commit(commit)).hasMessage("killed");
        assertThat(committer.lastCommitted(ORDERS)).isEmpty();
        fixture.failpoints = name -> {};
        assertThat(sink.committer().commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(counted()).isEqualTo("70|2485");
    }

    @Test
    void theFirstCommitOfANewGenerationTakesTheRowsOfTheSupersededOneAway() {
        committer.commit(commit(WriteMode.APPEND, 1, 1, stage(1, 1, 10)));
        committer.commit(commit(WriteMode.APPEND, 2, 2, fixture.stage(sink, WriteMode.APPEND, new WriterId(2, 1, 0), 2, 11, 20)));
        List<Staged> staged = fixture.stage(sink, WriteMode.APPEND, new WriterId(3, 1, 0), 3, 11, 15);
        fixture.failpoints = name -> {
            if (name.equals("files.after_supersede")) {
                throw new IllegalStateException("killed");
            }
        };
        StreamCommit commit = superseding(commit(WriteMode.APPEND, 3, 3, staged), 2);
        assertThatThrownBy(() -> committer.commit(commit)).hasMessage("killed");
        fixture.failpoints = name -> {};
        assertThat(committer.commit(commit)).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(counted()).isEqualTo("15|120");
    }

    @Tag("F01")
    @Tag("F02")
    @Test
    void aWriterThatFailedPublishesNothingAndTakesNothingMore() throws IOException {
        SinkWriter writer = sink.writer(orders(), WriteMode.APPEND, FIRST);
        try (Batch batch = fixture.batch(orders(), 1, 10)) {
            writer.write(batch);
            fixture.failpoints = name -> {
                throw new IllegalStateException("failed in batch 2");
            };
            assertThatThrownBy(() -> writer.write(batch)).hasMessage("failed in batch 2");
            fixture.failpoints = name -> {};
            assertThatThrownBy(() -> writer.write(batch)).isInstanceOfSatisfying(WindrowException.class,
                    e -> assertThat(e.errorCode()).isEqualTo(FilesError.WRITER_POISONED));
            assertThatThrownBy(() -> writer.prepareCommit(1)).isInstanceOf(WindrowException.class);
        }
        writer.close();
        assertThat(files()).allMatch(file -> file.endsWith("stream") || file.toString().endsWith(".schema"));
    }

    @Tag("F07")
    @Test
    void everythingWrittenIsStagedByTheNextCutWithoutFurtherRows() {
        try (SinkWriter writer = sink.writer(orders(), WriteMode.APPEND, FIRST); Batch batch = fixture.batch(orders(), 1, 1)) {
            writer.write(batch);
            assertThat(writer.bytes()).isPositive();
            assertThat(writer.prepareCommit(1)).singleElement().satisfies(s -> assertThat(s.rows()).isEqualTo(1));
            assertThat(writer.bytes()).isZero();
            assertThat(writer.prepareCommit(2)).isEmpty();
        }
    }

    @Tag("B14")
    @Tag("F09")
    @Test
    void twoOwnersNeverWriteOneFileAndTheStaleOneCannotCommitOverTheNewOne() throws IOException {
        List<Staged> stale = stage(1, 1, 20);
        FilesSink newer = sink(Format.JSONL);
        List<Staged> own = fixture.stage(newer, WriteMode.APPEND, new WriterId(1, 2, 0), 1, 1, 30);
        StreamCommit commit = commit(WriteMode.APPEND, 1, 1, own);
        StreamCommit fenced = new StreamCommit(commit.identity(), 2, commit.mode(), own, Optional.empty(), false, "{}");
        assertThat(newer.committer().commit(fenced)).isInstanceOf(CommitOutcome.Committed.class);
        StreamCommit late = new StreamCommit(new CommitIdentity("test", ORDERS, 1, 2, "x"), 1, WriteMode.APPEND, stale,
                Optional.empty(), false, "{}");
        assertThat(committer.commit(late)).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(counted()).isEqualTo("30|465");
        assertThat(files()).noneMatch(file -> file.toString().endsWith(".staged"));
    }

    @Tag("C35")
    @Test
    void csvKeepsNullEmptyAndMarkerApartForADifferentReader() {
        FilesSink csv = sink(Format.CSV);
        List<Staged> staged = fixture.stage(csv, WriteMode.APPEND, FIRST, 1, 1, 10);
        csv.committer().commit(commit(WriteMode.APPEND, 1, 1, staged));
        String read = "read_csv('" + root + "/**/*.csv', nullstr='\\N', allow_quoted_nulls=false, header=true, quote='\"', "
                + "escape='\"', delim=',', columns={'id':'BIGINT','name':'VARCHAR'})";
        assertThat(duck("select count(*), sum(id), count(name) from " + read)).containsExactly("10|55|8");
        assertThat(duck("select name from " + read + " where id = 3")).containsExactly("name \"3\",\n");
    }

    @Tag("H17")
    @Test
    void csvTextsThatASpreadsheetWouldRunAreDefusedOnRequestAndComeBackUnchanged() throws IOException {
        FilesConfig plain = FilesConfig.of(root, Format.CSV);
        FilesConfig defusing = new FilesConfig(root, Format.CSV, plain.compression(), plain.fileSize(), List.of(), 1, plain.grace(),
                ",", "\\N", CsvStyle.Formulas.DEFUSE);
        List<String> texts = List.of("=HYPERLINK(\"http://x\")", "+cmd", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "'=1",
                "＝1+1", "＋1", "－1", "＠SUM(A1)", "plain", "！x", "ａ");
        FilesSink csv = new FilesSink(defusing, fixture.context(), new LocalFileTree(root));
        try (SinkWriter writer = csv.writer(orders(), WriteMode.APPEND, FIRST); Batch batch = fixture.batch(orders(), 1, texts.size())) {
            for (int i = 0; i < texts.size(); i++) {
                ((VarCharVector) batch.arrow().getVector("name")).setSafe(i, texts.get(i).getBytes(StandardCharsets.UTF_8));
            }
            writer.write(batch);
            csv.committer().commit(commit(WriteMode.APPEND, 1, 1, writer.prepareCommit(1)));
        }
        String read = "read_csv('" + root + "/**/*.csv', nullstr='\\N', allow_quoted_nulls=false, header=true, quote='\"', "
                + "escape='\"', delim=',', columns={'id':'BIGINT','name':'VARCHAR'})";
        assertThat(duck("select name from " + read + " order by id")).hasSize(15)
                .allMatch(text -> text.startsWith("'") != List.of("plain", "！x", "ａ").contains(text));
        try (Delivery delivery = csv.delivery(ORDERS).orElseThrow(); Batch back = delivery.read(orders()).orElseThrow()) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(back.arrow().getVector("name").getObject(i)).hasToString(texts.get(i));
            }
        }
    }

    @Test
    void theTextOfAStagedFileDoesNotChange() {
        StagedFile file = new StagedFile(
                ".windrow/a/staging/t000001-g000001-w000-s000000.staged", "a/x.jsonl", 3, 120, 4294967295L, "ab12");
        String first = "{\"staged\":\".windrow/a/staging/t000001-g000001-w000-s000000.staged\","
                + "\"file\":\"a/x.jsonl\",\"rows\":3,\"bytes\":120,\"crc32c\":4294967295}";
        assertThat(file.toJson()).isEqualTo(first.replace("}", ",\"schema\":\"ab12\"}"));
        assertThat(StagedFile.parse(2, file.toJson())).isEqualTo(file);
        assertThat(StagedFile.parse(1, first).schema()).isEmpty();
        assertThatThrownBy(() -> StagedFile.parse(3, file.toJson())).isInstanceOf(WindrowException.class);
    }
}
