package io.windrow.connectors.jdbc.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Values as text, each with one form that {@link TextCell} reads back to the same value: plain decimals, ISO 8601 dates
 * and times with six digits of a second (a {@code Z} marks an instant), intervals as {@code 1 months -2 days 3
 * microseconds}, lists and structures as JSON.
 */
final class CellText {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long DAY = 86_400_000_000L;

    private CellText() {}

    /** The text of a value that is not null. */
    static String of(ColumnType type, FieldVector vector, int row) {
        return switch (type) {
            case ColumnType.Bool ignored -> ((BitVector) vector).get(row) == 1 ? "true" : "false";
            case ColumnType.Int t -> t.signed()
                    ? Long.toString(whole(vector, row))
                    : Long.toUnsignedString(whole(vector, row));
            case ColumnType.Float t -> t.bits() == 32
                    ? Float.toString(((Float4Vector) vector).get(row))
                    : Double.toString(((Float8Vector) vector).get(row));
            case ColumnType.Decimal ignored -> ((DecimalVector) vector).getObject(row).toPlainString();
            case ColumnType.Text ignored -> characters(vector, row);
            case ColumnType.Json ignored -> characters(vector, row);
            case ColumnType.Bytes ignored -> java.util.Base64.getEncoder().encodeToString(((VarBinaryVector) vector).get(row));
            case ColumnType.Uuid ignored -> uuid(((FixedSizeBinaryVector) vector).get(row)).toString();
            case ColumnType.Date ignored -> LocalDate.ofEpochDay(((DateDayVector) vector).get(row)).toString();
            case ColumnType.Time ignored -> time(((TimeMicroVector) vector).get(row));
            case ColumnType.Timestamp t -> {
                long micros = ((TimeStampVector) vector).get(row);
                yield LocalDate.ofEpochDay(Math.floorDiv(micros, DAY)) + "T" + time(Math.floorMod(micros, DAY))
                        + (t.utc() ? "Z" : "");
            }
            case ColumnType.Interval ignored -> {
                StructVector parts = (StructVector) vector;
                yield ((IntVector) parts.getChild("months")).get(row) + " months "
                        + ((IntVector) parts.getChild("days")).get(row) + " days "
                        + ((BigIntVector) parts.getChild("micros")).get(row) + " microseconds";
            }
            case ColumnType.ListOf ignored -> json(type, vector, row);
            case ColumnType.Struct ignored -> json(type, vector, row);
        };
    }

    /** A whole number of any width; one of 64 unsigned bits comes as the signed number of the same bits. */
    static long whole(FieldVector vector, int row) {
        return switch (vector) {
            case UInt1Vector v -> v.get(row) & 0xffL;
            case UInt2Vector v -> v.get(row);
            case UInt4Vector v -> v.get(row) & 0xffff_ffffL;
            case UInt8Vector v -> v.get(row);
            default -> ((BaseIntVector) vector).getValueAsLong(row);
        };
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static String characters(FieldVector vector, int row) {
        return new String(((VarCharVector) vector).get(row), StandardCharsets.UTF_8);
    }

    private static String time(long micros) {
        long seconds = micros / 1_000_000;
        return String.format(
                Locale.ROOT, "%02d:%02d:%02d.%06d", seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000);
    }

    private static String json(ColumnType type, FieldVector vector, int row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            write(type, vector, row, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(ColumnType type, FieldVector vector, int row, JsonGenerator out) throws IOException {
        if (vector.isNull(row)) {
            out.writeNull();
            return;
        }
        switch (type) {
            case ColumnType.Bool ignored -> out.writeBoolean(((BitVector) vector).get(row) == 1);
            case ColumnType.Int ignored -> out.writeNumber(of(type, vector, row));
            case ColumnType.Decimal ignored -> out.writeNumber(of(type, vector, row));
            case ColumnType.Float ignored -> {
                String number = of(type, vector, row);
                if (number.endsWith("N") || number.endsWith("y")) {
                    out.writeString(number);
                } else {
                    out.writeNumber(number);
                }
            }
            case ColumnType.ListOf list -> {
                ListVector lists = (ListVector) vector;
                out.writeStartArray();
                for (int at = lists.getElementStartIndex(row); at < lists.getElementEndIndex(row); at++) {
                    write(list.element().type(), lists.getDataVector(), at, out);
                }
                out.writeEndArray();
            }
            case ColumnType.Struct struct -> {
                List<Column> fields = ArrowTypes.children(struct);
                out.writeStartObject();
                for (int i = 0; i < fields.size(); i++) {
                    out.writeFieldName(fields.get(i).name());
                    write(fields.get(i).type(), (FieldVector) ((StructVector) vector).getChildByOrdinal(i), row, out);
                }
                out.writeEndObject();
            }
            case ColumnType.Text ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Json ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Bytes ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Uuid ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Date ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Time ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Timestamp ignored -> out.writeString(of(type, vector, row));
            case ColumnType.Interval ignored -> out.writeString(of(type, vector, row));
        }
    }
}
