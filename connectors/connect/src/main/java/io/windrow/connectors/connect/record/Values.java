package io.windrow.connectors.connect.record;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.connect.host.ConnectError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * From a Connect value to the Java value that a batch takes, by the column's type and the logical name of the value's schema.
 * Snapshot and log pass through the same code (I7). Nothing is rounded or guessed: what does not fit is refused (I10).
 */
public final class Values {
    private Values() {}

    /** What the values of a database mean that cannot be seen in them. */
    public enum Dialect {
        /**
         * MariaDB's and MySQL's binary log holds a timestamp of zeros as 1970-01-01 00:00:00, which no timestamp can be, and the year 0
         * as 1900, which no year can be (C13).
         */
        BINLOG,
        /** Nothing of the kind. */
        PLAIN
    }

    /** The value for a column; null stands for a timestamp of zeros. The value that is given is not null. */
    public static @Nullable Object of(Column column, Schema schema, Object value, Dialect dialect) {
        if (dialect == Dialect.BINLOG && isZero(column, schema, value)) {
            return column.type() instanceof ColumnType.Int ? 0 : null;
        }
        Object plain = of(column, schema, value);
        return dialect == Dialect.BINLOG && plain instanceof String text && String.valueOf(schema.name()).endsWith(".Enum")
                ? word(column, text)
                : plain;
    }

    /** Debezium hands on a comma in a word of an enumeration as it stands in its own list of the words, with a backslash. */
    private static String word(Column column, String text) {
        return column.sourceType().contains("'" + text + "'") ? text : text.replace("\\,", ",");
    }

    private static boolean isZero(Column column, Schema schema, Object value) {
        String name = String.valueOf(schema.name());
        return switch (column.type()) {
            case ColumnType.Timestamp type -> type.utc() && Instant.EPOCH.equals(instant(name, value));
            case ColumnType.Int ignored -> name.endsWith("time.Year") && value.equals(1900);
            default -> false;
        };
    }

    private static Object of(Column column, Schema schema, Object value) {
        String name = String.valueOf(schema.name());
        Object converted = switch (column.type()) {
            case ColumnType.Bool ignored -> value instanceof Boolean flag ? flag : null;
            case ColumnType.Int ignored -> whole(name, value);
            case ColumnType.Float type -> type.bits() == 32 ? single(value) : wide(value);
            case ColumnType.Decimal ignored -> value instanceof BigDecimal number ? number : decimal(value);
            case ColumnType.Text ignored -> value instanceof BigDecimal number ? number.toPlainString() : text(value);
            case ColumnType.Json ignored -> text(value);
            case ColumnType.Bytes ignored -> bytes(value);
            case ColumnType.Uuid ignored -> value instanceof String text ? UUID.fromString(text) : null;
            case ColumnType.Date ignored -> date(value);
            case ColumnType.Time ignored -> value instanceof Long micros && name.endsWith(".MicroTime")
                    ? LocalTime.ofNanoOfDay(Math.multiplyExact(micros, 1_000L))
                    : null;
            case ColumnType.Timestamp type -> type.utc() ? instant(name, value) : local(name, value).orElse(null);
            case ColumnType.Interval ignored -> value instanceof Long micros && name.endsWith(".MicroTime")
                    ? Duration.of(micros, ChronoUnit.MICROS)
                    : null;
            case ColumnType.ListOf ignored -> null;
            case ColumnType.Struct ignored -> null;
        };
        if (converted == null) {
            throw WindrowException.of(
                    ConnectError.VALUE_UNKNOWN,
                    "Reading column " + column.name() + " of type " + column.sourceType() + ": got a "
                            + value.getClass().getSimpleName() + " of the kind " + schema.type() + " " + name);
        }
        return converted;
    }

    private static @Nullable Object whole(String name, Object value) {
        return switch (value) {
            case Byte v -> v;
            case Short v -> v;
            case Integer v -> v;
            case Long v -> v;
            case BigDecimal v -> v.toBigIntegerExact();
            case byte[] bits when name.endsWith(".Bits") -> littleEndian(bits);
            case ByteBuffer bits when name.endsWith(".Bits") -> littleEndian((byte[]) bytes(bits));
            default -> null;
        };
    }

    private static BigInteger littleEndian(byte[] bits) {
        byte[] big = new byte[bits.length];
        for (int i = 0; i < bits.length; i++) {
            big[i] = bits[bits.length - 1 - i];
        }
        return new BigInteger(1, big);
    }

    /** A wider value is taken only if nothing of it is lost. */
    private static @Nullable Object single(Object value) {
        return value instanceof Float single ? single
                : value instanceof Double wide && ((double) wide.floatValue() == wide || wide.isNaN()) ? wide.floatValue()
                : null;
    }

    private static @Nullable Object wide(Object value) {
        return value instanceof Double wide ? wide : value instanceof Float single ? (double) single : null;
    }

    /** Oracle's numbers without a fraction come as whole numbers, if they are small enough for one. */
    private static @Nullable BigDecimal decimal(Object value) {
        return value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long
                ? BigDecimal.valueOf(((Number) value).longValue())
                : null;
    }

    /** A number whose scale is its own comes as a structure of scale and digits. */
    private static @Nullable String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Struct number when String.valueOf(number.schema().name()).endsWith(".VariableScaleDecimal") ->
                new BigDecimal(new BigInteger(number.getBytes("value")), number.getInt32("scale")).toPlainString();
            default -> null;
        };
    }

    private static @Nullable Object bytes(Object value) {
        return switch (value) {
            case byte[] bytes -> bytes;
            case ByteBuffer buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                yield bytes;
            }
            default -> null;
        };
    }

    private static @Nullable Object date(Object value) {
        return switch (value) {
            case Integer days -> LocalDate.ofEpochDay(days);
            case java.util.Date day -> LocalDate.ofEpochDay(Math.floorDiv(day.getTime(), 86_400_000L));
            default -> null;
        };
    }

    private static Optional<LocalDateTime> local(String name, Object value) {
        if (!(value instanceof Long number)) {
            return Optional.empty();
        }
        Optional<ChronoUnit> unit = name.endsWith("time.Timestamp") ? Optional.of(ChronoUnit.MILLIS)
                : name.endsWith("time.MicroTimestamp") ? Optional.of(ChronoUnit.MICROS)
                : name.endsWith("time.NanoTimestamp") ? Optional.of(ChronoUnit.NANOS)
                : Optional.empty();
        return unit.map(in -> LocalDateTime.ofInstant(Instant.EPOCH.plus(number, in), ZoneOffset.UTC));
    }

    private static @Nullable Object instant(String name, Object value) {
        if (value instanceof String text && name.endsWith("time.ZonedTimestamp")) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException e) {
                // The text may be a value that must not be shown (I11).
                return null;
            }
        }
        return local(name, value).map(time -> time.toInstant(ZoneOffset.UTC)).orElse(null);
    }
}
