package io.windrow.core.transform.expression;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Constants, those that a function makes of a text included. */
final class Literals {
    private static final Pattern PART = Pattern.compile("(\\d{1,18})(?:\\.(\\d{1,18}))?(h|ms|us|ns|m|s)");

    private Literals() {}

    static Node whole(Kind kind, long value) {
        return ofLong(ValueType.of(kind), value);
    }

    static Node floating(double value) {
        Values one = Values.constant(ValueType.of(Kind.DOUBLE), 1);
        one.doubles[0] = value;
        return Node.constant(one);
    }

    static Node text(Kind kind, byte[] bytes) {
        return Node.constant(Values.constant(ValueType.of(kind), 1).text(bytes));
    }

    static Node nothing() {
        return Node.constant(Values.nulls(1));
    }

    /** What the function makes of the text; null if there is no such function. Throws if the text is not of its form. */
    static @Nullable Node made(String function, Node argument) throws DateTimeException, ArithmeticException {
        Values constant = argument.constant();
        if (constant == null || argument.type().kind() != Kind.STRING) {
            return null;
        }
        String text = new String(constant.data, StandardCharsets.UTF_8);
        return switch (function) {
            case "timestamp" -> {
                Instant instant = OffsetDateTime.parse(text).toInstant();
                yield whole(Kind.TIMESTAMP, micros(instant.getEpochSecond(), instant.getNano()));
            }
            case "datetime" -> {
                LocalDateTime time = LocalDateTime.parse(text);
                yield whole(Kind.DATETIME, micros(time.toEpochSecond(ZoneOffset.UTC), time.getNano()));
            }
            case "date" -> whole(Kind.DATE, LocalDate.parse(text).toEpochDay());
            case "time" -> {
                LocalTime time = LocalTime.parse(text);
                yield whole(Kind.TIME, micros(time.toSecondOfDay(), time.getNano()));
            }
            case "duration" -> whole(Kind.DURATION, duration(text));
            case "decimal" -> decimal(text);
            default -> null;
        };
    }

    private static long micros(long seconds, int nanos) {
        if (nanos % 1000 != 0) {
            throw new ArithmeticException("a microsecond is the finest unit");
        }
        return Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1000);
    }

    private static long duration(String text) {
        boolean negative = text.startsWith("-");
        Matcher part = PART.matcher(text).region(negative ? 1 : 0, text.length());
        BigDecimal nanos = BigDecimal.ZERO;
        int at = negative ? 1 : 0;
        while (at < text.length() && part.find() && part.start() == at) {
            String whole = part.group(1) + (part.group(2) == null ? "" : "." + part.group(2));
            nanos = nanos.add(new BigDecimal(whole).multiply(BigDecimal.valueOf(unit(part.group(3)))));
            at = part.end();
        }
        if (at != text.length() || text.length() < 2) {
            throw new DateTimeException("a duration is written as 90s, 1h30m or 250ms");
        }
        long micros = nanos.movePointLeft(3).longValueExact();
        return negative ? -micros : micros;
    }

    private static long unit(String name) {
        return switch (name) {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us" -> 1_000L;
            default -> 1L;
        };
    }

    private static Node decimal(String text) {
        // An exponent would be a way to a number of any size.
        if (!text.matches("[+-]?[0-9]{1,38}(\\.[0-9]{1,38})?")) {
            throw new ArithmeticException("a decimal is written as 12.50, with at most 38 digits");
        }
        BigDecimal value = new BigDecimal(text);
        int precision = Math.max(value.precision(), value.scale());
        if (precision > 38) {
            throw new ArithmeticException("a decimal has at most 38 digits");
        }
        ValueType type = ValueType.decimal(precision, value.scale());
        if (type.inLongs()) {
            return ofLong(type, value.unscaledValue().longValueExact());
        }
        Values one = Values.constant(type, 1);
        one.decimals[0] = value;
        return Node.constant(one);
    }

    private static Node ofLong(ValueType type, long value) {
        Values one = Values.constant(type, 1);
        one.longs[0] = value;
        return Node.constant(one);
    }
}
