package io.windrow.connectors.files.format;

import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;

/**
 * The text of flat values that need no quoting, the same in JSON and CSV: numbers with their exact digits (a decimal
 * always has its declared scale), {@code true} and {@code false}, ISO dates and times, UUIDs in 8-4-4-4-12 form, bytes in
 * Base64. Floats are the shortest text that reads back to the same value; {@code NaN}, {@code Infinity}, {@code -Infinity}.
 */
final class Lexemes {
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private static final int BASE64_PIECE = 3 << 14;

    private Lexemes() {}

    /** Writes the values of a flat, non-text column. Nulls are the caller's. */
    static Cell bind(ColumnType type, FieldVector vector) {
        return switch (type) {
            case ColumnType.Bool ignored -> {
                BitVector bits = (BitVector) vector;
                yield (out, row) -> out.ascii(bits.get(row) == 0 ? "false" : "true");
            }
            case ColumnType.Int t -> integer(t, vector.getDataBuffer());
            case ColumnType.Float t -> real(t, vector.getDataBuffer());
            case ColumnType.Decimal t -> decimal(t.scale(), vector.getDataBuffer());
            case ColumnType.Bytes ignored -> base64((BaseVariableWidthVector) vector);
            case ColumnType.Uuid ignored -> uuid(vector.getDataBuffer());
            case ColumnType.Date ignored -> {
                ArrowBuf data = vector.getDataBuffer();
                yield (out, row) -> TimeText.date(out, data.getInt(row * 4L));
            }
            case ColumnType.Time ignored -> {
                ArrowBuf data = vector.getDataBuffer();
                yield (out, row) -> TimeText.time(out, data.getLong(row * 8L));
            }
            case ColumnType.Timestamp t -> {
                ArrowBuf data = vector.getDataBuffer();
                boolean utc = t.utc();
                yield (out, row) -> TimeText.timestamp(out, data.getLong(row * 8L), utc);
            }
            case ColumnType.Text ignored -> throw notFlat(type);
            case ColumnType.Json ignored -> throw notFlat(type);
            case ColumnType.Interval ignored -> throw notFlat(type);
            case ColumnType.ListOf ignored -> throw notFlat(type);
            case ColumnType.Struct ignored -> throw notFlat(type);
        };
    }

    private static IllegalArgumentException notFlat(ColumnType type) {
        return new IllegalArgumentException("No bare text for " + type);
    }

    private static Cell integer(ColumnType.Int type, ArrowBuf data) {
        return switch (type.bits()) {
            case 8 -> type.signed()
                    ? (out, row) -> out.number(data.getByte(row))
                    : (out, row) -> out.number(data.getByte(row) & 0xff);
            case 16 -> type.signed()
                    ? (out, row) -> out.number(data.getShort(row * 2L))
                    : (out, row) -> out.number(data.getShort(row * 2L) & 0xffff);
            case 32 -> type.signed()
                    ? (out, row) -> out.number(data.getInt(row * 4L))
                    : (out, row) -> out.number(data.getInt(row * 4L) & 0xffff_ffffL);
            default -> type.signed()
                    ? (out, row) -> out.number(data.getLong(row * 8L))
                    : (out, row) -> out.ascii(Long.toUnsignedString(data.getLong(row * 8L)));
        };
    }

    private static Cell real(ColumnType.Float type, ArrowBuf data) {
        return type.bits() == 32
                ? (out, row) -> out.ascii(Float.toString(data.getFloat(row * 4L)))
                : (out, row) -> out.ascii(Double.toString(data.getDouble(row * 8L)));
    }

    private static Cell decimal(int scale, ArrowBuf data) {
        long unit = scale <= 18 ? pow10(scale) : 0;
        return (out, row) -> {
            long low = data.getLong(row * 16L);
            long high = data.getLong(row * 16L + 8);
            if (high == low >> 63 && low != Long.MIN_VALUE && unit != 0) {
                long magnitude = Math.abs(low);
                if (low < 0) {
                    out.put('-');
                }
                out.padded(magnitude / unit, 1);
                if (scale > 0) {
                    out.put('.');
                    out.padded(magnitude % unit, scale);
                }
            } else {
                out.ascii(decimal(high, low, scale).toPlainString());
            }
        };
    }

    /** The value of a decimal with its 128 bits in two halves. */
    static BigDecimal decimal(long high, long low, int scale) {
        BigInteger lower = new BigInteger(Long.toUnsignedString(low));
        return new BigDecimal(BigInteger.valueOf(high).shiftLeft(64).add(lower), scale);
    }

    private static long pow10(int exponent) {
        long value = 1;
        for (int i = 0; i < exponent; i++) {
            value *= 10;
        }
        return value;
    }

    private static Cell base64(BaseVariableWidthVector vector) {
        ArrowBuf data = vector.getDataBuffer();
        Base64.Encoder encoder = Base64.getEncoder();
        return (out, row) -> {
            int end = vector.getEndOffset(row);
            // In pieces of whole groups of three, so that only the last one is padded.
            for (int from = vector.getStartOffset(row); from < end; from += BASE64_PIECE) {
                byte[] value = new byte[Math.min(BASE64_PIECE, end - from)];
                data.getBytes(from, value);
                byte[] text = encoder.encode(value);
                out.bytes(text, 0, text.length);
            }
        };
    }

    private static Cell uuid(ArrowBuf data) {
        return (out, row) -> {
            for (int i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10) {
                    out.put('-');
                }
                int b = data.getByte(row * 16L + i);
                out.put(HEX[b >> 4 & 15]);
                out.put(HEX[b & 15]);
            }
        };
    }
}
