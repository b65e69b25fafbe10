package io.windrow.core.ledger;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret under which a pipeline's rows are hashed (I11): 128 bits, without which nobody can tell a row from its
 * hash. The same for the life of a pipeline, else its hashes cannot be compared. Only {@link #id} may be printed, logged
 * or lie beside the data.
 */
public final class HashKey {
    private final long high;
    private final long low;

    private HashKey(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** A key that nobody knows yet. */
    public static HashKey random() {
        SecureRandom random = new SecureRandom();
        return new HashKey(random.nextLong(), random.nextLong());
    }

    /** The key that a user's secret stands for; the same for the same secret. */
    public static HashKey of(Secret secret) {
        ByteBuffer bytes = digest("windrow row hash key", secret.reveal().getBytes(StandardCharsets.UTF_8));
        return new HashKey(bytes.getLong(), bytes.getLong());
    }

    /** Reads what {@link #reveal} gave. Anything else is {@link LedgerError#UNREADABLE}; the message does not repeat it. */
    public static HashKey parse(Secret text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(text.reveal()));
            if (bytes.remaining() == 16) {
                return new HashKey(bytes.getLong(), bytes.getLong());
            }
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
        throw unreadable();
    }

    private static WindrowException unreadable() {
        return WindrowException.of(
                LedgerError.UNREADABLE, "Reading the key of the row hashes: expected 32 hexadecimal digits");
    }

    /** The key itself, for the state store. */
    public Secret reveal() {
        return Secret.of(HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low));
    }

    /** Tells keys apart and tells nothing of the key: 16 hexadecimal digits of its SHA-256. */
    public String id() {
        byte[] key = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        return HexFormat.of().toHexDigits(digest("windrow row hash key id", key).getLong());
    }

    /** Gives the sum of the hashes of a batch's rows. For one thread. */
    public Function<Batch, RowHash> hasher() {
        return new RowHasher(high, low)::hash;
    }

    /**
     * Gives the hash of each row over some columns. For one thread.
     *
     * @param columns their ids; empty: all
     */
    public RowHasher rowHasher(Set<Integer> columns) {
        return rowHasher(columns, HashForm.TYPED);
    }

    /**
     * Gives the hash of each row over some columns in one form. For one thread.
     *
     * @param columns their ids; empty: all
     */
    public RowHasher rowHasher(Set<Integer> columns, HashForm form) {
        return new RowHasher(high, low, columns, form);
    }

    /** 32 hexadecimal digits that only who has the key can make of the text: the same for the same text (I11). */
    public String digest(String text) {
        byte[] key = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    private static ByteBuffer digest(String purpose, byte[] of) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(purpose.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return ByteBuffer.wrap(digest.digest(of));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashKey key && key.high == high && key.low == low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    /** Never prints the key. */
    @Override
    public String toString() {
        return "HashKey[" + id() + "]";
    }
}
