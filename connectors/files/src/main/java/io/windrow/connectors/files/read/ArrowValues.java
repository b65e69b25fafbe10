package io.windrow.connectors.files.read;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.Text;

/**
 * What must hold of vectors that come from a file: the library takes types, offsets and values as the file gives them. Its
 * own full validation refuses decimals of the full precision, so that this one looks at values.
 */
final class ArrowValues {
    private ArrowValues() {}

    /** Refuses a vector of another type than the column's, and one of whose values is none of the column's. */
    static void require(FieldVector vector, Column column, int rows) throws UnfitValue {
        if (!sameType(vector.getField(), ArrowTypes.field(column))) {
            throw new UnfitValue(column, "a vector of " + vector.getField().getType());
        }
        values(vector, column, rows);
    }

    private static boolean sameType(Field file, Field column) {
        boolean same = file.getType().equals(column.getType())
                && file.getDictionary() == null
                && file.getChildren().size() == column.getChildren().size();
        for (int i = 0; same && i < column.getChildren().size(); i++) {
            same = sameType(file.getChildren().get(i), column.getChildren().get(i));
        }
        return same;
    }

    private static void values(FieldVector vector, Column column, int count) throws UnfitValue {
        if (vector.getValueCount() < count) {
            throw new UnfitValue(column, "a vector of " + vector.getValueCount() + " values for " + count);
        }
        switch (column.type()) {
            case ColumnType.Text ignored -> texts((BaseVariableWidthVector) vector, column, count);
            case ColumnType.Json ignored -> texts((BaseVariableWidthVector) vector, column, count);
            case ColumnType.Bytes ignored ->
                    offsets(vector.getOffsetBuffer(), vector.getDataBuffer().capacity(), column, count);
            case ColumnType.Decimal t -> decimals((DecimalVector) vector, t, column, count);
            case ColumnType.Time ignored -> times((TimeMicroVector) vector, column, count);
            case ColumnType.ListOf list -> {
                FieldVector items = ((ListVector) vector).getDataVector();
                offsets(vector.getOffsetBuffer(), items.getValueCount(), column, count);
                values(items, list.element(), count == 0 ? 0 : vector.getOffsetBuffer().getInt(count * 4L));
            }
            case ColumnType.Struct ignored -> children((StructVector) vector, column, count);
            case ColumnType.Interval ignored -> children((StructVector) vector, column, count);
            case ColumnType.Bool ignored -> { /* Every bit is one. */ }
            case ColumnType.Int ignored -> { /* All bits are values, here and below. */ }
            case ColumnType.Float ignored -> { }
            case ColumnType.Uuid ignored -> { }
            case ColumnType.Date ignored -> { }
            case ColumnType.Timestamp ignored -> { }
        }
    }

    private static void children(StructVector vector, Column column, int count) throws UnfitValue {
        for (int i = 0; i < vector.getChildrenFromFields().size(); i++) {
            values(vector.getChildrenFromFields().get(i), ArrowTypes.children(column.type()).get(i), count);
        }
    }

    private static void offsets(ArrowBuf offsets, long end, Column column, int count) throws UnfitValue {
        long last = 0;
        for (int i = 0; count > 0 && i <= count; i++) {
            int offset = offsets.getInt(i * 4L);
            if (offset < last || offset > end) {
                throw new UnfitValue(column, "a value from " + last + " to " + offset + " of " + end);
            }
            last = offset;
        }
    }

    private static void texts(BaseVariableWidthVector vector, Column column, int count) throws UnfitValue {
        offsets(vector.getOffsetBuffer(), vector.getDataBuffer().capacity(), column, count);
        for (int i = 0; i < count; i++) {
            if (!vector.isNull(i)) {
                byte[] bytes = new byte[vector.getEndOffset(i) - vector.getStartOffset(i)];
                vector.getDataBuffer().getBytes(vector.getStartOffset(i), bytes);
                if (!Text.validateUTF8NoThrow(bytes)) {
                    throw new UnfitValue(column, "a value of " + bytes.length + " bytes");
                }
            }
        }
    }

    private static void decimals(DecimalVector vector, ColumnType.Decimal type, Column column, int count) throws UnfitValue {
        for (int i = 0; i < count; i++) {
            BigDecimal value = vector.getObject(i);
            if (value != null && value.precision() > type.precision()) {
                throw new UnfitValue(column, "a number of " + value.precision() + " digits");
            }
        }
    }

    private static void times(TimeMicroVector vector, Column column, int count) throws UnfitValue {
        for (int i = 0; i < count; i++) {
            if (!vector.isNull(i) && (vector.get(i) < 0 || vector.get(i) >= Values.MICROS_A_DAY)) {
                throw new UnfitValue(column, "a number");
            }
        }
    }
}
