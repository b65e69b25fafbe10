package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.core.policy.MaskRule.Truncation;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;

/** Cuts dates and timestamps to the start of their hour, day, month or year; instants in UTC. The type stays. */
final class TruncateMask implements ColumnMask {
    private static final long HOUR = 3_600_000_000L;
    private static final long DAY = 24 * HOUR;

    private final Column column;
    private final Truncation to;

    TruncateMask(Column column, Truncation to) {
        this.column = column;
        this.to = to;
    }

    @Override
    public List<Column> output() {
        return List.of(column);
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        int rows = values.getValueCount();
        FieldVector cut = values.getField().createVector(values.getAllocator());
        try {
            cut.setInitialCapacity(rows);
            cut.allocateNew();
            for (int row = 0; row < rows; row++) {
                if (!values.isNull(row)) {
                    set(cut, values, row);
                }
            }
            cut.setValueCount(rows);
            return List.of(cut);
        } catch (RuntimeException e) {
            cut.close();
            throw e;
        }
    }

    private void set(FieldVector cut, FieldVector values, int row) {
        switch (values) {
            case DateDayVector days -> ((DateDayVector) cut).set(row, (int) day(days.get(row)));
            case TimeStampVector micros -> ((TimeStampVector) cut).set(row, micros(micros.get(row)));
            default -> throw new IllegalStateException("No truncation of " + values.getClass());
        }
    }

    private long micros(long micros) {
        return to == Truncation.HOUR
                ? Math.floorDiv(micros, HOUR) * HOUR
                : day(Math.floorDiv(micros, DAY)) * DAY;
    }

    private long day(long day) {
        return switch (to) {
            case HOUR, DAY -> day;
            case MONTH -> LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay();
            case YEAR -> LocalDate.ofEpochDay(day).withDayOfYear(1).toEpochDay();
        };
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return "truncate " + to.name().toLowerCase(Locale.ROOT);
    }
}
