package io.windrow.core.contract;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.FieldCheck;
import io.windrow.api.config.Origin;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;

/** Judges one row at a time with the JDK's own types, and makes up types, checks and values of small domains. */
record SlowJudge(StreamSchema schema, List<FieldCheck> checks) {
    private static final List<String> TYPES = List.of(
            "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
            "decimal(5,2)", "decimal(38,10)", "text", "text", "text", "text", "uuid", "date", "time", "timestamp", "timestamptz");
    private static final List<String> READABLE = List.of(
            "bool", "int8", "int64", "uint16", "uint64", "float32", "float64", "decimal(5,2)", "uuid", "date", "time",
            "timestamp", "timestamptz", "json", "text");
    private static final List<String> WORDS = List.of(
            "", "a", "bb", "ç", "ığü", "12", "-128", "128", "+7", "12.50", "12.00", ".5", "5.", ".0", ".", "-", "1e5", "1e400", "1e39", "NaN", "-Infinity",
            "true", "TRUE", "false", "999.99", "1000", "0001.100", "99999999999999999999", "18446744073709551615",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "65536", "2024-02-29", "2023-02-29",
            "2024-13-01", "2024-1-01", "23:59", "24:00", "23:59:60", "10:11:12.123456", "10:11:12.1234567", "10:11:12.1234560", "10:11:12.",
            "2024-02-29T10:11", "2024-02-29 10:11:12", "2024-02-29T10:11:12Z", "2024-02-29T10:11:12+02", "2024-02-29T10:11:12+0230",
            "2024-02-29T10:11:12+02:30", "2024-02-29T10:11:12+02:60", "2024-02-29T10:11:12+19:00", "{\"a\":[1,2]}", "{\"a\":", "[1] [2]", "null",
            "3b241101-e2bb-4255-8caf-4136c566a962", "3b241101-e2bb-4255-8caf-4136c566a96", "3b241101xe2bb-4255-8caf-4136c566a962",
            " 1", "1 ", "١٢");

    static ColumnType type(Random random) {
        return TypeNames.parse(pick(TYPES, random)).orElseThrow();
    }

    private static <T> T pick(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    static FieldCheck check(Column column, Random random) {
        boolean ordered = !(column.type() instanceof ColumnType.Text || column.type() instanceof ColumnType.Bool
                || column.type() instanceof ColumnType.Uuid);
        boolean text = column.type() instanceof ColumnType.Text;
        Optional<String> min = Optional.empty();
        Optional<String> max = Optional.empty();
        if (ordered && random.nextInt(3) > 0) {
            Object a = some(column.type(), random);
            Object b = some(column.type(), random);
            boolean swap = compare(a, b) > 0;
            min = Optional.of(written(swap ? b : a));
            max = Optional.of(written(swap ? a : b));
            switch (random.nextInt(4)) {
                case 0 -> min = Optional.empty();
                case 1 -> max = Optional.empty();
                default -> {}
            }
        }
        List<String> in = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            for (int i = 0; i < 1 + random.nextInt(30); i++) {
                in.add(written(some(column.type(), random)));
            }
        }
        Optional<String> type = !text
                ? random.nextBoolean() ? Optional.of(TypeNames.of(column.type())) : Optional.empty()
                : random.nextBoolean() ? Optional.of(pick(READABLE, random)) : Optional.empty();
        Optional<String> pattern = text && random.nextInt(3) == 0
                ? Optional.of(pick(List.of("[0-9.]+", ".*", ".{2,5}", "[^\\x00-\\x7f]+", "(?i)TRUE|x"), random))
                : Optional.empty();
        return new FieldCheck(column.name(), type, random.nextInt(3) == 0, min, max, pattern, in, Origin.NONE);
    }

    static Object value(ColumnType type, Random random) {
        return random.nextInt(8) == 0 ? null : any(type, random);
    }

