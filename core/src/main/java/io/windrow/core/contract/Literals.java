package io.windrow.core.contract;

import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads bounds and set members as a contract writes them. Empty: no value of the type. Pure. */
final class Literals {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,40}");
    private static final Pattern EXACT = Pattern.compile("[+-]?(\\d{1,40}(\\.\\d{0,40})?|\\.\\d{1,40})");
    private static final Pattern FLOATING = Pattern.compile("[+-]?(\\d{1,400}(\\.\\d{0,400})?|\\.\\d{1,400})([eE][+-]?\\d{1,4})?");
    private static final long MICROS = 1_000_000;

    private Literals() {}

    /** A whole number (unsigned 64-bit ones as their bits), a day since 1970, or microseconds. */
    static OptionalLong whole(ColumnType type, String text) {
        try {
            return switch (type) {
                case ColumnType.Int t -> number(t, text);
                case ColumnType.Date ignored -> {
                    long day = LocalDate.parse(text).toEpochDay();
                    yield day == (int) day ? OptionalLong.of(day) : OptionalLong.empty();
                }
                case ColumnType.Time ignored -> micros(0, LocalTime.parse(text));
                case ColumnType.Timestamp t -> moment(t, text);
                default -> OptionalLong.empty();
            };
        } catch (DateTimeException | ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong number(ColumnType.Int type, String text) {
        if (!WHOLE.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        BigInteger value = new BigInteger(text);
        BigInteger low = type.signed() ? BigInteger.ONE.shiftLeft(type.bits() - 1).negate() : BigInteger.ZERO;
        BigInteger high = BigInteger.ONE.shiftLeft(type.signed() ? type.bits() - 1 : type.bits());
        return value.compareTo(low) < 0 || value.compareTo(high) >= 0
                ? OptionalLong.empty()
                : OptionalLong.of(value.longValue());
    }

    private static OptionalLong moment(ColumnType.Timestamp type, String text) {
        if (text.indexOf(':') < 0) {
            return micros(LocalDate.parse(text).toEpochDay(), LocalTime.MIDNIGHT);
        }
        String joined = text.replace(' ', 'T');
        if (!type.utc()) {
            LocalDateTime local = LocalDateTime.parse(joined);
            return micros(local.toLocalDate().toEpochDay(), local.toLocalTime());
        }
        LocalDateTime utc = OffsetDateTime.parse(joined).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
        return micros(utc.toLocalDate().toEpochDay(), utc.toLocalTime());
    }

    private static OptionalLong micros(long day, LocalTime time) {
        if (time.getNano() % 1_000 != 0) {
            return OptionalLong.empty();
        }
        long ofDay = time.toNanoOfDay() / 1_000;
        return OptionalLong.of(Math.addExact(Math.multiplyExact(day, 86_400 * MICROS), ofDay));
    }

    /** A decimal's digits at the type's scale; a value that would have to be rounded is none. */
    static Optional<BigInteger> unscaled(ColumnType.Decimal type, String text) {
        if (!EXACT.matcher(text).matches()) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(text);
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        if (plain.scale() > type.scale() || plain.precision() - plain.scale() > type.precision() - type.scale()) {
            return Optional.empty();
        }
        return Optional.of(plain.setScale(type.scale()).unscaledValue());
    }

    /** A finite number; one of 32 bits as the double of the same value. */
    static Optional<Double> floating(ColumnType.Float type, String text) {
        if (!FLOATING.matcher(text).matches()) {
            return Optional.empty();
        }
        double value = type.bits() == 32 ? Float.parseFloat(text) : Double.parseDouble(text);
        return Double.isInfinite(value) ? Optional.empty() : Optional.of(value);
    }
}
