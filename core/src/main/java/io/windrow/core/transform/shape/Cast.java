package io.windrow.core.transform.shape;

import io.windrow.api.schema.ColumnType;
import io.windrow.core.contract.TextForm;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * From a value of one type to the same value of another, or a {@link Misfit}. Values are Boolean, BigDecimal for whole numbers
 * and decimals, Double, String, byte[], UUID, LocalDate, LocalTime, LocalDateTime and Instant; the result is of the class of
 * its type. Never rounds: a value is cast if the cast back would give it again.
 */
@FunctionalInterface
interface Cast {
    /** Why a value does not fit. Has no message, since that might quote the value (I11). */
    final class Misfit extends Exception {
        private static final long serialVersionUID = 1L;
        final transient ShapeError error;

        Misfit(ShapeError error) {
            super(error.code(), null, false, false);
            this.error = error;
        }
    }

    /** The value in its new type. */
    Object of(Object value) throws Misfit;

    /** The cast between two types; empty if there is none. */
    static Optional<Cast> between(ColumnType from, ColumnType to) {
        Optional<Cast> cast = values(from, to);
        // What a text stands for is read in one way: what passes a contract that demands the type can be cast to it, and nothing else.
        return from instanceof ColumnType.Text && !(to instanceof ColumnType.Text)
                ? cast.map(reading -> TextForm.of(to).map(form -> formed(form, reading)).orElse(reading))
                : cast;
    }

    private static Cast formed(TextForm form, Cast reading) {
        return value -> {
            Object read = reading.of(value);
            byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
            if (!form.fits(text, text.length)) {
                throw new Misfit(ShapeError.CAST_FORM);
            }
            return read;
        };
    }

    private static Optional<Cast> values(ColumnType from, ColumnType to) {
        return Optional.ofNullable(switch (to) {
            case ColumnType.Text ignored -> toText(from);
            case ColumnType.Bytes ignored -> from instanceof ColumnType.Text
                    ? value -> ((String) value).getBytes(StandardCharsets.UTF_8) : null;
            case ColumnType.Bool ignored -> toBool(from);
            case ColumnType.Int type -> number(from, whole(type));
            case ColumnType.Decimal type -> number(from, decimal(type));
            case ColumnType.Float type -> toFloat(from, type);
            case ColumnType.Uuid ignored -> from instanceof ColumnType.Text ? Cast::uuid : null;
            case ColumnType.Date ignored -> toDate(from);
            case ColumnType.Time ignored -> from instanceof ColumnType.Text
                    ? value -> time(read(() -> LocalTime.parse((String) value, Forms.TIME_READ))) : null;
            case ColumnType.Timestamp type -> toTimestamp(from, type);
            case ColumnType.Json ignored -> null;
            case ColumnType.Interval ignored -> null;
            case ColumnType.ListOf ignored -> null;
            case ColumnType.Struct ignored -> null;
        });
    }

    /** Whether different values always come out different: not where a value of the one type has several texts, or two zeros. */
    static boolean isInjective(ColumnType from, ColumnType to) {
        return switch (from) {
            case ColumnType.Text ignored -> to instanceof ColumnType.Bool || to instanceof ColumnType.Bytes;
            case ColumnType.Float ignored -> to instanceof ColumnType.Float || to instanceof ColumnType.Text;
            // A large number fits if it is the float, and also if it is the float's shortest text.
            case ColumnType.Int whole -> !(to instanceof ColumnType.Float type) || whole.bits() < type.bits();
            case ColumnType.Decimal decimal ->
                !(to instanceof ColumnType.Float type) || decimal.precision() <= (type.bits() == 32 ? 6 : 15);
            default -> true;
        };
    }

