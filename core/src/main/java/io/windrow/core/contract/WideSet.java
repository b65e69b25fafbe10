package io.windrow.core.contract;

import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/**
 * A set of values of 16 bytes: decimals and UUIDs.
 *
 * @param members per member the eight bytes that lie first in memory, then the other eight, both little-endian
 */
record WideSet(long[] members) implements ColumnCheck {
    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            if (!has(MemoryUtil.getLong(data + 16L * row), MemoryUtil.getLong(data + 16L * row + 8))
                    && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }

    private boolean has(long first, long second) {
        for (int i = 0; i < members.length; i += 2) {
            if (members[i] == first & members[i + 1] == second) {
                return true;
            }
        }
        return false;
    }
}
