package io.windrow.core.spool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file for rows as the target gets them, which has lost its name as soon as it is open: nothing of it is left when it is
 * closed, nor when the process is killed. It is written from start to end and then read as often as need be. Writing is one
 * thread's; every reader is its own thread's.
 */
public final class UnnamedFile implements AutoCloseable {
    private final FileChannel file;

    private UnnamedFile(FileChannel file) {
        this.file = file;
    }

    /** A new file in the folder, which only its owner may read while it still has a name. */
    public static UnnamedFile in(Path folder) throws IOException {
        Path named = Files.createTempFile(folder, "rows-", ".tmp");
        try {
            return new UnnamedFile(FileChannel.open(
                    named, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(named);
            throw e;
        }
    }

    /** Takes bytes behind those that are there; it buffers none, and closing it does not close the file. */
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                ByteBuffer left = ByteBuffer.wrap(bytes, from, length);
                while (left.hasRemaining()) {
                    file.write(left);
                }
            }
        };
    }

    /** Gives the bytes from the first on; it buffers none, and closing it does not close the file. */
    public InputStream bytes() {
        return new InputStream() {
            private long at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int read = file.read(ByteBuffer.wrap(into, from, length), at);
                at += Math.max(0, read);
                return read;
            }
        };
    }

    /** Its bytes are gone. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
