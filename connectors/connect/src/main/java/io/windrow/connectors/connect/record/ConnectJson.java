package io.windrow.connectors.connect.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.jspecify.annotations.Nullable;

/**
 * Connect's values as JSON: structures and maps with texts as keys are objects, other maps lists of pairs, bytes base 64,
 * decimals plain numbers with all their digits, dates and times as ISO 8601 writes them.
 */
final class ConnectJson {
    private static final JsonFactory JSON = new JsonFactory();

    private ConnectJson() {}

    static String write(@Nullable Schema schema, Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
            write(out, schema, value);
        } catch (IOException e) {
            throw WindrowException.of(ConnectError.VALUE_UNKNOWN, "Writing a record as JSON: " + e.getMessage());
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case Struct struct -> {
                out.writeStartObject();
                for (Field field : struct.schema().fields()) {
                    out.writeFieldName(field.name());
                    // What else reads a field puts its default in the place of a null (I8).
                    write(out, field.schema(), struct.getWithoutDefault(field.name()));
                }
                out.writeEndObject();
            }
            case Map<?, ?> map -> map(out, schema, map);
            case List<?> list -> {
                out.writeStartArray();
                for (Object item : list) {
                    write(out, schema == null ? null : schema.valueSchema(), item);
                }
                out.writeEndArray();
            }
            case String text -> out.writeString(text);
            case Boolean flag -> out.writeBoolean(flag);
            case Byte number -> out.writeNumber(number);
            case Short number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            // A number that JSON does not have is written as the text that it is called by.
            case Float number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case BigDecimal number -> out.writeNumber(number);
            case byte[] bytes -> out.writeBinary(bytes);
            case ByteBuffer buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                out.writeBinary(bytes);
            }
            case Date date -> out.writeString(text(schema, date));
            default -> throw WindrowException.of(
                    ConnectError.VALUE_UNKNOWN, "Writing a record as JSON: got a " + value.getClass().getSimpleName());
        }
    }

    private static void map(JsonGenerator out, @Nullable Schema schema, Map<?, ?> map) throws IOException {
        Schema keys = schema == null ? null : schema.keySchema();
        Schema values = schema == null ? null : schema.valueSchema();
        boolean texts = map.keySet().stream().allMatch(String.class::isInstance);
        if (texts) {
            out.writeStartObject();
        } else {
            out.writeStartArray();
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (texts) {
                out.writeFieldName((String) entry.getKey());
                write(out, values, entry.getValue());
            } else {
                out.writeStartArray();
                write(out, keys, entry.getKey());
                write(out, values, entry.getValue());
                out.writeEndArray();
            }
        }
        if (texts) {
            out.writeEndObject();
        } else {
            out.writeEndArray();
        }
    }

    /** A date's hours and a time's day mean nothing. */
    private static String text(@Nullable Schema schema, Date date) {
        Instant instant = Instant.ofEpochMilli(date.getTime());
        String kind = schema == null ? "" : String.valueOf(schema.name());
        return kind.equals(org.apache.kafka.connect.data.Date.LOGICAL_NAME) ? instant.atOffset(ZoneOffset.UTC).toLocalDate().toString()
                : kind.equals(Time.LOGICAL_NAME) ? instant.atOffset(ZoneOffset.UTC).toLocalTime().toString()
                : instant.toString();
    }
}
