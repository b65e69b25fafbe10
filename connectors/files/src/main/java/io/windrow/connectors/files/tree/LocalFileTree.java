package io.windrow.connectors.files.tree;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A folder of the local file system. The root itself may be a symbolic link; nothing below it may lead out of it. */
public final class LocalFileTree implements FileTree {
    /** Partitions without end are to cost no memory without end. */
    private static final int MAX_REMEMBERED = 1000;

    private final Path root;
    private final Forcing forcing;
    /** Folders whose names were made durable by this tree: what lay in them before need not be made so again. */
    private final Set<Path> forced = ConcurrentHashMap.newKeySet();

    /** No I/O. */
    public LocalFileTree(Path root) {
        this(root, LocalFileTree::forced);
    }

    /** With another way to make the names in a folder durable. */
    LocalFileTree(Path root, Forcing forcing) {
        this.root = root.toAbsolutePath().normalize();
        this.forcing = forcing;
    }

    /** Makes the names in a folder durable. */
    interface Forcing {
        void force(Path folder) throws IOException;
    }

    @Override
    public void folder(String path) {
        Path target = inside(path);
        run("Making folder", path, () -> {
            placeWithParents(root);
            Path real = root.toRealPath();
            Path at = root;
            for (Path part : root.relativize(target)) {
                if (part.toString().isEmpty()) {
                    continue;
                }
                Path parent = at;
                at = at.resolve(part);
                place(at, parent);
                refuseOutside(real, at.toRealPath(), path);
            }
            return at;
        });
    }

