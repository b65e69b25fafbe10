package io.windrow.connectors.files.read;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
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
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/**
 * Puts decoded values into vectors. The forms: Boolean; Byte, Short, Integer or Long (64 bits, unsigned by their bits),
 * also for days and microseconds; Float and Double; BigDecimal; byte[] for texts (UTF-8), bytes and UUIDs; List for lists,
 * and for structs and intervals a List of all fields in order. Whatever is not exactly a value of the column is refused.
 */
final class Values {
    static final long MICROS_A_DAY = 86_400_000_000L;

    private static final int UUID_BYTES = 16;
    private static final int DECIMAL_BITS = 127;

    private Values() {}

    static void put(FieldVector vector, Column column, int row, @Nullable Object value) throws UnfitValue {
        if (value == null) {
            vector.setNull(row);
            return;
        }
        switch (column.type()) {
            case ColumnType.Bool ignored -> ((BitVector) vector).setSafe(row, as(Boolean.class, column, value) ? 1 : 0);
            case ColumnType.Int t -> integer(vector, row, whole(column, t, value));
            case ColumnType.Float t -> {
                if (t.bits() == 32) {
                    ((Float4Vector) vector).setSafe(row, as(Float.class, column, value));
                } else {
                    ((Float8Vector) vector).setSafe(row, value instanceof Float f ? f : as(Double.class, column, value));
                }
            }
            case ColumnType.Decimal t ->
                    ((DecimalVector) vector).setSafe(row, scaled(column, t, as(BigDecimal.class, column, value)));
            case ColumnType.Text ignored -> ((VarCharVector) vector).setSafe(row, utf8(column, value));
            case ColumnType.Json ignored -> ((VarCharVector) vector).setSafe(row, utf8(column, value));
            case ColumnType.Bytes ignored -> ((VarBinaryVector) vector).setSafe(row, as(byte[].class, column, value));
            case ColumnType.Uuid ignored -> ((FixedSizeBinaryVector) vector).setSafe(row, uuid(column, value));
            case ColumnType.Date ignored ->
                    ((DateDayVector) vector).setSafe(row, (int) between(Integer.MIN_VALUE, Integer.MAX_VALUE, column, value));
            case ColumnType.Time ignored ->
                    ((TimeMicroVector) vector).setSafe(row, between(0, MICROS_A_DAY - 1, column, value));
            case ColumnType.Timestamp ignored ->
                    ((TimeStampVector) vector).setSafe(row, between(Long.MIN_VALUE, Long.MAX_VALUE, column, value));
            case ColumnType.ListOf list -> {
                ListVector lists = (ListVector) vector;
                List<?> items = as(List.class, column, value);
                int from = lists.startNewValue(row);
                for (int i = 0; i < items.size(); i++) {
                    inner(lists.getDataVector(), list.element(), from + i, items.get(i));
                }
                lists.endValue(row, items.size());
            }
            case ColumnType.Struct ignored -> struct((StructVector) vector, column, row, value);
            case ColumnType.Interval ignored -> struct((StructVector) vector, column, row, value);
        }
    }

    private static void struct(StructVector vector, Column column, int row, Object value) throws UnfitValue {
        List<Column> children = ArrowTypes.children(column.type());
        List<?> values = as(List.class, column, value);
        if (values.size() != children.size()) {
            throw new UnfitValue(column, "an object of " + values.size() + " fields");
        }
        vector.setIndexDefined(row);
        for (int i = 0; i < children.size(); i++) {
            inner(vector.getChildrenFromFields().get(i), children.get(i), row, values.get(i));
        }
    }

    /** Within a value nothing may be missing that is never null; a whole column may be, in a file from before it. */
    private static void inner(FieldVector vector, Column column, int row, @Nullable Object value) throws UnfitValue {
        if (value == null && !column.nullable()) {
            throw new UnfitValue(column, "null");
        }
        put(vector, column, row, value);
    }

    private static <T> T as(Class<T> form, Column column, Object value) throws UnfitValue {
        if (!form.isInstance(value)) {
            throw unfit(column, value);
        }
        return form.cast(value);
    }

    private static UnfitValue unfit(Column column, Object value) {
        return new UnfitValue(column, switch (value) {
            case Boolean ignored -> "a truth value";
            case Number ignored -> "a number";
            case byte[] bytes -> "a value of " + bytes.length + " bytes";
            case List<?> list -> "a list of " + list.size();
            default -> "a value of another kind";
        });
    }

    private static long between(long least, long most, Column column, Object value) throws UnfitValue {
        if (!(value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte)) {
            throw unfit(column, value);
        }
        long number = ((Number) value).longValue();
        if (number < least || number > most) {
            throw unfit(column, value);
        }
        return number;
    }

    private static long whole(Column column, ColumnType.Int type, Object value) throws UnfitValue {
        if (type.bits() == Long.SIZE) {
            return between(Long.MIN_VALUE, Long.MAX_VALUE, column, value);
        }
        return type.signed()
                ? between(-1L << type.bits() - 1, (1L << type.bits() - 1) - 1, column, value)
                : between(0, (1L << type.bits()) - 1, column, value);
    }

    private static BigDecimal scaled(Column column, ColumnType.Decimal type, BigDecimal value) throws UnfitValue {
        if (value.signum() == 0) {
            return BigDecimal.valueOf(0, type.scale());
        }
        // First by sizes that cost nothing: an exponent may ask for more digits than there is memory.
        boolean small = value.unscaledValue().bitLength() <= DECIMAL_BITS
                && (long) value.precision() - value.scale() <= type.precision() - type.scale();
        BigDecimal shortest = small ? value.stripTrailingZeros() : value;
        if (!small || shortest.scale() > type.scale()) {
            throw unfit(column, value);
        }
        return shortest.setScale(type.scale());
    }

    private static byte[] utf8(Column column, Object value) throws UnfitValue {
        byte[] bytes = as(byte[].class, column, value);
        if (!Text.validateUTF8NoThrow(bytes)) {
            throw unfit(column, value);
        }
        return bytes;
    }

    private static byte[] uuid(Column column, Object value) throws UnfitValue {
        byte[] bytes = as(byte[].class, column, value);
        if (bytes.length != UUID_BYTES) {
            throw unfit(column, value);
        }
        return bytes;
    }

    private static void integer(FieldVector vector, int row, long value) {
        switch (vector) {
            case BigIntVector v -> v.setSafe(row, value);
            case IntVector v -> v.setSafe(row, (int) value);
            case SmallIntVector v -> v.setSafe(row, (int) value);
            case TinyIntVector v -> v.setSafe(row, (int) value);
            case UInt1Vector v -> v.setSafe(row, (int) value);
            case UInt2Vector v -> v.setSafe(row, (int) value);
            case UInt4Vector v -> v.setSafe(row, (int) value);
            case UInt8Vector v -> v.setSafe(row, value);
            default -> throw new IllegalArgumentException("No integers in " + vector.getMinorType());
        }
    }
}
