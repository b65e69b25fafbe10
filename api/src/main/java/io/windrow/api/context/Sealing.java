package io.windrow.api.context;

import io.windrow.api.schema.StreamName;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Encrypts files for storage and decrypts them again. Keys are its own business: who writes or reads a file sees none. Safe
 * for use by many threads; each channel for one.
 */
public interface Sealing {
    /** What the names of encrypted files end in, so that nobody takes their bytes for data. */
    String SUFFIX = ".enc";

    /**
     * A channel that encrypts for a stream. The key is durable before this returns. Closing the channel writes the end,
     * without which the file cannot be read; it neither closes nor syncs {@code to}.
     *
     * @param to takes the encrypted bytes, from the start of a file on
     */
    WritableByteChannel encrypting(StreamName stream, WritableByteChannel to);

    /**
     * The plain bytes of an encrypted file, read only. Reading throws {@link java.io.IOException} where bytes are not those
     * that were encrypted, also if the file was cut short; a key that is not there or does not fit is thrown here, coded.
     *
     * @param from the whole file; closed with the channel, and if this throws
     */
    SeekableByteChannel decrypting(SeekableByteChannel from);

    /**
     * The id of the data key that an encrypted file names. Needs no key.
     *
     * @param from the whole file; stays the caller's
     */
    String keyOf(SeekableByteChannel from);

    /** What is encrypted. */
    enum Use {
        /** What a sink delivers. */
        DELIVERED,
        /** Rows that were set aside. */
        SET_ASIDE
    }
}
