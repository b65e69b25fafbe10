package io.windrow.core.transform.mask;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * HMAC-SHA256 (RFC 2104) for many short messages: the two key blocks are digested once and their states copied, which
 * halves the work of a general implementation. Used by one thread.
 */
final class Hmac {
    static final int LENGTH = 32;
    private static final int BLOCK = 64;

    private final MessageDigest inner;
    private final MessageDigest outer;

    Hmac(byte[] key) {
        byte[] block = Arrays.copyOf(key.length > BLOCK ? sha256().digest(key) : key, BLOCK);
        inner = keyed(block, (byte) 0x36);
        outer = keyed(block, (byte) 0x5c);
        Arrays.fill(block, (byte) 0);
    }

    private static MessageDigest keyed(byte[] block, byte pad) {
        byte[] padded = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            padded[i] = (byte) (block[i] ^ pad);
        }
        MessageDigest digest = sha256();
        digest.update(padded);
        Arrays.fill(padded, (byte) 0);
        return digest;
    }

    /** Writes the 32 bytes over {@code message} into {@code target}, which may not overlap it. */
    void of(byte[] message, int length, byte[] target) {
        try {
            MessageDigest first = (MessageDigest) inner.clone();
            first.update(message, 0, length);
            first.digest(target, 0, LENGTH);
            MessageDigest second = (MessageDigest) outer.clone();
            second.update(target, 0, LENGTH);
            second.digest(target, 0, LENGTH);
        } catch (CloneNotSupportedException | DigestException e) {
            throw new IllegalStateException("Every Java platform copies SHA-256", e);
        }
    }

    /** Names the key without telling it: the same key gives the same 16 hexadecimal digits. */
    String fingerprint() {
        byte[] target = new byte[LENGTH];
        byte[] text = "windrow key fingerprint".getBytes(StandardCharsets.UTF_8);
        of(text, text.length, target);
        return HexFormat.of().formatHex(target, 0, 8);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
