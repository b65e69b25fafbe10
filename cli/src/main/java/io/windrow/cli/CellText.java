package io.windrow.cli;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.jspecify.annotations.Nullable;

/** A value of a vector as text for people. */
final class CellText {
    private CellText() {}

    static @Nullable String of(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (vector) {
            case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
            case DateDayVector date -> LocalDate.ofEpochDay(date.get(row)).toString();
            case TimeMicroVector time -> LocalTime.ofNanoOfDay(time.get(row) * 1000).toString();
            case TimeStampMicroTZVector time -> instant(time.get(row)).toString();
            case TimeStampMicroVector time -> instant(time.get(row)).atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
            case FixedSizeBinaryVector bytes -> HexFormat.of().formatHex(bytes.get(row));
            case VarBinaryVector bytes -> "0x" + HexFormat.of().formatHex(bytes.get(row));
            default -> String.valueOf(vector.getObject(row));
        };
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
    }

    /** At most so many columns of a terminal, an ellipsis among them. Colour is lost where the text is cut. */
    static String fitted(String text, int columns) {
        String plain = text.replaceAll("\u001b\\[[0-9;]*m", "");
        if (Table.width(plain) <= columns) {
            return text;
        }
        StringBuilder fitted = new StringBuilder();
        int taken = 0;
        for (int i = 0; i < plain.length(); ) {
            int c = plain.codePointAt(i);
            taken += Table.width(Character.toString(c));
            if (taken > columns - 1) {
                break;
            }
            fitted.appendCodePoint(c);
            i += Character.charCount(c);
        }
        return fitted.append('…').toString();
    }

    /** At most {@code max} characters, control characters made visible. */
    static String shown(String text, int max) {
        StringBuilder shown = new StringBuilder();
        int taken = 0;
        for (int i = 0; i < text.length() && taken < max; taken++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            shown.appendCodePoint(Character.isISOControl(c) ? '·' : c);
        }
        return text.codePointCount(0, text.length()) > max ? shown.append('…').toString() : shown.toString();
    }
}
