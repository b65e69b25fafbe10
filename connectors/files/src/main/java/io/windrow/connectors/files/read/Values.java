package io.windrow.connectors.files.read;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
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
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * Puts decoded values into vectors. The forms: Boolean; Number (64 bits, unsigned by their bits); BigDecimal; byte[] for
 * texts (UTF-8), bytes and UUIDs; days or microseconds as Number; List for lists, and for structs and intervals a List of
 * all fields in order.
 */
final class Values {
    private Values() {}

    static void put(FieldVector vector, Column column, int row, @Nullable Object value) {
        if (value == null) {
            vector.setNull(row);
            return;
        }
        switch (column.type()) {
            case ColumnType.Bool ignored -> ((BitVector) vector).setSafe(row, (Boolean) value ? 1 : 0);
            case ColumnType.Int ignored -> integer(vector, row, ((Number) value).longValue());
            case ColumnType.Float t -> {
                if (t.bits() == 32) {
                    ((Float4Vector) vector).setSafe(row, ((Number) value).floatValue());
                } else {
                    ((Float8Vector) vector).setSafe(row, ((Number) value).doubleValue());
                }
            }
            case ColumnType.Decimal t -> ((DecimalVector) vector).setSafe(row, ((BigDecimal) value).setScale(t.scale()));
            case ColumnType.Text ignored -> ((VarCharVector) vector).setSafe(row, (byte[]) value);
            case ColumnType.Json ignored -> ((VarCharVector) vector).setSafe(row, (byte[]) value);
            case ColumnType.Bytes ignored -> ((VarBinaryVector) vector).setSafe(row, (byte[]) value);
            case ColumnType.Uuid ignored -> ((FixedSizeBinaryVector) vector).setSafe(row, (byte[]) value);
            case ColumnType.Date ignored -> ((DateDayVector) vector).setSafe(row, ((Number) value).intValue());
            case ColumnType.Time ignored -> ((TimeMicroVector) vector).setSafe(row, ((Number) value).longValue());
            case ColumnType.Timestamp ignored -> ((TimeStampVector) vector).setSafe(row, ((Number) value).longValue());
            case ColumnType.ListOf list -> {
                ListVector lists = (ListVector) vector;
                List<?> items = (List<?>) value;
                int from = lists.startNewValue(row);
                for (int i = 0; i < items.size(); i++) {
                    put(lists.getDataVector(), list.element(), from + i, items.get(i));
                }
                lists.endValue(row, items.size());
            }
            case ColumnType.Struct t -> struct((StructVector) vector, t, row, (List<?>) value);
            case ColumnType.Interval t -> struct((StructVector) vector, t, row, (List<?>) value);
        }
    }

    private static void struct(StructVector vector, ColumnType type, int row, List<?> values) {
        List<Column> children = ArrowTypes.children(type);
        vector.setIndexDefined(row);
        for (int i = 0; i < children.size(); i++) {
            put(vector.getChildrenFromFields().get(i), children.get(i), row, values.get(i));
        }
    }

    private static void integer(FieldVector vector, int row, long value) {
        switch (vector) {
            case BigIntVector v -> v.setSafe(row, value);
            case IntVector v -> v.setSafe(row, Math.toIntExact(value));
            case SmallIntVector v -> v.setSafe(row, Math.toIntExact(value));
            case TinyIntVector v -> v.setSafe(row, Math.toIntExact(value));
            case UInt1Vector v -> v.setSafe(row, (int) value);
            case UInt2Vector v -> v.setSafe(row, (int) value);
            case UInt4Vector v -> v.setSafe(row, (int) value);
            case UInt8Vector v -> v.setSafe(row, value);
            default -> throw new IllegalArgumentException("No integers in " + vector.getMinorType());
        }
    }

    /** A flat value from its text, as JSON and CSV write it. */
    static Object parse(Column column, String text) {
        try {
            return switch (column.type()) {
                case ColumnType.Bool ignored -> bool(text);
                case ColumnType.Int t -> t.signed() ? Long.parseLong(text) : Long.parseUnsignedLong(text);
                case ColumnType.Float t -> t.bits() == 32 ? (Object) Float.parseFloat(text) : Double.parseDouble(text);
                case ColumnType.Decimal ignored -> new BigDecimal(text);
                case ColumnType.Text ignored -> text.getBytes(StandardCharsets.UTF_8);
                case ColumnType.Json ignored -> text.getBytes(StandardCharsets.UTF_8);
                case ColumnType.Bytes ignored -> Base64.getDecoder().decode(text);
                case ColumnType.Uuid ignored -> HexFormat.of().parseHex(text.replace("-", ""));
                case ColumnType.Date ignored -> LocalDate.parse(text).toEpochDay();
                case ColumnType.Time ignored -> LocalTime.parse(text).toNanoOfDay() / 1000;
                case ColumnType.Timestamp t -> timestamp(text, t.utc());
                case ColumnType.Interval ignored -> throw new IllegalArgumentException("an object is expected");
                case ColumnType.ListOf ignored -> throw new IllegalArgumentException("a list is expected");
                case ColumnType.Struct ignored -> throw new IllegalArgumentException("an object is expected");
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            // The value itself stays out of the message (I11).
            throw WindrowException.of(ReadError.VALUE_UNREADABLE, "Reading column " + column.name() + ": a text of "
                    + text.length() + " characters is no " + column.type());
        }
    }

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("true or false is expected");
        }
        return text.equals("true");
    }

    private static long timestamp(String text, boolean utc) {
        if (utc != text.endsWith("Z")) {
            throw new IllegalArgumentException("Z stands for instants only");
        }
        LocalDateTime time = LocalDateTime.parse(utc ? text.substring(0, text.length() - 1) : text);
        return Math.addExact(
                Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), 1_000_000L), time.getNano() / 1000);
    }
}
