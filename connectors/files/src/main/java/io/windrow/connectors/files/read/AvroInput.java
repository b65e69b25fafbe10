package io.windrow.connectors.files.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.apache.avro.file.SeekableInput;

/** A channel as the Avro library asks for it. Closed with this. */
record AvroInput(SeekableByteChannel channel) implements SeekableInput {
    @Override
    public void seek(long position) throws IOException {
        channel.position(position);
    }

    @Override
    public long tell() throws IOException {
        return channel.position();
    }

    @Override
    public long length() throws IOException {
        return channel.size();
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(into, from, length));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
