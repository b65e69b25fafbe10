package io.windrow.core.contract;

import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/** A text must be readable as a type. */
final class TextFormCheck implements ColumnCheck {
    private final TextForm form;
    private byte[] text = new byte[64];

    TextFormCheck(TextForm form) {
        this.form = form;
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long offsets = column.getOffsetBufferAddress();
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            int start = MemoryUtil.getInt(offsets + 4L * row);
            int length = MemoryUtil.getInt(offsets + 4L * (row + 1)) - start;
            if (text.length < length) {
                text = new byte[Math.max(length, text.length * 2)];
            }
            MemoryUtil.copyFromMemory(data + start, text, 0, length);
            if (!form.fits(text, length) && !NullCheck.isNull(valid, row)) {
                return row;
            }
        }
        return rows;
    }
}
