package io.windrow.core.quarantine;

import com.fasterxml.jackson.core.JsonGenerator;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON without loss: whole numbers and decimals with their exact digits, a float that is no number as
 * {@code "NaN"}, {@code "Infinity"} or {@code "-Infinity"}, bytes in Base64, dates and times as ISO 8601, a JSON document
 * as a string that holds its text, lists as arrays, structs and intervals as objects. For the few rows that are set aside;
 * the sinks have faster code.
 */
final class JsonValues {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    private JsonValues() {}

    static void write(JsonGenerator json, ColumnType type, FieldVector vector, int row) throws IOException {
        if (vector.isNull(row)) {
            json.writeNull();
            return;
        }
        ArrowBuf data = vector instanceof StructVector || vector instanceof ListVector ? null : vector.getDataBuffer();
        switch (type) {
            case ColumnType.Bool ignored -> json.writeBoolean(((BitVector) vector).get(row) == 1);
            case ColumnType.Int t -> json.writeNumber(integer(t, present(data), row));
            case ColumnType.Decimal t -> json.writeNumber(decimal(t, present(data), row));
            case ColumnType.Float t -> real(json, t, present(data), row);
            case ColumnType.Text ignored -> json.writeString(text(vector, row));
            case ColumnType.Json ignored -> json.writeString(text(vector, row));
            case ColumnType.Bytes ignored ->
                json.writeString(Base64.getEncoder().encodeToString(bytes((BaseVariableWidthVector) vector, row)));
            case ColumnType.Uuid ignored -> json.writeString(uuid(present(data), row));
            case ColumnType.Date ignored -> json.writeString(LocalDate.ofEpochDay(present(data).getInt(row * 4L)).toString());
            case ColumnType.Time ignored -> json.writeString(
                    time(LocalTime.ofNanoOfDay(present(data).getLong(row * 8L) * 1000)));
            case ColumnType.Timestamp t -> json.writeString(timestamp(t, present(data).getLong(row * 8L)));
            case ColumnType.ListOf list -> list(json, list.element(), (ListVector) vector, row);
            case ColumnType.Struct ignored -> object(json, type, (StructVector) vector, row);
            case ColumnType.Interval ignored -> object(json, type, (StructVector) vector, row);
        }
    }

    /** The bytes of a text or of bytes, else those of its JSON. */
    static long length(FieldVector vector, int row, long json) {
        return vector instanceof BaseVariableWidthVector variable ? variable.getValueLength(row) : json;
    }

    private static ArrowBuf present(@Nullable ArrowBuf data) {
        if (data == null) {
            throw new IllegalStateException("A flat value in a nested vector");
        }
        return data;
    }

    private static String integer(ColumnType.Int type, ArrowBuf data, int row) {
        long value = switch (type.bits()) {
            case 8 -> type.signed() ? data.getByte(row) : data.getByte(row) & 0xffL;
            case 16 -> type.signed() ? data.getShort(row * 2L) : data.getShort(row * 2L) & 0xffffL;
            case 32 -> type.signed() ? data.getInt(row * 4L) : data.getInt(row * 4L) & 0xffff_ffffL;
            default -> data.getLong(row * 8L);
        };
        return type.signed() ? Long.toString(value) : Long.toUnsignedString(value);
    }

    private static String decimal(ColumnType.Decimal type, ArrowBuf data, int row) {
        BigInteger low = new BigInteger(Long.toUnsignedString(data.getLong(row * 16L)));
        BigInteger high = BigInteger.valueOf(data.getLong(row * 16L + 8)).shiftLeft(64);
        return new BigDecimal(high.add(low), type.scale()).toPlainString();
    }

    private static void real(JsonGenerator json, ColumnType.Float type, ArrowBuf data, int row) throws IOException {
        double value = type.bits() == 32 ? data.getFloat(row * 4L) : data.getDouble(row * 8L);
        String text = type.bits() == 32 ? Float.toString(data.getFloat(row * 4L)) : Double.toString(value);
        if (Double.isFinite(value)) {
            json.writeNumber(text);
        } else {
            json.writeString(text);
        }
    }

    private static byte[] bytes(BaseVariableWidthVector vector, int row) {
        byte[] value = new byte[vector.getValueLength(row)];
        vector.getDataBuffer().getBytes(vector.getStartOffset(row), value);
        return value;
    }

    private static String text(FieldVector vector, int row) {
        return new String(bytes((BaseVariableWidthVector) vector, row), StandardCharsets.UTF_8);
    }

    private static String uuid(ArrowBuf data, int row) {
        byte[] value = new byte[16];
        data.getBytes(row * 16L, value);
        ByteBuffer halves = ByteBuffer.wrap(value);
        return new UUID(halves.getLong(), halves.getLong()).toString();
    }

    private static String timestamp(ColumnType.Timestamp type, long micros) {
        Instant instant = Instant.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
        LocalDateTime local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        return local.toLocalDate() + "T" + time(local.toLocalTime()) + (type.utc() ? "Z" : "");
    }

    /** As the files sink writes it: no fraction, or one of six digits. */
    private static String time(LocalTime time) {
        return (time.getNano() == 0 ? SECONDS : MICROS).format(time);
    }

    private static void list(JsonGenerator json, Column element, ListVector vector, int row) throws IOException {
        json.writeStartArray();
        for (int at = vector.getElementStartIndex(row); at < vector.getElementEndIndex(row); at++) {
            write(json, element.type(), vector.getDataVector(), at);
        }
        json.writeEndArray();
    }

    private static void object(JsonGenerator json, ColumnType type, StructVector vector, int row) throws IOException {
        List<Column> columns = ArrowTypes.children(type);
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            json.writeFieldName(columns.get(i).name());
            write(json, columns.get(i).type(), vector.getChildrenFromFields().get(i), row);
        }
        json.writeEndObject();
    }
}
