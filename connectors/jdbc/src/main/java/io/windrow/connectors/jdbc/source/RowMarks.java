package io.windrow.connectors.jdbc.source;

import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.api.error.WindrowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes a short mark of a row's raw values, by which it is known again. A mark shows no value, and the salt keeps marks of two
 * streams or stores from being compared. The salt stands in the same state: whoever has that state can try out whether a row
 * with values that he guesses was delivered, also values that are masked behind the source. Used by one thread.
 */
final class RowMarks {
    /** The characters of a mark. */
    static final int LENGTH = 16;

    private static final int BYTES = 12;

    private final byte[] salt;
    private final MessageDigest digest;

    RowMarks(String salt) {
        this.salt = salt.getBytes(StandardCharsets.UTF_8);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw WindrowException.of(SourceError.PLANNER_MISUSED, "Marking rows: the JDK has no SHA-256", e);
        }
    }

    String of(@Nullable Object[] raws) {
        digest.update(salt);
        for (Object raw : raws) {
            byte[] bytes = switch (raw) {
                case null -> new byte[0];
                case byte[] binary -> binary;
                default -> raw.toString().getBytes(StandardCharsets.UTF_8);
            };
            // The kind and the length, so that no two rows give the same bytes.
            digest.update((byte) (raw == null ? 0 : raw instanceof byte[] ? 1 : 2));
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(digest.digest(), BYTES));
    }
}
