package io.windrow.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A command that has run through the real main in this process. */
record Invoked(int exit, String out, String err) {
    /** Runs a command whose output is piped. */
    static Invoked windrow(Object... words) {
        return on(false, 100, words);
    }

    /** Runs a command on a terminal without colours. */
    static Invoked onTerminal(int width, Object... words) {
        return on(true, width, words);
    }

    private static Invoked on(boolean terminal, int width, Object... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        int exit = Main.run(
                new Screen(
                        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                        terminal, false, width),
                arguments);
        return new Invoked(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Both outputs and the exit code, for failure messages. */
    String whole() {
        return "exit " + exit + "\n" + out + "\n" + err;
    }

    /** Every JSON value on standard output; throws if there is anything else. */
    List<Map<String, @Nullable Object>> json() {
        List<Map<String, @Nullable Object>> values = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(out)) {
            while (parser.nextToken() != null) {
                @SuppressWarnings("unchecked")
                Map<String, @Nullable Object> value = (Map<String, @Nullable Object>) value(parser);
                values.add(value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Parsing standard output:\n" + out, e);
        }
        return values;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> parser.getText();
        };
    }
}
