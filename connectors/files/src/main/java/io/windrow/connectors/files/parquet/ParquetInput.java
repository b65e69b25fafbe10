package io.windrow.connectors.files.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Where the bytes of a finished file are read back from. One thread. */
public interface ParquetInput {
    /** Length of the file in bytes. */
    long size() throws IOException;

    /** Fills the buffer with the bytes from that position on; throws {@link EOFException} if there are too few. */
    void read(long position, ByteBuffer into) throws IOException;

    /** An input on an open file; the caller closes the channel. */
    static ParquetInput of(SeekableByteChannel channel) {
        return new ParquetInput() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                long at = position;
                channel.position(at);
                while (into.hasRemaining()) {
                    int n = channel.read(into);
                    if (n < 0) {
                        throw new EOFException("The file ends at " + at + ", " + into.remaining() + " bytes too early");
                    }
                    at += n;
                }
            }
        };
    }
}