    private static Cast toText(ColumnType from) {
        return switch (from) {
            case ColumnType.Bool ignored -> Object::toString;
            case ColumnType.Int ignored -> value -> ((BigDecimal) value).toPlainString();
            case ColumnType.Decimal ignored -> value -> ((BigDecimal) value).toPlainString();
            case ColumnType.Float t -> value -> shortest((Double) value, t.bits());
            case ColumnType.Text ignored -> value -> value;
            case ColumnType.Json ignored -> value -> value;
            case ColumnType.Bytes ignored -> value -> {
                try {
                    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap((byte[]) value)).toString();
                } catch (CharacterCodingException e) {
                    throw new Misfit(ShapeError.CAST_FORM);
                }
            };
            case ColumnType.Uuid ignored -> Object::toString;
            case ColumnType.Date ignored -> Object::toString;
            case ColumnType.Time ignored -> value -> Forms.TIME.format((LocalTime) value);
            case ColumnType.Timestamp t -> t.utc()
                    ? value -> Forms.LOCAL.format(((Instant) value).atOffset(ZoneOffset.UTC)) + "Z"
                    : value -> Forms.LOCAL.format((LocalDateTime) value);
            case ColumnType.Interval ignored -> null;
            case ColumnType.ListOf ignored -> null;
            case ColumnType.Struct ignored -> null;
        };
    }

    private static String shortest(double value, int bits) {
        return bits == 32 ? Float.toString((float) value) : Double.toString(value);
    }

    private static Cast toBool(ColumnType from) {
        return switch (from) {
            case ColumnType.Text ignored -> value -> switch ((String) value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new Misfit(ShapeError.CAST_FORM);
            };
            case ColumnType.Int ignored -> value -> {
                BigDecimal number = (BigDecimal) value;
                if (number.signum() != 0 && number.compareTo(BigDecimal.ONE) != 0) {
                    throw new Misfit(ShapeError.CAST_RANGE);
                }
                return number.signum() != 0;
            };
            default -> null;
        };
    }

    /** A cast to exact numbers: every number as a decimal, then {@code fit}. */
    private static Cast number(ColumnType from, Cast fit) {
        return switch (from) {
            case ColumnType.Bool ignored -> value -> fit.of((Boolean) value ? BigDecimal.ONE : BigDecimal.ZERO);
            case ColumnType.Int ignored -> fit;
            case ColumnType.Decimal ignored -> fit;
            case ColumnType.Float t -> value -> {
                double number = (Double) value;
                if (Double.isNaN(number) || Double.isInfinite(number)) {
                    throw new Misfit(ShapeError.CAST_RANGE);
                }
                return fit.of(new BigDecimal(shortest(number, t.bits())));
            };
            case ColumnType.Text ignored -> value -> {
                String text = (String) value;
                if (!Forms.NUMBER.matcher(text).matches()) {
                    throw new Misfit(ShapeError.CAST_FORM);
                }
                return fit.of(new BigDecimal(text));
            };
            default -> null;
        };
    }

    private static Cast whole(ColumnType.Int type) {
        BigInteger min = type.signed() ? BigInteger.ONE.shiftLeft(type.bits() - 1).negate() : BigInteger.ZERO;
        BigInteger max = BigInteger.ONE.shiftLeft(type.signed() ? type.bits() - 1 : type.bits()).subtract(BigInteger.ONE);
        BigDecimal low = new BigDecimal(min);
        BigDecimal high = new BigDecimal(max);
        return value -> {
            BigDecimal number = (BigDecimal) value;
            if (number.compareTo(low) < 0 || number.compareTo(high) > 0) {
                throw new Misfit(ShapeError.CAST_RANGE);
            }
            return scaled(number, 0);
        };
    }

    private static Cast decimal(ColumnType.Decimal type) {
        BigDecimal limit = BigDecimal.TEN.pow(type.precision() - type.scale());
        return value -> {
            BigDecimal number = (BigDecimal) value;
            if (number.abs().compareTo(limit) >= 0) {
                throw new Misfit(ShapeError.CAST_RANGE);
            }
            return scaled(number, type.scale());
        };
    }

    /** The magnitude has been checked before: a float's 308 digits are not written out. */
    private static BigDecimal scaled(BigDecimal number, int scale) throws Misfit {
        BigDecimal plain = number.stripTrailingZeros();
        if (plain.scale() > scale) {
            throw new Misfit(ShapeError.CAST_INEXACT);
        }
        return plain.setScale(scale);
    }

    private static Cast toFloat(ColumnType from, ColumnType.Float type) {
        return switch (from) {
            case ColumnType.Float ignored -> value -> {
                double number = (Double) value;
                if (type.bits() == 32 && !Double.isNaN(number) && (float) number != number) {
                    throw new Misfit(Double.isInfinite((float) number) ? ShapeError.CAST_RANGE : ShapeError.CAST_INEXACT);
                }
                return number;
            };
            case ColumnType.Int ignored -> value -> floating((BigDecimal) value, type.bits());
            case ColumnType.Decimal ignored -> value -> floating((BigDecimal) value, type.bits());
            case ColumnType.Text ignored -> value -> switch ((String) value) {
                case "NaN" -> Double.NaN;
                case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                case String text when Forms.FLOAT.matcher(text).matches() -> {
                    double number = floating(new BigDecimal(text), type.bits());
                    yield number == 0 && text.startsWith("-") ? -0.0 : number;
                }
                default -> throw new Misfit(ShapeError.CAST_FORM);
            };
            default -> null;
        };
    }

    /** The float whose shortest text is the number. */
    private static Double floating(BigDecimal number, int bits) throws Misfit {
        double nearest = bits == 32 ? number.floatValue() : number.doubleValue();
        if (Double.isInfinite(nearest)) {
            throw new Misfit(ShapeError.CAST_RANGE);
        }
        if (new BigDecimal(shortest(nearest, bits)).compareTo(number) != 0 && new BigDecimal(nearest).compareTo(number) != 0) {
            throw new Misfit(ShapeError.CAST_INEXACT);
        }
        return nearest;
    }

    private static Object uuid(Object value) throws Misfit {
        String text = (String) value;
        if (!Forms.UUID_FORM.matcher(text).matches()) {
            throw new Misfit(ShapeError.CAST_FORM);
        }
        return UUID.fromString(text);
    }

    private static Cast toDate(ColumnType from) {
        return switch (from) {
            case ColumnType.Text ignored -> value -> {
                LocalDate date = read(() -> LocalDate.parse((String) value));
                if (date.toEpochDay() != (int) date.toEpochDay()) {
                    throw new Misfit(ShapeError.CAST_RANGE);
                }
                return date;
            };
            case ColumnType.Timestamp t when !t.utc() -> value -> {
                LocalDateTime time = (LocalDateTime) value;
                if (!time.toLocalTime().equals(LocalTime.MIDNIGHT)) {
                    throw new Misfit(ShapeError.CAST_INEXACT);
                }
                return time.toLocalDate();
            };
            default -> null;
        };
    }

    private static Cast toTimestamp(ColumnType from, ColumnType.Timestamp type) {
        return switch (from) {
            case ColumnType.Text ignored -> type.utc()
                    ? value -> {
                        Instant instant = read(() -> OffsetDateTime.parse(colons(spaced((String) value))).toInstant());
                        micros(instant.getNano());
                        return held(instant);
                    }
                    : value -> {
                        LocalDateTime time = read(() -> LocalDateTime.parse(spaced((String) value)));
                        micros(time.getNano());
                        held(time.toInstant(ZoneOffset.UTC));
                        return time;
                    };
            case ColumnType.Date ignored when !type.utc() -> value -> {
                LocalDateTime time = ((LocalDate) value).atStartOfDay();
                held(time.toInstant(ZoneOffset.UTC));
                return time;
            };
            default -> null;
        };
    }

    private static String spaced(String text) {
        return text.replaceFirst(" ", "T");
    }

    /** The offset as java.time reads it: with minutes, behind a colon. */
    private static String colons(String text) {
        int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        boolean behindTime = sign > text.indexOf(':') && text.indexOf(':') > 0;
        return switch (behindTime ? text.length() - sign : 0) {
            case 3 -> text + ":00";
            case 5 -> text.substring(0, sign + 3) + ":" + text.substring(sign + 3);
            default -> text;
        };
    }

    private static LocalTime time(LocalTime time) throws Misfit {
        micros(time.getNano());
        return time;
    }

    private static void micros(int nanos) throws Misfit {
        if (nanos % 1000 != 0) {
            throw new Misfit(ShapeError.CAST_INEXACT);
        }
    }

    /** Microseconds in 64 bits reach some 292 000 years. */
    private static Instant held(Instant instant) throws Misfit {
        if (Math.abs(instant.getEpochSecond()) > Long.MAX_VALUE / 1_000_000 - 1) {
            throw new Misfit(ShapeError.CAST_RANGE);
        }
        return instant;
    }

    /** What reads a text. */
    @FunctionalInterface
    interface Reading<T> {
        /** The value; throws if the text is not of its form. */
        T read();
    }

    private static <T> T read(Reading<T> reading) throws Misfit {
        try {
            return reading.read();
        } catch (DateTimeException e) {
            throw new Misfit(ShapeError.CAST_FORM);
        }
    }

    /** The forms of texts. */
    final class Forms {
        static final Pattern NUMBER = Pattern.compile(number(TextForm.DIGITS));
        static final Pattern FLOAT = Pattern.compile(number(TextForm.FLOAT_DIGITS) + "([eE][+-]?[0-9]{1,3})?");
        static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
        /** Seconds always, then as many digits as are needed. */
        static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
                .appendPattern("HH:mm:ss")
                .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                .toFormatter(Locale.ROOT);
        /** Seconds may be left out; 24:00 is no time of a day. */
        static final DateTimeFormatter TIME_READ = new DateTimeFormatterBuilder()
                .appendPattern("HH:mm")
                .optionalStart()
                .appendPattern(":ss")
                .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
        static final DateTimeFormatter LOCAL = new DateTimeFormatterBuilder()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .appendLiteral('T')
                .append(TIME)
                .toFormatter(Locale.ROOT);

        private Forms() {}

        private static String number(int digits) {
            return "[+-]?([0-9]{1,%1$d}(\\.[0-9]{0,%1$d})?|\\.[0-9]{1,%1$d})".formatted(digits);
        }
    }
}
