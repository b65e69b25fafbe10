package io.windrow.core.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.EventWindows;
import io.windrow.core.ledger.EventTimes.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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

    private static void write(JsonGenerator out, Window window) throws IOException {
        out.writeStartObject();
        out.writeStringField("start", EventWindows.startText(window.start()));
        out.writeNumberField("rows", window.rows());
        if (window.late() > 0) {
            out.writeNumberField("late", window.late());
        }
        out.writeEndObject();
    }

    static EventTimes read(JsonParser in) throws IOException {
        object(in);
        Map<String, String> texts = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        List<Window> windows = new ArrayList<>();
        Optional<Window> earlier = Optional.empty();
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
                default -> throw unreadable("the field event_time." + name + " is unknown");
            }
        }
        EventWindows by = new EventWindows(
                text(texts, "field"), text(texts, "kind").equals("instant"), Duration.parse(text(texts, "window")),
                ZoneId.of(text(texts, "zone")));
        EventTimes times = new EventTimes(
                by, Duration.parse(text(texts, "allowed_lateness")), numbers.getOrDefault("nulls", 0L), time(texts, "first", by),
                time(texts, "last", by), time(texts, "highest", by), time(texts, "low_watermark", by), windows, earlier);
        if (times.rows() != numbers.getOrDefault("rows", -1L) || times.late() != numbers.getOrDefault("late", -1L)) {
            throw unreadable("the windows of event_time do not add up");
        }
        return times;
    }

    private static Window window(JsonParser in) throws IOException {
        object(in);
        String start = "";
        long rows = 0;
        long late = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "start" -> start = in.getText();
                case "rows" -> rows = in.getLongValue();
                case "late" -> late = in.getLongValue();
                default -> throw unreadable("the field " + name + " of a window is unknown");
            }
        }
        return new Window(EventWindows.parseStart(start), rows, late);
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
