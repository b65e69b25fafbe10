package io.windrow.core.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The text of a run's mark. Unknown fields are errors, never skipped (I10). */
final class RunMarkJson {
    private RunMarkJson() {}

    static String write(RunMark run) {
        return RecordJson.object(out -> {
            out.writeStringField("id", run.id());
            out.writeStringField("began", run.began().toString());
            out.writeNumberField("after_epoch", run.afterEpoch());
            out.writeStringField("start", run.start().name().toLowerCase(Locale.ROOT));
            out.writeStringField("state", run.state().name().toLowerCase(Locale.ROOT));
            out.writeArrayFieldStart("streams");
            for (StreamName stream : run.streams()) {
                out.writeStartObject();
                out.writeStringField("namespace", stream.namespace());
                out.writeStringField("name", stream.name());
                out.writeEndObject();
            }
            out.writeEndArray();
            if (!run.owed().isEmpty()) {
                out.writeArrayFieldStart("owed");
                for (Map.Entry<StreamName, Long> one : run.owed().entrySet()) {
                    out.writeStartObject();
                    out.writeStringField("namespace", one.getKey().namespace());
                    out.writeStringField("name", one.getKey().name());
                    out.writeNumberField("generation", one.getValue());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
        });
    }

    static RunMark read(String json) {
        var read = new Object() {
            @Nullable String id;
            @Nullable Instant began;
            long afterEpoch;
            RunMark.@Nullable Start start;
            RunMark.@Nullable State state;
            Set<StreamName> streams = new HashSet<>();
            Map<StreamName, Long> owed = new HashMap<>();
        };
        RecordJson.parse(json, (name, in) -> {
            switch (name) {
                case "id" -> read.id = RecordJson.text(in);
                case "began" -> read.began = Instant.parse(RecordJson.text(in));
                case "after_epoch" -> read.afterEpoch = in.getLongValue();
                case "start" -> read.start = RunMark.Start.valueOf(RecordJson.text(in).toUpperCase(Locale.ROOT));
                case "state" -> read.state = RunMark.State.valueOf(RecordJson.text(in).toUpperCase(Locale.ROOT));
                case "streams" -> {
                    RecordJson.expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        Named one = named(in);
                        if (one.generation() != 0) {
                            throw RecordJson.unknown("generation");
                        }
                        read.streams.add(one.stream());
                    }
                }
                case "owed" -> {
                    RecordJson.expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        Named one = named(in);
                        read.owed.put(one.stream(), one.generation());
                    }
                }
                default -> throw RecordJson.unknown(name);
            }
        });
        return new RunMark(
                RecordJson.present(read.id, "id"), RecordJson.present(read.began, "began"), read.afterEpoch, read.streams,
                RecordJson.present(read.start, "start"), RecordJson.present(read.state, "state"),
                read.owed);
    }

    /** A stream; the generation is 0 where none stands. */
    private record Named(StreamName stream, long generation) {}

    private static Named named(JsonParser in) throws IOException {
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
        return new Named(new StreamName(read.namespace, read.stream), read.generation);
    }
}
