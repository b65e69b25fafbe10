package io.windrow.core.contract;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * The Avro schema of a stream, its fields called as in delivered Avro files: a name that Avro does not allow is spelled with
 * underscores and ends in a digest of the exact one, which stands in the field's property {@value #NAME}. A nullable column
 * is a union of null and its type, with null as its default.
 */
final class AvroSchemas {
    /** The property that holds the exact name of a column. */
    static final String NAME = "windrow.name";

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String SPACE = "windrow";

    private AvroSchemas() {}

    /** The schema of a stream's records. */
    static Schema of(StreamSchema schema) {
        return record("row", SPACE, schema.columns());
    }

    /** A record inside another has its field's name, in a space that is named after the fields around it: no other field moves it. */
    private static Schema record(String name, String space, List<Column> columns) {
        List<Schema.Field> fields = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        columns.stream().map(Column::name).filter(AvroSchemas::allowed).forEach(taken::add);
        for (Column column : columns) {
            String safe = column.name();
            if (!allowed(safe)) {
                safe = spelled(safe);
                while (!taken.add(safe)) {
                    safe += "_";
                }
            }
            Schema type = nullable(column, safe, space + "." + name);
            // A default lets readers of this version read rows that lack the field; only null can be one.
            Schema.Field field = column.nullable()
                    ? new Schema.Field(safe, type, null, Schema.Field.NULL_DEFAULT_VALUE)
                    : new Schema.Field(safe, type);
            field.addProp(NAME, column.name());
            fields.add(field);
        }
        return Schema.createRecord(name, null, space, false, fields);
    }

    private static boolean allowed(String name) {
        return LEGAL.matcher(name).matches();
    }

    private static String spelled(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_]", "_");
        byte[] exact = name.getBytes(StandardCharsets.UTF_8);
        CRC32C digest = new CRC32C();
        digest.update(exact, 0, exact.length);
        return (safe.isEmpty() || Character.isDigit(safe.charAt(0)) ? "_" : "") + safe + "_"
                + HexFormat.of().toHexDigits((int) digest.getValue());
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
