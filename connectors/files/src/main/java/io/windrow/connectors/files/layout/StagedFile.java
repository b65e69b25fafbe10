package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * A data file that is durable. The JSON of it is what {@link io.windrow.api.sink.Staged} carries.
 *
 * @param staged where it lies, below the root
 * @param file where it will be visible, below the root
 * @param rows rows, counted by reading it back
 * @param bytes its length
 * @param crc32c checksum of all its bytes
 * @param schema which {@link SchemaBook} its rows follow; empty in files of the first layout, which did not say
 */
public record StagedFile(String staged, String file, long rows, long bytes, long crc32c, String schema) {
    /** The layout of the JSON that this class writes. */
    public static final int VERSION = 2;

    private static final int FIRST_VERSION = 1;

    /** Compact JSON. */
    public String toJson() {
        return Books.write(this::write);
    }

    /** The inverse of {@link #toJson()}. */
    public static StagedFile parse(int version, String json) {
        if (version < FIRST_VERSION || version > VERSION) {
            throw Books.unreadable("a staged file", "its layout " + version + " is unknown", null);
        }
        return Books.read("a staged file", json, StagedFile::read);
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("staged", staged);
        out.writeStringField("file", file);
        out.writeNumberField("rows", rows);
        out.writeNumberField("bytes", bytes);
        out.writeNumberField("crc32c", crc32c);
        if (!schema.isEmpty()) {
            out.writeStringField("schema", schema);
        }
        out.writeEndObject();
    }

    static StagedFile read(JsonParser in) throws IOException {
        String staged = "";
        String file = "";
        long rows = 0;
        long bytes = 0;
        long crc = 0;
        String schema = "";
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = Books.field(in);
            switch (field) {
                case "staged" -> staged = in.getText();
                case "file" -> file = in.getText();
                case "rows" -> rows = Books.count(in, field);
                case "bytes" -> bytes = Books.count(in, field);
                case "crc32c" -> crc = in.getLongValue();
                case "schema" -> schema = in.getText();
                default -> throw new IOException("unknown field " + field);
            }
        }
        return new StagedFile(staged, file, rows, bytes, crc, schema);
    }
}
