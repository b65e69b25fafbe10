package io.windrow.core.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.checkpoint.CheckpointError;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The JSON of an accepted schema in the state store. Unknown fields and versions are errors (I10). */
final class SchemaJson {
    private static final int VERSION = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private SchemaJson() {}

    static String write(SchemaVersion version) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            StreamSchema schema = version.schema();
            out.writeStartObject();
            out.writeNumberField("schema", VERSION);
            out.writeStringField("namespace", schema.stream().namespace());
            out.writeStringField("stream", schema.stream().name());
            out.writeStringField("owner", version.owner());
            out.writeStringField("compatibility", version.compatibility().word());
            columns(out, "columns", schema.columns());
            out.writeArrayFieldStart("key");
            for (String field : schema.key()) {
                out.writeString(field);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory", e);
        }
        return text.toString();
    }

    private static void columns(JsonGenerator out, String field, List<Column> columns) throws IOException {
        out.writeArrayFieldStart(field);
        for (Column column : columns) {
            column(out, column);
        }
        out.writeEndArray();
    }

    private static void column(JsonGenerator out, Column column) throws IOException {
        out.writeStartObject();
        out.writeNumberField("id", column.id());
        out.writeStringField("name", column.name());
        switch (column.type()) {
            case ColumnType.ListOf list -> {
                out.writeFieldName("list");
                column(out, list.element());
            }
            case ColumnType.Struct struct -> columns(out, "struct", struct.fields());
            default -> out.writeStringField("type", TypeNames.of(column.type()));
        }
        out.writeBooleanField("nullable", column.nullable());
        out.writeStringField("source_type", column.sourceType());
        out.writeEndObject();
    }

    /** Reads what {@link #write} wrote; the number, and the version in the schema, are the document's. */
    static SchemaVersion read(String json, long number) {
        try (JsonParser in = JSON.createParser(json)) {
            return version(in, number);
        } catch (IOException | IllegalArgumentException e) {
            throw damaged("it is no JSON of a schema", e);
        }
    }

    private static SchemaVersion version(JsonParser in, long number) throws IOException {
        int layout = 0;
        String namespace = "";
        String stream = "";
        String owner = "";
        Compatibility compatibility = Compatibility.NONE;
        List<Column> columns = List.of();
        List<String> key = new ArrayList<>();
        in.nextToken();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "schema" -> layout = in.getIntValue();
                case "namespace" -> namespace = in.getText();
                case "stream" -> stream = in.getText();
                case "owner" -> owner = in.getText();
                case "compatibility" -> compatibility = Compatibility.valueOf(in.getText().toUpperCase(Locale.ROOT));
                case "columns" -> columns = columns(in);
                case "key" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        key.add(in.getText());
                    }
                }
                default -> throw new IOException("unknown field " + field);
            }
        }
        if (layout != VERSION) {
            throw new IOException("version " + layout);
        }
        return new SchemaVersion(
                new StreamSchema(new StreamName(namespace, stream), Math.toIntExact(number), columns, key), owner, compatibility);
    }

    private static List<Column> columns(JsonParser in) throws IOException {
        List<Column> columns = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            columns.add(column(in));
        }
        return columns;
    }

    private static Column column(JsonParser in) throws IOException {
        int id = 0;
        String name = "";
        ColumnType type = null;
        boolean nullable = false;
        String sourceType = "";
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "id" -> id = in.getIntValue();
                case "name" -> name = in.getText();
                case "type" -> type = TypeNames.parse(in.getText()).orElseThrow(() -> new IOException("unknown type"));
                case "list" -> type = new ColumnType.ListOf(column(in));
                case "struct" -> type = new ColumnType.Struct(columns(in));
                case "nullable" -> nullable = in.getBooleanValue();
                case "source_type" -> sourceType = in.getText();
                default -> throw new IOException("unknown field " + field);
            }
        }
        if (type == null) {
            throw new IOException("a column without a type");
        }
        return new Column(id, name, type, nullable, sourceType);
    }

    private static WindrowException damaged(String what, Exception cause) {
        return WindrowException.of(CheckpointError.CORRUPTED, "Reading an accepted schema: " + what, cause);
    }
}
