package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.arrow.vector.FieldVector;

/**
 * The lines of rows that one step set aside. A line lacks its epoch: it begins with the comma after it. Columns that the
 * target does not get (unknown ones, undecodable input, fields that a step drops), and those that no mask could be applied
 * to ({@link Rejected#withheld}), are withheld as length and keyed digest (I11), unless the lines are encrypted; fields that
 * the pipeline masks are withheld even then. A position that holds what the target does not get ({@link Rejected#place}) is
 * withheld in the same way.
 */
final class RowLines {
    private static final JsonFactory JSON = new JsonFactory();

    private final StreamName stream;
    private final long generation;
    private final Batch batch;
    private final Rejected aside;
    private final Instant time;
    private final byte[] digestKey;
    private final Detail detail;
    private final Set<Integer> shown = new HashSet<>();

    /** How much of a row is kept. */
    enum Detail {
        /** What the target gets; all else as length and keyed digest. */
        WITHHELD,
        /** Everything but values that a mask should have hidden. */
        WHOLE;

        static Detail of(QuarantineFolder folder) {
            return folder.sealing().isPresent() ? WHOLE : WITHHELD;
        }
    }

    RowLines(
            StreamName stream, long generation, Batch batch, Rejected aside, Instant time, byte[] digestKey, Detail detail) {
        this.stream = stream;
        this.generation = generation;
        this.batch = batch;
        this.aside = aside;
        this.time = time;
        this.digestKey = digestKey;
        this.detail = detail;
        batch.schema().columns().stream().map(Column::id).filter(id -> id >= 0).forEach(shown::add);
    }

    byte[] line(int row) throws IOException {
        Rejected.Reason reason = aside.reasons().get(row);
        // A writer of characters: one of bytes would escape what lies beyond 16 bits.
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("namespace", stream.namespace());
            json.writeStringField("stream", stream.name());
            json.writeNumberField("generation", generation);
            json.writeNumberField("ordinal", reason.ordinal());
            json.writeStringField("position", position());
            json.writeStringField("code", reason.code());
            json.writeStringField("field", reason.field());
            json.writeStringField("reason", reason.text());
            json.writeStringField("time", time.toString());
            if (!aside.operations().isEmpty()) {
                json.writeStringField("operation", aside.operations().get(row).name().toLowerCase(Locale.ROOT));
            }
            writeKey(json);
            json.writeObjectFieldStart("row");
            List<Column> columns = aside.schema().columns();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                FieldVector vector = aside.rows().getVector(i);
                json.writeFieldName(column.name());
                if (vector.isNull(row) || shown.contains(column.id())
                        || detail == Detail.WHOLE && !aside.masked().contains(column.name())) {
                    JsonValues.write(json, column.type(), vector, row);
                } else {
                    withhold(json, column, vector, row);
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        StringBuilder line = new StringBuilder(text.getBuffer()).append('\n');
        line.setCharAt(0, ',');
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What the row calls the columns by which it is delivered: by their ids, since both sides may rename them. */
    private void writeKey(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("key");
        for (String name : batch.schema().key()) {
            int id = batch.schema().columns().get(batch.schema().indexOf(name)).id();
            for (Column column : aside.schema().columns()) {
                if (column.id() == id) {
                    json.writeStringField(Integer.toString(id), column.name());
                }
            }
        }
        json.writeEndObject();
    }

    private String position() throws IOException {
        String position = batch.position().text();
        if (aside.place() == Rejected.Place.SHOWN || detail == Detail.WHOLE) {
            return position;
        }
        byte[] utf8 = position.getBytes(StandardCharsets.UTF_8);
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writeWithheld(json, "position", utf8.length, utf8);
        }
        return text.toString();
    }

    private void withhold(JsonGenerator json, Column column, FieldVector vector, int row) throws IOException {
        StringWriter value = new StringWriter();
        try (JsonGenerator inner = JSON.createGenerator(value)) {
            JsonValues.write(inner, column.type(), vector, row);
        }
        byte[] utf8 = value.toString().getBytes(StandardCharsets.UTF_8);
        writeWithheld(json, column.name(), JsonValues.length(vector, row, utf8.length), utf8);
    }

    private void writeWithheld(JsonGenerator json, String name, long length, byte[] value) throws IOException {
        json.writeStartObject();
        json.writeNumberField("withheld_bytes", length);
        json.writeStringField("digest", digest(name, value));
        json.writeEndObject();
    }

    private String digest(String name, byte[] value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(digestKey, "HmacSHA256"));
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return HexFormat.of().formatHex(mac.doFinal(value), 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
