package io.windrow.core.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The text of stored records. Unknown fields are errors, never skipped (I10). */
final class RecordJson {
    private static final JsonFactory JSON = new JsonFactory();

    private RecordJson() {}

    /** An epoch's record without its splits and ledger, which have rows of their own. */
    record Header(
            WriteMode mode,
            String digest,
            PlannerState planner,
            List<Staged> staged,
            Optional<Long> supersedes,
            boolean completesGeneration,
            String splits) {}

    interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    interface Field {
        void read(String name, JsonParser in) throws IOException;
    }

    static String header(StreamEpoch epoch) {
        return object(out -> {
            out.writeStringField("mode", epoch.mode().name().toLowerCase(Locale.ROOT));
            out.writeStringField("digest", epoch.digest());
            writeVersioned(out, "planner", epoch.planner().version(), epoch.planner().text());
            out.writeArrayFieldStart("staged");
            for (Staged staged : epoch.staged()) {
                out.writeStartObject();
                out.writeStringField("namespace", staged.stream().namespace());
                out.writeStringField("stream", staged.stream().name());
                out.writeNumberField("version", staged.version());
                out.writeStringField("text", staged.text());
                out.writeNumberField("schema_version", staged.schemaVersion());
                out.writeNumberField("rows", staged.rows());
                out.writeNumberField("bytes", staged.bytes());
                out.writeStringField("proof", staged.proof());
                out.writeStringField("part", staged.part().name().toLowerCase(Locale.ROOT));
                out.writeEndObject();
            }
            out.writeEndArray();
            if (epoch.supersedes().isPresent()) {
                out.writeNumberField("supersedes", epoch.supersedes().get());
            }
            out.writeBooleanField("completes", epoch.completesGeneration());
            out.writeStringField("splits", splitsDigest(epoch.openSplits()));
        });
    }

    /** Over all open splits, so that a missing split row is found. */
    static String splitsDigest(Map<String, OpenSplit> splits) {
        List<String> parts = new ArrayList<>(splits.size() * 2);
        new TreeMap<>(splits).forEach((id, split) -> {
            parts.add(id);
            parts.add(split(split));
        });
        return splits.size() + ":" + Checksum.of(parts.toArray(String[]::new));
    }

