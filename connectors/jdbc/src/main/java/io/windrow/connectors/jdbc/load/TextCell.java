package io.windrow.connectors.jdbc.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Reads the texts of {@link CellText} and of the databases' own decimals, dates and times into vectors. */
final class TextCell {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long DAY = 86_400_000_000L;

    private TextCell() {}

    /** Sets a cell. A text that is none of the type's throws {@link IllegalArgumentException} or a subclass of it, or a date's exception. */
    static void set(ColumnType type, FieldVector vector, int row, String text) {
        switch (type) {
            case ColumnType.Bool ignored -> ((BitVector) vector).setSafe(row, text.equals("true") ? 1 : 0);
            case ColumnType.Int t -> whole(vector, row, t.signed() ? Long.parseLong(text) : Long.parseUnsignedLong(text));
            case ColumnType.Float t -> number(t, vector, row, t.bits() == 32 ? Float.parseFloat(text) : Double.parseDouble(text));
            case ColumnType.Decimal t -> ((DecimalVector) vector).setSafe(row, new BigDecimal(text).setScale(t.scale()));
            case ColumnType.Text ignored -> characters(vector, row, text);
            case ColumnType.Json ignored -> characters(vector, row, text);
            case ColumnType.Bytes ignored -> ((VarBinaryVector) vector).setSafe(row, Base64.getDecoder().decode(text));
            case ColumnType.Uuid ignored -> {
                UUID uuid = UUID.fromString(text);
                ((FixedSizeBinaryVector) vector).setSafe(row, ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).array());
            }
            case ColumnType.Date ignored -> ((DateDayVector) vector).setSafe(row, Math.toIntExact(LocalDate.parse(text).toEpochDay()));
            case ColumnType.Time ignored -> ((TimeMicroVector) vector).setSafe(row, time(text));
            case ColumnType.Timestamp ignored -> {
                int split = Math.max(text.indexOf('T'), text.indexOf(' '));
                String rest = text.substring(split + 1);
                // The first day may begin before the first microsecond; the sum is in range again.
                ((TimeStampVector) vector).setSafe(row, LocalDate.parse(text.substring(0, split)).toEpochDay() * DAY
                        + time(rest.endsWith("Z") ? rest.substring(0, rest.length() - 1) : rest));
            }
            case ColumnType.Interval ignored -> {
                String[] words = text.split(" ");
                StructVector parts = (StructVector) vector;
                ((IntVector) parts.getChild("months")).setSafe(row, Integer.parseInt(words[0]));
                ((IntVector) parts.getChild("days")).setSafe(row, Integer.parseInt(words[2]));
                ((BigIntVector) parts.getChild("micros")).setSafe(row, Long.parseLong(words[4]));
                parts.setIndexDefined(row);
            }
            case ColumnType.ListOf ignored -> json(type, vector, row, text);
            case ColumnType.Struct ignored -> json(type, vector, row, text);
        }
    }

    /** Sets a whole number of any width. */
    static void whole(FieldVector vector, int row, long value) {
        ((BaseIntVector) vector).setWithPossibleTruncate(row, value);
    }

    /** Sets a float of either width. */
    static void number(ColumnType.Float type, FieldVector vector, int row, double value) {
        if (type.bits() == 32) {
            ((Float4Vector) vector).setSafe(row, (float) value);
        } else {
            ((Float8Vector) vector).setSafe(row, value);
        }
    }

    private static void characters(FieldVector vector, int row, String text) {
        ((VarCharVector) vector).setSafe(row, text.getBytes(StandardCharsets.UTF_8));
    }

    private static long time(String text) {
        String[] parts = text.split("[:.]");
        long seconds = Long.parseLong(parts[0]) * 3600 + Long.parseLong(parts[1]) * 60 + Long.parseLong(parts[2]);
        String fraction = parts.length > 3 ? (parts[3] + "000000").substring(0, 6) : "0";
        return seconds * 1_000_000 + Long.parseLong(fraction);
    }

    private static void json(ColumnType type, FieldVector vector, int row, String text) {
        try (JsonParser in = JSON.createParser(text)) {
            in.nextToken();
            read(type, vector, row, in);
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON of ours", e);
        }
    }

    private static void read(ColumnType type, FieldVector vector, int row, JsonParser in) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            vector.setNull(row);
            return;
        }
        switch (type) {
            case ColumnType.ListOf list -> {
                ListVector lists = (ListVector) vector;
                int first = lists.startNewValue(row);
                int count = 0;
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    ensure(lists.getDataVector(), first + count);
                    read(list.element().type(), lists.getDataVector(), first + count, in);
                    count++;
                }
                lists.endValue(row, count);
            }
            case ColumnType.Struct struct -> {
                StructVector structs = (StructVector) vector;
                Map<String, Integer> places = new HashMap<>();
                for (int i = 0; i < struct.fields().size(); i++) {
                    places.put(struct.fields().get(i).name(), i);
                }
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    int at = places.get(in.currentName());
                    in.nextToken();
                    FieldVector child = (FieldVector) structs.getChildByOrdinal(at);
                    ensure(child, row);
                    read(struct.fields().get(at).type(), child, row, in);
                }
                structs.setIndexDefined(row);
            }
            default -> set(type, vector, row, in.getText());
        }
    }

    private static void ensure(FieldVector vector, int row) {
        while (vector.getValueCapacity() <= row) {
            vector.reAlloc();
        }
    }
}
