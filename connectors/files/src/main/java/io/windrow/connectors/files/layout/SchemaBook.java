package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The columns that files were written with, kept beside them, so that they can be decoded and hashed without the source.
 *
 * @param text compact JSON
 * @param name 128 bits of the text's SHA-256 in hexadecimal: a changed text is found by its name
 */
public record SchemaBook(String text, String name) {
    private static final int NAME_BYTES = 16;

    /** The book of a schema. */
    public static SchemaBook of(StreamSchema schema) {
        return of(Books.write(out -> {
            out.writeStartObject();
            out.writeNumberField("layout", 1);
            out.writeStringField("namespace", schema.stream().namespace());
            out.writeStringField("stream", schema.stream().name());
            out.writeNumberField("version", schema.version());
            writeColumns(out, schema.columns());
            out.writeArrayFieldStart("key");
            for (String name : schema.key()) {
                out.writeString(name);
            }
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    /** The book with this text. */
    public static SchemaBook of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new SchemaBook(text, HexFormat.of().formatHex(digest, 0, NAME_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** The inverse of {@link #of(StreamSchema)}. */
    public StreamSchema schema() {
        return Books.read("schema " + name, text, in -> {
            String namespace = "";
            String stream = "";
            int version = 0;
            List<Column> columns = List.of();
            List<String> key = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = Books.field(in);
                switch (field) {
                    case "layout" -> {
                        if (in.getIntValue() != 1) {
                            throw new IOException("layout " + in.getIntValue() + " is unknown");
                        }
                    }
                    case "namespace" -> namespace = in.getText();
                    case "stream" -> stream = in.getText();
                    case "version" -> version = in.getIntValue();
                    case "columns" -> columns = readColumns(in);
                    case "key" -> {
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            key.add(in.getText());
                        }
                    }
                    default -> throw new IOException("unknown field " + field);
                }
            }
            return new StreamSchema(new StreamName(namespace, stream), version, columns, key);
        });
    }

    private static void writeColumns(JsonGenerator out, List<Column> columns) throws IOException {
        out.writeArrayFieldStart("columns");
        for (Column column : columns) {
            out.writeStartObject();
            out.writeNumberField("id", column.id());
            out.writeStringField("name", column.name());
            out.writeBooleanField("nullable", column.nullable());
            out.writeStringField("source_type", column.sourceType());
            switch (column.type()) {
                case ColumnType.Bool ignored -> type(out, "bool", 0, 0);
                case ColumnType.Int t -> type(out, t.signed() ? "int" : "uint", t.bits(), 0);
                case ColumnType.Float t -> type(out, "float", t.bits(), 0);
                case ColumnType.Decimal t -> type(out, "decimal", t.precision(), t.scale());
                case ColumnType.Text ignored -> type(out, "text", 0, 0);
                case ColumnType.Json ignored -> type(out, "json", 0, 0);
                case ColumnType.Bytes ignored -> type(out, "bytes", 0, 0);
                case ColumnType.Uuid ignored -> type(out, "uuid", 0, 0);
                case ColumnType.Date ignored -> type(out, "date", 0, 0);
                case ColumnType.Time ignored -> type(out, "time", 0, 0);
                case ColumnType.Timestamp t -> type(out, t.utc() ? "instant" : "timestamp", 0, 0);
                case ColumnType.Interval ignored -> type(out, "interval", 0, 0);
                case ColumnType.ListOf list -> {
                    type(out, "list", 0, 0);
                    writeColumns(out, List.of(list.element()));
                }
                case ColumnType.Struct struct -> {
                    type(out, "struct", 0, 0);
                    writeColumns(out, struct.fields());
                }
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** The type's name and its numbers: bits, or precision and scale. */
    private static void type(JsonGenerator out, String name, int first, int second) throws IOException {
        out.writeStringField("type", name);
        if (first > 0) {
            out.writeNumberField("size", first);
        }
        if (second > 0) {
            out.writeNumberField("scale", second);
        }
    }

    private static List<Column> readColumns(JsonParser in) throws IOException {
        List<Column> columns = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            columns.add(readColumn(in));
        }
        return columns;
    }

    private static Column readColumn(JsonParser in) throws IOException {
        int id = 0;
        String name = "";
        boolean nullable = true;
        String sourceType = "";
        String type = "";
        int size = 0;
        int scale = 0;
        List<Column> children = List.of();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Books.field(in);
            switch (field) {
                case "id" -> id = in.getIntValue();
                case "name" -> name = in.getText();
                case "nullable" -> nullable = in.getBooleanValue();
                case "source_type" -> sourceType = in.getText();
                case "type" -> type = in.getText();
                case "size" -> size = in.getIntValue();
                case "scale" -> scale = in.getIntValue();
                case "columns" -> children = readColumns(in);
                default -> throw new IOException("unknown field " + field);
            }
        }
        Optional<ColumnType> known = type(type, size, scale, children);
        if (known.isEmpty()) {
            throw new IOException("unknown type " + type);
        }
        return new Column(id, name, known.get(), nullable, sourceType);
    }

    private static Optional<ColumnType> type(String name, int size, int scale, List<Column> children) {
        return Optional.ofNullable(switch (name) {
            case "bool" -> new ColumnType.Bool();
            case "int" -> new ColumnType.Int(size, true);
            case "uint" -> new ColumnType.Int(size, false);
            case "float" -> new ColumnType.Float(size);
            case "decimal" -> new ColumnType.Decimal(size, scale);
            case "text" -> new ColumnType.Text();
            case "json" -> new ColumnType.Json();
            case "bytes" -> new ColumnType.Bytes();
            case "uuid" -> new ColumnType.Uuid();
            case "date" -> new ColumnType.Date();
            case "time" -> new ColumnType.Time();
            case "instant" -> new ColumnType.Timestamp(true);
            case "timestamp" -> new ColumnType.Timestamp(false);
            case "interval" -> new ColumnType.Interval();
            case "list" -> children.size() == 1 ? new ColumnType.ListOf(children.getFirst()) : null;
            case "struct" -> new ColumnType.Struct(children);
            default -> null;
        });
    }
}
