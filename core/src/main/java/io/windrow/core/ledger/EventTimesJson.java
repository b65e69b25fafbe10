package io.windrow.core.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.core.ledger.EventTimes.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The JSON of the event times of a ledger entry: times as text, so that people and other programs can read them. */
final class EventTimesJson {
    private EventTimesJson() {}

    static void write(JsonGenerator out, EventTimes times) throws IOException {
        EventWindows by = times.by();
        out.writeObjectFieldStart("event_time");
        out.writeStringField("field", by.column());
        out.writeStringField("kind", by.utc() ? "instant" : "local");
        out.writeStringField("window", by.size().toString());
        out.writeStringField("zone", by.zone().getId());
        out.writeStringField("allowed_lateness", times.allowedLateness().toString());
        out.writeNumberField("rows", times.rows());
        out.writeNumberField("nulls", times.nulls());
        out.writeNumberField("late", times.late());
        writeTime(out, "first", times.first(), by);
        writeTime(out, "last", times.last(), by);
        writeTime(out, "highest", times.highest(), by);
        writeTime(out, "low_watermark", times.lowWatermark(), by);
        if (times.keys().isPresent()) {
            write(out, times.keys().get());
        }
        out.writeArrayFieldStart("windows");
        for (Window window : times.windows()) {
            write(out, window);
        }
        out.writeEndArray();
        if (times.earlier().isPresent()) {
            out.writeFieldName("earlier");
            write(out, times.earlier().get());
        }
        out.writeEndObject();
    }

    private static void writeTime(JsonGenerator out, String name, OptionalLong time, EventWindows by) throws IOException {
        if (time.isPresent()) {
            out.writeStringField(name, by.text(time.getAsLong()));
        }
    }

    private static void write(JsonGenerator out, KeySum keys) throws IOException {
        out.writeArrayFieldStart("key");
        for (KeySum.Part part : keys.parts()) {
            out.writeStartObject();
            out.writeStringField("column", part.column());
            out.writeStringField("form", part.form().name().toLowerCase(Locale.ROOT));
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, Window window) throws IOException {
        out.writeStartObject();
        out.writeStringField("start", EventWindows.startText(window.start()));
        out.writeNumberField("rows", window.rows());
        if (window.late() > 0) {
            out.writeNumberField("late", window.late());
        }
        if (window.keySum().isPresent()) {
            // As text: not every reader of JSON has numbers of 64 bits.
            out.writeStringField("key_sum", HexFormat.of().toHexDigits(window.keySum().getAsLong()));
        }
        out.writeEndObject();
    }

    static EventTimes read(JsonParser in) throws IOException {
        object(in);
        Map<String, String> texts = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        List<Window> windows = new ArrayList<>();
        Optional<Window> earlier = Optional.empty();
        List<KeySum.Part> key = new ArrayList<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "field", "kind", "window", "zone", "allowed_lateness", "first", "last", "highest", "low_watermark" ->
                    texts.put(name, in.getText());
                case "rows", "nulls", "late" -> numbers.put(name, in.getLongValue());
                case "windows" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        windows.add(window(in));
                    }
                }
                case "earlier" -> earlier = Optional.of(window(in));
                case "key" -> {
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        key.add(part(in));
                    }
                }
                default -> throw unreadable("the field event_time." + name + " is unknown");
            }
        }
        EventWindows by = new EventWindows(
                text(texts, "field"), text(texts, "kind").equals("instant"), Duration.parse(text(texts, "window")),
                ZoneId.of(text(texts, "zone")));
        EventTimes times = new EventTimes(
                by, Duration.parse(text(texts, "allowed_lateness")), numbers.getOrDefault("nulls", 0L), time(texts, "first", by),
                time(texts, "last", by), time(texts, "highest", by), time(texts, "low_watermark", by), windows, earlier,
                key.isEmpty() ? Optional.empty() : Optional.of(new KeySum(key)));
        if (times.rows() != numbers.getOrDefault("rows", -1L) || times.late() != numbers.getOrDefault("late", -1L)) {
            throw unreadable("the windows of event_time do not add up");
        }
        return times;
    }

    private static KeySum.Part part(JsonParser in) throws IOException {
        object(in);
        Map<String, String> texts = new HashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            texts.put(name, in.getText());
        }
        String form = text(texts, "form");
        return new KeySum.Part(
                text(texts, "column"),
                Stream.of(KeySum.Form.values())
                        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(form))
                        .findFirst()
                        .orElseThrow(() -> unreadable("event_time.form " + form + " is unknown")));
    }

    private static Window window(JsonParser in) throws IOException {
        object(in);
        String start = "";
        long rows = 0;
        long late = 0;
        OptionalLong keySum = OptionalLong.empty();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "start" -> start = in.getText();
                case "rows" -> rows = in.getLongValue();
                case "late" -> late = in.getLongValue();
                case "key_sum" -> keySum = OptionalLong.of(keySum(in.getText()));
                default -> throw unreadable("the field " + name + " of a window is unknown");
            }
        }
        return new Window(EventWindows.parseStart(start), rows, late, keySum);
    }

    private static long keySum(String text) {
        try {
            return HexFormat.fromHexDigitsToLong(text);
        } catch (IllegalArgumentException e) {
            throw unreadable("the key_sum of a window is no hexadecimal number of 64 bits");
        }
    }

    private static String text(Map<String, String> texts, String name) {
        return Optional.ofNullable(texts.get(name)).orElseThrow(() -> unreadable("event_time." + name + " is missing"));
    }

    private static OptionalLong time(Map<String, String> texts, String name, EventWindows by) {
        String text = texts.get(name);
        return text == null ? OptionalLong.empty() : OptionalLong.of(by.parse(text));
    }

    private static void object(JsonParser in) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw unreadable("event_time has no object at offset " + in.currentLocation().getCharOffset());
        }
    }

    private static WindrowException unreadable(String why) {
        return WindrowException.of(LedgerError.UNREADABLE, "Reading a ledger entry: " + why);
    }
}
