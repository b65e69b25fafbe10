package io.windrow.core.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** Accepted schemas in the words of others. Pure. */
public final class SchemaExport {
    private SchemaExport() {}

    /** An Avro schema, indented. Names that Avro does not allow are spelled otherwise, with the exact name as a property. */
    public static String avro(StreamSchema schema) {
        return AvroSchemas.of(schema).toString(true);
    }

    /**
     * A JSON Schema (draft 2020-12) of one row as a JSON object as the files sink
     * writes it, indented: decimals and 64-bit numbers are numbers, a float that is none of them is a text, times and dates are texts, bytes are
     * texts in base64, a JSON document is a text, an interval is an object of three numbers.
     */
    public static String jsonSchema(StreamSchema schema) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text).setPrettyPrinter(new DefaultPrettyPrinter())) {
            out.writeStartObject();
            out.writeStringField("$schema", "https://json-schema.org/draft/2020-12/schema");
            out.writeStringField("title", schema.stream().toString());
            object(out, schema.columns());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory", e);
        }
        return text.toString();
    }

    private static void object(JsonGenerator out, List<Column> columns) throws IOException {
        out.writeStringField("type", "object");
        out.writeObjectFieldStart("properties");
        for (Column column : columns) {
            out.writeFieldName(column.name());
            value(out, column);
        }
        out.writeEndObject();
        out.writeArrayFieldStart("required");
        for (Column column : columns) {
            out.writeString(column.name());
        }
        out.writeEndArray();
        out.writeBooleanField("additionalProperties", false);
    }

    private static void value(JsonGenerator out, Column column) throws IOException {
        out.writeStartObject();
        if (column.nullable()) {
            out.writeArrayFieldStart("anyOf");
            out.writeStartObject();
            out.writeStringField("type", "null");
            out.writeEndObject();
            out.writeStartObject();
        }
        type(out, column.type());
        if (column.nullable()) {
            out.writeEndObject();
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void type(JsonGenerator out, ColumnType type) throws IOException {
        switch (type) {
            case ColumnType.Bool ignored -> out.writeStringField("type", "boolean");
            case ColumnType.Int t -> {
                out.writeStringField("type", "integer");
                java.math.BigInteger one = java.math.BigInteger.ONE;
                out.writeFieldName("minimum");
                out.writeNumber(t.signed() ? one.shiftLeft(t.bits() - 1).negate() : java.math.BigInteger.ZERO);
                out.writeFieldName("maximum");
                out.writeNumber(one.shiftLeft(t.signed() ? t.bits() - 1 : t.bits()).subtract(one));
            }
            case ColumnType.Float ignored -> real(out);
            case ColumnType.Decimal ignored -> out.writeStringField("type", "number");
            case ColumnType.Text ignored -> out.writeStringField("type", "string");
            case ColumnType.Json ignored -> {
                out.writeStringField("type", "string");
                out.writeStringField("contentMediaType", "application/json");
            }
            case ColumnType.Bytes ignored -> {
                out.writeStringField("type", "string");
                out.writeStringField("contentEncoding", "base64");
            }
            case ColumnType.Uuid ignored -> formatted(out, "uuid");
            case ColumnType.Date ignored -> formatted(out, "date");
            case ColumnType.Time ignored -> out.writeStringField("type", "string");
            case ColumnType.Timestamp t -> {
                if (t.utc()) {
                    formatted(out, "date-time");
                } else {
                    out.writeStringField("type", "string");
                }
            }
            case ColumnType.Interval ignored -> object(out, ArrowTypes.children(type));
            case ColumnType.Struct t -> object(out, t.fields());
            case ColumnType.ListOf t -> {
                out.writeStringField("type", "array");
                out.writeFieldName("items");
                value(out, t.element());
            }
        }
    }

    /** JSON has no number for these three. */
    private static void real(JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("anyOf");
        out.writeStartObject();
        out.writeStringField("type", "number");
        out.writeEndObject();
        out.writeStartObject();
        out.writeArrayFieldStart("enum");
        for (String text : List.of("NaN", "Infinity", "-Infinity")) {
            out.writeString(text);
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
    }

    private static void formatted(JsonGenerator out, String format) throws IOException {
        out.writeStringField("type", "string");
        out.writeStringField("format", format);
    }
}
