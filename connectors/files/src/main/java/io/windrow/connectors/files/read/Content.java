package io.windrow.connectors.files.read;

import dev.hardwood.InputFile;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.FileTree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/**
 * What a file holds in the clear: its bytes, or if its name says that it is encrypted, what they decrypt to.
 *
 * @param tree where the file lies
 * @param path the file
 * @param sealing decrypts; may be empty if the file is not encrypted
 */
public record Content(FileTree tree, String path, Optional<Sealing> sealing) {
    private static final int BUFFER = 1 << 16;

    /** Whether the file is encrypted, by its name. */
    public boolean isSealed() {
        return StreamFolder.isSealed(path);
    }

    /** From the start, in order. */
    InputStream stream() throws IOException {
        return new BufferedInputStream(isSealed() ? Channels.newInputStream(channel()) : tree.open(path), BUFFER);
    }

    /** Anywhere. */
    SeekableByteChannel channel() throws IOException {
        if (!isSealed()) {
            return tree.channel(path);
        }
        return sealed().decrypting(tree.channel(path));
    }

    /** The id of the data key that an encrypted file names. */
    public String key() {
        try (FileChannel file = tree.channel(path)) {
            return sealed().keyOf(file);
        } catch (IOException e) {
            throw WindrowException.of(
                    ReadError.FILE_DAMAGED, "Reading which key " + path + " names: " + e.getClass().getSimpleName(), e);
        }
    }

    private Sealing sealed() {
        return sealing.orElseThrow(() -> WindrowException.of(
                ReadError.ENCRYPTED, "Reading " + path + ": it is encrypted, and the pipeline names no key"));
    }

    /** For the Parquet reader, which maps a plain file. */
    InputFile parquet() throws IOException {
        return isSealed() ? new ChannelInput(path, channel()) : InputFile.of(tree.local(path));
    }
}
