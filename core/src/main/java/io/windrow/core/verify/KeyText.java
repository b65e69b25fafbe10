package io.windrow.core.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;

/** The values of key columns as text that a database can read back. */
public final class KeyText {
    private KeyText() {}

    /** One text per column; null is empty. */
    public static List<String> of(List<? extends FieldVector> vectors, int row) {
        List<String> key = new ArrayList<>(vectors.size());
        for (FieldVector vector : vectors) {
            key.add(vector.isNull(row) ? "" : cell(vector, row));
        }
        return key;
    }

    private static String cell(FieldVector vector, int row) {
        return switch (vector) {
            case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
            case DateDayVector date -> LocalDate.ofEpochDay(date.get(row)).toString();
            case TimeMicroVector time -> LocalTime.ofNanoOfDay(time.get(row) * 1000).toString();
            case TimeStampMicroTZVector time -> instant(time.get(row)).toString();
            case TimeStampMicroVector time -> instant(time.get(row)).atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
            case FixedSizeBinaryVector uuid when uuid.getByteWidth() == 16 -> {
                ByteBuffer bytes = ByteBuffer.wrap(uuid.get(row));
                yield new UUID(bytes.getLong(), bytes.getLong()).toString();
            }
            case VarBinaryVector bytes -> "\\x" + HexFormat.of().formatHex(bytes.get(row));
            default -> String.valueOf(vector.getObject(row));
        };
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
    }
}
