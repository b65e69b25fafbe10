package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** The oracle's other half: from an Arrow value back to the text that PostgreSQL's output functions write. */
final class PgText {
    private PgText() {}

    /** The text of the value, or null. */
    static String of(Column column, FieldVector vector, int index) {
        if (vector.isNull(index)) {
            return null;
        }
        return switch (column.type()) {
            case ColumnType.Bool ignored -> ((BitVector) vector).get(index) == 1 ? "t" : "f";
            case ColumnType.Int t -> switch (t.bits()) {
                case 16 -> Short.toString(((SmallIntVector) vector).get(index));
                case 32 -> Integer.toString(((IntVector) vector).get(index));
                default -> Long.toString(((BigIntVector) vector).get(index));
            };
            case ColumnType.Float t -> number(t.bits() == 32 ? ((Float4Vector) vector).get(index) : ((Float8Vector) vector).get(index), t);
            case ColumnType.Decimal ignored -> ((DecimalVector) vector).getObject(index).toPlainString();
            case ColumnType.Text ignored -> utf8(vector, index);
            case ColumnType.Json ignored -> utf8(vector, index);
            case ColumnType.Bytes ignored -> "\\x" + HexFormat.of().formatHex(((VarBinaryVector) vector).get(index));
            case ColumnType.Uuid ignored -> {
                var buffer = java.nio.ByteBuffer.wrap(((FixedSizeBinaryVector) vector).get(index));
                yield new UUID(buffer.getLong(), buffer.getLong()).toString();
            }
            case ColumnType.Date ignored -> {
                LocalDate date = LocalDate.ofEpochDay(((DateDayVector) vector).get(index));
                yield date(date) + era(date.getYear());
            }
            case ColumnType.Time ignored -> clock(longAt(vector, index));
            case ColumnType.Timestamp t -> {
                long micros = longAt(vector, index);
                LocalDateTime at = LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), 0, ZoneOffset.UTC);
                yield date(at.toLocalDate()) + " " + clock(Math.floorMod(micros, 86_400_000_000L))
                        + (t.utc() ? "+00" : "") + era(at.getYear());
            }
            case ColumnType.Interval ignored -> interval((StructVector) vector, index);
            case ColumnType.ListOf list -> multirange(list, (ListVector) vector, index);
            case ColumnType.Struct struct -> struct(struct, (StructVector) vector, index);
        };
    }

    private static long longAt(FieldVector vector, int index) {
        return ((BaseFixedWidthVector) vector).getDataBuffer().getLong(8L * index);
    }

    private static String utf8(FieldVector vector, int index) {
        return new String(((VarCharVector) vector).get(index), StandardCharsets.UTF_8);
    }

    private static String number(double value, ColumnType.Float type) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        String shortest = type.bits() == 32 ? Float.toString((float) value) : Double.toString(value);
        BigDecimal decimal = new BigDecimal(shortest).stripTrailingZeros();
        // Java writes two digits where one identifies the value.
        BigDecimal rounded = decimal.round(new java.math.MathContext(1));
        if (type.bits() == 32 ? rounded.floatValue() == (float) value : rounded.doubleValue() == value) {
            decimal = rounded.stripTrailingZeros();
        }
        String sign = shortest.startsWith("-") ? "-" : "";
        if (decimal.signum() == 0) {
            return sign + "0";
        }
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        if (exponent < -4 || exponent >= (type.bits() == 32 ? 6 : 15)) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return sign + digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+")
                    + String.format(Locale.ROOT, "%02d", Math.abs(exponent));
        }
        return sign + decimal.abs().toPlainString();
    }

    private static String date(LocalDate date) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(int year) {
        return year > 0 ? "" : " BC";
    }

    private static String clock(long micros) {
        String text = String.format(
                Locale.ROOT, "%02d:%02d:%02d", micros / 3_600_000_000L, micros / 60_000_000 % 60, micros / 1_000_000 % 60);
        long fraction = micros % 1_000_000;
        return fraction == 0 ? text : text + "." + String.format(Locale.ROOT, "%06d", fraction).replaceAll("0+$", "");
    }

    /** As {@code intervalstyle = postgres}. */
    private static String interval(StructVector vector, int index) {
        int months = ((IntVector) vector.getChild("months")).get(index);
        int days = ((IntVector) vector.getChild("days")).get(index);
        long micros = ((BigIntVector) vector.getChild("micros")).get(index);
        StringBuilder out = new StringBuilder();
        boolean before = part(out, months / 12, "year", false);
        before = part(out, months % 12, "mon", before);
        before = part(out, days, "day", before);
        if (micros != 0 || out.isEmpty()) {
            out.append(out.isEmpty() ? "" : " ").append(micros < 0 ? "-" : before ? "+" : "");
            BigDecimal abs = BigDecimal.valueOf(micros).abs();
            long seconds = abs.longValueExact() / 1_000_000;
            out.append(clock(abs.longValueExact() % 3_600_000_000L).replaceFirst(
                    "^00", String.format(Locale.ROOT, "%02d", seconds / 3600)));
        }
        return out.toString();
    }

    private static boolean part(StringBuilder out, int value, String unit, boolean before) {
        if (value == 0) {
            return before;
        }
        out.append(out.isEmpty() ? "" : " ").append(before && value > 0 ? "+" : "").append(value).append(' ');
        out.append(unit).append(value == 1 ? "" : "s");
        return value < 0;
    }

    private static String multirange(ColumnType.ListOf list, ListVector vector, int index) {
        StringBuilder out = new StringBuilder("{");
        for (int i = vector.getElementStartIndex(index); i < vector.getElementEndIndex(index); i++) {
            out.append(out.length() > 1 ? "," : "").append(of(list.element(), vector.getDataVector(), i));
        }
        return out.append('}').toString();
    }

    private static String struct(ColumnType.Struct struct, StructVector vector, int index) {
        List<Column> fields = struct.fields();
        String first = fields.get(0).name();
        if (first.equals("dimensions")) {
            return array(struct, vector, index);
        }
        if (first.equals("lower") && fields.size() == 5) {
            return range(fields, vector, index);
        }
        StringBuilder out = new StringBuilder("(");
        for (int i = 0; i < fields.size(); i++) {
            String text = of(fields.get(i), (FieldVector) vector.getChildByOrdinal(i), index);
            out.append(i > 0 ? "," : "").append(text == null ? "" : quotedField(text));
        }
        return out.append(')').toString();
    }

    private static String quotedField(String text) {
        boolean quote = text.isEmpty() || text.chars().anyMatch(c -> "\"\\(),".indexOf(c) >= 0 || isSpace(c));
        return quote ? '"' + text.replace("\\", "\\\\").replace("\"", "\"\"") + '"' : text;
    }

    private static boolean isSpace(int c) {
        return c == ' ' || (c >= 9 && c <= 13);
    }

    private static String range(List<Column> fields, StructVector vector, int index) {
        if (flag(vector, 4, index)) {
            return "empty";
        }
        String lower = of(fields.get(0), (FieldVector) vector.getChildByOrdinal(0), index);
        String upper = of(fields.get(1), (FieldVector) vector.getChildByOrdinal(1), index);
        return (flag(vector, 2, index) ? "[" : "(") + (lower == null ? "" : quotedBound(lower)) + ","
                + (upper == null ? "" : quotedBound(upper)) + (flag(vector, 3, index) ? "]" : ")");
    }

    private static String quotedBound(String text) {
        boolean quote = text.isEmpty() || text.chars().anyMatch(c -> "\"\\()[],".indexOf(c) >= 0 || isSpace(c));
        return quote ? '"' + text.replace("\\", "\\\\").replace("\"", "\"\"") + '"' : text;
    }

    private static boolean flag(StructVector vector, int child, int index) {
        return ((BitVector) vector.getChildByOrdinal(child)).get(index) == 1;
    }

    private static String array(ColumnType.Struct struct, StructVector vector, int index) {
        int[] sizes = ints((ListVector) vector.getChildByOrdinal(0), index);
        int[] lows = ints((ListVector) vector.getChildByOrdinal(1), index);
        ListVector elements = (ListVector) vector.getChildByOrdinal(2);
        Column element = ((ColumnType.ListOf) struct.fields().get(2).type()).element();
        if (sizes.length == 0) {
            return "{}";
        }
        StringBuilder out = new StringBuilder();
        boolean bounds = java.util.Arrays.stream(lows).anyMatch(low -> low != 1);
        for (int d = 0; bounds && d < sizes.length; d++) {
            out.append('[').append(lows[d]).append(':').append(lows[d] + sizes[d] - 1).append(']');
        }
        out.append(bounds ? "=" : "");
        int[] at = {elements.getElementStartIndex(index)};
        dimension(out, sizes, 0, at, element, elements.getDataVector());
        return out.toString();
    }

    private static void dimension(StringBuilder out, int[] sizes, int d, int[] at, Column element, FieldVector data) {
        out.append('{');
        for (int i = 0; i < sizes[d]; i++) {
            // The only type of pg_catalog whose arrays are not written with commas.
            String delimiter = element.sourceType().equals("box") ? ";" : ",";
            out.append(i == 0 ? "" : delimiter);
            if (d + 1 < sizes.length) {
                dimension(out, sizes, d + 1, at, element, data);
            } else {
                String text = of(element, data, at[0]++);
                out.append(text == null ? "NULL" : quotedElement(text, delimiter));
            }
        }
        out.append('}');
    }

    private static String quotedElement(String text, String delimiter) {
        boolean quote = text.isEmpty()
                || text.equalsIgnoreCase("null")
                || text.chars().anyMatch(c -> ("\"\\{}" + delimiter).indexOf(c) >= 0 || isSpace(c));
        return quote ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : text;
    }

    private static int[] ints(ListVector list, int index) {
        int start = list.getElementStartIndex(index);
        int[] values = new int[list.getElementEndIndex(index) - start];
        for (int i = 0; i < values.length; i++) {
            values[i] = ((IntVector) list.getDataVector()).get(start + i);
        }
        return values;
    }
}
