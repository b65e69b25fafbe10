package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Windows;
import io.windrow.api.source.Windows.Order;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarCharVector;

/** Says which window each row of a batch is in. Used by one thread. */
final class WindowOf {
    private final int column;
    private final Place place;
    private int[] windows = new int[0];

    WindowOf(StreamSchema schema, Windows windows) {
        this.column = windows.column().map(schema::indexOf).orElse(-1);
        this.place = place(windows.order(), windows.cuts());
    }

    /** Looks a value up among the cuts: its index, or {@code -(insertion point) - 1}, as {@link Arrays} says. */
    @FunctionalInterface
    private interface Place {
        int among(FieldVector vector, int row);
    }

    private static Place place(Order order, List<String> texts) {
        return switch (order) {
            case WHOLE -> whole(texts.stream().mapToLong(Long::parseLong).toArray());
            case DATE -> whole(texts.stream().mapToLong(text -> LocalDate.parse(text).toEpochDay()).toArray());
            case DATE_TIME -> whole(texts.stream()
                    .mapToLong(text -> micros(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC)))
                    .toArray());
            case INSTANT -> whole(texts.stream().mapToLong(text -> micros(Instant.parse(text))).toArray());
            case DECIMAL -> {
                BigDecimal[] cuts = texts.stream().map(BigDecimal::new).toArray(BigDecimal[]::new);
                yield (vector, row) -> Arrays.binarySearch(cuts, ((DecimalVector) vector).getObject(row));
            }
            case UUID -> bytes(texts.stream().map(WindowOf::uuid).toArray(byte[][]::new));
            case BYTES -> bytes(texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new));
        };
    }

    private static Place whole(long[] cuts) {
        return (vector, row) -> Arrays.binarySearch(cuts, value(vector, row));
    }

    private static Place bytes(byte[][] cuts) {
        return (vector, row) -> Arrays.binarySearch(
                cuts,
                switch (vector) {
                    case VarCharVector text -> text.get(row);
                    case FixedSizeBinaryVector uuid -> uuid.get(row);
                    default -> throw new IllegalArgumentException("No windows of " + vector.getMinorType());
                },
                Arrays::compareUnsigned);
    }

    private static byte[] uuid(String text) {
        UUID uuid = UUID.fromString(text);
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    private static long micros(Instant moment) {
        return Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1000);
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
            if (vector.isNull(row)) {
                windows[row] = 0;
            } else {
                int at = place.among(vector, row);
                windows[row] = at >= 0 ? at + 2 : -at;
            }
        }
        return windows;
    }

    private static long value(FieldVector vector, int row) {
        return switch (vector) {
            case BigIntVector number -> number.get(row);
            case IntVector number -> number.get(row);
            case SmallIntVector number -> number.get(row);
            case DateDayVector day -> day.get(row);
            case TimeStampMicroVector time -> time.get(row);
            case TimeStampMicroTZVector time -> time.get(row);
            default -> throw new IllegalArgumentException("No windows of " + vector.getMinorType());
        };
    }
}
