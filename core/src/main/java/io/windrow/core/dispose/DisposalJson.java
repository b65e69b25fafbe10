package io.windrow.core.dispose;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.core.dispose.DisposalRecord.Checkpoints;
import io.windrow.core.dispose.DisposalRecord.Delivered;
import io.windrow.core.dispose.DisposalRecord.File;
import io.windrow.core.dispose.DisposalRecord.Key;
import io.windrow.core.dispose.DisposalRecord.SetAside;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Disposal records as JSON: lists of flat objects. An unknown field is an error (I10). */
final class DisposalJson {
    /** The first layout knew no checkpoints. */
    private static final int LAYOUT = 2;
    private static final JsonFactory JSON = new JsonFactory();

    private DisposalJson() {}

    private interface Part<T> {
        T read(Fields fields) throws IOException;
    }

    static String write(DisposalRecord record) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("layout", LAYOUT);
            out.writeStringField("id", record.id());
            out.writeStringField("status", record.status().name());
            out.writeStringField("at", record.at().toString());
            out.writeStringField("who", record.who());
            out.writeArrayFieldStart("delivered");
            for (Delivered one : record.delivered()) {
                CommitIdentity identity = one.identity();
                out.writeStartObject();
                out.writeStringField("pipeline", identity.pipeline());
                epoch(out, identity.stream(), identity.generation(), identity.epoch());
                out.writeStringField("digest", identity.digest());
                out.writeStringField("committed", one.committed().toString());
                out.writeNumberField("rows", one.rows());
                out.writeArrayFieldStart("files");
                for (File file : one.files()) {
                    out.writeStartObject();
                    file(out, file);
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("set_aside");
            for (SetAside one : record.setAside()) {
                out.writeStartObject();
                epoch(out, one.stream(), one.generation(), one.epoch());
                out.writeNumberField("rows", one.rows());
                file(out, one.file());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("checkpoints");
            for (Checkpoints one : record.checkpoints()) {
                out.writeStartObject();
                out.writeStringField("namespace", one.stream().namespace());
                out.writeStringField("stream", one.stream().name());
                out.writeNumberField("generation", one.generation());
                out.writeNumberField("first_epoch", one.first());
                out.writeNumberField("last_epoch", one.last());
                out.writeNumberField("entries", one.entries());
                out.writeStringField("hash", one.hash());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("keys");
            for (Key key : record.keys()) {
                out.writeStartObject();
                out.writeStringField("id", key.id());
                out.writeStringField("use", key.use().name());
                out.writeStringField("namespace", key.stream().namespace());
                out.writeStringField("stream", key.stream().name());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void epoch(JsonGenerator out, StreamName stream, long generation, long epoch) throws IOException {
        out.writeStringField("namespace", stream.namespace());
        out.writeStringField("stream", stream.name());
        out.writeNumberField("generation", generation);
        out.writeNumberField("epoch", epoch);
    }

    private static void file(JsonGenerator out, File file) throws IOException {
        out.writeStringField("file", file.path());
        out.writeNumberField("bytes", file.bytes());
        out.writeStringField("sha256", file.sha256());
    }

    static DisposalRecord read(String json) {
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            Fields all = Fields.of(in);
            int layout = (int) all.number("layout");
            if (layout < 1 || layout > LAYOUT) {
                throw new IOException("layout " + layout + " is unknown");
            }
            DisposalRecord record = new DisposalRecord(
                    all.text("id"), DisposalRecord.Status.valueOf(all.text("status")), all.instant("at"), all.text("who"),
                    all.list("delivered", DisposalJson::delivered), all.list("set_aside", DisposalJson::setAside),
                    layout == 1 ? List.of() : all.list("checkpoints", DisposalJson::checkpoints),
                    all.list("keys", one -> new Key(one.text("id"), Sealing.Use.valueOf(one.text("use")), one.stream())));
            all.expectEmpty();
            return record;
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw WindrowException.of(
                    DisposeError.UNREADABLE, "Reading the record of a disposal: " + e.getMessage(), e);
        }
    }

    private static Delivered delivered(Fields one) throws IOException {
        CommitIdentity identity = new CommitIdentity(
                one.text("pipeline"), one.stream(), one.number("generation"), one.number("epoch"), one.text("digest"));
        return new Delivered(identity, one.instant("committed"), one.number("rows"), one.list("files", DisposalJson::file));
    }

    private static SetAside setAside(Fields one) throws IOException {
        return new SetAside(one.stream(), one.number("generation"), one.number("epoch"), one.number("rows"), file(one));
    }

    private static Checkpoints checkpoints(Fields one) throws IOException {
        return new Checkpoints(
                one.stream(), one.number("generation"), one.number("first_epoch"), one.number("last_epoch"),
                one.number("entries"), one.text("hash"));
    }

    private static File file(Fields one) throws IOException {
        return new File(one.text("file"), one.number("bytes"), one.text("sha256"));
    }

    /** The fields of one object, each taken once. */
    private record Fields(Map<String, String> texts, Map<String, List<Fields>> lists) {
        /** Reads the object that the parser stands at. */
        static Fields of(JsonParser in) throws IOException {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw new IOException("an object is expected");
            }
            Fields fields = new Fields(new HashMap<>(), new HashMap<>());
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                if (in.nextToken() == JsonToken.START_ARRAY) {
                    List<Fields> items = new ArrayList<>();
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        items.add(of(in));
                    }
                    fields.lists.put(name, items);
                } else {
                    fields.texts.put(name, in.getText());
                }
            }
            return fields;
        }

        String text(String name) throws IOException {
            String text = texts.remove(name);
            if (text == null) {
                throw new IOException(name + " is missing");
            }
            return text;
        }

        long number(String name) throws IOException {
            return Long.parseLong(text(name));
        }

        Instant instant(String name) throws IOException {
            return Instant.parse(text(name));
        }

        StreamName stream() throws IOException {
            return new StreamName(text("namespace"), text("stream"));
        }

        <T> List<T> list(String name, Part<T> part) throws IOException {
            List<Fields> items = lists.remove(name);
            if (items == null) {
                throw new IOException(name + " is missing");
            }
            List<T> parts = new ArrayList<>();
            for (Fields item : items) {
                parts.add(part.read(item));
                item.expectEmpty();
            }
            return parts;
        }

        void expectEmpty() throws IOException {
            if (!texts.isEmpty() || !lists.isEmpty()) {
                throw new IOException("unknown fields " + texts.keySet() + lists.keySet());
            }
        }
    }
}
