package io.windrow.connectors.files.format;

import io.windrow.connectors.files.tree.FileTree;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** A file being written, with the count and the checksum of its bytes. Unbuffered. Closing it does not close the file. */
public final class CountedOutput extends OutputStream implements WritableByteChannel {
    private final FileTree.Output file;
    private final CRC32C crc = new CRC32C();
    private long bytes;

    /** The file stays the caller's. */
    public CountedOutput(FileTree.Output file) {
        this.file = file;
    }

    /** Takes all remaining bytes. */
    public void append(ByteBuffer source) {
        crc.update(source.duplicate());
        bytes += source.remaining();
        file.append(source);
    }

    @Override
    public int write(ByteBuffer source) {
        int length = source.remaining();
        append(source);
        return length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // The file is its owner's.
    }

    @Override
    public void write(byte[] source, int from, int length) {
        append(ByteBuffer.wrap(source, from, length));
    }

    @Override
    public void write(int b) {
        append(ByteBuffer.wrap(new byte[] {(byte) b}));
    }

    /** Bytes so far. */
    public long bytes() {
        return bytes;
    }

    /** CRC-32C so far. */
    public long checksum() {
        return crc.getValue();
    }
}
