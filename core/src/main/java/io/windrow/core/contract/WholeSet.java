package io.windrow.core.contract;

import java.util.Arrays;
import org.apache.arrow.vector.FieldVector;

/** A set of whole numbers, days or microseconds. */
final class WholeSet implements ColumnCheck {
    private static final int FEW = 8;

    private final Lane lane;
    private final long[] members;

    /** Members in the lane's order; sorted here. */
    WholeSet(Lane lane, long[] members) {
        this.lane = lane;
        this.members = members.clone();
        Arrays.sort(this.members);
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            if (!has(lane.read(data + (long) lane.width * row)) && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }

    private boolean has(long value) {
        if (members.length > FEW) {
            return Arrays.binarySearch(members, value) >= 0;
        }
        for (long member : members) {
            if (member == value) {
                return true;
            }
        }
        return false;
    }
}
