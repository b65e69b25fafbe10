package io.windrow.core.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.ColumnType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Whether a text can be read as a type, by a contract and by a cast alike. No value is made, and nothing is trimmed. Whatever fits has
 * a value of the type, but that a float of more digits than it holds is rounded, which no cast does. Pure.
 */
public interface TextForm {
    /** Digits before and behind the point. */
    int DIGITS = 60;
    /** The same of floats. */
    int FLOAT_DIGITS = 400;

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
            case ColumnType.Date ignored -> Optional.of((text, length) -> Moments.date(text, length));
            case ColumnType.Time ignored -> Optional.of((text, length) -> Moments.time(text, 0, length) == length);
            case ColumnType.Timestamp t -> Optional.of((text, length) -> Moments.moment(t, text, length));
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

    /** Where the digits before the point end, of a number without exponent; -1 if it is none. */
    private static int point(byte[] text, int start, int length) {
        int point = Digits.end(text, start, length);
        int end = point < length && text[point] == '.' ? Digits.end(text, point + 1, length) : point;
        boolean any = point > start || end > point + 1;
        return any && end == length && point - start <= DIGITS && end - point - 1 <= DIGITS ? point : -1;
    }

    private static boolean whole(ColumnType.Int type, byte[] text, int length) {
        int at = Digits.sign(text, length);
        int point = point(text, at, length);
        if (point < 0) {
            return false;
        }
        for (int i = point + 1; i < length; i++) {
            if (text[i] != '0') {
                return false;
            }
        }
        while (at < point && text[at] == '0') {
            at++;
        }
        boolean negative = text[0] == '-';
        if (point - at > 18) {
            if (point - at > 20) {
                return false;
            }
            BigInteger value = new BigInteger(new String(text, at, point - at, StandardCharsets.US_ASCII));
            value = negative ? value.negate() : value;
            return type.bits() == 64
                    && (type.signed() ? value.bitLength() < 64 : value.signum() >= 0 && value.bitLength() <= 64);
        }
        long value = 0;
        for (; at < point; at++) {
            value = value * 10 + text[at] - '0';
        }
        value = negative ? -value : value;
        if (!type.signed()) {
            return value >= 0 && (type.bits() == 64 || value >>> type.bits() == 0);
        }
        return type.bits() == 64 || value >= -(1L << type.bits() - 1) && value < 1L << type.bits() - 1;
    }

    private static boolean decimal(ColumnType.Decimal type, byte[] text, int length) {
        int start = Digits.sign(text, length);
        int point = point(text, start, length);
        if (point < 0) {
            return false;
        }
        int end = length;
        while (start < point && text[start] == '0') {
            start++;
        }
        while (end > point + 1 && text[end - 1] == '0') {
            end--;
        }
        return point - start <= type.precision() - type.scale() && end - point - 1 <= type.scale();
    }

    private static boolean floating(ColumnType.Float type, byte[] text, int length) {
        int start = Digits.sign(text, length);
        if (length - start == 8 && new String(text, start, 8, StandardCharsets.ISO_8859_1).equals("Infinity")) {
            return true;
        }
        if (length == 3 && text[0] == 'N' && text[1] == 'a' && text[2] == 'N') {
            return true;
        }
        int at = Digits.end(text, start, length);
        int whole = at - start;
        int fraction = 0;
        if (at < length && text[at] == '.') {
            int end = Digits.end(text, at + 1, length);
            fraction = end - at - 1;
            at = end;
        }
        if (whole + fraction == 0 || whole > FLOAT_DIGITS || fraction > FLOAT_DIGITS) {
            return false;
        }
        boolean exponent = at < length && (text[at] == 'e' || text[at] == 'E');
        if (exponent) {
            int from = at + 1;
            from += from < length && (text[from] == '-' || text[from] == '+') ? 1 : 0;
            at = Digits.end(text, from, length);
            if (at == from || at - from > 3) {
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
}
