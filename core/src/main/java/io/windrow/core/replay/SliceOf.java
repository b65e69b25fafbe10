package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Slice;
import java.math.BigDecimal;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;

/**
 * Says of delivered rows whether they lie in a slice.
 *
 * @param column the column's place in the schema that rows are delivered in
 */
record SliceOf(int column) {
    static SliceOf of(StreamSchema schema, String column) {
        return new SliceOf(schema.indexOf(column));
    }

    boolean holds(Slice slice, Batch batch, int row) {
        return value(batch, row).map(slice::holds).orElse(false);
    }

    /** The value in the unit of {@link Slice.Bound}; empty for null. */
    Optional<BigDecimal> value(Batch batch, int row) {
        FieldVector vector = batch.arrow().getVector(column);
        if (vector.isNull(row)) {
            return Optional.empty();
        }
        return Optional.of(switch (vector) {
            case BigIntVector number -> BigDecimal.valueOf(number.get(row));
            case IntVector number -> BigDecimal.valueOf(number.get(row));
            case SmallIntVector number -> BigDecimal.valueOf(number.get(row));
            case DecimalVector number -> number.getObject(row);
            case DateDayVector days -> BigDecimal.valueOf(days.get(row));
            case TimeStampMicroTZVector micros -> BigDecimal.valueOf(micros.get(row));
            case TimeStampMicroVector micros -> BigDecimal.valueOf(micros.get(row));
            default -> throw WindrowException.of(
                    ReplayError.COLUMN_UNFIT,
                    "Cutting a window of delivered rows of " + batch.stream() + " by " + vector.getName() + ": some hold a "
                            + vector.getMinorType());
        });
    }
}
