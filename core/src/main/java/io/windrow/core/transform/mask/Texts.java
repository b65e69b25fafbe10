package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;

/**
 * The one text of a value that keyed masks work on, so that a value gives the same token from whatever source and type it
 * comes: numbers in plain decimal without trailing zeros, times in ISO 8601 with as many decimals as needed, bytes as they are.
 */
final class Texts {
    private final Reader reader;
    private byte[] bytes = new byte[256];
    private int length;

    private interface Reader {
        void read(FieldVector vector, int row);
    }

    private Texts(ColumnType type) {
        this.reader = reader(type);
    }

    /** Texts of a column's values; empty types are those that have no single text: floats, lists, structs and intervals. */
    static Optional<Texts> of(Column column) {
        return switch (column.type()) {
            case ColumnType.Float ignored -> Optional.empty();
            case ColumnType.Interval ignored -> Optional.empty();
            case ColumnType.ListOf ignored -> Optional.empty();
            case ColumnType.Struct ignored -> Optional.empty();
            default -> Optional.of(new Texts(column.type()));
        };
    }

    /** Loads the value, which is not null. */
    void load(FieldVector vector, int row) {
        reader.read(vector, row);
    }

    /** The bytes loaded last, valid up to {@link #length} and until the next load. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private Reader reader(ColumnType type) {
        return switch (type) {
            case ColumnType.Text ignored -> this::variable;
            case ColumnType.Json ignored -> this::variable;
            case ColumnType.Bytes ignored -> this::variable;
            case ColumnType.Int t when t.signed() || t.bits() < 64 -> (vector, row) ->
                    text(Long.toString(((BaseIntVector) vector).getValueAsLong(row)));
            case ColumnType.Int ignored -> (vector, row) ->
                    text(Long.toUnsignedString(((BaseIntVector) vector).getValueAsLong(row)));
            case ColumnType.Bool ignored -> (vector, row) -> text(((BitVector) vector).get(row) == 1 ? "true" : "false");
            case ColumnType.Decimal ignored -> (vector, row) -> text(plain(((DecimalVector) vector).getObject(row)));
            case ColumnType.Uuid ignored -> (vector, row) -> uuid(((FixedSizeBinaryVector) vector).get(row));
            case ColumnType.Date ignored -> (vector, row) ->
                    text(LocalDate.ofEpochDay(((DateDayVector) vector).get(row)).toString());
            case ColumnType.Time ignored -> (vector, row) ->
                    text(LocalTime.ofNanoOfDay(((TimeMicroVector) vector).get(row) * 1_000).toString());
            case ColumnType.Timestamp t -> (vector, row) ->
                    text(dateTime(((TimeStampVector) vector).get(row)) + (t.utc() ? "Z" : ""));
            case ColumnType.Float ignored -> throw new IllegalStateException("A float has no single text");
            case ColumnType.Interval ignored -> throw new IllegalStateException("An interval has no single text");
            case ColumnType.ListOf ignored -> throw new IllegalStateException("A list has no single text");
            case ColumnType.Struct ignored -> throw new IllegalStateException("A struct has no single text");
        };
    }

    private void variable(FieldVector vector, int row) {
        BaseVariableWidthVector values = (BaseVariableWidthVector) vector;
        int start = values.getOffsetBuffer().getInt(4L * row);
        length = values.getOffsetBuffer().getInt(4L * (row + 1)) - start;
        if (bytes.length < length) {
            bytes = new byte[Math.max(length, 2 * bytes.length)];
        }
        values.getDataBuffer().getBytes(start, bytes, 0, length);
    }

    private void text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        length = encoded.length;
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        System.arraycopy(encoded, 0, bytes, 0, length);
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private void uuid(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        text(new UUID(buffer.getLong(), buffer.getLong()).toString());
    }

    private static String dateTime(long micros) {
        return LocalDateTime.ofEpochSecond(
                        Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1_000, ZoneOffset.UTC)
                .toString();
    }
}
