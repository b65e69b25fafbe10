package io.windrow.connectors.files.read;

import dev.hardwood.InputFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A channel as the Parquet reader asks for it, which it may do on several threads. */
final class ChannelInput implements InputFile {
    private final String name;
    private final SeekableByteChannel channel;

    /** The channel is closed with this. */
    ChannelInput(String name, SeekableByteChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    @Override
    public void open() {
        // It is.
    }

    @Override
    public synchronized ByteBuffer readRange(long offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        channel.position(offset);
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("The file ends " + into.remaining() + " bytes too early");
            }
        }
        return into.flip();
    }

    @Override
    public synchronized long length() throws IOException {
        return channel.size();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
