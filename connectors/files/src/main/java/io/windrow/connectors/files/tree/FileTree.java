package io.windrow.connectors.files.tree;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A tree of files below one root. Paths are relative, with {@code /} between parts; the empty path is the root. Safe for
 * use by many threads, each on paths of its own.
 *
 * <p>What is durable: a file's bytes after {@link Output#sync()}; that a file, link or folder is there, gone or renamed
 * after {@link #syncFolder} of the folder it is in. Anything else may be undone by a crash.
 *
 * <p>Every method throws {@link io.windrow.api.error.WindrowException} with a {@link TreeError}; a path that leaves the
 * root, also through a symbolic link, is refused before anything happens.
 */
public interface FileTree {
    /** Makes the folder and those above it, the root's parents too, if they are not there, and their names durable. */
    void folder(String path);

    /** Makes a file that is not there yet; its folder is. */
    Output create(String path);

    /** Makes names in the folder durable. */
    void syncFolder(String path);

    /** Moves a file or link, atomically, in place of what may be there. */
    void rename(String from, String to);

    /**
     * Makes a symbolic link that is not there yet. The target is relative to the link's folder. {@link
     * TreeError#LINKS_REFUSED} if the storage has no links.
     */
    void link(String path, String target);

    /** Where the symbolic link leads; empty if there is none. */
    Optional<String> linkTarget(String path);

    /** Deletes a file, a link or an empty folder. Nothing there is no error. */
    void delete(String path);

    /** The length of a file in bytes; empty if there is no regular file. */
    Optional<Long> length(String path);

    /** Reads a file from its start. */
    InputStream open(String path);

    /** Opens a file for reading anywhere in it. The caller closes the channel. */
    FileChannel channel(String path);

    /** Gives every entry of the folder, or of the one that a link leads to, in no order; none if it is not there. */
    void list(String path, Consumer<Entry> entries);

    /** The file as a path of the local file system, for readers that need one. */
    Path local(String path);

    /** What stands in a folder. */
    record Entry(String name, Kind kind) {
        /** What an entry is. Links are not followed. */
        public enum Kind {
            FILE,
            FOLDER,
            OTHER
        }
    }

    /** A file being written, by one thread. */
    interface Output extends AutoCloseable {
        /** Appends all remaining bytes. */
        void append(ByteBuffer bytes);

        /** Makes what was appended durable. */
        void sync();

        /** Frees the file; says nothing about durability. May be called again. */
        @Override
        void close();
    }
}
