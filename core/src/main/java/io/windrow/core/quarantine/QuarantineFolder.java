package io.windrow.core.quarantine;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.seal.SealError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a pipeline's rows lie: {@code <root>/<pipeline>/<stream>/g…-e…-t…-w….jsonl}, and staged ones in
 * {@code <root>/<pipeline>/<stream>/.staging} under a name that no reader of JSON Lines takes for data. Paths inside are
 * relative to the root, with {@code /}. Encrypted files have {@code .enc} at the end of their names, before what says that
 * they are staged. No I/O is done before a method is called.
 *
 * @param root the quarantine folder
 * @param pipeline the pipeline's name
 * @param sealing encrypts new files and decrypts encrypted ones; empty: new files are written as they are
 */
record QuarantineFolder(Path root, String pipeline, Optional<Sealing> sealing) {
    private static final String LINES = ".jsonl";
    private static final String STAGED = ".staged";
    private static final String SPILL = ".writing";

    /** What a file is called while it takes another's place. */
    static final String REWRITTEN = ".rewritten";

    private static final String STAGING = "/.staging";
    private static final Pattern NAME = Pattern.compile("g([0-9]+)-e([0-9]+)-t([0-9]+)-w([0-9]+)(\\.jsonl|\\.jsonl\\.enc|\\.staged|\\.enc\\.staged)");
    private static final Pattern WRITING = Pattern.compile("t([0-9]+)-w([0-9]+)(\\.enc)?\\.writing");

    QuarantineFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** What the name of a file says. */
    record Name(long generation, long epoch, long token, int writer) {
        /** As a file is called, without its ending. */
        String text() {
            return String.format(Locale.ROOT, "g%06d-e%010d-t%d-w%d", generation, epoch, token, writer);
        }

        static Optional<Name> of(String file) {
            Matcher matcher = NAME.matcher(file);
            return matcher.matches()
                    ? Optional.of(new Name(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
                            Long.parseLong(matcher.group(3)), Integer.parseInt(matcher.group(4))))
                    : Optional.empty();
        }
    }

    /** What reading a whole file showed, as it lies. */
    record Content(long bytes, String sha256) {}

    /** What a visible file's name ends in, for one that is written now. */
    String suffix() {
        return LINES + sealed();
    }

    /** The same for a staged file. */
    String stagedSuffix() {
        return sealed() + STAGED;
    }

    /** The same for one that is being written. */
    String spillSuffix() {
        return sealed() + SPILL;
    }

    private String sealed() {
        return sealing.isPresent() ? Sealing.SUFFIX : "";
    }

    /** Whether a name is that of a file that is visible. */
    static boolean isVisible(String name) {
        return Name.of(name).isPresent() && !name.endsWith(STAGED);
    }

    static boolean isSealed(String name) {
        return Stream.of("", STAGED, SPILL, REWRITTEN).anyMatch(passing -> name.endsWith(Sealing.SUFFIX + passing));
    }

    /** Writes a file anew, for one stream's rows; encrypted if its name says so. */
    QuarantineOutput create(String relative, StreamName stream) throws IOException {
        return new QuarantineOutput(
                path(relative), stream, isSealed(relative) ? Optional.of(keys(relative)) : Optional.empty());
    }

    private Sealing keys(String relative) {
        return sealing.orElseThrow(() -> WindrowException.of(
                SealError.NO_KEY, "Opening " + path(relative) + ": it is encrypted, and the pipeline names no key"));
    }

