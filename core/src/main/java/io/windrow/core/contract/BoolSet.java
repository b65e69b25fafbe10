package io.windrow.core.contract;

import org.apache.arrow.vector.FieldVector;

/**
 * The only good truth value.
 *
 * @param good which
 */
record BoolSet(boolean good) implements ColumnCheck {
    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            // A bit that is unset is false, as a validity bit that is unset is null.
            if (NullCheck.isNull(data, row) == good && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }
}
