package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Windows;
import java.util.Arrays;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;

/** Says which window each row of a batch is in. Used by one thread. */
final class WindowOf {
    private final int column;
    private final long[] cuts;
    private int[] windows = new int[0];

    WindowOf(StreamSchema schema, Windows windows) {
        this.column = windows.column().map(schema::indexOf).orElse(-1);
        this.cuts = windows.cuts().stream().mapToLong(Long::longValue).toArray();
    }

    /** One window per row, valid until the next call. */
    int[] rows(Batch batch) {
        int count = batch.rowCount();
        if (windows.length < count) {
            windows = new int[count];
        }
        if (column < 0) {
            Arrays.fill(windows, 0, count, 1);
            return windows;
        }
        FieldVector vector = batch.arrow().getVector(column);
        for (int row = 0; row < count; row++) {
            windows[row] = vector.isNull(row) ? 0 : Windows.of(value(vector, row), cuts);
        }
        return windows;
    }

    private static long value(FieldVector vector, int row) {
        return switch (vector) {
            case BigIntVector number -> number.get(row);
            case IntVector number -> number.get(row);
            case SmallIntVector number -> number.get(row);
            default -> throw new IllegalArgumentException("No windows of " + vector.getMinorType());
        };
    }
}
