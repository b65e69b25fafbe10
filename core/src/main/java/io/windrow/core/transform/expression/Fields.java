package io.windrow.core.transform.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;

/** Values of a column. A cell that the source did not send counts as null, as its vector says. */
final class Fields {
    private Fields() {}

    static Values of(FieldVector vector, ValueType type, int count) {
        Values values = Values.of(type, count);
        if (vector.getNullCount() > 0) {
            for (int i = 0; i < count; i++) {
                values.state[i] = vector.isNull(i) ? Values.NULL : Values.VALUE;
            }
        }
        if (count > 0) {
            fill(vector, values, count);
        }
        return values;
    }

    private static void fill(FieldVector vector, Values values, int count) {
        long[] longs = values.longs;
        long data = values.type.kind() == Kind.OTHER ? 0 : vector.getDataBufferAddress();
        switch (vector) {
            case BitVector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getByte(data + (i >> 3)) >> (i & 7) & 1;
                }
            }
            case TinyIntVector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getByte(data + i);
                }
            }
            case SmallIntVector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getShort(data + 2L * i);
                }
            }
            case IntVector ignored -> ints(data, longs, count);
            case DateDayVector ignored -> ints(data, longs, count);
            case BigIntVector ignored -> longs(data, longs, count);
            case UInt8Vector ignored -> longs(data, longs, count);
            case TimeMicroVector ignored -> longs(data, longs, count);
            case TimeStampVector ignored -> longs(data, longs, count);
            case UInt1Vector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getByte(data + i) & 0xff;
                }
            }
            case UInt2Vector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getShort(data + 2L * i) & 0xffff;
                }
            }
            case UInt4Vector ignored -> {
                for (int i = 0; i < count; i++) {
                    longs[i] = MemoryUtil.getInt(data + 4L * i) & 0xffff_ffffL;
                }
            }
            case Float4Vector ignored -> {
                for (int i = 0; i < count; i++) {
                    values.doubles[i] = Float.intBitsToFloat(MemoryUtil.getInt(data + 4L * i));
                }
            }
            case Float8Vector ignored -> {
                for (int i = 0; i < count; i++) {
                    values.doubles[i] = Double.longBitsToDouble(MemoryUtil.getLong(data + 8L * i));
                }
            }
            case DecimalVector decimal -> decimals(decimal, data, values, count);
            case BaseVariableWidthVector text when values.type.kind().text() -> text(text, values, count);
            default -> Arrays.fill(longs, 0);
        }
    }

    private static void ints(long data, long[] longs, int count) {
        for (int i = 0; i < count; i++) {
            longs[i] = MemoryUtil.getInt(data + 4L * i);
        }
    }

    private static void longs(long data, long[] longs, int count) {
        for (int i = 0; i < count; i++) {
            longs[i] = MemoryUtil.getLong(data + 8L * i);
        }
    }

    private static void decimals(DecimalVector vector, long data, Values values, int count) {
        if (values.type.inLongs()) {
            // 18 digits stand in the lower half of 16 bytes, whose sign is the whole's.
            for (int i = 0; i < count; i++) {
                values.longs[i] = MemoryUtil.getLong(data + 16L * i);
            }
            return;
        }
        byte[] bytes = new byte[16];
        for (int i = 0; i < count; i++) {
            if (values.state[i] == Values.VALUE) {
                for (int b = 0; b < 16; b++) {
                    bytes[b] = MemoryUtil.getByte(data + 16L * i + 15 - b);
                }
                values.decimals[i] = new BigDecimal(new BigInteger(bytes), vector.getScale());
            }
        }
    }

    private static void text(BaseVariableWidthVector vector, Values values, int count) {
        long offsets = vector.getOffsetBufferAddress();
        int first = MemoryUtil.getInt(offsets);
        int end = MemoryUtil.getInt(offsets + 4L * count);
        byte[] data = new byte[end - first];
        vector.getDataBuffer().getBytes(first, data, 0, data.length);
        values.data = data;
        for (int i = 0; i < count; i++) {
            int start = MemoryUtil.getInt(offsets + 4L * i);
            values.starts[i] = start - first;
            values.lengths[i] = MemoryUtil.getInt(offsets + 4L * (i + 1)) - start;
        }
    }
}
