package io.windrow.core.ledger;

import io.windrow.api.schema.ColumnType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/**
 * One number, the same for every type that can hold it: a whole number of 128 bits and by how many powers of ten it is divided,
 * as few as there can be; or the bits of a float that is no whole number of 64 bits. Read again and again by one thread.
 */
final class Numeral {
    /** The end of the whole numbers of 64 bits. */
    private static final double END = 0x1p63;

    private long lower;
    private long upper;
    private int scale;
    private boolean fractional;

    /** The lower 64 bits, or those of a float. */
    long lower() {
        return lower;
    }

    /** The upper 64 bits: the sign alone if the number fits 64. */
    long upper() {
        return upper;
    }

    /** By how many powers of ten the whole number is divided. */
    int scale() {
        return scale;
    }

    /** Whether it is a float with nothing but its bits. */
    boolean isFractional() {
        return fractional;
    }

    /** Reads a value that is not null. */
    Numeral read(ColumnType type, FieldVector vector, int i) {
        long data = vector.getDataBufferAddress();
        scale = 0;
        fractional = false;
        switch (type) {
            case ColumnType.Int whole -> {
                lower = CellHash.integer(whole, data, i);
                upper = whole.signed() ? lower >> 63 : 0;
            }
            case ColumnType.Decimal decimal -> {
                lower = MemoryUtil.getLong(data + 16L * i);
                upper = MemoryUtil.getLong(data + 16L * i + 8);
                scale = decimal.scale();
                shorten();
            }
            case ColumnType.Float real -> real(real.bits() == 32
                    ? Float.intBitsToFloat(MemoryUtil.getInt(data + 4L * i))
                    : Double.longBitsToDouble(MemoryUtil.getLong(data + 8L * i)));
            default -> throw new IllegalStateException("No number is a " + type);
        }
        return this;
    }

    private void real(double value) {
        long whole = (long) value;
        // The bits tell −0.0 from 0, which the comparison does not.
        fractional = !(Math.abs(value) < END) || Double.doubleToRawLongBits(whole) != Double.doubleToRawLongBits(value);
        lower = fractional ? Double.doubleToLongBits(value) : whole;
        upper = fractional ? 0 : whole >> 63;
    }

    /** Takes away zeros behind the point. */
    private void shorten() {
        if (upper == lower >> 63) {
            while (scale > 0 && lower % 10 == 0) {
                lower /= 10;
                scale--;
            }
            return;
        }
        BigInteger number = new BigInteger(ByteBuffer.allocate(16).putLong(upper).putLong(lower).array());
        while (scale > 0) {
            BigInteger[] parts = number.divideAndRemainder(BigInteger.TEN);
            if (parts[1].signum() != 0) {
                break;
            }
            number = parts[0];
            scale--;
        }
        lower = number.longValue();
        upper = number.shiftRight(64).longValue();
    }
}
