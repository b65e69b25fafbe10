package io.windrow.connectors.files.layout;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Writes and reads the JSON of the sink's own books. An unknown field is an error (I10). */
final class Books {
    private static final JsonFactory JSON = new JsonFactory();

    private Books() {}

    interface Part<T> {
        T read(JsonParser in) throws IOException;
    }

    interface Whole {
        void write(JsonGenerator out) throws IOException;
    }

    static String write(Whole part) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            part.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static <T> T read(String what, String json, Part<T> part) {
        try (JsonParser in = JSON.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            T value = part.read(in);
            if (in.nextToken() != null) {
                throw new IOException("text after the object");
            }
            return value;
        } catch (IOException | DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw unreadable(what, String.valueOf(e.getMessage()), e);
        }
    }

    /** The name of the field that the parser has just come to; its value is the next token. */
    static String field(JsonParser in) throws IOException {
        String name = in.currentName();
        if (in.currentToken() != JsonToken.FIELD_NAME || name == null) {
            throw new IOException("a field is expected");
        }
        in.nextToken();
        return name;
    }

    /** A number at the parser's current token that counts something. */
    static long count(JsonParser in, String name) throws IOException {
        long count = in.getLongValue();
        if (count < 0) {
            throw new IOException(name + " is negative");
        }
        return count;
    }

    static WindrowException unreadable(String what, String why, @Nullable Throwable cause) {
        String message = "Reading " + what + ": " + why;
        return cause == null
                ? WindrowException.of(LayoutError.BOOK_UNREADABLE, message)
                : WindrowException.of(LayoutError.BOOK_UNREADABLE, message, cause);
    }
}
