package io.windrow.core.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Measure;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON of the open-ended parts of a ledger entry: what the transforms measured and which policies they followed. */
final class LedgerMaps {
    private LedgerMaps() {}

    static void write(JsonGenerator out, LedgerEntry entry) throws IOException {
        if (!entry.measures().isEmpty()) {
            out.writeObjectFieldStart("measures");
            for (Map.Entry<String, Measure> named : entry.measures().entrySet()) {
                Measure measure = named.getValue();
                out.writeObjectFieldStart(named.getKey());
                out.writeNumberField("count", measure.count());
                if (measure.min() <= measure.max()) {
                    out.writeNumberField("min", measure.min());
                    out.writeNumberField("max", measure.max());
                }
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        if (!entry.policies().isEmpty()) {
            out.writeObjectFieldStart("policies");
            for (Map.Entry<String, String> policy : entry.policies().entrySet()) {
                out.writeStringField(policy.getKey(), policy.getValue());
            }
            out.writeEndObject();
        }
        if (entry.replay().isPresent()) {
            Replay replay = entry.replay().get();
            out.writeObjectFieldStart("replay");
            out.writeStringField("window", replay.window());
            out.writeNumberField("continues", replay.continues());
            out.writeArrayFieldStart("replaces");
            for (long epoch : replay.replaces()) {
                out.writeNumber(epoch);
            }
            out.writeEndArray();
            out.writeNumberField("added", replay.added());
            out.writeNumberField("changed", replay.changed());
            out.writeNumberField("missing", replay.missing());
            out.writeEndObject();
        }
    }

    static Replay replay(JsonParser in) throws IOException {
        object(in);
        String window = "";
        long continues = 0;
        List<Long> replaces = new ArrayList<>();
        long added = 0;
        long changed = 0;
        long missing = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "window" -> window = in.getText();
                case "continues" -> continues = in.getLongValue();
                case "replaces" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        replaces.add(in.getLongValue());
                    }
                }
                case "added" -> added = in.getLongValue();
                case "changed" -> changed = in.getLongValue();
                case "missing" -> missing = in.getLongValue();
                default -> throw unreadable("the replay's field " + name + " is unknown");
            }
        }
        return new Replay(window, continues, replaces, added, changed, missing);
    }

    static Map<String, Measure> measures(JsonParser in) throws IOException {
        Map<String, Measure> measures = new TreeMap<>();
        object(in);
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            measures.put(name, measure(in));
        }
        return measures;
    }

    private static Measure measure(JsonParser in) throws IOException {
        object(in);
        Measure measure = Measure.NONE;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            long value = in.getLongValue();
            measure = switch (name) {
                case "count" -> new Measure(value, measure.min(), measure.max());
                case "min" -> new Measure(measure.count(), value, measure.max());
                case "max" -> new Measure(measure.count(), measure.min(), value);
                default -> throw unreadable("the measure's field " + name + " is unknown");
            };
        }
        return measure;
    }

    static Map<String, String> policies(JsonParser in) throws IOException {
        Map<String, String> policies = new TreeMap<>();
        object(in);
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            if (in.nextToken() != JsonToken.VALUE_STRING) {
                throw unreadable("the policy " + name + " has no text");
            }
            policies.put(name, in.getText());
        }
        return policies;
    }

    private static void object(JsonParser in) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw unreadable("there is no object at offset " + in.currentLocation().getCharOffset());
        }
    }

    private static WindrowException unreadable(String why) {
        return WindrowException.of(LedgerError.UNREADABLE, "Reading a ledger entry: " + why);
    }
}
