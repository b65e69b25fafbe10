package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.JsonType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.UUIDType;

/** The Parquet schema of a stream: the one table from {@link ColumnType} to physical and logical types. */
final class ParquetSchema {
    private static final int MAX_LEVELS = 120;

    private final List<SchemaElement> elements = new ArrayList<>();
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Column> columns;

    ParquetSchema(StreamSchema schema) {
        columns = schema.columns();
        SchemaElement root = new SchemaElement("schema");
        root.setNum_children(columns.size());
        elements.add(root);
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            add(column, column.name(), i, List.of(), List.of(new Leaf.Step(column, -1)), 0, 0);
        }
    }

    /** The footer's schema, depth first, root included. */
    List<SchemaElement> elements() {
        return elements;
    }

    List<Leaf> leaves() {
        return leaves;
    }

    List<Column> columns() {
        return columns;
    }

    private void add(
            Column column, String name, int top, List<String> above, List<Leaf.Step> steps, int definition, int repetition) {
        List<String> path = with(above, name);
        int def = definition + (column.nullable() ? 1 : 0);
        if (def > MAX_LEVELS) {
            throw WindrowException.of(ParquetError.NESTED_TOO_DEEP, "Laying out column " + String.join(".", path));
        }
        SchemaElement element = new SchemaElement(name);
        element.setRepetition_type(column.nullable() ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED);
        if (steps.size() == 1) {
            element.setField_id(column.id());
        }
        elements.add(element);
        List<Column> children = ArrowTypes.children(column.type());
        if (column.type() instanceof ColumnType.ListOf) {
            element.setNum_children(1);
            element.setConverted_type(ConvertedType.LIST);
            element.setLogicalType(LogicalType.LIST(new ListType()));
            SchemaElement repeated = new SchemaElement("list");
            repeated.setRepetition_type(FieldRepetitionType.REPEATED);
            repeated.setNum_children(1);
            elements.add(repeated);
            add(children.getFirst(), "element", top, with(path, "list"),
                    with(steps, new Leaf.Step(children.getFirst(), 0)), def + 1, repetition + 1);
        } else if (column.type() instanceof ColumnType.Struct || column.type() instanceof ColumnType.Interval) {
            if (children.isEmpty()) {
                throw WindrowException.of(ParquetError.EMPTY_STRUCT, "Laying out column " + String.join(".", path));
            }
            element.setNum_children(children.size());
            for (int i = 0; i < children.size(); i++) {
                Column child = children.get(i);
                add(child, child.name(), top, path, with(steps, new Leaf.Step(child, i)), def, repetition);
            }
        } else {
            int fixed = describe(column.type(), element);
            leaves.add(new Leaf(leaves.size(), path, column.type(), element.getType(), fixed, def, repetition, top, steps));
        }
    }

    /** Sets physical and logical type; returns the fixed length or 0. */
    private static int describe(ColumnType type, SchemaElement e) {
        return switch (type) {
            case ColumnType.Bool ignored -> physical(e, Type.BOOLEAN);
            case ColumnType.Int t -> {
                e.setConverted_type(ConvertedType.valueOf((t.signed() ? "INT_" : "UINT_") + t.bits()));
                e.setLogicalType(LogicalType.INTEGER(new IntType((byte) t.bits(), t.signed())));
                yield physical(e, t.bits() == 64 ? Type.INT64 : Type.INT32);
            }
            case ColumnType.Float t -> physical(e, t.bits() == 32 ? Type.FLOAT : Type.DOUBLE);
            case ColumnType.Decimal t -> {
                e.setConverted_type(ConvertedType.DECIMAL);
                e.setPrecision(t.precision());
                e.setScale(t.scale());
                e.setLogicalType(LogicalType.DECIMAL(new DecimalType(t.scale(), t.precision())));
                if (t.precision() <= 18) {
                    yield physical(e, t.precision() <= 9 ? Type.INT32 : Type.INT64);
                }
                int length = BigInteger.TEN.pow(t.precision()).bitLength() / 8 + 1;
                e.setType_length(length);
                physical(e, Type.FIXED_LEN_BYTE_ARRAY);
                yield length;
            }
            case ColumnType.Text ignored -> {
                e.setConverted_type(ConvertedType.UTF8);
                e.setLogicalType(LogicalType.STRING(new StringType()));
                yield physical(e, Type.BYTE_ARRAY);
            }
            case ColumnType.Json ignored -> {
                e.setConverted_type(ConvertedType.JSON);
                e.setLogicalType(LogicalType.JSON(new JsonType()));
                yield physical(e, Type.BYTE_ARRAY);
            }
            case ColumnType.Bytes ignored -> physical(e, Type.BYTE_ARRAY);
            case ColumnType.Uuid ignored -> {
                e.setLogicalType(LogicalType.UUID(new UUIDType()));
                e.setType_length(16);
                physical(e, Type.FIXED_LEN_BYTE_ARRAY);
                yield 16;
            }
            case ColumnType.Date ignored -> {
                e.setConverted_type(ConvertedType.DATE);
                e.setLogicalType(LogicalType.DATE(new DateType()));
                yield physical(e, Type.INT32);
            }
            case ColumnType.Time ignored -> {
                e.setConverted_type(ConvertedType.TIME_MICROS);
                e.setLogicalType(LogicalType.TIME(new TimeType(false, TimeUnit.MICROS(new MicroSeconds()))));
                yield physical(e, Type.INT64);
            }
            case ColumnType.Timestamp t -> {
                // The format asks for the legacy annotation on local timestamps too.
                e.setConverted_type(ConvertedType.TIMESTAMP_MICROS);
                e.setLogicalType(
                        LogicalType.TIMESTAMP(new TimestampType(t.utc(), TimeUnit.MICROS(new MicroSeconds()))));
                yield physical(e, Type.INT64);
            }
            case ColumnType.Interval ignored -> notALeaf(type);
            case ColumnType.ListOf ignored -> notALeaf(type);
            case ColumnType.Struct ignored -> notALeaf(type);
        };
    }

    private static int physical(SchemaElement element, Type type) {
        element.setType(type);
        return 0;
    }

    private static int notALeaf(ColumnType type) {
        throw new IllegalArgumentException(type + " is stored as a group");
    }

    private static <T> List<T> with(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer);
    }
}
