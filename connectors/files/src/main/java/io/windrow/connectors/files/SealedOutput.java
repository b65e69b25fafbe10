package io.windrow.connectors.files;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.files.format.CountedOutput;
import io.windrow.connectors.files.tree.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Encrypts a file's bytes on their way. {@link #end} is called before the file is synced; closing alone ends nothing. */
final class SealedOutput implements FileTree.Output {
    private final WritableByteChannel cipher;

    SealedOutput(Sealing sealing, StreamName stream, CountedOutput file) {
        this.cipher = sealing.encrypting(stream, file);
    }

    @Override
    public void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                cipher.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what is left and the proof that it is the end. */
    void end() {
        try {
            cipher.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void sync() {
        throw new IllegalStateException("The file is synced, not its cipher");
    }

    @Override
    public void close() {
        // An unfinished file must not look like a whole one (F01).
    }
}
