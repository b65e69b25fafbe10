package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;

/**
 * HMAC-SHA256 over a value's text. As {@code hmac} all 32 bytes in lower-case hexadecimal; as {@code token} the first 16 in
 * URL-safe base64 (22 characters). With a previous key a second column holds the old token.
 */
final class KeyedMask implements ColumnMask {
    /** What the column of previous tokens is called, after the column's name. */
    static final String PREVIOUS = "_previous";

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .getBytes(StandardCharsets.US_ASCII);

    /** How the bytes are written. */
    enum Form {
        /** 64 hexadecimal digits. */
        HMAC(64),
        /** 22 characters of base64. */
        TOKEN(22);

        private final int width;

        Form(int width) {
            this.width = width;
        }

        /** The text of a digest. */
        byte[] write(byte[] digest) {
            byte[] line = new byte[width];
            write(digest, line);
            return line;
        }

        void write(byte[] digest, byte[] line) {
            switch (this) {
                case HMAC -> {
                    for (int i = 0; i < Hmac.LENGTH; i++) {
                        line[2 * i] = HEX[(digest[i] >> 4) & 15];
                        line[2 * i + 1] = HEX[digest[i] & 15];
                    }
                }
                case TOKEN -> {
                    int at = 0;
                    for (int i = 0; i < 15; i += 3) {
                        int bits = (digest[i] & 255) << 16 | (digest[i + 1] & 255) << 8 | digest[i + 2] & 255;
                        line[at++] = BASE64[bits >> 18];
                        line[at++] = BASE64[bits >> 12 & 63];
                        line[at++] = BASE64[bits >> 6 & 63];
                        line[at++] = BASE64[bits & 63];
                    }
                    line[at++] = BASE64[(digest[15] & 255) >> 2];
                    line[at] = BASE64[(digest[15] & 3) << 4];
                }
            }
        }
    }

    private final Column column;
    private final int previousId;
    private final Texts texts;
    private final Form form;
    private final List<Hmac> keys;
    private final byte[] digest = new byte[Hmac.LENGTH];
    private final byte[] line;

    /**
     * A mask.
     *
     * @param keys the key, then the previous one if there is one
     * @param previousId the id of the column of previous tokens, if there is one
     */
    KeyedMask(Column column, Texts texts, Form form, List<byte[]> keys, int previousId) {
        this.column = column;
        this.previousId = previousId;
        this.texts = texts;
        this.form = form;
        this.keys = keys.stream().map(Hmac::new).toList();
        this.line = new byte[form.width];
    }

    @Override
    public List<Column> output() {
        List<Column> columns = new ArrayList<>();
        String sourceType = "masked by " + form.name().toLowerCase(Locale.ROOT);
        columns.add(new Column(column.id(), column.name(), new ColumnType.Text(), column.nullable(), sourceType));
        if (keys.size() > 1) {
            columns.add(new Column(
                    previousId, column.name() + PREVIOUS, new ColumnType.Text(), column.nullable(),
                    sourceType));
        }
        return columns;
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        List<FieldVector> masked = new ArrayList<>();
        try {
            for (Hmac key : keys) {
                VarCharVector vector = new VarCharVector(values.getName(), values.getAllocator());
                masked.add(vector);
                fill(values, vector, key);
            }
            return masked;
        } catch (RuntimeException e) {
            masked.forEach(FieldVector::close);
            throw e;
        }
    }

    private void fill(FieldVector values, VarCharVector vector, Hmac key) {
        int rows = values.getValueCount();
        vector.allocateNew((long) rows * form.width, rows);
        ArrowBuf ends = vector.getOffsetBuffer();
        ArrowBuf data = vector.getDataBuffer();
        boolean nulls = values.getNullCount() > 0;
        int end = 0;
        ends.setInt(0, 0);
        for (int row = 0; row < rows; row++) {
            if (!nulls || !values.isNull(row)) {
                texts.load(values, row);
                key.of(texts.bytes(), texts.length(), digest);
                form.write(digest, line);
                data.setBytes(end, line, 0, form.width);
                end += form.width;
                BitVectorHelper.setBit(vector.getValidityBuffer(), row);
            }
            ends.setInt(4L * (row + 1), end);
        }
        vector.setLastSet(rows - 1);
        vector.setValueCount(rows);
    }

    @Override
    public boolean injective() {
        return true;
    }

    @Override
    public String version() {
        return version(keys.getFirst());
    }

    @Override
    public String previousVersion() {
        return version(keys.getLast());
    }

    private String version(Hmac key) {
        return form.name().toLowerCase(Locale.ROOT) + " " + key.fingerprint();
    }
}
