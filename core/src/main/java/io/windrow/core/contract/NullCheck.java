package io.windrow.core.contract;

import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** Null is bad. */
record NullCheck() implements ColumnCheck {
    @Override
    public int next(FieldVector column, int from, int rows) {
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; ) {
            if ((row & 7) == 0 && row + 8 <= rows && MemoryUtil.getByte(valid + (row >> 3)) == -1) {
                row += 8;
            } else if (isNull(valid, row)) {
                return row;
            } else {
                row++;
            }
        }
        return rows;
    }

    /** Whether the row's bit in a validity buffer is unset. */
    static boolean isNull(long valid, int row) {
        return (MemoryUtil.getByte(valid + (row >> 3)) >> (row & 7) & 1) == 0;
    }
}
