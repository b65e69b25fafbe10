package io.windrow.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON of maps, collections, numbers, booleans and text, for {@code --json}. */
final class Json {
    private Json() {}

    /** A value that is JSON text already. */
    record Raw(String text) {}

    /** An ordered object of alternating keys and values. An empty Optional and null are left out. */
    static Map<String, Object> object(@Nullable Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1];
            if (value instanceof Optional<?> optional) {
                value = optional.orElse(null);
            }
            if (value != null) {
                object.put((String) keysAndValues[i], value);
            }
        }
        return object;
    }

    /** A count that is −1 where it is not known; then it is left out. */
    static Optional<Long> known(long count) {
        return count < 0 ? Optional.empty() : Optional.of(count);
    }

    /** On one line. */
    static String line(Object value) {
        return text(value, Layout.LINE);
    }

    /** Indented. */
    static String pretty(Object value) {
        return text(value, Layout.INDENTED);
    }

    private enum Layout {
        LINE,
        INDENTED
    }

    private static String text(Object value, Layout layout) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            if (layout == Layout.INDENTED) {
                json.setPrettyPrinter(new DefaultPrettyPrinter());
            }
            write(json, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.writeFieldName(String.valueOf(entry.getKey()));
                    write(json, entry.getValue());
                }
                json.writeEndObject();
            }
            case Iterable<?> items -> {
                json.writeStartArray();
                for (Object item : items) {
                    write(json, item);
                }
                json.writeEndArray();
            }
            case Raw raw -> json.writeRawValue(raw.text());
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number when Double.isFinite(number) -> json.writeNumber(number);
            case Enum<?> word -> json.writeString(word.name().toLowerCase(java.util.Locale.ROOT));
            default -> json.writeString(value.toString());
        }
    }
}
