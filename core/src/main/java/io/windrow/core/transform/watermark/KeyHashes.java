package io.windrow.core.transform.watermark;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.KeySum.Form;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarCharVector;

/** The numbers that the keys of rows add up to, as {@link KeySum} says. Nothing is allocated per row. For one thread. */
public final class KeyHashes {
    private static final int LENGTH = 32;
    /** Longer texts are hashed piece by piece. */
    private static final int ROOM = 1024;

    private final Form[] forms;
    private final int[] columns;
    private final FieldVector[] vectors;
    private final MessageDigest digest;
    private final byte[] piece = new byte[ROOM];
    private final byte[] hash = new byte[LENGTH];
    /** How many bytes of {@code piece} are still to be hashed. */
    private int filled;

    /**
     * Hashes of rows in some layout.
     *
     * @param columns for each part of the key where the rows hold it as it was read
     */
    public KeyHashes(KeySum keys, List<Integer> columns) {
        this.forms = keys.parts().stream().map(KeySum.Part::form).toArray(Form[]::new);
        this.columns = columns.stream().mapToInt(Integer::intValue).toArray();
        this.vectors = new FieldVector[forms.length];
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Hashes of rows as they were read; empty if rows of this schema cannot be summed up so. */
    static Optional<KeyHashes> of(KeySum keys, StreamSchema schema) {
        return keys.fits(schema)
                ? Optional.of(new KeyHashes(keys, keys.parts().stream().map(part -> schema.indexOf(part.column())).toList()))
                : Optional.empty();
    }

    /** Whether every row of the batch has a hash; {@link #of(int)} gives those of the last batch that had. */
    boolean has(Batch batch) {
        for (int i = 0; i < forms.length; i++) {
            FieldVector vector = batch.arrow().getVector(columns[i]);
            vectors[i] = vector;
            boolean fits = switch (forms[i]) {
                case WHOLE -> vector instanceof BaseIntVector;
                case UUID -> vector instanceof FixedSizeBinaryVector uuids && uuids.getByteWidth() == 16;
                case TEXT -> vector instanceof VarCharVector;
            };
            if (!fits || vector.getNullCount() > 0) {
                return false;
            }
        }
        return true;
    }

    /** The number of a row of the batch. */
    long of(int row) {
        filled = 0;
        for (int i = 0; i < forms.length; i++) {
            switch (forms[i]) {
                case WHOLE -> number(((BaseIntVector) vectors[i]).getValueAsLong(row), Long.BYTES);
                case UUID -> bytes(vectors[i], 16L * row, 16);
                case TEXT -> {
                    VarCharVector texts = (VarCharVector) vectors[i];
                    int start = texts.getStartOffset(row);
                    int length = texts.getEndOffset(row) - start;
                    number(length, Integer.BYTES);
                    bytes(texts, start, length);
                }
            }
        }
        digest.update(piece, 0, filled);
        try {
            digest.digest(hash, 0, LENGTH);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << 8 | hash[i] & 0xFF;
        }
        return number;
    }

    private void number(long value, int bytes) {
        room(bytes);
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            piece[filled++] = (byte) (value >> shift);
        }
    }

    private void bytes(FieldVector vector, long from, int length) {
        int done = 0;
        while (done < length) {
            room(1);
            int part = Math.min(length - done, ROOM - filled);
            vector.getDataBuffer().getBytes(from + done, piece, filled, part);
            filled += part;
            done += part;
        }
    }

    private void room(int bytes) {
        if (filled + bytes > ROOM) {
            digest.update(piece, 0, filled);
            filled = 0;
        }
    }
}
