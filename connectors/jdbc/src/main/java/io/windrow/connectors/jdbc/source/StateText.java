package io.windrow.connectors.jdbc.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Compact JSON objects, as splits, positions and planner states are saved. What is read back is data, checked field by
 * field; no part of it is ever taken for SQL (H19).
 */
final class StateText {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, @Nullable Object> fields;

    private StateText(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    static StateText create() {
        return new StateText(new LinkedHashMap<>());
    }

    static StateText parse(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("it is not a JSON object");
            }
            return object(parser);
        } catch (IOException e) {
            throw invalid("it is not JSON");
        }
    }

    /** Adds a field: a text, a whole number, true or false, a list of these, or an object. Empty optionals are left out. */
    StateText with(String name, Object value) {
        Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (plain != null) {
            fields.put(name, plain);
        }
        return this;
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> invalid("the field " + name + " is missing"));
    }

    Optional<String> optionalText(String name) {
        return switch (fields.get(name)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            default -> throw invalid("the field " + name + " is not a text");
        };
    }

    long number(String name) {
        return optionalNumber(name).orElseThrow(() -> invalid("the field " + name + " is missing"));
    }

    OptionalLong optionalNumber(String name) {
        return switch (fields.get(name)) {
            case null -> OptionalLong.empty();
            case Long number -> OptionalLong.of(number);
            default -> throw invalid("the field " + name + " is not a whole number");
        };
    }

    boolean flag(String name) {
        return switch (fields.get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            default -> throw invalid("the field " + name + " is not true or false");
        };
    }

    Optional<StateText> object(String name) {
        return switch (fields.get(name)) {
            case null -> Optional.empty();
            case StateText object -> Optional.of(object);
            default -> throw invalid("the field " + name + " is not an object");
        };
    }

    List<String> texts(String name) {
        return list(name, String.class);
    }

    List<Long> numbers(String name) {
        return list(name, Long.class);
    }

    List<StateText> objects(String name) {
        return list(name, StateText.class);
    }

    private <T> List<T> list(String name, Class<T> type) {
        return switch (fields.get(name)) {
            case null -> List.of();
            case List<?> list -> {
                List<T> typed = new ArrayList<>();
                for (Object item : list) {
                    if (!type.isInstance(item)) {
                        throw invalid("the list " + name + " holds something else");
                    }
                    typed.add(type.cast(item));
                }
                yield List.copyOf(typed);
            }
            default -> throw invalid("the field " + name + " is not a list");
        };
    }

    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            write(out, this);
        } catch (IOException e) {
            throw WindrowException.of(SourceError.PLANNER_MISUSED, "Writing a state: " + e.getMessage());
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case StateText object -> {
                out.writeStartObject();
                for (Map.Entry<String, @Nullable Object> field : object.fields.entrySet()) {
                    out.writeFieldName(field.getKey());
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
            case Boolean flag -> out.writeBoolean(flag);
            case Number number -> out.writeNumber(number.longValue());
            default -> out.writeString(value.toString());
        }
    }

    private static StateText object(JsonParser parser) throws IOException {
        StateText object = create();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            object.fields.put(name, value(parser));
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
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw invalid("it holds " + parser.currentToken());
        };
    }

    static WindrowException invalid(String why) {
        return WindrowException.of(SourceError.STATE_INVALID, "Reading a saved state: " + why);
    }
}
