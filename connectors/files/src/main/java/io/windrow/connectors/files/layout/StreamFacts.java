package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import java.io.IOException;

/**
 * What does not change about a stream's folder.
 *
 * @param pipeline the pipeline that writes it
 * @param stream the stream
 * @param mode the write mode's name
 */
public record StreamFacts(String pipeline, StreamName stream, String mode) {
    /** The facts of a folder about to be written. */
    public static StreamFacts of(String pipeline, StreamName stream, WriteMode mode) {
        return new StreamFacts(pipeline, stream, mode.name());
    }

    /** Compact JSON. */
    public String toJson() {
        return Books.write(out -> {
            out.writeStartObject();
            out.writeNumberField("version", 1);
            out.writeStringField("pipeline", pipeline);
            out.writeStringField("namespace", stream.namespace());
            out.writeStringField("stream", stream.name());
            out.writeStringField("mode", mode);
            out.writeEndObject();
        });
    }

    /** The inverse of {@link #toJson()}. */
    public static StreamFacts parse(String what, String json) {
        return Books.read(what, json, in -> {
            String pipeline = "";
            String namespace = "";
            String stream = "";
            String mode = "";
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = Books.field(in);
                switch (field) {
                    case "version" -> {
                        if (in.getIntValue() != 1) {
                            throw new IOException("layout " + in.getIntValue() + " is unknown");
                        }
                    }
                    case "pipeline" -> pipeline = in.getText();
                    case "namespace" -> namespace = in.getText();
                    case "stream" -> stream = in.getText();
                    case "mode" -> mode = in.getText();
                    default -> throw new IOException("unknown field " + field);
                }
            }
            if (stream.isEmpty()) {
                throw new IOException("no stream");
            }
            return new StreamFacts(pipeline, new StreamName(namespace, stream), mode);
        });
    }
}
