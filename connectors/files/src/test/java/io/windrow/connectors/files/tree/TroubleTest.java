package io.windrow.connectors.files.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the file system says is understood in whatever language it says it. */
class TroubleTest {
    private static final IOException GERMAN_FULL =
            new FileSystemException("x", null, "Auf dem Ger\u00e4t ist kein Speicherplatz mehr verf\u00fcgbar");
    private static final IOException GERMAN_READ_ONLY = new FileSystemException("x", null, "Das Dateisystem ist nur lesbar");

    @TempDir
    Path folder;

    @Test
    void theEnglishReasonsAreKnown() {
        assertThat(Stream.of("No space left on device", "Disk quota exceeded", "Read-only file system", "Too many open files",
                                "Too many open files in system", "Operation not permitted", "Input/output error")
                        .map(reason -> Trouble.code(Trouble.Effort.WRITING, new FileSystemException("x", null, reason), folder)))
                .containsExactly(TreeError.DISK_FULL, TreeError.DISK_FULL, TreeError.READ_ONLY, TreeError.TOO_MANY_OPEN,
                        TreeError.TOO_MANY_OPEN, TreeError.ACCESS_DENIED, TreeError.IO_FAILED);
    }

    @Test
    void aStorageThatHasNoLinksIsToldFromOneThatRefusesOrFails() {
        assertThat(Stream.of("Operation not permitted", "Operation not supported", "Function not implemented",
                                "A required privilege is not held by the client", "No space left on device", "Input/output error")
                        .map(reason -> Trouble.code(Trouble.Effort.LINKING, new FileSystemException("x", null, reason), folder)))
                .containsExactly(TreeError.LINKS_REFUSED, TreeError.LINKS_REFUSED, TreeError.LINKS_REFUSED, TreeError.LINKS_REFUSED,
                        TreeError.DISK_FULL, TreeError.IO_FAILED);
        assertThat(Trouble.code(Trouble.Effort.LINKING, new AccessDeniedException("x"), folder)).isEqualTo(TreeError.ACCESS_DENIED);
    }

    @Test
    void aReasonInAnotherLanguageWithRoomLeftIsWhatItWas() {
        assertThat(Trouble.code(Trouble.Effort.WRITING, GERMAN_FULL, folder.resolve("not/there"))).isEqualTo(TreeError.IO_FAILED);
        assertThat(Trouble.code(Trouble.Effort.WRITING, new AccessDeniedException("x"), folder)).isEqualTo(TreeError.ACCESS_DENIED);
    }

    @Tag("F23")
    @Tag("server")
    @Test
    void aFullOrReadOnlyDiskIsKnownByItselfWhateverTheReasonSays() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()), "needs the right to mount");
        try {
            Path file = disk.resolve("below/x");
            assertThat(Trouble.code(Trouble.Effort.WRITING, GERMAN_FULL, file)).isEqualTo(TreeError.DISK_FULL);
            assertThat(Trouble.code(Trouble.Effort.READING, GERMAN_FULL, file)).isEqualTo(TreeError.IO_FAILED);
            assumeTrue(run("mount", "-o", "remount,ro", disk.toString()), "needs the right to mount");
            assertThat(Trouble.code(Trouble.Effort.WRITING, GERMAN_READ_ONLY, file)).isEqualTo(TreeError.READ_ONLY);
        } finally {
            run("umount", disk.toString());
        }
    }

    @Tag("server")
    @Test
    void aProcessWithoutDescriptorsEndsInAResourceErrorByWordAndByLook() throws Exception {
        String classpath = Stream.of(TroubleTest.class, LocalFileTree.class, WindrowException.class, LoggerFactory.class)
                .map(type -> type.getProtectionDomain().getCodeSource())
                .map(TroubleTest::path)
                .distinct()
                .collect(Collectors.joining(":"));
        Path said = folder.resolve("said");
        Process child = new ProcessBuilder(
                        "sh", "-c", "ulimit -n 100; exec \"$0\" \"$@\"", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData", "-cp", classpath, Exhausting.class.getName(), folder.resolve("tree").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(said, StandardCharsets.UTF_8)).containsExactly(
                TreeError.TOO_MANY_OPEN + " " + ErrorKind.RESOURCE, TreeError.TOO_MANY_OPEN.toString());
    }

    private static String path(CodeSource source) {
        return Path.of(java.net.URI.create(source.getLocation().toString())).toString();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /** Opens files until no more can be opened, in a process of its own. */
    static final class Exhausting {
        private Exhausting() {}

        public static void main(String[] arguments) throws IOException {
            Path root = Path.of(arguments[0]);
            LocalFileTree tree = new LocalFileTree(root);
            tree.folder("a");
            // Loads all that is needed to say it.
            TreeError code = Trouble.code(Trouble.Effort.WRITING, GERMAN_FULL, root);
            List<String> said = new ArrayList<>(List.of(code.toString()));
            List<FileTree.Output> open = new ArrayList<>();
            List<FileChannel> rest = new ArrayList<>();
            try {
                while (true) {
                    open.add(tree.create("a/" + open.size()));
                }
            } catch (WindrowException e) {
                said.set(0, e.errorCode() + " " + e.kind());
            }
            try {
                while (true) {
                    rest.add(FileChannel.open(root.getRoot()));
                }
            } catch (IOException e) {
                said.add(Trouble.code(Trouble.Effort.WRITING, GERMAN_FULL, root).toString());
            }
            open.forEach(FileTree.Output::close);
            for (FileChannel channel : rest) {
                channel.close();
            }
            said.forEach(System.out::println);
        }
    }
}
