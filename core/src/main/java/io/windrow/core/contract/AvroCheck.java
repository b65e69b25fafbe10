package io.windrow.core.contract;

import io.windrow.api.schema.StreamSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Asks Avro's own checker whether readers of one schema can read rows of another. Avro is loaded by the first question. */
public final class AvroCheck {
    private AvroCheck() {}

    /** What breaks the compatibility that an accepted version demands of the next; empty if nothing does. */
    public static List<String> clashes(SchemaVersion accepted, StreamSchema next) {
        return switch (accepted.compatibility()) {
            case NONE -> List.of();
            case BACKWARD -> reads(next, accepted.schema(), "a reader of the new version cannot read old rows");
            case FORWARD -> reads(accepted.schema(), next, "a reader of the old version cannot read new rows");
            case FULL -> {
                List<String> all = new ArrayList<>(reads(next, accepted.schema(), "a reader of the new version cannot read old rows"));
                all.addAll(reads(accepted.schema(), next, "a reader of the old version cannot read new rows"));
                yield all;
            }
        };
    }

    private static List<String> reads(StreamSchema reader, StreamSchema writer, String otherwise) {
        Schema readerSchema = AvroSchemas.of(reader);
        Schema writerSchema = AvroSchemas.of(writer);
        List<String> clashes = new ArrayList<>();
        for (SchemaCompatibility.Incompatibility clash : SchemaCompatibility
                .checkReaderWriterCompatibility(readerSchema, writerSchema).getResult().getIncompatibilities()) {
            clashes.add(otherwise + ": " + clash.getType() + " at " + clash.getLocation());
        }
        meanings("", readerSchema, writerSchema, (field, types) -> clashes.add(otherwise + ": field " + field + " " + types));
        return clashes;
    }

    /** What the checker does not look at: bytes or numbers that are read as such, and mean something else. */
    private static void meanings(String path, Schema reader, Schema writer, BiConsumer<String, String> clash) {
        Schema to = value(reader);
        Schema from = value(writer);
        if (to.getType() == Schema.Type.RECORD && from.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : to.getFields()) {
                Schema.Field same = from.getField(field.name());
                if (same != null) {
                    meanings(path + "/" + field.name(), field.schema(), same.schema(), clash);
                }
            }
        } else if (to.getType() == Schema.Type.ARRAY && from.getType() == Schema.Type.ARRAY) {
            meanings(path + "/element", to.getElementType(), from.getElementType(), clash);
        } else if (!Objects.equals(to.getLogicalType(), from.getLogicalType())) {
            clash.accept(path, "is read as " + meaning(to) + " and was written as " + meaning(from));
        }
    }

    /** Without the null of a union. */
    private static Schema value(Schema schema) {
        return schema.isUnion()
                ? schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).findFirst().orElse(schema)
                : schema;
    }

    private static String meaning(Schema schema) {
        return switch (schema.getLogicalType()) {
            case null -> schema.getType().getName();
            case LogicalTypes.Decimal decimal -> "decimal(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
            case LogicalType type -> type.getName();
        };
    }
}
