package io.windrow.core.contract;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.AvroNames;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * The Avro schema of a stream, its fields called as in delivered Avro files ({@link AvroNames}). A nullable column is a union of
 * null and its type, with null as its default.
 */
final class AvroSchemas {
    /** The property that holds the exact name of a column. */
    static final String NAME = AvroNames.PROPERTY;

    private static final String SPACE = "windrow";

    private AvroSchemas() {}

    /** The schema of a stream's records. */
    static Schema of(StreamSchema schema) {
        return record("row", SPACE, schema.columns());
    }

    /** A record inside another has its field's name, in a space that is named after the fields around it: no other field moves it. */
    private static Schema record(String name, String space, List<Column> columns) {
        List<Schema.Field> fields = new ArrayList<>();
        List<String> names = AvroNames.of(columns);
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            Schema type = nullable(column, names.get(i), space + "." + name);
            // A default lets readers of this version read rows that lack the field; only null can be one.
            Schema.Field field = column.nullable()
                    ? new Schema.Field(names.get(i), type, null, Schema.Field.NULL_DEFAULT_VALUE)
                    : new Schema.Field(names.get(i), type);
            field.addProp(NAME, column.name());
            fields.add(field);
        }
        return Schema.createRecord(name, null, space, false, fields);
    }

    private static Schema nullable(Column column, String name, String space) {
        Schema type = type(column.type(), name, space);
        return column.nullable() ? Schema.createUnion(Schema.create(Schema.Type.NULL), type) : type;
    }

    private static Schema type(ColumnType type, String name, String space) {
        return switch (type) {
            case ColumnType.Bool ignored -> Schema.create(Schema.Type.BOOLEAN);
            case ColumnType.Int t -> t.bits() == 64 && !t.signed()
                    ? LogicalTypes.decimal(20, 0).addToSchema(Schema.create(Schema.Type.BYTES))
                    : Schema.create(t.bits() == 64 || t.bits() == 32 && !t.signed() ? Schema.Type.LONG : Schema.Type.INT);
            case ColumnType.Float t -> Schema.create(t.bits() == 32 ? Schema.Type.FLOAT : Schema.Type.DOUBLE);
            case ColumnType.Decimal t ->
                    LogicalTypes.decimal(t.precision(), t.scale()).addToSchema(Schema.create(Schema.Type.BYTES));
            case ColumnType.Text ignored -> Schema.create(Schema.Type.STRING);
            case ColumnType.Json ignored -> Schema.create(Schema.Type.STRING);
            case ColumnType.Bytes ignored -> Schema.create(Schema.Type.BYTES);
            case ColumnType.Uuid ignored -> LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
            case ColumnType.Date ignored -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
            case ColumnType.Time ignored -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
            case ColumnType.Timestamp t -> t.utc()
                    ? LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG))
                    : LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
            case ColumnType.ListOf list -> Schema.createArray(nullable(list.element(), "element", space + "." + name));
            case ColumnType.Struct ignored -> record(name, space, ArrowTypes.children(type));
            case ColumnType.Interval ignored -> record(name, space, ArrowTypes.children(type));
        };
    }
}
