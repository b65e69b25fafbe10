package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What has to become of each row of one stream: one row after the other, one value after the other, in plain Java. */
final class Oracle {
    private final Policies policies;
    private final StreamName stream;
    private final Deque<String> window = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();

    Oracle(Policies policies, StreamName stream) {
        this.policies = policies;
        this.stream = stream;
    }

    /** A new generation remembers nothing. */
    void forget() {
        window.clear();
        known.clear();
    }

    /** The rule that decides over a column: the first that names it, else the one that detects. */
    static Optional<MaskPlan> rule(Policies policies, StreamName stream, Column column) {
        return policies.mask.stream()
                .filter(rule -> rule.field().isPresent() && rule.fits(stream, column))
                .findFirst()
                .or(() -> policies.mask.stream().filter(rule -> rule.field().isEmpty() && rule.fits(stream, column)).findFirst());
    }

    /** The columns behind the mask. */
    static List<Column> masked(Policies policies, StreamName stream, List<Column> columns) {
        List<Column> masked = new ArrayList<>();
        for (Column column : columns) {
            masked.addAll(rule(policies, stream, column).map(rule -> NaiveMask.columns(rule, column)).orElse(List.of(column)));
        }
        return masked;
    }

    static List<Column> computed(List<Column> columns, Map<String, Formula> compute) {
        List<Column> all = new ArrayList<>(columns);
        compute.forEach((name, formula) -> all.add(new Column(
                -1, name, formula.form().isText() ? new ColumnType.Text() : new ColumnType.Int(64, true), true, "")));
        return all;
    }

    static List<Column> selected(List<Column> columns, List<String> select) {
        return select.isEmpty() ? columns : select.stream().map(name -> byName(columns, name)).toList();
    }

    static List<Column> renamed(List<Column> columns, Map<String, String> rename) {
        return columns.stream()
                .map(column -> new Column(
                        column.id(), rename.getOrDefault(column.name(), column.name()), column.type(), column.nullable(), ""))
                .toList();
    }

    static List<Column> cast(List<Column> columns, Map<String, String> cast) {
        return columns.stream()
                .map(column -> !cast.containsKey(column.name()) ? column : new Column(
                        column.id(), column.name(), type(cast.get(column.name())), column.nullable(), ""))
                .toList();
    }

    private static ColumnType type(String name) {
        return switch (name) {
            case "text" -> new ColumnType.Text();
            case "timestamp" -> new ColumnType.Timestamp(false);
            case "int8" -> new ColumnType.Int(8, true);
            case "int16" -> new ColumnType.Int(16, true);
            case "int64" -> new ColumnType.Int(64, true);
            default -> throw new IllegalStateException("No cast to " + name);
        };
    }

    static Column byName(List<Column> columns, String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst().orElseThrow();
    }

    static boolean isWhole(Column column) {
        return column.type() instanceof ColumnType.Int type && (type.signed() || type.bits() < 64);
    }

    /** What becomes of the row; the rows before it have been asked for. */
    Fate of(View view, Map<Integer, Object> row) {
        String number = Values.text(row.get(1));
        for (Column surplus : view.misfits() == View.Misfits.SET_ASIDE ? view.surplus() : List.<Column>of()) {
            if (Values.fitted(row, surplus) != null) {
                return new Fate.Aside(number, "contract.drifted_row", surplus.name());
            }
        }
        Map<String, @Nullable Object> cells = new HashMap<>();
        for (Column column : view.delivered()) {
            Object value = Values.fitted(row, view.source(column));
            if (value == null && !column.nullable()) {
                return new Fate.Aside(number, "contract.drifted_row", column.name());
            }
            cells.put(column.name(), value);
        }
        for (Policies.Check check : policies.checks.getOrDefault(stream, List.of())) {
            String code = broken(check, byName(view.delivered(), check.field()), cells.get(check.field()));
            if (code != null) {
                return new Fate.Aside(number, code, check.field());
            }
        }
        List<Column> columns = masked(policies, stream, view.delivered());
        Map<String, @Nullable Object> masked = new HashMap<>();
        for (Column column : view.delivered()) {
            Object value = cells.get(column.name());
            Optional<MaskPlan> rule = rule(policies, stream, column);
            if (rule.isEmpty()) {
                masked.put(column.name(), value);
                continue;
            }
            try {
                List<@Nullable Object> made = NaiveMask.values(rule.get(), value);
                List<Column> into = NaiveMask.columns(rule.get(), column);
                for (int i = 0; i < into.size(); i++) {
                    masked.put(into.get(i).name(), made.get(i));
                }
            } catch (NaiveMask.Unfit e) {
                return new Fate.Aside(number, "mask.outside_alphabet", column.name());
            }
        }
        Fate fate = shaped(columns, masked, number);
        boolean comesOut = fate instanceof Fate.Written || fate == Fate.Dropped.SAMPLED_OUT;
        return comesOut && isRepeated(columns, masked) ? Fate.Dropped.REPEATED : fate;
    }

