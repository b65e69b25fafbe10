package io.windrow.testkit.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The class path of children and, as soon as one of them has ended well, an archive of the classes that it had loaded (CDS; from
 * JDK 25 on an AOT cache, which holds them linked).
 * A child that starts from it takes about half of the CPU, and a series of kills is mostly starts. The JVM archives no
 * classes from folders, so these are put into jars. Lies in the module's {@code target}, or with the temporary files if there is
 * no module, under a name made of all that went in; two test JVMs may share it. Safe for use by many threads.
 */
final class ClassArchive {
    private static final boolean AOT = Runtime.version().feature() >= 25;

    private final Path folder;
    private final String classPath;

    private ClassArchive(Path folder, String classPath) {
        this.folder = folder;
        this.classPath = classPath;
    }

    /** The archive for children with this JVM's class path. */
    static ClassArchive ofThisJvm() {
        return Holder.THIS;
    }

    /** Entries that are jars. */
    String classPath() {
        return classPath;
    }

    /** Where the archive of children with this main is, whatever they are asked for; it may not be there yet. */
    Path archive(String main) {
        return folder.resolve(main + (AOT ? ".aot" : ".jsa"));
    }

    /** A place for the archive that one child may leave when it ends. */
    Path candidate() {
        return folder.resolve("candidate-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    /** The flag of a child that starts from an archive. */
    String using(Path archive) {
        return (AOT ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
    }

    /** The flag of a child that leaves an archive at its end. */
    String making(Path candidate) {
        return (AOT ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + candidate;
    }

    /** From now on children start from what this one has left, if it has left anything. */
    static void publish(Path candidate, Path archive) {
        try {
            if (Files.exists(candidate)) {
                Files.move(candidate, archive, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Publishing a child's class archive", e);
        }
    }

    /** Deletes what a child has left that did not end well. */
    static void discard(Path candidate) {
        try {
            Files.deleteIfExists(candidate);
            // What an AOT cache is made of.
            Files.deleteIfExists(candidate.resolveSibling(candidate.getFileName() + ".config"));
        } catch (IOException e) {
            throw new UncheckedIOException("Deleting a child's class archive", e);
        }
    }

    private static ClassArchive make() {
        String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<Path> entries = Stream.of(given.split(File.pathSeparator)).map(Path::of).filter(Files::exists).toList();
        try {
            List<String> parts = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
            parts.add(System.getProperty("java.vm.version"));
            for (Path entry : entries) {
                parts.add(state(entry));
            }
            String module = System.getProperty("basedir");
            Path root = module == null
                    ? Path.of(System.getProperty("java.io.tmpdir"), "windrow-child-jvm-" + System.getProperty("user.name"))
                    : Path.of(module, "target", "child-jvm");
            Path folder = Files.createDirectories(root.resolve(digest(parts)));
            List<String> jars = new ArrayList<>();
            for (Path entry : entries) {
                jars.add((Files.isDirectory(entry) ? jar(entry, folder) : entry).toString());
            }
            return new ClassArchive(folder, String.join(File.pathSeparator, jars));
        } catch (IOException e) {
            throw new UncheckedIOException("Preparing the class path of child JVMs", e);
        }
    }

    private static String state(Path entry) throws IOException {
        List<String> parts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(entry)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                parts.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
            }
        }
        return digest(parts);
    }

    private static Path jar(Path classes, Path folder) throws IOException {
        Path jar = folder.resolve(digest(List.of(classes.toString())) + ".jar");
        if (Files.exists(jar)) {
            return jar;
        }
        Path writing = Files.createTempFile(folder, "writing", ".part");
        try (OutputStream file = Files.newOutputStream(writing);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path path : files.filter(Files::isRegularFile).sorted().toList()) {
                JarEntry entry = new JarEntry(classes.relativize(path).toString().replace('\\', '/'));
                entry.setTime(0);
                out.putNextEntry(entry);
                Files.copy(path, out);
            }
        }
        // Another test JVM may have made the same: an archive refers to a jar by its time.
        if (!Files.exists(jar)) {
            Files.setLastModifiedTime(writing, FileTime.fromMillis(0));
            Files.move(writing, jar, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(writing);
        }
        return jar;
    }

    private static String digest(List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> digest.update((part + '\n').getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    private static final class Holder {
        private static final ClassArchive THIS = make();
    }
}