    /** A value that a contract can write down. */
    private static Object some(ColumnType type, Random random) {
        while (true) {
            Object value = any(type, random);
            if (!(value instanceof Double d && !Double.isFinite(d)) && !(value instanceof Float f && !Float.isFinite(f))) {
                return value;
            }
        }
    }

    private static Object any(ColumnType type, Random random) {
        return switch (type) {
            case ColumnType.Bool ignored -> random.nextBoolean();
            case ColumnType.Int t -> {
                BigInteger low = t.signed() ? BigInteger.ONE.shiftLeft(t.bits() - 1).negate() : BigInteger.ZERO;
                BigInteger high = BigInteger.ONE.shiftLeft(t.signed() ? t.bits() - 1 : t.bits()).subtract(BigInteger.ONE);
                yield switch (random.nextInt(4)) {
                    case 0 -> low.add(BigInteger.valueOf(random.nextInt(3)));
                    case 1 -> high.subtract(BigInteger.valueOf(random.nextInt(3)));
                    default -> BigInteger.valueOf(random.nextInt(20) - (t.signed() ? 10 : 0));
                };
            }
            case ColumnType.Float t -> {
                double value = pick(List.of(0.0, -0.0, 0.1, 1.5, -3.25, 1e30, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY), random);
                yield t.bits() == 32 ? (Object) (float) value : (Object) value;
            }
            case ColumnType.Decimal t -> {
                BigInteger unscaled = random.nextBoolean()
                        ? BigInteger.valueOf(random.nextInt(200) - 100)
                        : new BigInteger(t.precision() * 3, random);
                yield new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), t.scale());
            }
            case ColumnType.Uuid ignored -> new UUID(random.nextInt(2) - 1, random.nextInt(3) - 1);
            case ColumnType.Date ignored -> LocalDate.of(1969, 12, 20).plusDays(random.nextInt(30));
            case ColumnType.Time ignored -> LocalTime.of(random.nextInt(24), 0, random.nextInt(2), random.nextInt(3) * 1000);
            case ColumnType.Timestamp t -> {
                LocalDateTime local = LocalDateTime.of(1969, 12, 31, 12, 0).plusHours(random.nextInt(24)).plusNanos(random.nextInt(3) * 1000L);
                yield t.utc() ? (Object) local.toInstant(ZoneOffset.UTC) : local;
            }
            default -> pick(WORDS, random);
        };
    }

    private static String written(Object value) {
        return switch (value) {
            case BigDecimal v -> v.toPlainString();
            case Instant v -> v.atOffset(ZoneOffset.ofHours(2)).toString();
            default -> value.toString();
        };
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object a, Object b) {
        if (a instanceof Double x && b instanceof Double y) {
            return x.doubleValue() == y.doubleValue() ? 0 : Double.compare(x, y);
        }
        if (a instanceof Float x && b instanceof Float y) {
            return x.floatValue() == y.floatValue() ? 0 : Float.compare(x, y);
        }
        return ((Comparable<Object>) a).compareTo(b);
    }

    private static Object read(ColumnType type, String text) {
        return switch (type) {
            case ColumnType.Bool ignored -> Boolean.valueOf(text);
            case ColumnType.Int ignored -> new BigInteger(text);
            case ColumnType.Float t -> t.bits() == 32 ? (Object) Float.valueOf(text) : (Object) Double.valueOf(text);
            case ColumnType.Decimal ignored -> new BigDecimal(text);
            case ColumnType.Uuid ignored -> UUID.fromString(text);
            case ColumnType.Date ignored -> LocalDate.parse(text);
            case ColumnType.Time ignored -> LocalTime.parse(text);
            case ColumnType.Timestamp t -> t.utc() ? (Object) OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text);
            default -> text;
        };
    }

    /** The field and code of the first check that the row breaks. */
    Optional<String> first(List<Object> row) {
        for (FieldCheck check : checks) {
            int index = schema.indexOf(check.field());
            ColumnType type = schema.columns().get(index).type();
            Object value = row.get(index);
            String code = null;
            if (value == null) {
                code = check.notNull() ? "null" : null;
            } else if (value instanceof String text && check.type().isPresent() && !readable(check.type().get(), text)) {
                code = "type";
            } else if (check.min().isPresent() && !least(read(type, check.min().get()), value)
                    || check.max().isPresent() && !least(value, read(type, check.max().get()))) {
                code = "out_of_range";
            } else if (check.pattern().isPresent() && !Pattern.matches(check.pattern().get(), (String) value)) {
                code = "pattern";
            } else if (!check.in().isEmpty()
                    && check.in().stream().noneMatch(member -> compare(read(type, member), value) == 0)) {
                code = "not_in_set";
            }
            if (code != null) {
                return Optional.of(check.field() + " contract." + code);
            }
        }
        return Optional.empty();
    }

    private static boolean least(Object low, Object high) {
        boolean nan = low instanceof Double a && a.isNaN() || high instanceof Double b && b.isNaN()
                || low instanceof Float c && c.isNaN() || high instanceof Float d && d.isNaN();
        return !nan && compare(low, high) <= 0;
    }

    private static boolean readable(String word, String text) {
        ColumnType type = TypeNames.parse(word).orElseThrow();
        try {
            return switch (type) {
                case ColumnType.Bool ignored -> text.equals("true") || text.equals("false");
                case ColumnType.Int t -> {
                    if (!text.matches("[+-]?([0-9]+(\\.0*)?|\\.0+)")) {
                        yield false;
                    }
                    BigInteger value = new BigDecimal(text).toBigIntegerExact();
                    BigInteger low = t.signed() ? BigInteger.ONE.shiftLeft(t.bits() - 1).negate() : BigInteger.ZERO;
                    BigInteger high = BigInteger.ONE.shiftLeft(t.signed() ? t.bits() - 1 : t.bits());
                    yield value.compareTo(low) >= 0 && value.compareTo(high) < 0;
                }
                case ColumnType.Float t -> {
                    if (text.matches("NaN|[+-]?Infinity")) {
                        yield true;
                    }
                    yield text.matches("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")
                            && (t.bits() == 32 ? Float.isFinite(Float.parseFloat(text)) : Double.isFinite(Double.parseDouble(text)));
                }
                case ColumnType.Decimal t -> {
                    if (!text.matches("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)")) {
                        yield false;
                    }
                    BigDecimal value = new BigDecimal(text).stripTrailingZeros();
                    yield value.signum() == 0 || value.scale() <= t.scale() && value.precision() - value.scale() <= t.precision() - t.scale();
                }
                case ColumnType.Uuid ignored -> text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
                case ColumnType.Date ignored -> LocalDate.parse(text) != null;
                case ColumnType.Time ignored -> time(text);
                case ColumnType.Timestamp t -> moment(t.utc(), text);
                case ColumnType.Json ignored -> text.equals("true") || text.equals("false") || text.equals("null")
                        || text.equals("{\"a\":[1,2]}") || text.matches("\\s*-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][0-9]+)?\\s*");
                default -> true;
            };
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean time(String text) {
        return !text.matches(".*\\.|.*\\.[0-9]{6}[0-9]*[1-9]") && LocalTime.parse(text) != null;
    }

    private static boolean moment(boolean utc, String text) {
        String rest = text.replace(' ', 'T');
        int split = rest.indexOf('T');
        if (split < 0) {
            return false;
        }
        LocalDate.parse(rest.substring(0, split));
        String time = rest.substring(split + 1);
        if (!utc) {
            return time(time);
        }
        var parts = Pattern.compile("(.*?)(Z|[+-]([0-9]{2})(:?([0-9]{2}))?)").matcher(time);
        return parts.matches() && time(parts.group(1))
                && (parts.group(3) == null || Integer.parseInt(parts.group(3)) <= 18)
                && (parts.group(5) == null || Integer.parseInt(parts.group(5)) <= 59);
    }
}
