package io.windrow.core.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Folders whose names outlive a crash of the machine: what is durable in a folder is gone with the folder's own name. */
final class DurableFolder {
    private DurableFolder() {}

    /**
     * Makes a folder and those above it, each durable in its parent before the next. That the folder is there does not say
     * that its name is durable: who made it may have died before. Whoever cannot even list the parent did not make it, and
     * where something is mounted it is not the parent that keeps the name.
     */
    static void place(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            place(parent);
            make(folder);
        } else if (!Files.isReadable(parent) || isMounted(folder, parent)) {
            return;
        }
        force(parent);
    }

    private static boolean isMounted(Path folder, Path parent) throws IOException {
        return folder.getFileSystem().supportedFileAttributeViews().contains("unix")
                && !Files.getAttribute(folder, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    private static void make(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /** Makes the names in a folder durable. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
