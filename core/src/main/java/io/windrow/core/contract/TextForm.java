package io.windrow.core.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Whether a text can be read as a type. No value is made, and nothing is trimmed. Pure. */
interface TextForm {
    /** Whether the first {@code length} bytes are such a value. */
    boolean fits(byte[] text, int length);

    /** The form of a type; empty if texts are not read as that type. */
    static Optional<TextForm> of(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> Optional.of(TextForm::bool);
            case ColumnType.Int t -> Optional.of((text, length) -> whole(t, text, length));
            case ColumnType.Float t -> Optional.of((text, length) -> floating(t, text, length));
            case ColumnType.Decimal t -> Optional.of((text, length) -> decimal(t, text, length));
            case ColumnType.Text ignored -> Optional.of((text, length) -> true);
            case ColumnType.Json ignored -> Optional.of(TextForm::json);
            case ColumnType.Uuid ignored -> Optional.of(TextForm::uuid);
            case ColumnType.Date ignored -> Optional.of((text, length) -> length == 10 && date(text));
            case ColumnType.Time ignored -> Optional.of((text, length) -> time(text, 0, length) == length);
            case ColumnType.Timestamp t -> Optional.of((text, length) -> moment(t, text, length));
            case ColumnType.Bytes ignored -> Optional.empty();
            case ColumnType.Interval ignored -> Optional.empty();
            case ColumnType.ListOf ignored -> Optional.empty();
            case ColumnType.Struct ignored -> Optional.empty();
        };
    }

    private static boolean bool(byte[] text, int length) {
        return length == 4 && text[0] == 't' && text[1] == 'r' && text[2] == 'u' && text[3] == 'e'
                || length == 5 && text[0] == 'f' && text[1] == 'a' && text[2] == 'l' && text[3] == 's' && text[4] == 'e';
    }

    private static boolean whole(ColumnType.Int type, byte[] text, int length) {
        int at = sign(text, length);
        if (digits(text, at, length) != length || at == length) {
            return false;
        }
        while (at < length && text[at] == '0') {
            at++;
        }
        boolean negative = text[0] == '-';
        if (length - at > 18) {
            if (length - at > 20) {
                return false;
            }
            BigInteger value = new BigInteger(new String(text, at, length - at, StandardCharsets.US_ASCII));
            value = negative ? value.negate() : value;
            return type.bits() == 64
                    && (type.signed() ? value.bitLength() < 64 : value.signum() >= 0 && value.bitLength() <= 64);
        }
        long value = 0;
        for (; at < length; at++) {
            value = value * 10 + text[at] - '0';
        }
        value = negative ? -value : value;
        if (!type.signed()) {
            return value >= 0 && (type.bits() == 64 || value >>> type.bits() == 0);
        }
        return type.bits() == 64 || value >= -(1L << type.bits() - 1) && value < 1L << type.bits() - 1;
    }

    private static boolean decimal(ColumnType.Decimal type, byte[] text, int length) {
        int start = sign(text, length);
        int point = digits(text, start, length);
        int end = point;
        if (point < length && text[point] == '.') {
            end = digits(text, point + 1, length);
            if (end - point - 1 == 0 && point == start) {
                return false;
            }
        } else if (point == start) {
            return false;
        }
        if (end != length) {
            return false;
        }
        while (start < point && text[start] == '0') {
            start++;
        }
        while (end > point + 1 && text[end - 1] == '0') {
            end--;
        }
        return point - start <= type.precision() - type.scale() && end - point - 1 <= type.scale();
    }

    private static boolean floating(ColumnType.Float type, byte[] text, int length) {
        int start = sign(text, length);
        if (length - start == 8 && new String(text, start, 8, StandardCharsets.ISO_8859_1).equals("Infinity")) {
            return true;
        }
        if (length == 3 && text[0] == 'N' && text[1] == 'a' && text[2] == 'N') {
            return true;
        }
        int at = digits(text, start, length);
        int mantissa = at - start;
        if (at < length && text[at] == '.') {
            int fraction = digits(text, at + 1, length);
            mantissa += fraction - at - 1;
            at = fraction;
        }
        if (mantissa == 0) {
            return false;
        }
        boolean exponent = at < length && (text[at] == 'e' || text[at] == 'E');
        if (exponent) {
            int from = at + 1;
            from += from < length && (text[from] == '-' || text[from] == '+') ? 1 : 0;
            at = digits(text, from, length);
            if (at == from) {
                return false;
            }
        }
        if (at != length) {
            return false;
        }
        if (!exponent && length < 38) {
            return true;
        }
        String number = new String(text, 0, length, StandardCharsets.US_ASCII);
        return type.bits() == 32
                ? !java.lang.Float.isInfinite(java.lang.Float.parseFloat(number))
                : !Double.isInfinite(Double.parseDouble(number));
    }

    private static boolean json(byte[] text, int length) {
        try (JsonParser parser = Json.FACTORY.createParser(text, 0, length)) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Made when the first JSON is looked at. */
    final class Json {
        static final JsonFactory FACTORY = new JsonFactory();

        private Json() {}
    }

    private static boolean uuid(byte[] text, int length) {
        if (length != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? text[i] != '-' : Character.digit((char) text[i], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean date(byte[] text) {
        if (digits(text, 0, 4) != 4 || text[4] != '-' || digits(text, 5, 7) != 7 || text[7] != '-' || digits(text, 8, 10) != 10) {
            return false;
        }
        int year = two(text, 0) * 100 + two(text, 2);
        int month = two(text, 5);
        int day = two(text, 8);
        if (month < 1 || month > 12 || day < 1) {
            return false;
        }
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int last = switch (month) {
            case 2 -> leap ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
        return day <= last;
    }

    /** Where a time of day that begins at {@code at} ends; -1 if there is none. */
    private static int time(byte[] text, int at, int length) {
        if (at + 5 > length || digits(text, at, at + 2) != at + 2 || text[at + 2] != ':' || digits(text, at + 3, at + 5) != at + 5
                || two(text, at) > 23 || two(text, at + 3) > 59) {
            return -1;
        }
        if (at + 5 == length || text[at + 5] != ':') {
            return at + 5;
        }
        if (at + 8 > length || digits(text, at + 6, at + 8) != at + 8 || two(text, at + 6) > 59) {
            return -1;
        }
        if (at + 8 == length || text[at + 8] != '.') {
            return at + 8;
        }
        int end = digits(text, at + 9, length);
        return end == at + 9 || end > at + 15 ? -1 : end;
    }

    private static boolean moment(ColumnType.Timestamp type, byte[] text, int length) {
        if (length < 16 || !date(text) || text[10] != 'T' && text[10] != ' ') {
            return false;
        }
        int end = time(text, 11, length);
        if (end < 0) {
            return false;
        }
        if (!type.utc()) {
            return end == length;
        }
        if (end + 1 == length && text[end] == 'Z') {
            return true;
        }
        if (end + 3 > length || text[end] != '+' && text[end] != '-' || digits(text, end + 1, end + 3) != end + 3
                || two(text, end + 1) > 18) {
            return false;
        }
        int minutes = end + 3 < length && text[end + 3] == ':' ? end + 4 : end + 3;
        return end + 3 == length
                || minutes + 2 == length && digits(text, minutes, length) == length && two(text, minutes) <= 59;
    }

    private static int sign(byte[] text, int length) {
        return length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    }

    /** Where the digits that begin at {@code from} end. */
    private static int digits(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int two(byte[] text, int at) {
        return (text[at] - '0') * 10 + text[at + 1] - '0';
    }
}
