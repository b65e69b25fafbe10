package io.windrow.core.contract;

import java.math.BigInteger;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** A range of decimals: two's complement of 128 bits, low half first. */
record WideRange(long minHigh, long minLow, long maxHigh, long maxLow) implements ColumnCheck {
    static WideRange of(BigInteger min, BigInteger max) {
        return new WideRange(min.shiftRight(64).longValue(), min.longValue(), max.shiftRight(64).longValue(), max.longValue());
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            long low = MemoryUtil.getLong(data + 16L * row);
            long high = MemoryUtil.getLong(data + 16L * row + 8);
            boolean under = high < minHigh || high == minHigh && Long.compareUnsigned(low, minLow) < 0;
            boolean over = high > maxHigh || high == maxHigh && Long.compareUnsigned(low, maxLow) > 0;
            if ((under | over) && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }
}
