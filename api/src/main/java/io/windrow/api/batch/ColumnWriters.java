package io.windrow.api.batch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * From Java values to Arrow vectors: Boolean; Byte, Short, Integer, Long and BigInteger for whole numbers; Float and
 * Double; BigDecimal, whose scale may be smaller than the column's; String for text and JSON; byte[]; UUID; LocalDate;
 * LocalTime; Instant for UTC and LocalDateTime for local timestamps; Period for intervals of months and days, Duration for
 * those of microseconds; List;
 * Map by field name. Nothing is rounded, cut or converted: what does not fit is refused.
 */
final class ColumnWriters {
    private ColumnWriters() {}

    static ColumnWriter of(Column column) {
        return switch (column.type()) {
            case ColumnType.Bool ignored -> (vector, row, value) ->
                    ((BitVector) vector).setSafe(row, as(Boolean.class, value, column) ? 1 : 0);
            case ColumnType.Int type -> (vector, row, value) -> whole(vector, row, whole(value, type, column), type);
            case ColumnType.Float type -> type.bits() == 32
                    ? (vector, row, value) -> ((Float4Vector) vector).setSafe(row, as(Float.class, value, column))
                    : (vector, row, value) -> ((Float8Vector) vector).setSafe(row, wide(value, column));
            case ColumnType.Decimal type -> (vector, row, value) -> ((DecimalVector) vector)
                    .setSafe(row, scaled(as(BigDecimal.class, value, column), type, column));
            case ColumnType.Text ignored -> text(column);
            case ColumnType.Json ignored -> text(column);
            case ColumnType.Bytes ignored -> (vector, row, value) ->
                    ((VarBinaryVector) vector).setSafe(row, as(byte[].class, value, column));
            case ColumnType.Uuid ignored -> (vector, row, value) -> {
                UUID uuid = as(UUID.class, value, column);
                ((FixedSizeBinaryVector) vector).setSafe(row, ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).array());
            };
            case ColumnType.Date ignored -> (vector, row, value) -> ((DateDayVector) vector)
                    .setSafe(row, exactInt(as(LocalDate.class, value, column).toEpochDay(), column));
            case ColumnType.Time ignored -> (vector, row, value) -> ((TimeMicroVector) vector)
                    .setSafe(row, micros(as(LocalTime.class, value, column).toNanoOfDay(), column));
            case ColumnType.Timestamp type when type.utc() -> (vector, row, value) -> {
                Instant instant = as(Instant.class, value, column);
                ((TimeStampVector) vector).setSafe(row, micros(instant.getEpochSecond(), instant.getNano(), column));
            };
            case ColumnType.Timestamp ignored -> (vector, row, value) -> {
                LocalDateTime time = as(LocalDateTime.class, value, column);
                ((TimeStampVector) vector).setSafe(row, micros(time.toEpochSecond(ZoneOffset.UTC), time.getNano(), column));
            };
            case ColumnType.Interval ignored -> ColumnWriters::interval;
            case ColumnType.ListOf type -> list(of(type.element()), column);
            case ColumnType.Struct type -> struct(type, column);
        };
    }

    static WindrowException misfit(Column column, String what) {
        return WindrowException.of(
                BatchError.VALUE_DOES_NOT_FIT,
                "Building column " + column.name() + " of type " + column.type() + ": got " + what);
    }

    private static <T> T as(Class<T> type, Object value, Column column) {
        if (!type.isInstance(value)) {
            throw misfit(column, "a " + value.getClass().getSimpleName() + ", expected a " + type.getSimpleName());
        }
        return type.cast(value);
    }

    private static double wide(Object value, Column column) {
        return value instanceof Float single ? single : as(Double.class, value, column);
    }

    private static long whole(Object value, ColumnType.Int type, Column column) {
        return switch (value) {
            case Byte v -> fitting(v, type, column);
            case Short v -> fitting(v, type, column);
            case Integer v -> fitting(v, type, column);
            case Long v -> fitting(v, type, column);
            case BigInteger v -> fitting(v, type, column);
            default -> throw misfit(column, "a " + value.getClass().getSimpleName() + ", expected a whole number");
        };
    }

    private static long fitting(long value, ColumnType.Int type, Column column) {
        int spare = Long.SIZE - type.bits();
        boolean fits = type.signed() ? value << spare >> spare == value : value >= 0 && value << spare >>> spare == value;
        if (!fits) {
            throw misfit(column, "a number outside its range");
        }
        return value;
    }

    /** One without a sign may use all 64 bits. */
    private static long fitting(BigInteger value, ColumnType.Int type, Column column) {
        int bits = type.signed() ? type.bits() - 1 : type.bits();
        if (value.bitLength() > bits || !type.signed() && value.signum() < 0) {
            throw misfit(column, "a number outside its range");
        }
        return value.longValue();
    }

    private static void whole(FieldVector vector, int row, long value, ColumnType.Int type) {
        switch (type.bits()) {
            case 8 -> {
                if (type.signed()) {
                    ((TinyIntVector) vector).setSafe(row, (int) value);
                } else {
                    ((UInt1Vector) vector).setSafe(row, (int) value);
                }
            }
            case 16 -> {
                if (type.signed()) {
                    ((SmallIntVector) vector).setSafe(row, (int) value);
                } else {
                    ((UInt2Vector) vector).setSafe(row, (int) value);
                }
            }
            case 32 -> {
                if (type.signed()) {
                    ((IntVector) vector).setSafe(row, (int) value);
                } else {
                    ((UInt4Vector) vector).setSafe(row, (int) value);
                }
            }
            default -> {
                if (type.signed()) {
                    ((BigIntVector) vector).setSafe(row, value);
                } else {
                    ((UInt8Vector) vector).setSafe(row, value);
                }
            }
        }
    }

    private static BigDecimal scaled(BigDecimal value, ColumnType.Decimal type, Column column) {
        try {
            BigDecimal exact = value.setScale(type.scale());
            if (exact.precision() > type.precision()) {
                throw misfit(column, "a decimal of " + exact.precision() + " digits");
            }
            return exact;
        } catch (ArithmeticException e) {
            throw misfit(column, "a decimal with more than " + type.scale() + " decimals");
        }
    }

    private static ColumnWriter text(Column column) {
        return (vector, row, value) -> {
            String text = as(String.class, value, column);
            if (hasUnpairedSurrogate(text)) {
                throw misfit(column, "text with an unpaired surrogate");
            }
            ((VarCharVector) vector).setSafe(row, text.getBytes(StandardCharsets.UTF_8));
        };
    }

    private static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean paired = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!paired) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static int exactInt(long value, Column column) {
        if (value != (int) value) {
            throw misfit(column, "a value outside its range");
        }
        return (int) value;
    }

    private static long micros(long nanos, Column column) {
        if (nanos % 1_000 != 0) {
            throw misfit(column, "a time finer than a microsecond");
        }
        return nanos / 1_000;
    }

    private static long micros(long seconds, int nanos, Column column) {
        try {
            // Before 1970 seconds are rounded down, and the rest counts up from there: the earliest one alone would be out of range.
            return seconds < 0
                    ? Math.addExact(Math.multiplyExact(seconds + 1, 1_000_000L), micros(nanos, column) - 1_000_000)
                    : Math.addExact(Math.multiplyExact(seconds, 1_000_000L), micros(nanos, column));
        } catch (ArithmeticException e) {
            throw misfit(column, "a time outside its range");
        }
    }

    private static void interval(FieldVector vector, int row, Object value) {
        StructVector struct = (StructVector) vector;
        Period period = value instanceof Period days ? days : Period.ZERO;
        Duration rest = value instanceof Duration time ? time : Duration.ZERO;
        if (!(value instanceof Period || value instanceof Duration) || rest.getNano() % 1_000 != 0) {
            throw WindrowException.of(
                    BatchError.VALUE_DOES_NOT_FIT,
                    "Building column " + vector.getName() + ": got a " + value.getClass().getSimpleName()
                            + ", expected a Period, or a Duration of whole microseconds");
        }
        struct.getChild("months", IntVector.class).setSafe(row, Math.toIntExact(period.toTotalMonths()));
        struct.getChild("days", IntVector.class).setSafe(row, period.getDays());
        struct.getChild("micros", BigIntVector.class)
                .setSafe(row, Math.addExact(Math.multiplyExact(rest.getSeconds(), 1_000_000L), rest.getNano() / 1_000));
        struct.setIndexDefined(row);
    }

    private static ColumnWriter list(ColumnWriter element, Column column) {
        Column child = ((ColumnType.ListOf) column.type()).element();
        return (vector, row, value) -> {
            ListVector list = (ListVector) vector;
            List<?> values = new ArrayList<>(as(List.class, value, column));
            int at = list.startNewValue(row);
            for (Object item : values) {
                put(element, child, list.getDataVector(), at, item);
                at++;
            }
            list.endValue(row, values.size());
        };
    }

    private static ColumnWriter struct(ColumnType.Struct type, Column column) {
        List<ColumnWriter> writers = type.fields().stream().map(ColumnWriters::of).toList();
        return (vector, row, value) -> {
            StructVector struct = (StructVector) vector;
            Map<?, ?> values = as(Map.class, value, column);
            for (Object name : values.keySet()) {
                if (type.fields().stream().noneMatch(field -> field.name().equals(name))) {
                    throw misfit(column, "the unknown field " + name);
                }
            }
            for (int i = 0; i < writers.size(); i++) {
                Column field = type.fields().get(i);
                if (!values.containsKey(field.name())) {
                    throw misfit(column, "nothing for the field " + field.name() + "; say null if it is null");
                }
                put(writers.get(i), field, struct.getChildrenFromFields().get(i), row, values.get(field.name()));
            }
            struct.setIndexDefined(row);
        };
    }

    private static void put(
            ColumnWriter writer, Column column, FieldVector vector, int row, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            writer.write(vector, row, value);
        } else if (column.nullable()) {
            setNull(vector, row);
        } else {
            throw misfit(column, "null, which the column does not allow");
        }
    }

    private static void setNull(FieldVector vector, int row) {
        switch (vector) {
            case BaseFixedWidthVector fixed -> {
                while (fixed.getValueCapacity() <= row) {
                    fixed.reAlloc();
                }
                fixed.setNull(row);
            }
            case org.apache.arrow.vector.BaseVariableWidthVector variable -> {
                variable.fillEmpties(row);
                while (variable.getValueCapacity() <= row) {
                    variable.reAlloc();
                }
                variable.setNull(row);
            }
            case ListVector list -> list.setNull(row);
            case StructVector struct -> struct.setNull(row);
            default -> throw new IllegalStateException("No null for " + vector.getClass());
        }
    }
}
