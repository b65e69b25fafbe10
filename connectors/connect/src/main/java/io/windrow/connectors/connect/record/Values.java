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
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * From a Connect value to the Java value that a batch takes, by the column's type and the logical name of the value's schema.
 * Snapshot and log pass through the same code (I7). Nothing is rounded or guessed: what does not fit is refused (I10).
 */
public final class Values {
    private static final long NANOS = 1_000_000_000;

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

    /** Makes the values of one column of one form. Any thread. */
    @FunctionalInterface
    public interface Conversion {
        /** The value for the column; null stands for a timestamp of zeros. The value that is given is not null. */
        @Nullable Object of(Object value);
    }

    /** How the values of a schema become those of a column. What can be told from the two is told here, once, and not with every value. */
    public static Conversion of(Column column, Schema schema, Dialect dialect) {
        String name = String.valueOf(schema.name());
        Conversion plain = plain(column.type(), name);
        Conversion known = value -> {
            Object converted = plain.of(value);
            if (converted == null) {
                throw WindrowException.of(
                        ConnectError.VALUE_UNKNOWN,
                        "Reading column " + column.name() + " of type " + column.sourceType() + ": got a "
                                + value.getClass().getSimpleName() + " of the kind " + schema.type() + " " + name);
            }
            return converted;
        };
        return dialect == Dialect.BINLOG ? binlog(column, name, known) : known;
    }

    private static Conversion binlog(Column column, String name, Conversion known) {
        if (name.endsWith(".Enum")) {
            return value -> {
                Object plain = known.of(value);
                return plain instanceof String text ? word(column, text) : plain;
            };
        }
        return switch (column.type()) {
            case ColumnType.Timestamp type when type.utc() -> value -> {
                Object instant = known.of(value);
                return Instant.EPOCH.equals(instant) ? null : instant;
            };
            case ColumnType.Int ignored when name.endsWith("time.Year") -> value -> value.equals(1900) ? 0 : known.of(value);
            default -> known;
        };
    }

    /** Debezium hands on a comma in a word of an enumeration as it stands in its own list of the words, with a backslash. */
    private static String word(Column column, String text) {
        return column.sourceType().contains("'" + text + "'") ? text : text.replace("\\,", ",");
    }

    /** Gives null for what it does not know. */
    private static Conversion plain(ColumnType type, String name) {
        return switch (type) {
            case ColumnType.Bool ignored -> value -> value instanceof Boolean ? value : null;
            case ColumnType.Int ignored -> name.endsWith(".Bits") ? Values::bits : Values::whole;
            case ColumnType.Float one -> one.bits() == 32 ? Values::single : Values::wide;
            case ColumnType.Decimal ignored -> value -> value instanceof BigDecimal ? value : decimal(value);
            case ColumnType.Text ignored -> value -> value instanceof BigDecimal number ? number.toPlainString() : text(value);
            case ColumnType.Json ignored -> Values::text;
            case ColumnType.Bytes ignored -> Values::bytes;
            case ColumnType.Uuid ignored -> value -> value instanceof String text ? UUID.fromString(text) : null;
            case ColumnType.Date ignored -> Values::date;
            case ColumnType.Time ignored when name.endsWith(".MicroTime") -> value ->
                    value instanceof Long micros ? LocalTime.ofNanoOfDay(Math.multiplyExact(micros, 1_000L)) : null;
            case ColumnType.Timestamp one when one.utc() -> instant(name);
            case ColumnType.Timestamp ignored -> local(name);
            case ColumnType.Interval ignored when name.endsWith(".MicroTime") -> value ->
                    value instanceof Long micros ? Duration.of(micros, ChronoUnit.MICROS) : null;
            case ColumnType.Time ignored -> value -> null;
            case ColumnType.Interval ignored -> value -> null;
            case ColumnType.ListOf ignored -> value -> null;
            case ColumnType.Struct ignored -> value -> null;
        };
    }

    private static @Nullable Object whole(Object value) {
        return switch (value) {
            case Byte v -> v;
            case Short v -> v;
            case Integer v -> v;
            case Long v -> v;
            case BigDecimal v -> v.toBigIntegerExact();
            default -> null;
        };
    }

    private static @Nullable Object bits(Object value) {
        return bytes(value) instanceof byte[] bits ? littleEndian(bits) : whole(value);
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

    /** Of the kinds whose values are counted since 1970, without a zone. */
    private static Conversion local(String name) {
        return name.endsWith("time.Timestamp") ? value -> since1970(value, 1_000)
                : name.endsWith("time.MicroTimestamp") ? value -> since1970(value, 1_000_000)
                : name.endsWith("time.NanoTimestamp") ? value -> since1970(value, NANOS)
                : value -> null;
    }

    private static @Nullable LocalDateTime since1970(Object value, long inSecond) {
        return value instanceof Long number
                ? LocalDateTime.ofEpochSecond(
                        Math.floorDiv(number, inSecond), Math.toIntExact(Math.floorMod(number, inSecond) * (NANOS / inSecond)), ZoneOffset.UTC)
                : null;
    }

    private static Conversion instant(String name) {
        Conversion local = local(name);
        Conversion counted = value -> local.of(value) instanceof LocalDateTime time ? time.toInstant(ZoneOffset.UTC) : null;
        return name.endsWith("time.ZonedTimestamp") ? value -> value instanceof String text ? zoned(text) : counted.of(value) : counted;
    }

    private static @Nullable Instant zoned(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            // The text may be a value that must not be shown (I11).
            return null;
        }
    }
}
