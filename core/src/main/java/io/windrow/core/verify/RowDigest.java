package io.windrow.core.verify;

import io.windrow.api.batch.RowHash;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * A 128-bit digest of a row's values under a key that is drawn anew for each comparison, so that no one can prepare two
 * rows that collide. Null, empty, −0.0 and 0.0 differ; all NaN are one. Used by one thread.
 */
public final class RowDigest {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private final long seed0 = ThreadLocalRandom.current().nextLong();
    private final long seed1 = ThreadLocalRandom.current().nextLong();
    private long a;
    private long b;

    /** The digest of one row's values in these columns. */
    public RowHash of(List<? extends FieldVector> vectors, int row) {
        a = seed0;
        b = seed1;
        for (FieldVector vector : vectors) {
            cell(vector, row);
        }
        long high = finish(a + b);
        return new RowHash(high, finish(b ^ high));
    }

    private void cell(ValueVector vector, int row) {
        if (vector.isNull(row)) {
            mix(0x9e3779b97f4a7c15L);
            return;
        }
        mix(1);
        switch (vector) {
            case BitVector bit -> mix(bit.get(row));
            case Float8Vector number -> {
                double value = number.get(row);
                mix(Double.isNaN(value) ? Double.doubleToLongBits(Double.NaN) : Double.doubleToRawLongBits(value));
            }
            case Float4Vector number -> {
                float value = number.get(row);
                mix(Float.isNaN(value) ? Float.floatToIntBits(Float.NaN) : Float.floatToRawIntBits(value));
            }
            case BaseFixedWidthVector fixed -> {
                long width = fixed.getTypeWidth();
                bytes(fixed.getDataBuffer(), row * width, width);
            }
            case BaseVariableWidthVector text -> {
                long start = text.getOffsetBuffer().getInt((long) row * 4);
                long end = text.getOffsetBuffer().getInt((long) (row + 1) * 4);
                mix(end - start);
                bytes(text.getDataBuffer(), start, end - start);
            }
            case ListVector list -> {
                int start = list.getElementStartIndex(row);
                int end = list.getElementEndIndex(row);
                mix(end - start);
                for (int i = start; i < end; i++) {
                    cell(list.getDataVector(), i);
                }
            }
            case StructVector struct -> {
                for (FieldVector child : struct.getChildrenFromFields()) {
                    cell(child, row);
                }
            }
            default -> throw new IllegalArgumentException("No digest of a " + vector.getMinorType());
        }
    }

    private void bytes(ArrowBuf buffer, long from, long length) {
        long at = from;
        long end = from + length;
        for (; at + 8 <= end; at += 8) {
            mix(buffer.getLong(at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << 8 | buffer.getByte(at) & 0xff;
        }
        mix(rest);
    }

    private void mix(long value) {
        a ^= Long.rotateLeft(value * C1, 31) * C2;
        a = (Long.rotateLeft(a, 27) + b) * 5 + 0x52dce729L;
        b ^= Long.rotateLeft(value * C2, 33) * C1;
        b = (Long.rotateLeft(b, 31) + a) * 5 + 0x38495ab5L;
    }

    private static long finish(long value) {
        long k = value;
        k ^= k >>> 33;
        k *= 0xff51afd7ed558ccdL;
        k ^= k >>> 33;
        k *= 0xc4ceb9fe1a85ec53L;
        return k ^ k >>> 33;
    }
}
