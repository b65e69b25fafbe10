package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * One file of rows that were set aside, as it is remembered with its epoch before it becomes visible.
 *
 * @param staged where it lies durable and unseen, relative to the quarantine folder
 * @param file where it will lie
 * @param rows its lines, counted by reading it back
 * @param bytes its length
 * @param sha256 of its bytes, by which it is recognised
 */
record QuarantineFile(String staged, String file, long rows, long bytes, String sha256) {
    static final int VERSION = 1;

    private static final JsonFactory JSON = new JsonFactory();

    String toJson() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("quarantine_staged", staged);
            json.writeStringField("file", file);
            json.writeNumberField("rows", rows);
            json.writeNumberField("bytes", bytes);
            json.writeStringField("sha256", sha256);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    static QuarantineFile parse(int version, String text) {
        if (version != VERSION) {
            throw WindrowException.of(QuarantineError.UNREADABLE,
                    "Reading what was staged for quarantine: it has layout version " + version + ", this program knows "
                            + VERSION);
        }
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                values.put(name, json.getText());
            }
            return new QuarantineFile(
                    value(values, "quarantine_staged"), value(values, "file"), Long.parseLong(value(values, "rows")),
                    Long.parseLong(value(values, "bytes")), value(values, "sha256"));
        } catch (IOException | NumberFormatException e) {
            throw WindrowException.of(QuarantineError.UNREADABLE, "Reading what was staged for quarantine: it is damaged", e);
        }
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw WindrowException.of(
                    QuarantineError.UNREADABLE, "Reading what was staged for quarantine: it has no " + name);
        }
        return value;
    }
}
