package io.windrow.connectors.jdbc.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Compact JSON of what is saved. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    @FunctionalInterface
    interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    @FunctionalInterface
    interface Reading<T> {
        T from(JsonParser in) throws IOException;
    }

    static String write(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Reads a text that begins with an object or a list; the reader stands on its first token. */
    static <T> T read(String what, String text, Reading<T> reading) {
        try (JsonParser in = FACTORY.createParser(text)) {
            in.nextToken();
            return reading.from(in);
        } catch (IOException e) {
            throw WindrowException.of(
                    JdbcError.BOOK_UNREADABLE, "Reading " + what + ": it is no text that this version wrote");
        }
    }

    /** The name of the next field, whose value the parser then stands on. */
    static String field(JsonParser in) throws IOException {
        String name = in.currentName();
        if (name == null) {
            throw new IOException("no field");
        }
        in.nextToken();
        return name;
    }

    static List<String> strings(JsonParser in) throws IOException {
        List<String> strings = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            strings.add(in.getText());
        }
        return strings;
    }

    static void strings(JsonGenerator out, String field, List<String> strings) throws IOException {
        out.writeArrayFieldStart(field);
        for (String string : strings) {
            out.writeString(string);
        }
        out.writeEndArray();
    }
}
