package io.windrow.core.seal;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** A user's key, which encrypts data keys and nothing else. Only {@link #id} may be printed or stored (I11). */
public final class WrappingKey {
    private final byte[] key;
    private final String id;

    private WrappingKey(byte[] key) {
        this.key = key;
        this.id = idOf(key);
    }

    /**
     * Reads 32 bytes in Base64; anything else is {@link SealError#KEY_INVALID}, and the message does not repeat it.
     *
     * @param place where the key stands in the pipeline file
     */
    public static WrappingKey of(Secret secret, String place) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(secret.reveal().strip());
        } catch (IllegalArgumentException e) {
            // Its text quotes the value.
            throw invalid(place, "this is no Base64");
        }
        if (key.length != SealedFormat.KEY_BYTES) {
            throw invalid(place, "these are " + key.length);
        }
        return new WrappingKey(key);
    }

    private static WindrowException invalid(String place, String found) {
        return WindrowException.of(
                        SealError.KEY_INVALID, "Reading a wrapping key: expected 32 bytes in Base64, " + found)
                .at(place);
    }

    private static String idOf(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("windrow wrapping key id".getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(key), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Tells keys apart and tells nothing of the key: 16 hexadecimal digits. */
    public String id() {
        return id;
    }

    byte[] wrap(byte[] dataKey, String context) {
        return SealedFormat.wrap(key, dataKey, context.getBytes(StandardCharsets.UTF_8));
    }

    /** The data key; empty if it was not wrapped by this key in this context. */
    Optional<byte[]> unwrap(byte[] wrapped, String context) {
        try {
            return Optional.of(SealedFormat.unwrap(key, wrapped, context.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Never prints the key. */
    @Override
    public String toString() {
        return "WrappingKey[" + id + "]";
    }
}