    /** The lines of a file, in the clear. Buffered. */
    InputStream open(String relative) throws IOException {
        if (!isSealed(relative)) {
            return new BufferedInputStream(Files.newInputStream(path(relative), LinkOption.NOFOLLOW_LINKS), 1 << 16);
        }
        Sealing keys = keys(relative);
        FileChannel file = FileChannel.open(path(relative), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        return new BufferedInputStream(Channels.newInputStream(keys.decrypting(file)), 1 << 16);
    }

    /** The number of lines in a file. */
    long lines(String relative) {
        return run("Reading", path(relative), () -> {
            long lines = 0;
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = open(relative)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    for (int i = 0; i < read; i++) {
                        lines += buffer[i] == '\n' ? 1 : 0;
                    }
                }
            }
            return lines;
        });
    }

    /** The folder of a stream's files. */
    String of(StreamName stream) {
        return pipeline + "/" + StreamFileName.of(stream);
    }

    String staging(StreamName stream) {
        return of(stream) + STAGING;
    }

    /** Where files of a stream on legal hold lie that would have been deleted. */
    String held(StreamName stream) {
        return of(stream) + "/.held";
    }

    Path path(String relative) {
        Path path = root.resolve(relative).normalize();
        if (!path.startsWith(root) || relative.contains("..")) {
            throw WindrowException.of(
                    QuarantineError.UNREADABLE, "Resolving " + relative + " below " + root + ": the path leads out of it");
        }
        return path;
    }

    /** Makes a folder and those above it, durably. */
    void make(String relative) {
        Path folder = path(relative);
        run("Making folder", folder, () -> {
            List<Path> missing = new ArrayList<>();
            for (Path at = folder; at != null && !Files.isDirectory(at); at = at.getParent()) {
                missing.add(at);
            }
            Collections.reverse(missing);
            for (Path one : missing) {
                Files.createDirectories(one);
                force(one.toAbsolutePath().getParent());
            }
            return folder;
        });
    }

    void sync(String relative) {
        Path folder = path(relative);
        run("Syncing folder", folder, () -> {
            force(folder);
            return folder;
        });
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void rename(String from, String to) {
        run("Renaming " + from + " to", path(to),
                () -> Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    }

    void delete(String relative) {
        run("Deleting", path(relative), () -> Files.deleteIfExists(path(relative)));
    }

    /** Reads a file to its end; empty if there is none. */
    Optional<Content> content(String relative) {
        Path file = path(relative);
        return run("Reading", file, () -> {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            MessageDigest digest = sha256();
            long bytes = 0;
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    bytes += read;
                }
            }
            return Optional.of(new Content(bytes, HexFormat.of().formatHex(digest.digest())));
        });
    }

    /** The names in a folder, sorted; none if there is no such folder. */
    List<String> names(String relative) {
        Path folder = path(relative);
        return run("Listing", folder, () -> {
            List<String> names = new ArrayList<>();
            if (Files.isDirectory(folder)) {
                try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
                    children.forEach(child -> names.add(String.valueOf(child.getFileName())));
                }
            }
            Collections.sort(names);
            return names;
        });
    }

    /** The fencing token in the name of a staged or half written file. */
    static Optional<Long> token(String name) {
        Matcher writing = WRITING.matcher(name);
        return writing.matches() ? Optional.of(Long.parseLong(writing.group(1))) : Name.of(name).map(Name::token);
    }

    /** SHA-256. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Something that the disk may refuse. */
    @FunctionalInterface
    interface Io<T> {
        T call() throws IOException;
    }

    /** As {@link #run}, for lines: tells a file that is not what was written from a disk that does not answer. */
    static <T> T read(Path path, Io<T> io) {
        return run("Reading", path, () -> {
            try {
                return io.call();
            } catch (FileSystemException e) {
                throw e;
            } catch (CharacterCodingException e) {
                throw WindrowException.of(QuarantineError.UNREADABLE, "Reading " + path + ": its bytes are no UTF-8", e);
            } catch (IOException e) {
                if (!isSealed(String.valueOf(path.getFileName()))) {
                    throw e;
                }
                throw WindrowException.of(
                        SealError.FILE_DAMAGED, "Reading " + path + ": it cannot be decrypted to its end", e);
            }
        });
    }

    /** Does it, or says what was being done. */
    static <T> T run(String doing, Path path, Io<T> io) {
        try {
            return io.call();
        } catch (IOException e) {
            throw WindrowException.of(
                    QuarantineError.IO_FAILED, doing + " " + path + ": " + e.getClass().getSimpleName() + ", "
                            + e.getMessage(), e);
        }
    }
}
