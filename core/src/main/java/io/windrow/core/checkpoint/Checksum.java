package io.windrow.core.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The checksum of a stored record: over its table, its key and its text, so that a swapped record is found too. */
final class Checksum {
    private Checksum() {}

    /** 32 hexadecimal digits; every part counts with its length. */
    static String of(String... parts) {
        return HexFormat.of().formatHex(of(sha256(), parts), 0, 16);
    }

    /** As {@link #of(String...)}, over bytes in front of the parts. */
    static String of(byte[] content, String... parts) {
        MessageDigest digest = sha256();
        digest.update(content);
        return HexFormat.of().formatHex(of(digest, parts), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static byte[] of(MessageDigest digest, String... parts) {
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            for (int shift = 24; shift >= 0; shift -= 8) {
                digest.update((byte) (bytes.length >>> shift));
            }
            digest.update(bytes);
        }
        return digest.digest();
    }
}