    static Header readHeader(String json) {
        var read = new Object() {
            @Nullable WriteMode mode;
            @Nullable String digest;
            @Nullable PlannerState planner;
            List<Staged> staged = new ArrayList<>();
            Optional<Long> supersedes = Optional.empty();
            boolean completes;
            @Nullable String splits;
        };
        parse(json, (name, in) -> {
            switch (name) {
                case "mode" -> read.mode = WriteMode.valueOf(text(in).toUpperCase(Locale.ROOT));
                case "digest" -> read.digest = text(in);
                case "planner" -> read.planner = versioned(in, PlannerState::new);
                case "staged" -> {
                    expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        read.staged.add(readStaged(in));
                    }
                }
                case "supersedes" -> read.supersedes = Optional.of(in.getLongValue());
                case "completes" -> read.completes = in.getBooleanValue();
                case "splits" -> read.splits = text(in);
                default -> throw unknown(name);
            }
        });
        return new Header(
                present(read.mode, "mode"), present(read.digest, "digest"), present(read.planner, "planner"),
                read.staged, read.supersedes, read.completes, present(read.splits, "splits"));
    }

    private static Staged readStaged(JsonParser in) throws IOException {
        var read = new Object() {
            String namespace = "";
            String stream = "";
            int version;
            String text = "";
            int schemaVersion;
            long rows;
            long bytes;
            String proof = "";
            Staged.Part part = Staged.Part.DATA;
        };
        fields(in, (name, value) -> {
            switch (name) {
                case "namespace" -> read.namespace = text(value);
                case "stream" -> read.stream = text(value);
                case "version" -> read.version = value.getIntValue();
                case "text" -> read.text = text(value);
                case "schema_version" -> read.schemaVersion = value.getIntValue();
                case "rows" -> read.rows = value.getLongValue();
                case "bytes" -> read.bytes = value.getLongValue();
                case "proof" -> read.proof = text(value);
                case "part" -> read.part = Staged.Part.valueOf(text(value).toUpperCase(Locale.ROOT));
                default -> throw unknown(name);
            }
        });
        return new Staged(
                new StreamName(read.namespace, read.stream), read.version, read.text, read.schemaVersion, read.rows,
                read.bytes, read.proof, read.part);
    }

    static String split(OpenSplit open) {
        return object(out -> writeSplit(out, open));
    }

    private static void writeSplit(JsonGenerator out, OpenSplit open) throws IOException {
        Split split = open.split();
        out.writeStringField("id", split.id());
        out.writeStringField("namespace", split.stream().namespace());
        out.writeStringField("stream", split.stream().name());
        out.writeNumberField("version", split.version());
        out.writeStringField("text", split.text());
        out.writeNumberField("estimated_bytes", split.estimatedBytes());
        if (open.position().isPresent()) {
            writeVersioned(out, "position", open.position().get().version(), open.position().get().text());
        }
    }

    static OpenSplit readSplit(String json) {
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            OpenSplit split = readSplit(in);
            end(in);
            return split;
        } catch (IOException | IllegalArgumentException e) {
            throw new Damaged("it is no JSON of this form", e);
        }
    }

    private static OpenSplit readSplit(JsonParser in) throws IOException {
        var read = new Object() {
            String id = "";
            String namespace = "";
            String stream = "";
            int version;
            String text = "";
            long estimatedBytes = -1;
            Optional<Position> position = Optional.empty();
        };
        fields(in, (name, value) -> {
            switch (name) {
                case "id" -> read.id = text(value);
                case "namespace" -> read.namespace = text(value);
                case "stream" -> read.stream = text(value);
                case "version" -> read.version = value.getIntValue();
                case "text" -> read.text = text(value);
                case "estimated_bytes" -> read.estimatedBytes = value.getLongValue();
                case "position" -> read.position = Optional.of(versioned(value, Position::new));
                default -> throw unknown(name);
            }
        });
        return new OpenSplit(
                new Split(read.id, new StreamName(read.namespace, read.stream), read.version, read.text,
                        read.estimatedBytes),
                read.position);
    }

    static String progress(Progress progress) {
        return object(out -> {
            writeVersioned(out, "planner", progress.planner().version(), progress.planner().text());
            out.writeArrayFieldStart("splits");
            for (OpenSplit split : new TreeMap<>(progress.openSplits()).values()) {
                out.writeStartObject();
                writeSplit(out, split);
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    static Progress readProgress(String json) {
        var read = new Object() {
            @Nullable PlannerState planner;
            Map<String, OpenSplit> splits = new HashMap<>();
        };
        parse(json, (name, in) -> {
            switch (name) {
                case "planner" -> read.planner = versioned(in, PlannerState::new);
                case "splits" -> {
                    expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        OpenSplit split = readSplit(in);
                        read.splits.put(split.split().id(), split);
                    }
                }
                default -> throw unknown(name);
            }
        });
        return new Progress(present(read.planner, "planner"), read.splits);
    }

    static String object(Body body) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            body.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory", e);
        }
        return text.toString();
    }

    static void parse(String json, Field field) {
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            fields(in, field);
            end(in);
        } catch (IOException | IllegalArgumentException | DateTimeException | WindrowException e) {
            throw new Damaged("it is no JSON of this form", e);
        }
    }

    static void fields(JsonParser in, Field field) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            field.read(name, in);
        }
    }

    private static void writeVersioned(JsonGenerator out, String name, int version, String text) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("version", version);
        out.writeStringField("text", text);
        out.writeEndObject();
    }

    private interface Versioned<T> {
        T of(int version, String text);
    }

    private static <T> T versioned(JsonParser in, Versioned<T> make) throws IOException {
        var read = new Object() {
            int version;
            String text = "";
        };
        fields(in, (name, value) -> {
            switch (name) {
                case "version" -> read.version = value.getIntValue();
                case "text" -> read.text = text(value);
                default -> throw unknown(name);
            }
        });
        return make.of(read.version, read.text);
    }

    static String text(JsonParser in) throws IOException {
        expect(in, JsonToken.VALUE_STRING);
        return in.getText();
    }

    static <T> T present(@Nullable T value, String field) {
        if (value == null) {
            throw new Damaged("the field " + field + " is missing", null);
        }
        return value;
    }

    static void expect(JsonParser in, JsonToken token) {
        if (in.currentToken() != token) {
            throw new Damaged(in.currentToken() + " stands where " + token + " should", null);
        }
    }

    private static void end(JsonParser in) throws IOException {
        if (in.nextToken() != null) {
            throw new Damaged("text follows the record", null);
        }
    }

    static Damaged unknown(String name) {
        return new Damaged("the field " + name + " is unknown", null);
    }

    /** A record that cannot be read; the store adds which one. */
    static final class Damaged extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Damaged(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }
}
