package io.windrow.connectors.files.format;

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
 * The Avro schema of a stream, its fields called by {@link AvroNames}. A nullable column is a union of null and its type.
 */
public final class AvroSchemas {
    /** The property that holds the exact name of a column. */
    public static final String NAME = AvroNames.PROPERTY;


    private int records;

    private AvroSchemas() {}

    /** The schema of a stream's records. */
    public static Schema of(StreamSchema schema) {
        return new AvroSchemas().record("row", schema.columns());
    }

    private Schema record(String name, List<Column> columns) {
        List<Schema.Field> fields = new ArrayList<>();
        List<String> names = AvroNames.of(columns);
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            Schema.Field field = new Schema.Field(names.get(i), nullable(column));
            field.addProp(NAME, column.name());
            fields.add(field);
        }
        return Schema.createRecord(name, null, "windrow", false, fields);
    }

    private Schema nullable(Column column) {
        Schema type = type(column.type());
        return column.nullable() ? Schema.createUnion(Schema.create(Schema.Type.NULL), type) : type;
    }

    private Schema type(ColumnType type) {
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
            case ColumnType.ListOf list -> Schema.createArray(nullable(list.element()));
            case ColumnType.Struct ignored -> record("record" + ++records, ArrowTypes.children(type));
            case ColumnType.Interval ignored -> record("record" + ++records, ArrowTypes.children(type));
        };
    }
}
