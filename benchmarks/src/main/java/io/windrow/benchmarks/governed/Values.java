package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Random values of every type, extreme ones among them, their fitting into another type, and one text for each. */
final class Values {
    private static final List<String> TEXTS = List.of(
            "", "NULL", "\\N", "a\"b", "a\nb", "a\rb", "a,b", "=1+1", " x ", "İıßǅ", "\u0000\u0001", "😀 é", "null", "true",
            "12", "alpha", "beta", "gamma", "-7", "'; DROP TABLE x; --", "${env:HOME}", "{\"a\":1}", "\ufeffbom", "a\u2028b");

    private final Random random;

    Values(Random random) {
        this.random = random;
    }

    /** A value that is not null and not secret. */
    Object open(ColumnType type) {
        boolean extreme = random.nextInt(8) == 0;
        return switch (type) {
            case ColumnType.Bool ignored -> random.nextBoolean();
            case ColumnType.Int t -> whole(t, extreme);
            case ColumnType.Float t -> real(t, extreme);
            case ColumnType.Decimal t -> decimal(t, extreme);
            case ColumnType.Text ignored -> text(extreme);
            case ColumnType.Json ignored -> "{\"k\": " + random.nextInt(50) + ", \"big\": 90071992547409931234}";
            case ColumnType.Bytes ignored -> bytes();
            case ColumnType.Uuid ignored -> new UUID(random.nextLong(), random.nextLong());
            case ColumnType.Date ignored ->
                    extreme ? LocalDate.of(random.nextBoolean() ? 1 : 9999, 12, 31) : LocalDate.of(2000, 1, 1).plusDays(random.nextInt(9000));
            case ColumnType.Time ignored -> extreme ? LocalTime.MIDNIGHT : LocalTime.ofSecondOfDay(random.nextInt(86_400));
            case ColumnType.Timestamp t -> {
                LocalDateTime time = extreme
                        ? LocalDateTime.of(1, 1, 1, 0, 0)
                        : LocalDateTime.of(1999, 12, 31, 23, 0).plusSeconds(random.nextInt(800_000_000)).plusNanos(1_000L * random.nextInt(1000));
                yield t.utc() ? time.toInstant(ZoneOffset.UTC) : time;
            }
            case ColumnType.Interval ignored -> Period.of(0, random.nextInt(30) - 10, random.nextInt(400) - 100);
            case ColumnType.ListOf list -> random.ints(random.nextInt(4), 0, 9).mapToObj(i -> open(list.element().type())).toList();
            case ColumnType.Struct struct -> struct.fields().stream()
                    .collect(Collectors.toMap(Column::name, field -> open(field.type())));
        };
    }

    private Object whole(ColumnType.Int type, boolean extreme) {
        int bits = type.signed() ? type.bits() - 1 : type.bits();
        BigInteger top = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
        if (extreme) {
            return random.nextBoolean() ? top : type.signed() ? top.not() : BigInteger.ZERO;
        }
        return BigInteger.valueOf(random.nextInt(type.signed() ? 200 : 100) - (type.signed() ? 100 : 0));
    }

    private Object real(ColumnType.Float type, boolean extreme) {
        double value = extreme
                ? List.of(Double.NaN, -0.0, 0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, (double) Float.MIN_VALUE)
                        .get(random.nextInt(6))
                : random.nextInt(400) / 4.0 - 50;
        return type.bits() == 32 ? (Object) (float) value : (Object) value;
    }

    private Object decimal(ColumnType.Decimal type, boolean extreme) {
        if (extreme) {
            BigInteger top = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
            return new BigDecimal(random.nextBoolean() ? top : top.negate(), type.scale());
        }
        return BigDecimal.valueOf(random.nextInt(20_000) - 10_000, Math.min(2, type.scale())).setScale(type.scale());
    }

