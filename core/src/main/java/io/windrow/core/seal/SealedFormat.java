package io.windrow.core.seal;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.google.crypto.tink.subtle.AesGcmJce;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;

/**
 * The bytes of an encrypted file: 16 bytes {@code WINDROW-SEALED-1}, 16 bytes that name the data key, then Tink's streaming
 * AEAD (AES-256-GCM, keys by HKDF-SHA-256) in segments of 64 KiB, which count from the start of the file. The first 32 bytes
 * are authenticated with every segment. The one class that touches Tink, so that nothing of it loads without encryption.
 */
final class SealedFormat {
    /** Bytes of a data key, and of a wrapping key. */
    static final int KEY_BYTES = 32;

    /** Bytes of a data key's name. */
    static final int ID_BYTES = 16;

    private static final byte[] MAGIC = "WINDROW-SEALED-1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = MAGIC.length + ID_BYTES;
    private static final int SEGMENT_BYTES = 1 << 16;

    private SealedFormat() {}

    /** Writes the header and gives the channel for the rest. Closing it leaves {@code to} open. */
    static WritableByteChannel encrypting(String keyId, byte[] key, WritableByteChannel to) throws IOException {
        byte[] header = header(keyId);
        ByteBuffer left = ByteBuffer.wrap(header);
        while (left.hasRemaining()) {
            to.write(left);
        }
        try {
            return cipher(key).newEncryptingChannel(new Kept(to), header);
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /** The plain bytes. Closing it closes {@code from}. */
    static SeekableByteChannel decrypting(String keyId, byte[] key, SeekableByteChannel from) throws IOException {
        try {
            return cipher(key).newSeekableDecryptingChannel(from.position(HEADER_BYTES), header(keyId));
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /** The name of the data key in a file's header. */
    static String keyOf(SeekableByteChannel from) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        from.position(0);
        while (header.hasRemaining() && from.read(header) >= 0) {
            // Reads on until the header is whole or the file ends.
        }
        byte[] bytes = header.array();
        if (header.hasRemaining() || !java.util.Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw WindrowException.of(
                    SealError.FILE_DAMAGED, "Reading an encrypted file: it does not begin as one does");
        }
        return HexFormat.of().formatHex(bytes, MAGIC.length, HEADER_BYTES);
    }

    /** Encrypts a data key; the context is authenticated with it. */
    static byte[] wrap(byte[] wrappingKey, byte[] dataKey, byte[] context) {
        try {
            return new AesGcmJce(wrappingKey).encrypt(dataKey, context);
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /** The inverse of {@link #wrap}; throws if key, context or bytes are not those. */
    static byte[] unwrap(byte[] wrappingKey, byte[] wrapped, byte[] context) throws GeneralSecurityException {
        return new AesGcmJce(wrappingKey).decrypt(wrapped, context);
    }

    private static byte[] header(String keyId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).put(HexFormat.of().parseHex(keyId)).array();
    }

    private static AesGcmHkdfStreaming cipher(byte[] key) throws GeneralSecurityException {
        return new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, HEADER_BYTES);
    }

    private static IllegalStateException unavailable(GeneralSecurityException e) {
        return new IllegalStateException("Every Java platform has AES-GCM and HMAC-SHA-256", e);
    }

    /** Tink closes the channel that it writes to; ours is synced after that. */
    private record Kept(WritableByteChannel to) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            return to.write(source);
        }

        @Override
        public boolean isOpen() {
            return to.isOpen();
        }

        @Override
        public void close() {
            // The file is its owner's to close.
        }
    }
}
