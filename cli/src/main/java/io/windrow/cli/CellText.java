package io.windrow.cli;

import io.windrow.api.schema.Column;
import io.windrow.connectors.files.format.FlatText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.jspecify.annotations.Nullable;

/** Values as text for people. */
final class CellText {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private CellText() {}

    /** The column's values as a run delivers them to JSON and CSV, but for bytes, which are shown in hexadecimal digits; null for null. */
    static IntFunction<@Nullable String> of(Column column, FieldVector vector) {
        if (FlatText.has(column.type())) {
            FlatText text = FlatText.of(column, vector);
            return row -> text.isNull(row) ? null : text.at(row);
        }
        return row -> vector.isNull(row) ? null : nested(vector, row);
    }

    private static String nested(FieldVector vector, int row) {
        return switch (vector) {
            case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
            case VarBinaryVector bytes -> "0x" + HexFormat.of().formatHex(bytes.get(row));
            default -> String.valueOf(vector.getObject(row));
        };
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

    /** At most {@code max} characters, control characters and such as turn the order of others made visible. */
    static String shown(String text, int max) {
        StringBuilder shown = new StringBuilder();
        int taken = 0;
        for (int i = 0; i < text.length() && taken < max; taken++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            shown.appendCodePoint(isUnseen(c) ? '·' : c);
        }
        return text.codePointCount(0, text.length()) > max ? shown.append('…').toString() : shown.toString();
    }

    /** JSON that says the same, in which what a terminal would obey stands as an escape. */
    static String escaped(String json) {
        StringBuilder escaped = new StringBuilder();
        json.codePoints().forEach(c -> {
            if (isUnseen(c)) {
                for (char unit : Character.toChars(c)) {
                    escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }

    /** Controls, and what changes how others look without being seen; not what joins letters and emoji. */
    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
            case Character.FORMAT -> c != ZERO_WIDTH_JOINER && c != ZERO_WIDTH_NON_JOINER;
            default -> false;
        };
    }
}
