package io.windrow.core.contract;

import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/**
 * A range of whole numbers, days or microseconds.
 *
 * @param lane how the values lie in memory
 * @param min the smallest good value in the lane's order
 * @param max the largest
 */
record WholeRange(Lane lane, long min, long max) implements ColumnCheck {
    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        // A null's bytes are looked at too: only what looks bad is asked whether it is there.
        int row = from;
        while (row < rows) {
            row = suspect(data, row, rows);
            if (row < rows && NullCheck.isNull(valid, row)) {
                row++;
            } else {
                return row;
            }
        }
        return rows;
    }

    private int suspect(long data, int from, int rows) {
        switch (lane) {
            case INT32 -> {
                int low = (int) min;
                int high = (int) max;
                for (int row = from; row < rows; row++) {
                    int value = MemoryUtil.getInt(data + 4L * row);
                    if (value < low | value > high) {
                        return row;
                    }
                }
            }
            case INT64 -> {
                long low = min;
                long high = max;
                for (int row = from; row < rows; row++) {
                    long value = MemoryUtil.getLong(data + 8L * row);
                    if (value < low | value > high) {
                        return row;
                    }
                }
            }
            case INT8, UINT8, INT16, UINT16, UINT32, UINT64 -> {
                for (int row = from; row < rows; row++) {
                    long value = lane.read(data + (long) lane.width * row);
                    if (value < min | value > max) {
                        return row;
                    }
                }
            }
        }
        return rows;
    }
}
