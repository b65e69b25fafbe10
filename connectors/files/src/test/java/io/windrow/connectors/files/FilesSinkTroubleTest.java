package io.windrow.connectors.files;

import static io.windrow.connectors.files.Fixture.ORDERS;
import static io.windrow.connectors.files.Fixture.commit;
import static io.windrow.connectors.files.Fixture.duck;
import static io.windrow.connectors.files.Fixture.orders;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Batch;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import io.windrow.connectors.files.tree.TreeError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesSinkTroubleTest {
    private static final WriterId FIRST = new WriterId(1, 1, 0);

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private FilesSink sink(Path folder) {
        return new FilesSink(FilesConfig.of(folder, Format.JSONL), fixture.context(), new LocalFileTree(folder));
    }

    @Tag("C30")
    @Tag("C32")
    @Test
    void streamsWithNamesOfAnyShapeHaveFoldersOfTheirOwnInsideTheRoot() throws IOException {
        FilesSink sink = sink(root.resolve("out"));
        List<StreamName> names = List.of(new StreamName("public", "Center"), new StreamName("public", "center"),
                new StreamName("..", ".."), new StreamName("", "../../escape"), new StreamName("a.b", "c"), new StreamName("a", "b.c"),
                StreamName.of("/etc/passwd"), StreamName.of("select"), StreamName.of("🚜\"'"), StreamName.of("x".repeat(63)), StreamName.of("%"));
        long epoch = 0;
        for (StreamName name : names) {
            StreamSchema schema = Fixture.schema(name);
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, FIRST); Batch batch = fixture.batch(schema, 1, 3)) {
                writer.write(batch);
                var plain = commit(WriteMode.APPEND, 1, ++epoch, writer.prepareCommit(epoch));
                var identity = new io.windrow.api.sink.CommitIdentity("test", name, 1, epoch, "d");
                assertThat(sink.committer().commit(new io.windrow.api.sink.StreamCommit(identity, 1, plain.mode(), plain.staged(),
                        plain.supersedes(), false, "{}"))).isInstanceOf(CommitOutcome.Committed.class);
                assertThat(sink.committer().lastCommitted(name)).contains(identity);
            }
        }
        try (Stream<Path> top = Files.list(root)) {
            assertThat(top).containsExactly(root.resolve("out"));
        }
        try (Stream<Path> folders = Files.list(root.resolve("out"))) {
            assertThat(folders).hasSize(names.size() + 1);
        }
        assertThat(duck("select count(*) from read_json('" + root + "/out/**/*.jsonl')")).containsExactly("" + 3 * names.size());
    }

    @Test
    void aStreamFolderThatIsALinkOutOfTheRootIsRefused() throws IOException {
        Path out = Files.createDirectory(root.resolve("out"));
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(out.resolve("public.orders"), elsewhere);
        assertThatThrownBy(() -> sink(out).prepare(orders(), WriteMode.APPEND)).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(TreeError.PATH_ESCAPES));
        Files.delete(out.resolve("public.orders"));
        FilesSink sink = sink(out);
        sink.prepare(orders(), WriteMode.APPEND);
        List<Staged> staged = fixture.stage(sink, WriteMode.APPEND, FIRST, 1, 1, 3);
        Files.delete(out.resolve("public.orders"));
        Files.createSymbolicLink(out.resolve("public.orders"), elsewhere);
        assertThat(sink.committer().commit(commit(WriteMode.APPEND, 1, 1, staged))).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void pathsThatLeaveTheRootAreRefusedHoweverTheyAreSpelled() {
        LocalFileTree tree = new LocalFileTree(root);
        for (String path : List.of("../x", "a/../../x", "/etc/x", "a\\..\\x", "a/../b", ".", "..")) {
            assertThatThrownBy(() -> tree.delete(path)).isInstanceOfSatisfying(WindrowException.class,
                    e -> assertThat(e.errorCode()).isEqualTo(TreeError.PATH_ESCAPES));
        }
        assertThatThrownBy(() -> tree.link("l", "../../x")).isInstanceOf(WindrowException.class);
    }

    /** Under LANG=C that is every name beyond ASCII; a name with a zero no system can spell. */
    @Test
    void aNameThatTheSystemCannotSpellIsACodedErrorWhereverItIsMet() {
        LocalFileTree tree = new LocalFileTree(root);
        String name = "country=Z\0rich";
        List<ThrowingCallable> calls = List.of(
                () -> tree.folder(name), () -> tree.create(name), () -> tree.length(name), () -> tree.delete(name),
                () -> tree.list(name, entry -> {}), () -> tree.rename("a", name), () -> tree.local(name));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(TreeError.NAME_UNSPELLABLE)));
    }

    @Test
    void onlyUnfinishedFilesOfOlderOwnersAreRemovedWhenANewOwnerStarts() throws IOException {
        FilesSink sink = sink(root);
        sink.prepare(orders(), WriteMode.APPEND);
        List<Staged> prepared = fixture.stage(sink, WriteMode.APPEND, new WriterId(1, 5, 0), 1, 1, 3);
        Path staging = root.resolve(".windrow/public.orders/staging");
        Files.writeString(staging.resolve("t000004-g000001-w000-s000009.writing"), "half");
        Files.writeString(staging.resolve("t000007-g000001-w000-s000009.writing"), "a younger owner's");
        Files.writeString(staging.resolve("foreign"), "not ours");
        sink(root).writer(orders(), WriteMode.APPEND, new WriterId(1, 6, 0)).close();
        try (Stream<Path> left = Files.list(staging)) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder(
                    "t000005-g000001-w000-s000000.staged", "t000007-g000001-w000-s000009.writing", "foreign");
        }
        sink.committer().discard(prepared);
        sink.committer().discard(prepared);
        assertThat(staging.resolve("t000005-g000001-w000-s000000.staged")).doesNotExist();
    }

    @Test
    void anErrorOfTheStorageHasACodeOfItsOwn() throws IOException {
        Files.writeString(root.resolve("file"), "in the way");
        assertThat(sink(root.resolve("file/below")).check()).singleElement()
                .satisfies(r -> assertThat(r.outcome()).isEqualTo(CheckResult.Outcome.FAILED));
        assertThat(sink(root.resolve("new/folder")).check()).singleElement()
                .satisfies(r -> assertThat(r.outcome()).isEqualTo(CheckResult.Outcome.OK));
        assertThat(root.resolve("new")).doesNotExist();
        assertThat(sink(root).check()).singleElement().satisfies(r -> assertThat(r.outcome()).isEqualTo(CheckResult.Outcome.OK));
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void whatTheTakerOfExaminedRowsThrowsIsNoDamageOfTheFile() {
        FilesSink sink = sink(root);
        sink.prepare(orders(), WriteMode.APPEND);
        sink.committer().commit(commit(WriteMode.APPEND, 1, 1, fixture.stage(sink, WriteMode.APPEND, FIRST, 1, 1, 3)));
        WindrowException full = WindrowException.of(TreeError.DISK_FULL, "Putting rows aside: no space is left");
        try (DeliveryAudit audit = sink.audit(ORDERS).orElseThrow()) {
            DeliveryAudit.Commit only = audit.commits().getFirst();
            assertThatThrownBy(() -> audit.examine(only, rows -> {
                throw full;
            })).isSameAs(full);
            assertThat(audit.examine(only, rows -> {}).findings()).isEmpty();
        }
    }

    @Tag("F23")
    @Tag("server")
    @Test
    void aFullDiskStopsWithACodedErrorAndTheSameEpochGoesThroughWhenSpaceReturns() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()), "needs the right to mount");
        try {
            FilesSink sink = sink(disk);
            sink.prepare(orders(), WriteMode.APPEND);
            Files.write(disk.resolve("ballast"), new byte[1 << 20]);
            SinkWriter writer = sink.writer(orders(), WriteMode.APPEND, FIRST);
            try (Batch batch = fixture.batch(orders(), 1, 60_000)) {
                assertThatThrownBy(() -> {
                    writer.write(batch);
                    writer.prepareCommit(1);
                }).isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(TreeError.DISK_FULL);
                    assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCE);
                });
                assertThatThrownBy(() -> writer.write(batch)).isInstanceOf(WindrowException.class);
            }
            writer.close();
            assertThat(sink.committer().lastCommitted(ORDERS)).isEmpty();
            try (Stream<Path> all = Files.walk(disk)) {
                assertThat(all.filter(p -> p.toString().endsWith(".jsonl") || p.toString().contains("t000001"))).isEmpty();
            }
            Files.delete(disk.resolve("ballast"));
            List<Staged> staged = fixture.stage(sink, WriteMode.APPEND, FIRST, 1, 1, 10_000);
            // Full again while the commit writes its manifest: nobody knows, and committing again finishes it.
            Path ballast = disk.resolve("ballast");
            fill(ballast);
            assertThat(sink.committer().commit(commit(WriteMode.APPEND, 1, 1, staged))).isInstanceOf(CommitOutcome.Unknown.class);
            Files.delete(ballast);
            assertThat(sink.committer().commit(commit(WriteMode.APPEND, 1, 1, staged))).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(duck("select count(*) from read_json('" + disk + "/**/*.jsonl')")).containsExactly("10000");
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            byte[] part = new byte[4096];
            while (true) {
                out.write(part);
            }
        } catch (java.nio.file.FileSystemException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void aReadOnlyTargetIsAResourceError() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", disk.toString()), "needs the right to mount");
        try {
            assertThatThrownBy(() -> sink(disk).prepare(orders(), WriteMode.APPEND)).isInstanceOfSatisfying(WindrowException.class,
                    e -> assertThat(e.errorCode()).isEqualTo(TreeError.READ_ONLY));
        } finally {
            run("umount", disk.toString());
        }
    }

    /** The nearest that this kernel has to storage without links: they can be made there and lead nowhere. */
    @Tag("server")
    @Test
    void aTargetWithoutLinksIsRefusedBeforeAReplacedCopyIsReadAndTakesStreamsThatAppend() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m,nosymfollow", "tmpfs", disk.toString()),
                "needs the right to mount, and Linux 5.10");
        try {
            assertThat(sink(disk).check()).extracting(CheckResult::name, CheckResult::outcome).containsExactly(
                    tuple("write", CheckResult.Outcome.OK), tuple("links", CheckResult.Outcome.WARNING));
            assertThatThrownBy(() -> sink(disk).prepare(orders(), WriteMode.REPLACE)).isInstanceOfSatisfying(WindrowException.class,
                    e -> {
                        assertThat(e.errorCode()).isEqualTo(TreeError.LINKS_REFUSED);
                        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
                    });
            StreamName other = new StreamName("public", "other");
            sink(disk).prepare(Fixture.schema(other), WriteMode.APPEND);
            try (Stream<Path> all = Files.walk(disk)) {
                assertThat(all.filter(Files::isSymbolicLink)).isEmpty();
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
