package io.windrow.core.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a {@link Release} is saved. */
final class ReleaseJson {
    private ReleaseJson() {}

    static String write(Release release) {
        return RecordJson.object(out -> {
            out.writeNumberField("position_version", release.position().version());
            out.writeStringField("position", release.position().text());
            out.writeArrayFieldStart("streams");
            for (Map.Entry<StreamName, Long> stream : new TreeMap<>(release.streams()).entrySet()) {
                out.writeStartObject();
                out.writeStringField("namespace", stream.getKey().namespace());
                out.writeStringField("name", stream.getKey().name());
                out.writeNumberField("generation", stream.getValue());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    static Release read(String split, String json) {
        var read = new Object() {
            int version;
            @Nullable String position;
            Map<StreamName, Long> streams = new HashMap<>();
        };
        RecordJson.parse(json, (name, in) -> {
            switch (name) {
                case "position_version" -> read.version = in.getIntValue();
                case "position" -> read.position = RecordJson.text(in);
                case "streams" -> {
                    RecordJson.expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        readStream(in, read.streams);
                    }
                }
                default -> throw RecordJson.unknown(name);
            }
        });
        return new Release(
                split, new Position(read.version, RecordJson.present(read.position, "position")), read.streams);
    }

    private static void readStream(JsonParser in, Map<StreamName, Long> into) throws IOException {
        var read = new Object() {
            String namespace = "";
            String stream = "";
            long generation;
        };
        RecordJson.fields(in, (name, value) -> {
            switch (name) {
                case "namespace" -> read.namespace = RecordJson.text(value);
                case "name" -> read.stream = RecordJson.text(value);
                case "generation" -> read.generation = value.getLongValue();
                default -> throw RecordJson.unknown(name);
            }
        });
        into.put(new StreamName(read.namespace, read.stream), read.generation);
    }
}
