package io.windrow.connectors.files.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Where the bytes of one file go, in order, from one thread. Flushing, syncing and closing are the owner's. */
@FunctionalInterface
public interface ParquetOutput {
    /**
     * Takes all remaining bytes. The buffer is reused after the return.
     *
     * @throws IOException if any byte was not taken; the writer is unusable from then on
     */
    void write(ByteBuffer bytes) throws IOException;

    /** An output that writes to a blocking channel, for example a {@link java.nio.channels.FileChannel}. */
    static ParquetOutput of(WritableByteChannel channel) {
        return bytes -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        };
    }
}
