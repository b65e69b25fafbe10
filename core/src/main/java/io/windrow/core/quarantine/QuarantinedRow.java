package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * One row that was set aside, as its line says.
 *
 * @param stream the stream
 * @param generation the delivery's generation
 * @param epoch the epoch that it was committed with
 * @param ordinal its place in the batch that was read, from 0
 * @param code why, {@code area.reason}
 * @param field the column; empty if it is the row as a whole
 * @param reason why, one line without values
 * @param time when it was set aside
 * @param key by which columns the row could be found again: their names in {@code row} by their ids; empty in lines of earlier versions
 * @param row the row as JSON by column name, masked
 * @param line the whole line as JSON
 */
public record QuarantinedRow(
        StreamName stream, long generation, long epoch, long ordinal, String code, String field, String reason,
        Instant time, Map<Integer, String> key, String row, String line) {
    private static final JsonFactory JSON = new JsonFactory();

    public QuarantinedRow {
        key = Map.copyOf(key);
    }

    static QuarantinedRow parse(String line, String where) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw unreadable(where);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.START_OBJECT) {
                    int from = (int) json.currentTokenLocation().getCharOffset();
                    json.skipChildren();
                    values.put(name, line.substring(from, (int) json.currentTokenLocation().getCharOffset() + 1));
                } else {
                    values.put(name, json.getText());
                }
            }
            return new QuarantinedRow(
                    new StreamName(value(values, "namespace", where), value(values, "stream", where)),
                    Long.parseLong(value(values, "generation", where)),
                    Long.parseLong(value(values, "epoch", where)),
                    Long.parseLong(value(values, "ordinal", where)),
                    value(values, "code", where),
                    value(values, "field", where),
                    value(values, "reason", where),
                    Instant.parse(value(values, "time", where)),
                    key(values.getOrDefault("key", "{}")),
                    value(values, "row", where),
                    line);
        } catch (IOException | NumberFormatException | DateTimeException e) {
            // The parser's own text quotes the line (I11).
            throw unreadable(where);
        }
    }

    private static Map<Integer, String> key(String text) throws IOException {
        Map<Integer, String> key = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                int id = Integer.parseInt(json.currentName());
                key.put(id, json.nextTextValue());
            }
        }
        return key;
    }

    private static String value(Map<String, String> values, String name, String where) {
        String value = values.get(name);
        if (value == null) {
            throw unreadable(where);
        }
        return value;
    }

    private static WindrowException unreadable(String where) {
        return WindrowException.of(
                QuarantineError.UNREADABLE, "Reading " + where + ": it is not a line that the quarantine has written");
    }
}
