package io.windrow.connectors.connect.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compact JSON of maps, lists, texts, numbers, flags and nulls, as positions, states and splits are saved. What is read back
 * is data, checked field by field.
 */
public final class SavedText {
    private static final JsonFactory JSON = new JsonFactory();

    private SavedText() {}

    /** The text of a value; of maps with the keys in order, so that equal values have equal texts. */
    public static String write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            write(out, value);
        } catch (IOException e) {
            throw invalid("it cannot be written: " + e.getMessage());
        }
        return text.toString();
    }

    /** The object that a text holds. */
    public static Map<String, @Nullable Object> read(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("it is not a JSON object");
            }
            return object(parser);
        } catch (IOException e) {
            throw invalid("it is not JSON");
        }
    }

    /** A field that must be there. */
    public static <T> T field(Map<String, ? extends @Nullable Object> object, String name, Class<T> type) {
        Object value = object.get(name);
        if (!type.isInstance(value)) {
            throw invalid("the field " + name + (value == null ? " is missing" : " is not a " + type.getSimpleName()));
        }
        return type.cast(value);
    }

    /** A field that is an object. */
    @SuppressWarnings("unchecked") // Whatever this class reads as a map has texts as keys.
    public static Map<String, @Nullable Object> object(Map<String, ? extends @Nullable Object> object, String name) {
        return (Map<String, @Nullable Object>) field(object, name, Map.class);
    }

    /** A field that is a list of objects. */
    @SuppressWarnings("unchecked") // As above.
    public static List<Map<String, @Nullable Object>> objects(Map<String, ? extends @Nullable Object> object, String name) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Object item : field(object, name, List.class)) {
            if (!(item instanceof Map<?, ?> map)) {
                throw invalid("the list " + name + " holds something else than objects");
            }
            all.add((Map<String, @Nullable Object>) map);
        }
        return all;
    }

    /** That a saved text cannot be used. */
    public static WindrowException invalid(String why) {
        return WindrowException.of(ConnectError.STATE_INVALID, "Reading a saved state: " + why);
    }

    private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> map -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> field : new TreeMap<>(map).entrySet()) {
                    out.writeFieldName(String.valueOf(field.getKey()));
                    write(out, field.getValue());
                }
                out.writeEndObject();
            }
            case List<?> list -> {
                out.writeStartArray();
                for (Object item : list) {
                    write(out, item);
                }
                out.writeEndArray();
            }
            case String text -> out.writeString(text);
            case Boolean flag -> out.writeBoolean(flag);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Short number -> out.writeNumber(number);
            case Byte number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case Float number -> out.writeNumber(number.doubleValue());
            default -> throw invalid("a connector's offset holds a " + value.getClass().getSimpleName());
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw invalid("it holds " + parser.currentToken());
        };
    }
}