    private static @Nullable String broken(Policies.Check check, Column column, @Nullable Object value) {
        if (value == null) {
            return check.presence() == Policies.Presence.DEMANDED ? "contract.null" : null;
        }
        if (check.min().isPresent() && !(isBetween(value, check.min().get(), check.max().orElseThrow()))) {
            return "contract.out_of_range";
        }
        if (check.pattern().isPresent() && !Pattern.compile(check.pattern().get()).matcher((String) value).matches()) {
            return "contract.pattern";
        }
        return check.in().isEmpty() || check.in().contains(value.toString()) ? null : "contract.not_in_set";
    }

    private static boolean isBetween(Object value, String min, String max) {
        return switch (value) {
            case BigInteger whole -> whole.compareTo(new BigInteger(min)) >= 0 && whole.compareTo(new BigInteger(max)) <= 0;
            case BigDecimal decimal -> decimal.compareTo(new BigDecimal(min)) >= 0 && decimal.compareTo(new BigDecimal(max)) <= 0;
            case Number number -> number.doubleValue() >= Double.parseDouble(min) && number.doubleValue() <= Double.parseDouble(max);
            case LocalDate day -> !day.isBefore(LocalDate.parse(min)) && !day.isAfter(LocalDate.parse(max));
            case LocalTime time -> !time.isBefore(LocalTime.parse(min)) && !time.isAfter(LocalTime.parse(max));
            default -> throw new IllegalStateException("No range of " + value.getClass());
        };
    }

    private boolean isRepeated(List<Column> columns, Map<String, @Nullable Object> row) {
        Policies.Dedupe dedupe = policies.dedupe.get(stream);
        if (dedupe == null) {
            return false;
        }
        StringBuilder identity = new StringBuilder();
        for (Column column : columns) {
            if (dedupe.by().isEmpty() || dedupe.by().contains(column.name())) {
                Object value = row.get(column.name());
                if (value == null && !dedupe.by().isEmpty()) {
                    return false;
                }
                String text = identity(value);
                identity.append(column.id()).append(value == null ? "-" : "+").append(text.length()).append(':').append(text);
            }
        }
        if (!known.add(identity.toString())) {
            return true;
        }
        window.add(identity.toString());
        if (window.size() > dedupe.rows()) {
            known.remove(window.remove());
        }
        return false;
    }

    /** A number is told from another by what it is, not by the type that holds it; no number is a text. */
    private static String identity(@Nullable Object value) {
        return switch (value) {
            case BigInteger whole -> "number " + whole;
            case BigDecimal decimal -> "number " + plain(decimal);
            case Float real -> real(real);
            case Double real -> real(real);
            case Map<?, ?> parts -> "struct " + parts.entrySet().stream()
                    .map(part -> part.getKey() + "=" + identity(part.getValue())).sorted().toList();
            case List<?> items -> "list " + items.size() + items.stream().map(Oracle::identity).toList();
            case null -> "";
            default -> "other " + Values.text(value);
        };
    }

    private static String real(double value) {
        boolean isWhole = Math.rint(value) == value && Math.abs(value) < 0x1p63 && Double.compare(value, -0.0) != 0;
        return isWhole ? "number " + plain(new BigDecimal(value)) : "float " + Values.text(value);
    }

