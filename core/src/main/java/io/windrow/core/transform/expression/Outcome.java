package io.windrow.core.transform.expression;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** What an expression gave for the rows of a batch. Used by one thread; holds no memory but the heap's. */
public final class Outcome {
    private final Values values;

    Outcome(Values values) {
        this.values = values;
    }

    /** Whether a condition is true for a row; false if it is null or an error. */
    public boolean isTrue(int row) {
        return values.state(row) == Values.VALUE && values.longAt(row) == 1;
    }

    /** Why there is no value for a row; null if there is one, or null. */
    public @Nullable ExpressionError error(int row) {
        return switch (values.state(row)) {
            case Values.OVERFLOW -> ExpressionError.OVERFLOW;
            case Values.DIVISION -> ExpressionError.DIVISION_BY_ZERO;
            default -> null;
        };
    }

    /** The values as a vector of {@link Expression#type()}; null where there is none. The caller owns it. */
    public FieldVector vector(Column column, BufferAllocator allocator) {
        FieldVector vector = ArrowTypes.field(column).createVector(allocator);
        try {
            switch (vector) {
                case BaseVariableWidthVector text -> text(text);
                case BaseFixedWidthVector fixed -> fixed(fixed);
                default -> throw new IllegalStateException("No values for " + vector.getClass());
            }
            return vector;
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    private void fixed(BaseFixedWidthVector vector) {
        int count = values.count;
        vector.allocateNew(count);
        ArrowBuf validity = vector.getValidityBuffer();
        long data = vector.getDataBufferAddress();
        int width = vector instanceof BitVector ? 0 : vector.getTypeWidth();
        for (int i = 0; i < count; i++) {
            if (values.state(i) != Values.VALUE) {
                continue;
            }
            BitVectorHelper.setBit(validity, i);
            switch (vector) {
                case BitVector bits -> bits.set(i, (int) values.longAt(i));
                case DecimalVector decimals -> decimals.set(i, values.decimalAt(i));
                default -> put(data, i, width);
            }
        }
        vector.setValueCount(count);
    }

    private void put(long data, int i, int width) {
        long word = values.doubles.length > 0 ? Double.doubleToRawLongBits(values.doubleAt(i)) : values.longAt(i);
        if (width == 4) {
            MemoryUtil.putInt(data + 4L * i, (int) word);
        } else {
            MemoryUtil.putLong(data + 8L * i, word);
        }
    }

    private void text(BaseVariableWidthVector vector) {
        int count = values.count;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += values.state(i) == Values.VALUE ? values.lengths[i & values.mask] : 0;
        }
        vector.allocateNew(bytes, count);
        for (int i = 0; i < count; i++) {
            int at = i & values.mask;
            if (values.state[at] == Values.VALUE) {
                vector.set(i, values.data, values.starts[at], values.lengths[at]);
            } else {
                vector.setNull(i);
            }
        }
        vector.setValueCount(count);
    }
}