    /** Makes a folder and those above it, each durable in its parent before the next. */
    private void placeWithParents(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent != null) {
            if (!Files.isDirectory(folder)) {
                placeWithParents(parent);
            }
            place(folder, parent);
        }
    }

    /**
     * Makes a folder if it is not there, and its name durable. That it is there does not say so: who made it may have died
     * before. Whoever cannot even list the parent did not make it, and where something is mounted it is not the parent that
     * keeps the name.
     */
    private void place(Path folder, Path parent) throws IOException {
        if (!Files.isDirectory(folder)) {
            makeFolder(folder);
        } else if (forced.contains(parent) || !Files.isReadable(parent) || isMounted(folder, parent)) {
            return;
        }
        forcing.force(parent);
        if (forced.size() >= MAX_REMEMBERED) {
            forced.clear();
        }
        forced.add(parent);
    }

    private static boolean isMounted(Path folder, Path parent) throws IOException {
        return folder.getFileSystem().supportedFileAttributeViews().contains("unix")
                && !Files.getAttribute(folder, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    @Override
    public Output create(String path) {
        return run("Creating", path, () -> new LocalOutput(path, FileChannel.open(
                checked(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)));
    }

    @Override
    public void syncFolder(String path) {
        run("Syncing folder", path, () -> {
            forcing.force(checked(path));
            return path;
        });
    }

    private static void forced(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void rename(String from, String to) {
        run("Renaming " + from + " to", to, () -> Files.move(
                checked(from), checked(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void link(String path, String target) {
        tried(Trouble.Effort.LINKING, "Linking", path, () -> {
            Path link = checked(path);
            Path leadsTo = link.resolveSibling(target).normalize();
            if (!leadsTo.startsWith(root)) {
                throw escapes(path);
            }
            return Files.createSymbolicLink(link, link.getFileSystem().getPath(target));
        });
    }

    @Override
    public Optional<String> linkTarget(String path) {
        return look("Reading link", path, () -> {
            Path link = checked(path);
            return Files.isSymbolicLink(link)
                    ? Optional.of(Files.readSymbolicLink(link).toString().replace('\\', '/'))
                    : Optional.empty();
        });
    }

    @Override
    public void delete(String path) {
        run("Deleting", path, () -> Files.deleteIfExists(checked(path)));
    }

    @Override
    public Optional<Long> length(String path) {
        return look("Looking at", path, () -> {
            try {
                var attributes =
                        Files.readAttributes(checked(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return attributes.isRegularFile() ? Optional.of(attributes.size()) : Optional.empty();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public InputStream open(String path) {
        return look("Opening", path, () -> Files.newInputStream(checked(path), LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public FileChannel channel(String path) {
        return look("Opening", path, () -> FileChannel.open(checked(path), StandardOpenOption.READ));
    }

    @Override
    public void list(String path, Consumer<Entry> entries) {
        look("Listing", path, () -> {
            Path folder = checked(path);
            if (!Files.isDirectory(folder)) {
                return path;
            }
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                for (Path child : stream) {
                    entries.accept(new Entry(String.valueOf(child.getFileName()), kind(child)));
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            return path;
        });
    }

    private static Entry.Kind kind(Path path) {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return Entry.Kind.FILE;
        }
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? Entry.Kind.FOLDER : Entry.Kind.OTHER;
    }

    @Override
    public Path local(String path) {
        return look("Opening", path, () -> checked(path));
    }

    /** The path as written, without a look at the disk. */
    private Path inside(String path) {
        Path resolved;
        try {
            resolved = root.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw WindrowException.of(
                    TreeError.NAME_UNSPELLABLE,
                    "Resolving " + path + " below " + root + ": the system spells names of files in "
                            + System.getProperty("sun.jnu.encoding") + " (" + e.getReason() + ")");
        }
        if (path.startsWith("/") || path.indexOf('\\') >= 0 || !resolved.startsWith(root)) {
            throw escapes(path);
        }
        for (String part : path.split("/")) {
            if (part.equals("..") || part.equals(".")) {
                throw escapes(path);
            }
        }
        return resolved;
    }

    /** The path, once the folder that it is in is known to lie inside the root, links followed. */
    private Path checked(String path) throws IOException {
        Path resolved = inside(path);
        Path folder = resolved.equals(root) ? root : resolved.getParent();
        if (folder != null && Files.exists(folder)) {
            refuseOutside(root.toRealPath(), folder.toRealPath(), path);
        }
        return resolved;
    }

    private void refuseOutside(Path realRoot, Path real, String path) {
        if (!real.startsWith(realRoot)) {
            throw escapes(path);
        }
    }

    private WindrowException escapes(String path) {
        return WindrowException.of(
                TreeError.PATH_ESCAPES, "Resolving " + path + " below " + root + ": the path leads out of the root");
    }

    private interface Io<T> {
        T call() throws IOException;
    }

    private <T> T run(String doing, String path, Io<T> io) {
        return tried(Trouble.Effort.WRITING, doing, path, io);
    }

    private <T> T look(String doing, String path, Io<T> io) {
        return tried(Trouble.Effort.READING, doing, path, io);
    }

    private <T> T tried(Trouble.Effort effort, String doing, String path, Io<T> io) {
        try {
            return io.call();
        } catch (IOException e) {
            throw failure(effort, doing, root.resolve(path), e);
        }
    }

    /** The coded error for what the file system said. */
    static WindrowException failure(Trouble.Effort effort, String doing, Path place, IOException e) {
        return WindrowException.of(Trouble.code(effort, e, place), doing + " " + place + ": " + Trouble.said(e), e);
    }

    private final class LocalOutput implements Output {
        private final String path;
        private final FileChannel channel;

        LocalOutput(String path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public void append(ByteBuffer bytes) {
            run("Writing", path, () -> {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                return path;
            });
        }

        @Override
        public void sync() {
            try {
                channel.force(true);
            } catch (IOException e) {
                WindrowException failure = failure(Trouble.Effort.WRITING, "Syncing", root.resolve(path), e);
                throw failure.errorCode() == TreeError.IO_FAILED
                        ? WindrowException.of(TreeError.SYNC_FAILED, failure.getMessage(), e)
                        : failure;
            }
        }

        @Override
        public void close() {
            run("Closing", path, () -> {
                channel.close();
                return path;
            });
        }
    }
}