    private Fate shaped(List<Column> columns, Map<String, @Nullable Object> row, String number) {
        Policies.Shape shape = policies.shape.get(stream);
        List<Column> out = columns;
        Map<String, @Nullable Object> values = row;
        if (shape != null) {
            try {
                if (shape.filter().isPresent() && !Boolean.TRUE.equals(shape.filter().get().of(row))) {
                    return Fate.Dropped.FILTERED;
                }
            } catch (Formula.Fault e) {
                return new Fate.Aside(number, e.code, "");
            }
            values = new HashMap<>();
            List<Column> named = selected(computed(columns, shape.compute()), shape.select());
            out = cast(renamed(named, shape.rename()), shape.cast());
            for (int i = 0; i < named.size(); i++) {
                Column column = named.get(i);
                try {
                    Formula formula = shape.compute().get(column.name());
                    Object value = formula == null ? row.get(column.name()) : formula.of(row);
                    values.put(out.get(i).name(), value == null ? null : cast(value, out.get(i).type(), column.type()));
                } catch (Formula.Fault e) {
                    return new Fate.Aside(number, e.code, out.get(i).name());
                }
            }
        }
        Policies.Sample sample = policies.sample.get(stream);
        if (sample != null && !isSampled(sample, values)) {
            return Fate.Dropped.SAMPLED_OUT;
        }
        List<String> cells = new ArrayList<>();
        for (Column column : out) {
            cells.add(column.name() + ":" + label(column.type()) + "=" + Values.text(values.get(column.name())));
        }
        return new Fate.Written(cells);
    }

    private static Object cast(Object value, ColumnType to, ColumnType from) throws Formula.Fault {
        if (to.equals(from)) {
            return value;
        }
        return switch (to) {
            case ColumnType.Text ignored -> value.toString();
            case ColumnType.Timestamp ignored -> LocalDateTime.of((LocalDate) value, LocalTime.MIDNIGHT);
            case ColumnType.Int ignored when value instanceof Boolean truth -> truth ? BigInteger.ONE : BigInteger.ZERO;
            case ColumnType.Int t -> {
                BigDecimal number = value instanceof BigDecimal decimal ? decimal : new BigDecimal((BigInteger) value);
                BigDecimal end = new BigDecimal(BigInteger.ONE.shiftLeft(t.bits() - 1));
                if (number.compareTo(end.negate()) < 0 || number.compareTo(end.subtract(BigDecimal.ONE)) > 0) {
                    throw new Formula.Fault("shape.cast_range");
                }
                if (number.stripTrailingZeros().scale() > 0) {
                    throw new Formula.Fault("shape.cast_inexact");
                }
                yield number.toBigInteger();
            }
            default -> throw new IllegalStateException("No cast to " + to);
        };
    }

    private static boolean isSampled(Policies.Sample sample, Map<String, @Nullable Object> row) {
        long hash = 0xcbf29ce484222325L;
        for (String field : sample.by()) {
            Object value = row.get(field);
            byte[] bytes = value == null ? new byte[] {0} : framed(value);
            for (byte octet : bytes) {
                hash = (hash ^ octet & 0xff) * 0x100000001b3L;
            }
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        BigDecimal unsigned = new BigDecimal(new BigInteger(Long.toUnsignedString(hash ^ hash >>> 33)));
        BigDecimal limit = BigDecimal.valueOf(sample.percent()).movePointLeft(2).multiply(new BigDecimal(BigInteger.TWO.pow(64)));
        return unsigned.compareTo(limit) < 0;
    }

    private static byte[] framed(Object value) {
        byte[] text = switch (value) {
            case byte[] bytes -> bytes;
            case BigDecimal decimal -> plain(decimal).getBytes(StandardCharsets.UTF_8);
            case java.time.Instant time -> Values.text(time).getBytes(StandardCharsets.UTF_8);
            case LocalDateTime time -> Values.text(time).getBytes(StandardCharsets.UTF_8);
            default -> value.toString().getBytes(StandardCharsets.UTF_8);
        };
        byte[] framed = new byte[text.length + 2];
        framed[0] = 1;
        System.arraycopy(text, 0, framed, 1, text.length);
        framed[text.length + 1] = (byte) 0xff;
        return framed;
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    /** The type of a delivered column. */
    static String label(ColumnType type) {
        return switch (type) {
            case ColumnType.ListOf ignored -> "list";
            case ColumnType.Struct ignored -> "struct";
            default -> type.toString();
        };
    }
}
