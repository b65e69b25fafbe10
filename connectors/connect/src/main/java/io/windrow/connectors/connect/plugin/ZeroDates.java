package io.windrow.connectors.connect.plugin;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Tells a date of zeros in a column that may not be null (C14): Debezium's connectors for MariaDB and MySQL read it as null and put the
 * column's default or 1970-01-01 in its place. Here it stays null, in a field that is marked. Any thread.
 */
public final class ZeroDates implements CustomConverter<SchemaBuilder, RelationalColumn> {
    /** The parameter of a field's schema that says that a null in it is a date of zeros. */
    public static final String MARK = "windrow.null_is_zero_date";

    /** Milliseconds hold so many digits of a second. */
    private static final int MILLIS = 3;

    /** Called by Debezium. */
    public ZeroDates() {}

    @Override
    public void configure(Properties properties) {
        // There is nothing to choose.
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        if (column.isOptional()) {
            return;
        }
        switch (column.typeName().toUpperCase(Locale.ROOT)) {
            case "DATE" -> registration.register(field(SchemaBuilder.int32(), "Date"), ZeroDates::days);
            case "DATETIME" -> {
                boolean coarse = column.length().orElse(0) <= MILLIS;
                ChronoUnit unit = coarse ? ChronoUnit.MILLIS : ChronoUnit.MICROS;
                registration.register(field(SchemaBuilder.int64(), coarse ? "Timestamp" : "MicroTimestamp"), value -> since1970(value, unit));
            }
            default -> {}
        }
    }

    private static SchemaBuilder field(SchemaBuilder type, String kind) {
        return type.name("io.debezium.time." + kind).version(1).optional().parameter(MARK, "true");
    }

    /** A number is a default, which is converted already. */
    private static @Nullable Object days(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case LocalDate day -> Math.toIntExact(day.toEpochDay());
            case Number days -> days.intValue();
            default -> throw unknown(value);
        };
    }

    private static @Nullable Object since1970(@Nullable Object value, ChronoUnit unit) {
        return switch (value) {
            case null -> null;
            case LocalDateTime time -> since1970(time, unit);
            case Timestamp time -> since1970(time.toLocalDateTime(), unit);
            case Number number -> number.longValue();
            default -> throw unknown(value);
        };
    }

    private static long since1970(LocalDateTime time, ChronoUnit unit) {
        return unit.between(Instant.EPOCH, time.toInstant(ZoneOffset.UTC));
    }

    /** Without the value (I11). */
    private static IllegalArgumentException unknown(Object value) {
        return new IllegalArgumentException("a date or time comes as " + value.getClass().getName());
    }
}
