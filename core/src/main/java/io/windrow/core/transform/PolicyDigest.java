package io.windrow.core.transform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The version of a policy for the ledger: the same text for the same rule, wherever in its file it stands. */
public final class PolicyDigest {
    private PolicyDigest() {}

    /** 16 hexadecimal digits of SHA-256 over the parts. No part may be a secret or a value of a row. */
    public static String of(Object... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Arrays.toString(parts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
