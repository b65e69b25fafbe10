package io.windrow.core.seal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.CheckpointError;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * The key of one stream's files of one period, as the state store keeps it: wrapped, so that the store alone opens nothing.
 *
 * @param id 32 hexadecimal digits, by which files name it
 * @param use what is encrypted with it
 * @param stream whose files
 * @param from when it was made
 * @param until when the next one is made
 * @param wrappedBy the id of the wrapping key
 * @param wrapped the wrapped key in Base64
 */
public record DataKey(
        String id, Sealing.Use use, StreamName stream, Instant from, Instant until, String wrappedBy, String wrapped) {
    private static final int LAYOUT = 1;
    private static final JsonFactory JSON = new JsonFactory();

    /** What is authenticated with the wrapped key: it opens nothing under another name, stream or use. */
    String context() {
        return "windrow data key\n" + id + "\n" + use + "\n" + stream.namespace() + "\n" + stream.name();
    }

    byte[] bytes() {
        return Base64.getDecoder().decode(wrapped);
    }

    /** Compact JSON. */
    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("layout", LAYOUT);
            out.writeStringField("use", use.name());
            out.writeStringField("namespace", stream.namespace());
            out.writeStringField("stream", stream.name());
            out.writeStringField("from", from.toString());
            out.writeStringField("until", until.toString());
            out.writeStringField("wrapped_by", wrappedBy);
            out.writeStringField("wrapped", wrapped);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The inverse of {@link #toJson}. */
    static DataKey parse(String id, String json) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser in = JSON.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                values.put(name, in.getText());
            }
            // Removed as they are read: what is left is unknown (I10).
            int layout = Integer.parseInt(taken(values, "layout"));
            DataKey key = new DataKey(
                    id, Sealing.Use.valueOf(taken(values, "use")),
                    new StreamName(taken(values, "namespace"), taken(values, "stream")),
                    Instant.parse(taken(values, "from")), Instant.parse(taken(values, "until")),
                    taken(values, "wrapped_by"), taken(values, "wrapped"));
            if (layout != LAYOUT || !values.isEmpty()) {
                throw new IOException("layout " + layout + " with " + values.keySet());
            }
            return key;
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw WindrowException.of(
                    CheckpointError.CORRUPTED, "Reading data key " + id + " in the state store: it is not understood", e);
        }
    }

    private static String taken(Map<String, String> values, String name) throws IOException {
        String value = values.remove(name);
        if (value == null) {
            throw new IOException(name + " is missing");
        }
        return value;
    }
}
