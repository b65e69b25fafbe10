package io.windrow.core.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Account;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON of a ledger entry. Unknown fields and versions are errors (I10). */
final class LedgerJson {
    static final int VERSION = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private LedgerJson() {}

    static String write(LedgerEntry entry) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("ledger", VERSION);
            out.writeStringField("pipeline", entry.pipeline());
            out.writeStringField("namespace", entry.stream().namespace());
            out.writeStringField("stream", entry.stream().name());
            out.writeNumberField("generation", entry.generation());
            out.writeNumberField("epoch", entry.epoch());
            out.writeStringField("mode", entry.mode().name().toLowerCase(Locale.ROOT));
            writeAccount(out, entry.account());
            if (entry.hashSource().isPresent()) {
                out.writeStringField("h_source", entry.hashSource().get().toString());
            }
            out.writeStringField("hash_key", entry.hashKey());
            out.writeStringField("h_out", entry.hashOut().toString());
            out.writeObjectFieldStart("written");
            out.writeNumberField("rows", entry.written().rows());
            if (entry.written().hash().isPresent()) {
                out.writeStringField("h_written", entry.written().hash().get().toString());
            }
            out.writeStringField("proof", entry.written().proof());
            out.writeEndObject();
            out.writeArrayFieldStart("ranges");
            for (SplitRange range : entry.ranges()) {
                writeRange(out, range);
            }
            out.writeEndArray();
            out.writeNumberField("schema_version", entry.schemaVersion());
            writeGuarantee(out, entry.guarantee());
            out.writeBooleanField("completes_generation", entry.completesGeneration());
            writeTexts(out, "outputs", entry.outputs());
            out.writeNumberField("bytes", entry.bytes());
            out.writeStringField("started", entry.started().toString());
            out.writeStringField("cut", entry.cut().toString());
            out.writeObjectFieldStart("exceptions");
            for (Map.Entry<String, Long> exception : entry.exceptions().entrySet()) {
                out.writeNumberField(exception.getKey(), exception.getValue());
            }
            out.writeEndObject();
            LedgerMaps.write(out, entry);
            if (entry.eventTimes().isPresent()) {
                EventTimesJson.write(out, entry.eventTimes().get());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory", e);
        }
        return text.toString();
    }

    private static void writeAccount(JsonGenerator out, Account account) throws IOException {
        out.writeObjectFieldStart("account");
        out.writeNumberField("read", account.read());
        out.writeNumberField("replayed", account.replayed());
        out.writeNumberField("expanded", account.expanded());
        out.writeNumberField("written", account.written());
        out.writeNumberField("quarantined", account.quarantined());
        out.writeNumberField("duplicates", account.duplicates());
        out.writeNumberField("filtered", account.filtered());
        out.writeNumberField("sampled_out", account.sampledOut());
        out.writeNumberField("superseded", account.superseded());
        out.writeNumberField("folded", account.folded());
        out.writeNumberField("merged", account.merged());
        out.writeEndObject();
    }

    private static void writeRange(JsonGenerator out, SplitRange range) throws IOException {
        out.writeStartObject();
        out.writeStringField("split", range.split());
        if (range.from().isPresent()) {
            writePosition(out, "from", range.from().get());
        }
        if (range.to().isPresent()) {
            writePosition(out, "to", range.to().get());
        }
        if (range.end().isPresent()) {
            EndProof end = range.end().get();
            out.writeObjectFieldStart("end");
            out.writeStringField("kind", end.kind());
            out.writeNumberField("rows", end.rows());
            out.writeStringField("detail", end.detail());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void writePosition(JsonGenerator out, String name, Position position) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("version", position.version());
        out.writeStringField("text", position.text());
        out.writeEndObject();
    }

    private static void writeGuarantee(JsonGenerator out, Guarantee guarantee) throws IOException {
        out.writeObjectFieldStart("guarantee");
        out.writeStringField("name", guarantee.name());
        out.writeStringField("statement", guarantee.statement());
        writeTexts(out, "assumptions", guarantee.assumptions());
        writeTexts(out, "unseen", guarantee.unseen());
        out.writeEndObject();
    }

    private static void writeTexts(JsonGenerator out, String name, List<String> texts) throws IOException {
        out.writeArrayFieldStart(name);
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }

    static LedgerEntry read(String json) {
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            Fields fields = new Fields(in);
            if (in.nextToken() != null) {
                throw unreadable("text after the entry", null);
            }
            return fields.entry();
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw unreadable(e.getClass().getSimpleName(), e);
        }
    }

    /** The entry's JSON object, read field by field in any order. */
    private static final class Fields {
        private long version = -1;
        private String pipeline = "";
        private String namespace = "";
        private String stream = "";
        private long generation;
        private long epoch;
        private String mode = "";
        private Account account = Account.ZERO;
        private Optional<RowHash> hashSource = Optional.empty();
        private String hashKey = "";
        private Optional<RowHash> hashOut = Optional.empty();
        private Written written = new Written(0, Optional.empty(), "");
        private final List<SplitRange> ranges = new ArrayList<>();
        private int schemaVersion;
        private Guarantee guarantee = new Guarantee("", "", List.of(), List.of());
        private boolean completesGeneration;
        private List<String> outputs = List.of();
        private long bytes;
        private String started = "";
        private String cut = "";
        private final Map<String, Long> exceptions = new TreeMap<>();
        private Map<String, Measure> measures = Map.of();
        private Map<String, String> policies = Map.of();
        private Optional<EventTimes> eventTimes = Optional.empty();
        private Optional<Replay> replay = Optional.empty();

        Fields(JsonParser in) throws IOException {
            expect(in, JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "ledger" -> version = in.getLongValue();
                    case "pipeline" -> pipeline = text(in);
                    case "namespace" -> namespace = text(in);
                    case "stream" -> stream = text(in);
                    case "generation" -> generation = in.getLongValue();
                    case "epoch" -> epoch = in.getLongValue();
                    case "mode" -> mode = text(in);
                    case "account" -> account = readAccount(in);
                    case "h_source" -> hashSource = Optional.of(RowHash.parse(text(in)));
                    case "hash_key" -> hashKey = text(in);
                    case "h_out" -> hashOut = Optional.of(RowHash.parse(text(in)));
                    case "written" -> written = readWritten(in);
                    case "ranges" -> {
                        expect(in, JsonToken.START_ARRAY);
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            ranges.add(readRange(in));
                        }
                    }
                    case "schema_version" -> schemaVersion = in.getIntValue();
                    case "guarantee" -> guarantee = readGuarantee(in);
                    case "completes_generation" -> completesGeneration = in.getBooleanValue();
                    case "outputs" -> outputs = texts(in);
                    case "bytes" -> bytes = in.getLongValue();
                    case "started" -> started = text(in);
                    case "cut" -> cut = text(in);
                    case "exceptions" -> {
                        expect(in, JsonToken.START_OBJECT);
                        while (in.nextToken() == JsonToken.FIELD_NAME) {
                            String key = in.currentName();
                            in.nextToken();
                            exceptions.put(key, in.getLongValue());
                        }
                    }
                    case "measures" -> measures = LedgerMaps.measures(in);
                    case "policies" -> policies = LedgerMaps.policies(in);
                    case "replay" -> replay = Optional.of(LedgerMaps.replay(in));
                    case "event_time" -> eventTimes = Optional.of(EventTimesJson.read(in));
                    default -> throw unreadable("the field " + name + " is unknown", null);
                }
            }
        }

        LedgerEntry entry() {
            if (version != VERSION) {
                throw unreadable("its version is " + version + ", known is " + VERSION, null);
            }
            return new LedgerEntry(
                    pipeline, new StreamName(namespace, stream), generation, epoch,
                    WriteMode.valueOf(mode.toUpperCase(Locale.ROOT)), account, hashSource, hashKey,
                    hashOut.orElseThrow(() -> unreadable("h_out is missing", null)), written, ranges, schemaVersion,
                    guarantee, completesGeneration, outputs, bytes, Instant.parse(started), Instant.parse(cut),
                    exceptions, measures, policies, eventTimes, replay);
        }
    }

    private static Account readAccount(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        Map<String, Long> counts = new TreeMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            counts.put(name, in.getLongValue());
        }
        Account account = new Account(
                count(counts, "read"), count(counts, "replayed"), count(counts, "expanded"), count(counts, "written"),
                count(counts, "quarantined"), count(counts, "duplicates"), count(counts, "filtered"),
                count(counts, "sampled_out"), count(counts, "superseded"), count(counts, "folded"),
                count(counts, "merged"));
        if (!counts.isEmpty()) {
            throw unreadable("the counts " + counts.keySet() + " are unknown", null);
        }
        return account;
    }

    private static long count(Map<String, Long> counts, String name) {
        Long count = counts.remove(name);
        if (count == null) {
            throw unreadable("the count " + name + " is missing", null);
        }
        return count;
    }

    private static Written readWritten(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        long rows = -1;
        Optional<RowHash> hash = Optional.empty();
        String proof = "";
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "rows" -> rows = in.getLongValue();
                case "h_written" -> hash = Optional.of(RowHash.parse(text(in)));
                case "proof" -> proof = text(in);
                default -> throw unreadable("the field written." + name + " is unknown", null);
            }
        }
        return new Written(rows, hash, proof);
    }

    private static SplitRange readRange(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        String split = "";
        Optional<Position> from = Optional.empty();
        Optional<Position> to = Optional.empty();
        Optional<EndProof> end = Optional.empty();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "split" -> split = text(in);
                case "from" -> from = Optional.of(readPosition(in));
                case "to" -> to = Optional.of(readPosition(in));
                case "end" -> end = Optional.of(readEnd(in));
                default -> throw unreadable("the field ranges." + name + " is unknown", null);
            }
        }
        return new SplitRange(split, from, to, end);
    }

    private static Position readPosition(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        int version = 0;
        String text = "";
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "version" -> version = in.getIntValue();
                case "text" -> text = text(in);
                default -> throw unreadable("the position field " + name + " is unknown", null);
            }
        }
        return new Position(version, text);
    }

    private static EndProof readEnd(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        String kind = "";
        long rows = -1;
        String detail = "";
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "kind" -> kind = text(in);
                case "rows" -> rows = in.getLongValue();
                case "detail" -> detail = text(in);
                default -> throw unreadable("the field end." + name + " is unknown", null);
            }
        }
        return new EndProof(kind, rows, detail);
    }

    private static Guarantee readGuarantee(JsonParser in) throws IOException {
        expect(in, JsonToken.START_OBJECT);
        String guarantee = "";
        String statement = "";
        List<String> assumptions = List.of();
        List<String> unseen = List.of();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "name" -> guarantee = text(in);
                case "statement" -> statement = text(in);
                case "assumptions" -> assumptions = texts(in);
                case "unseen" -> unseen = texts(in);
                default -> throw unreadable("the field guarantee." + name + " is unknown", null);
            }
        }
        return new Guarantee(guarantee, statement, assumptions, unseen);
    }

    private static List<String> texts(JsonParser in) throws IOException {
        expect(in, JsonToken.START_ARRAY);
        List<String> texts = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(in));
        }
        return texts;
    }

    private static String text(JsonParser in) throws IOException {
        expect(in, JsonToken.VALUE_STRING);
        return in.getText();
    }

    private static void expect(JsonParser in, JsonToken token) {
        if (in.currentToken() != token) {
            throw unreadable("at offset " + in.currentLocation().getCharOffset() + " stands " + in.currentToken()
                    + " instead of " + token, null);
        }
    }

    private static WindrowException unreadable(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        String message = "Reading a ledger entry: " + why;
        return cause == null
                ? WindrowException.of(LedgerError.UNREADABLE, message)
                : WindrowException.of(LedgerError.UNREADABLE, message, cause);
    }
}
