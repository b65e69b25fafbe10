package io.windrow.core.contract;

import java.util.Arrays;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** A range or a set of floating point numbers. NaN is in none. −0.0 is 0.0. */
final class FloatCheck implements ColumnCheck {
    private final int bits;
    private final double min;
    private final double max;
    private final double[] members;

    private FloatCheck(int bits, double min, double max, double[] members) {
        this.bits = bits;
        this.min = min;
        this.max = max;
        this.members = members;
    }

    static FloatCheck range(int bits, double min, double max) {
        return new FloatCheck(bits, min, max, new double[0]);
    }

    static FloatCheck set(int bits, double[] members) {
        double[] sorted = members.clone();
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] += 0.0; // −0.0 becomes 0.0
        }
        Arrays.sort(sorted);
        return new FloatCheck(bits, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, sorted);
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            double value = bits == 32
                    ? Float.intBitsToFloat(MemoryUtil.getInt(data + 4L * row))
                    : Double.longBitsToDouble(MemoryUtil.getLong(data + 8L * row));
            if (!(value >= min && value <= max && (members.length == 0 || Arrays.binarySearch(members, value + 0.0) >= 0))
                    && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }
}