    private String text(boolean extreme) {
        if (extreme && random.nextInt(6) == 0) {
            return "long " + "x".repeat(random.nextInt(5_000)) + random.nextInt(10);
        }
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(6)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What the row holds in a column as the column is now; null if it is null. */
    static @Nullable Object fitted(Map<Integer, Object> row, Column column) {
        Object value = row.get(column.id());
        if (value == null) {
            return column.nullable() ? null : zero(column.type());
        }
        return fitted(value, column.type());
    }

    private static Object fitted(Object value, ColumnType type) {
        return switch (type) {
            case ColumnType.Int t when value instanceof BigInteger whole -> {
                BigInteger rest = whole.mod(BigInteger.ONE.shiftLeft(t.bits()));
                yield t.signed() && rest.testBit(t.bits() - 1) ? rest.subtract(BigInteger.ONE.shiftLeft(t.bits())) : rest;
            }
            case ColumnType.Int ignored when value instanceof BigDecimal decimal -> fitted(decimal.toBigInteger(), type);
            case ColumnType.Decimal t when value instanceof BigDecimal || value instanceof BigInteger -> {
                BigDecimal decimal = value instanceof BigInteger whole ? new BigDecimal(whole) : (BigDecimal) value;
                BigInteger unscaled = decimal.setScale(t.scale(), RoundingMode.DOWN).unscaledValue();
                yield new BigDecimal(unscaled.remainder(BigInteger.TEN.pow(t.precision())), t.scale());
            }
            case ColumnType.Float t when value instanceof Number number ->
                    t.bits() == 32 ? (Object) number.floatValue() : (Object) number.doubleValue();
            case ColumnType.Text ignored when !(value instanceof String) -> text(value);
            default -> value;
        };
    }

    private static Object zero(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> false;
            case ColumnType.Int ignored -> BigInteger.ZERO;
            case ColumnType.Float t -> t.bits() == 32 ? (Object) 0f : (Object) 0d;
            case ColumnType.Decimal t -> BigDecimal.ZERO.setScale(t.scale());
            case ColumnType.Text ignored -> "";
            case ColumnType.Json ignored -> "{}";
            case ColumnType.Bytes ignored -> new byte[0];
            case ColumnType.Uuid ignored -> new UUID(0, 0);
            case ColumnType.Date ignored -> LocalDate.EPOCH;
            case ColumnType.Time ignored -> LocalTime.MIDNIGHT;
            case ColumnType.Timestamp t -> t.utc() ? Instant.EPOCH : LocalDateTime.of(1970, 1, 1, 0, 0);
            case ColumnType.Interval ignored -> Period.ZERO;
            case ColumnType.ListOf ignored -> List.of();
            case ColumnType.Struct struct -> struct.fields().stream()
                    .collect(Collectors.toMap(Column::name, field -> zero(field.type())));
        };
    }

    /** The one text by which a value is compared. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "∅";
            case BigDecimal decimal -> decimal.toPlainString();
            case Double number -> "f" + Long.toHexString(Double.doubleToLongBits(number));
            case Float number -> "f" + Integer.toHexString(Float.floatToIntBits(number));
            case byte[] bytes -> "x" + HexFormat.of().formatHex(bytes);
            case LocalTime time -> Long.toString(time.toNanoOfDay() / 1_000);
            case LocalDateTime time -> micros(time.toInstant(ZoneOffset.UTC));
            case Instant instant -> micros(instant);
            case Period period -> period.toTotalMonths() + "m" + period.getDays() + "d0";
            // With its size: a list of one empty text is not the empty list.
            case List<?> list -> list.size() + list.stream().map(Values::text).toList().toString();
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + text(entry.getValue())).sorted().toList().toString();
            default -> value.toString();
        };
    }

    private static String micros(Instant instant) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }

    /** A value that a mask must hide. */
    Object secret(ColumnType type, MaskPlan mask) {
        int number = random.nextInt(4_000);
        return switch (type) {
            case ColumnType.Int t when t.bits() == 64 -> BigInteger.valueOf(Canary.whole(number));
            case ColumnType.Float t when t.bits() == 64 -> Canary.REAL;
            case ColumnType.Decimal t when t.precision() - t.scale() >= Canary.DIGITS.length() -> Canary.decimal(t.scale(), number).setScale(t.scale());
            case ColumnType.Text ignored -> secretText(mask, number);
            case ColumnType.Json ignored -> "{\"k\":\"" + Canary.MARK + number + (mask.method() == MaskPlan.Method.DETECT ? "@example.com" : "") + "\"}";
            case ColumnType.Bytes ignored -> Canary.bytes(number);
            case ColumnType.Uuid ignored -> Canary.uuid(number);
            case ColumnType.Date ignored -> Canary.DAY;
            case ColumnType.Time ignored -> Canary.CLOCK;
            case ColumnType.Timestamp t -> t.utc() ? (Object) Canary.instant() : (Object) Canary.dateTime();
            case ColumnType.ListOf list when list.element().type() instanceof ColumnType.Text ->
                    List.of("first", Canary.MARK + number + (mask.method() == MaskPlan.Method.DETECT ? "@example.com" : ""));
            default -> open(type);
        };
    }

    private String secretText(MaskPlan mask, int number) {
        return switch (mask.method()) {
            case FPE -> mask.alphabet().equals("digits")
                    ? random.nextInt(10) == 0 ? "tel " + random.nextInt(900) : "+" + Canary.DIGITS + "-" + number
                    : random.nextInt(10) == 0 ? "x" : "ref " + Canary.MARK + number;
            case PARTIAL -> "ab" + number + Canary.MARK + Canary.MARK + "-" + random.nextInt(10) + "yz";
            case DETECT -> switch (random.nextInt(4)) {
                case 0 -> "mail " + Canary.MARK + number + "@example.com, soon";
                case 1 -> "card " + Canary.CARD + " ends";
                case 2 -> "account " + Canary.IBAN + " is good";
                default -> "nothing here";
            };
            default -> Canary.MARK + " " + number + (random.nextInt(20) == 0 ? "é😀".repeat(40) : "");
        };
    }
}
