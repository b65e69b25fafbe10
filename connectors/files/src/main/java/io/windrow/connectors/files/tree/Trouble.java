package io.windrow.connectors.files.tree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * What an error of the file system means. Java hands on the C library's text, which is in the language of the process; the
 * launcher sees to it that it is English. Where it is not, the place itself is asked.
 */
final class Trouble {
    /** With less left, a write that failed for an unknown reason failed for want of room. */
    private static final long SCARCE = 1 << 20;

    /** What file systems without symbolic links say to one: FAT, network shares, object stores, Windows without the right to. */
    private static final List<String> NO_LINKS =
            List.of("operation not permitted", "not supported", "not implemented", "required privilege is not held");

    private Trouble() {}

    /** What was tried. */
    enum Effort {
        READING,
        WRITING,
        /** Making a symbolic link. */
        LINKING
    }

    /** The reason as the file system gave it. */
    static String said(IOException e) {
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /** The code of an error that was met at a place. */
    static TreeError code(Effort effort, IOException e, Path place) {
        String low = said(e).toLowerCase(Locale.ROOT);
        if (low.contains("no space left") || low.contains("quota exceeded") || low.contains("not enough space")) {
            return TreeError.DISK_FULL;
        } else if (low.contains("read-only file system")) {
            return TreeError.READ_ONLY;
        } else if (low.contains("too many open files")) {
            return TreeError.TOO_MANY_OPEN;
        } else if (effort == Effort.LINKING && NO_LINKS.stream().anyMatch(low::contains)) {
            return TreeError.LINKS_REFUSED;
        } else if (e instanceof AccessDeniedException || low.contains("operation not permitted")) {
            return TreeError.ACCESS_DENIED;
        } else if (e instanceof NoSuchFileException) {
            return TreeError.MISSING;
        } else if (e instanceof FileAlreadyExistsException) {
            return TreeError.EXISTS;
        }
        return isOutOfDescriptors(place) ? TreeError.TOO_MANY_OPEN : ofStore(effort, place);
    }

    /** The root of the file system can be opened by anybody, unless nothing can. */
    private static boolean isOutOfDescriptors(Path place) {
        try (FileChannel any = FileChannel.open(place.toAbsolutePath().getRoot(), StandardOpenOption.READ)) {
            return !any.isOpen();
        } catch (AccessDeniedException | NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static TreeError ofStore(Effort effort, Path place) {
        Path there = place.toAbsolutePath();
        while (there.getParent() != null && Files.notExists(there)) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            if (effort != Effort.READING && store.isReadOnly()) {
                return TreeError.READ_ONLY;
            }
            return effort != Effort.READING && store.getUsableSpace() < SCARCE ? TreeError.DISK_FULL : TreeError.IO_FAILED;
        } catch (IOException e) {
            return TreeError.IO_FAILED; // The storage does not even say what it is: the first error tells as much.
        }
    }
}
