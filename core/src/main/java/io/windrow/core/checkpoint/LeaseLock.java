package io.windrow.core.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A lock of the operating system on a file of its own: evidence that its holder is alive which needs no clock, since the
 * system gives it back when the process dies. The file is never deleted: two processes could then lock two files of one
 * name.
 */
final class LeaseLock implements AutoCloseable {
    /** Locks belong to processes, not to channels: closing any channel of the file would free the lock of another one. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path file;
    private final FileChannel channel;

    private LeaseLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The lock, or empty if this or another process has it. */
    static Optional<LeaseLock> take(Path file) throws IOException {
        synchronized (HELD) {
            if (!HELD.add(file)) {
                return Optional.empty();
            }
            FileChannel channel = null;
            boolean taken = false;
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                taken = lock != null;
                return taken ? Optional.of(new LeaseLock(file, channel)) : Optional.empty();
            } finally {
                if (!taken) {
                    HELD.remove(file);
                    if (channel != null) {
                        channel.close();
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (HELD.remove(file)) {
                channel.close();
            }
        }
    }
}
