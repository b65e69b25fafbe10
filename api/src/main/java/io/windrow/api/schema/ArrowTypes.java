package io.windrow.api.schema;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** The one mapping from {@link ColumnType} to Arrow's in-memory layout. */
public final class ArrowTypes {
    private static final Column MONTHS = part(1, "months", 32);
    private static final Column DAYS = part(2, "days", 32);
    private static final Column MICROS = part(3, "micros", 64);

    private ArrowTypes() {}

    /** The Arrow schema of a stream's batches, fields in column order. */
    public static Schema schema(StreamSchema schema) {
        List<Field> fields = new ArrayList<>(schema.columns().size());
        for (Column column : schema.columns()) {
            fields.add(field(column));
        }
        return new Schema(fields);
    }

    /** The Arrow field of a column, children included. */
    public static Field field(Column column) {
        ArrowType type = switch (column.type()) {
            case ColumnType.Bool ignored -> ArrowType.Bool.INSTANCE;
            case ColumnType.Int t -> new ArrowType.Int(t.bits(), t.signed());
            case ColumnType.Float t -> new ArrowType.FloatingPoint(
                    t.bits() == 32 ? FloatingPointPrecision.SINGLE : FloatingPointPrecision.DOUBLE);
            case ColumnType.Decimal t -> new ArrowType.Decimal(t.precision(), t.scale(), 128);
            case ColumnType.Text ignored -> ArrowType.Utf8.INSTANCE;
            case ColumnType.Json ignored -> ArrowType.Utf8.INSTANCE;
            case ColumnType.Bytes ignored -> ArrowType.Binary.INSTANCE;
            case ColumnType.Uuid ignored -> new ArrowType.FixedSizeBinary(16);
            case ColumnType.Date ignored -> new ArrowType.Date(DateUnit.DAY);
            case ColumnType.Time ignored -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
            case ColumnType.Timestamp t -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, t.utc() ? "UTC" : null);
            case ColumnType.Interval ignored -> ArrowType.Struct.INSTANCE;
            case ColumnType.ListOf ignored -> ArrowType.List.INSTANCE;
            case ColumnType.Struct ignored -> ArrowType.Struct.INSTANCE;
        };
        List<Field> children = new ArrayList<>();
        for (Column child : children(column.type())) {
            children.add(field(child));
        }
        return new Field(column.name(), new FieldType(column.nullable(), type, null), children);
    }

    /** The child columns of a nested type in Arrow's order; empty for a flat type. An interval is a struct of three. */
    public static List<Column> children(ColumnType type) {
        return switch (type) {
            case ColumnType.ListOf list -> List.of(list.element());
            case ColumnType.Struct struct -> struct.fields();
            case ColumnType.Interval ignored -> List.of(MONTHS, DAYS, MICROS);
            case ColumnType.Bool ignored -> List.of();
            case ColumnType.Int ignored -> List.of();
            case ColumnType.Float ignored -> List.of();
            case ColumnType.Decimal ignored -> List.of();
            case ColumnType.Text ignored -> List.of();
            case ColumnType.Json ignored -> List.of();
            case ColumnType.Bytes ignored -> List.of();
            case ColumnType.Uuid ignored -> List.of();
            case ColumnType.Date ignored -> List.of();
            case ColumnType.Time ignored -> List.of();
            case ColumnType.Timestamp ignored -> List.of();
        };
    }

    private static Column part(int id, String name, int bits) {
        return new Column(id, name, new ColumnType.Int(bits, true), false, "int" + bits);
    }
}
