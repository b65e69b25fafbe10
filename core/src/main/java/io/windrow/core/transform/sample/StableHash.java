package io.windrow.core.transform.sample;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Locale;
import java.util.UUID;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt8Vector;

/**
 * A 64-bit hash of values by their canonical text, the same for ever: FNV-1a over, for each field, the byte 1, the UTF-8 of
 * the text and the byte 0xff (which UTF-8 never holds), or the byte 0 alone for null; then the finalizer of MurmurHash3.
 * The text of a whole number is the same for every width, that of a decimal has no zeros at its end; a timestamp is its
 * microseconds. It is no secret and hides nothing.
 */
final class StableHash {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private StableHash() {}

    /** One hash for each row over the columns in order. */
    static long[] of(FieldVector[] columns, int count) {
        long[] hashes = new long[count];
        java.util.Arrays.fill(hashes, BASIS);
        for (FieldVector column : columns) {
            for (int row = 0; row < count; row++) {
                hashes[row] = column.isNull(row) ? add(hashes[row], 0) : add(cell(add(hashes[row], 1), column, row), 0xff);
            }
        }
        for (int row = 0; row < count; row++) {
            hashes[row] = mixed(hashes[row]);
        }
        return hashes;
    }

    private static long add(long hash, int octet) {
        return (hash ^ octet & 0xff) * PRIME;
    }

    /** FNV-1a alone leaves the upper bits of short texts too much alike. */
    private static long mixed(long hash) {
        long h = hash;
        h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }

    private static long cell(long hash, FieldVector column, int row) {
        return switch (column) {
            case UInt8Vector big when big.get(row) < 0 -> text(hash, Long.toUnsignedString(big.get(row)));
            case BaseIntVector whole -> whole(hash, whole.getValueAsLong(row));
            case BaseVariableWidthVector bytes -> bytes(hash, bytes, row);
            case BitVector bits -> text(hash, bits.get(row) == 1 ? "true" : "false");
            case DecimalVector decimal -> text(hash, plain(decimal.getObject(row)));
            case Float4Vector small -> text(hash, Float.toString(small.get(row)));
            case Float8Vector large -> text(hash, Double.toString(large.get(row)));
            case DateDayVector date -> text(hash, LocalDate.ofEpochDay(date.get(row)).toString());
            case TimeMicroVector time -> text(hash, LocalTime.ofNanoOfDay(time.get(row) * 1000).toString());
            case TimeStampVector time -> whole(hash, time.get(row));
            case FixedSizeBinaryVector uuid -> {
                ByteBuffer bytes = ByteBuffer.wrap(uuid.get(row));
                yield text(hash, new UUID(bytes.getLong(), bytes.getLong()).toString().toLowerCase(Locale.ROOT));
            }
            default -> throw new IllegalStateException("No text for " + column.getClass());
        };
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private static long text(long hash, String text) {
        long h = hash;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            h = add(h, octet);
        }
        return h;
    }

    /** The decimal digits, without making a text of them. */
    private static long whole(long hash, long value) {
        if (value == Long.MIN_VALUE) {
            return text(hash, "-9223372036854775808");
        }
        long h = value < 0 ? add(hash, '-') : hash;
        long rest = Math.abs(value);
        int digits = 1;
        while (digits < POWERS.length && rest >= POWERS[digits]) {
            digits++;
        }
        for (int i = digits - 1; i >= 0; i--) {
            h = add(h, '0' + (int) (rest / POWERS[i]));
            rest %= POWERS[i];
        }
        return h;
    }

    private static long bytes(long hash, BaseVariableWidthVector vector, int row) {
        long offsets = vector.getOffsetBufferAddress();
        long data = vector.getDataBufferAddress();
        long h = hash;
        for (long at = MemoryUtil.getInt(offsets + 4L * row), end = MemoryUtil.getInt(offsets + 4L * (row + 1)); at < end; at++) {
            h = add(h, MemoryUtil.getByte(data + at));
        }
        return h;
    }
}
