package io.windrow.connectors.files.read;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Flat values from their text, as JSON and CSV write it. A text that says more or something else than a value of its
 * column can hold is refused: nothing is rounded, cut or replaced.
 */
final class TextValues {
    /** Longer than any number of any column, and short enough that its digits cost nothing. */
    private static final int NUMBER = 400;

    private static final long MICROS = 1_000_000;
    private static final int NANOS_A_MICRO = 1000;

    private TextValues() {}

    /** The value in the form that {@link Values} takes. */
    static Object parse(Column column, String text) throws UnfitValue {
        try {
            return switch (column.type()) {
                case ColumnType.Bool ignored -> bool(text);
                case ColumnType.Int t -> t.signed() ? Long.parseLong(text) : Long.parseUnsignedLong(text);
                case ColumnType.Float t -> t.bits() == 32 ? (Object) single(text) : real(text);
                case ColumnType.Decimal ignored -> number(text);
                case ColumnType.Text ignored -> utf8(text);
                case ColumnType.Json ignored -> utf8(text);
                case ColumnType.Bytes ignored -> base64(text);
                case ColumnType.Uuid ignored -> uuid(text);
                case ColumnType.Date ignored -> LocalDate.parse(text).toEpochDay();
                case ColumnType.Time ignored -> micros(LocalTime.parse(text).toNanoOfDay());
                case ColumnType.Timestamp t -> timestamp(text, t.utc());
                case ColumnType.Interval ignored -> throw new IllegalArgumentException("an object is expected");
                case ColumnType.ListOf ignored -> throw new IllegalArgumentException("a list is expected");
                case ColumnType.Struct ignored -> throw new IllegalArgumentException("an object is expected");
            };
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw UnfitValue.text(column, text);
        }
    }

    private static void require(boolean fits, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(expected + " is expected");
        }
    }

    private static boolean bool(String text) {
        require(text.equals("true") || text.equals("false"), "true or false");
        return text.equals("true");
    }

    private static BigDecimal number(String text) {
        require(text.length() <= NUMBER, "a number");
        return new BigDecimal(text);
    }

    private static float single(String text) {
        float value = Float.parseFloat(text);
        requireSame(text, Float.toString(value));
        return value;
    }

    private static double real(String text) {
        double value = Double.parseDouble(text);
        requireSame(text, Double.toString(value));
        return value;
    }

    /** The text may spell the number in another way, but not be one that the float only comes near to. */
    private static void requireSame(String text, String shortest) {
        require(text.equals(shortest) || number(text).compareTo(new BigDecimal(shortest)) == 0, "a float");
    }

    private static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                require(i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)), "Unicode");
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] base64(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        // The decoder takes a missing padding, and drops bits that the last character has too many.
        int rest = bytes.length % 3 == 0 ? Math.min(3, bytes.length) : bytes.length % 3;
        byte[] tail = Arrays.copyOfRange(bytes, bytes.length - rest, bytes.length);
        require(text.length() == (bytes.length + 2) / 3 * 4 && text.endsWith(Base64.getEncoder().encodeToString(tail)), "Base64");
        return bytes;
    }

    /** The 16 bytes of a UUID in 8-4-4-4-12 form. */
    static byte[] uuid(String text) {
        require(text.length() == 36 && text.charAt(8) == '-' && text.charAt(13) == '-' && text.charAt(18) == '-'
                && text.charAt(23) == '-', "a UUID");
        byte[] bytes = HexFormat.of().parseHex(text.replace("-", ""));
        require(bytes.length == 16, "a UUID");
        return bytes;
    }

    private static long micros(long nanos) {
        require(nanos % NANOS_A_MICRO == 0, "a whole number of microseconds");
        return nanos / NANOS_A_MICRO;
    }

    private static long timestamp(String text, boolean utc) {
        require(utc == text.endsWith("Z"), "Z for instants only");
        LocalDateTime time = LocalDateTime.parse(utc ? text.substring(0, text.length() - 1) : text);
        long seconds = time.toEpochSecond(ZoneOffset.UTC);
        long fraction = micros(time.getNano());
        return seconds >= 0
                ? Math.addExact(Math.multiplyExact(seconds, MICROS), fraction)
                // From the second after: the earliest ones would overflow on the way.
                : Math.addExact(Math.multiplyExact(seconds + 1, MICROS), fraction - MICROS);
    }
}
