package io.windrow.core.quarantine;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.seal.DataKeys;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Deletes files of rows that were set aside, whole. Needs no key. Used by one thread, which holds the pipeline's lease while
 * no epoch of it is undecided. Links are not followed.
 */
public final class QuarantineDisposal {
    private final QuarantineFolder folder;

    /** No I/O. */
    public QuarantineDisposal(Path root, String pipeline) {
        this.folder = new QuarantineFolder(root, pipeline, Optional.empty());
    }

    /**
     * A file that is visible.
     *
     * @param path relative to the quarantine's root
     * @param bytes its length
     */
    public record Kept(String path, long generation, long epoch, long bytes) {}

    /** Whether the folder is there that rows of the stream were set aside into: it stays when all of them are gone. */
    public boolean isThere(StreamName stream) {
        return Files.isDirectory(folder.path(folder.of(stream)), LinkOption.NOFOLLOW_LINKS);
    }

    /** The files of a stream's rows. */
    public List<Kept> files(StreamName stream) {
        List<Kept> files = new ArrayList<>();
        String at = folder.of(stream);
        for (String name : folder.names(at)) {
            Path path = folder.path(at + "/" + name);
            if (QuarantineFolder.isVisible(name) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                QuarantineFolder.Name numbers = QuarantineFolder.Name.of(name).orElseThrow();
                long bytes = QuarantineFolder.run("Looking at", path, () -> Files.size(path));
                files.add(new Kept(at + "/" + name, numbers.generation(), numbers.epoch(), bytes));
            }
        }
        return files;
    }

    /** The SHA-256 of a file in hexadecimal; empty text if it is not there. */
    public String sha256(String file) {
        return folder.content(file).map(QuarantineFolder.Content::sha256).orElse("");
    }

    /** Deletes a file of the stream, durably. Nothing there is no error. */
    public void dispose(StreamName stream, String file) {
        String home = folder.of(stream);
        String name = file.substring(file.lastIndexOf('/') + 1);
        if (!file.equals(home + "/" + name) || !QuarantineFolder.isVisible(name)) {
            throw WindrowException.of(
                    QuarantineError.UNREADABLE, "Disposing of " + file + ": it is no file of quarantined rows of " + stream);
        }
        if (Files.isDirectory(folder.path(home), LinkOption.NOFOLLOW_LINKS)) {
            folder.delete(file);
            folder.sync(home);
        }
    }

    /**
     * What dead processes have left of a stream's rows: staged for an epoch that was never prepared, or written while others of the same
     * file were taken out. Of these nothing becomes visible any more. Paths relative to the quarantine's root.
     */
    public List<String> leftovers(StreamName stream) {
        List<String> left = new ArrayList<>();
        String home = folder.of(stream);
        folder.names(home).stream()
                .filter(name -> name.endsWith(QuarantineFolder.REWRITTEN))
                .forEach(name -> left.add(home + "/" + name));
        String staging = folder.staging(stream);
        folder.names(staging).forEach(name -> left.add(staging + "/" + name));
        return left;
    }

    /**
     * Deletes {@link #leftovers} of owners before this one, durably.
     *
     * @param fencingToken the caller's: whatever a later owner has staged stays
     */
    public void sweep(StreamName stream, long fencingToken) {
        List<String> left = leftovers(stream).stream()
                .filter(file -> QuarantineFolder.token(file.substring(file.lastIndexOf('/') + 1)).orElse(0L) < fencingToken)
                .toList();
        left.forEach(folder::delete);
        left.stream().map(file -> file.substring(0, file.lastIndexOf('/'))).distinct().forEach(folder::sync);
    }

    /** The ids of the data keys that encrypted files of a stream name which would be left. */
    public Set<String> keysLeft(StreamName stream, Set<String> gone) {
        Set<String> keys = new TreeSet<>();
        for (Kept file : files(stream)) {
            if (!gone.contains(file.path()) && QuarantineFolder.isSealed(file.path())) {
                Path path = folder.path(file.path());
                keys.add(QuarantineFolder.run("Reading", path, () -> {
                    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                        return DataKeys.idIn(channel);
                    }
                }));
            }
        }
        return keys;
    }

    /** Keeps the record of a disposal beside the pipeline's folder, durably. */
    public void record(String id, String json) {
        String home = folder.pipeline() + ".disposals";
        folder.make(home);
        Path passing = folder.path(home + "/" + id + ".writing");
        QuarantineFolder.run("Writing", passing, () -> {
            try (FileChannel channel = FileChannel.open(
                    passing, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(StandardCharsets.UTF_8.encode(json));
                channel.force(true);
            }
            return passing;
        });
        folder.rename(home + "/" + id + ".writing", home + "/" + id + ".json");
        folder.sync(home);
    }
}
