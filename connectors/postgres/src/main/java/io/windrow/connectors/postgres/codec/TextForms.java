package io.windrow.connectors.postgres.codec;

import java.nio.charset.StandardCharsets;

/** The texts of booleans, numbers, bytes and UUIDs. */
final class TextForms {
    private static final int GROUP = 4;

    private TextForms() {}

    static boolean bool(byte[] text, int from, int to, SendForm out) {
        if (to - from != 1 || text[from] != 't' && text[from] != 'f') {
            return false;
        }
        out.int1(text[from] == 't' ? 1 : 0);
        return true;
    }

    static boolean int2(byte[] text, int from, int to, SendForm out) {
        Digits digits = new Digits(text, from, to);
        out.int2((int) digits.signed());
        return digits.isAtEnd();
    }

    static boolean int4(byte[] text, int from, int to, SendForm out) {
        Digits digits = new Digits(text, from, to);
        out.int4((int) digits.signed());
        return digits.isAtEnd();
    }

    static boolean int8(byte[] text, int from, int to, SendForm out) {
        Digits digits = new Digits(text, from, to);
        out.int8(digits.signed());
        return digits.isAtEnd();
    }

    static boolean float4(byte[] text, int from, int to, SendForm out) {
        try {
            out.int4(Float.floatToIntBits(Float.parseFloat(ascii(text, from, to))));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static boolean float8(byte[] text, int from, int to, SendForm out) {
        try {
            out.int8(Double.doubleToLongBits(Double.parseDouble(ascii(text, from, to))));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String ascii(byte[] text, int from, int to) {
        return new String(text, from, to - from, StandardCharsets.US_ASCII);
    }

    /** numeric: a sign, digits, a point and digits, or a word. */
    static boolean numeric(byte[] text, int from, int to, SendForm out) {
        boolean negative = to > from && text[from] == '-';
        int begin = negative ? from + 1 : from;
        if (begin == to) {
            return false;
        }
        if (text[begin] == 'I' || text[begin] == 'N') {
            int sign = text[begin] == 'N'
                    ? DecimalDecoder.NAN
                    : negative ? DecimalDecoder.NEGATIVE_INFINITY : DecimalDecoder.INFINITY;
            out.int4(0).int2(sign).int2(0);
            return true;
        }
        int point = begin;
        while (point < to && text[point] != '.') {
            point++;
        }
        int groupsBefore = (point - begin + GROUP - 1) / GROUP;
        int scale = Math.max(0, to - point - 1);
        int groups = groupsBefore + (scale + GROUP - 1) / GROUP;
        int first = 0;
        while (first < groups && group(text, begin, point, to, first - groupsBefore) == 0) {
            first++;
        }
        int last = groups;
        while (last > first && group(text, begin, point, to, last - 1 - groupsBefore) == 0) {
            last--;
        }
        out.int2(last - first).int2(first == last ? 0 : groupsBefore - 1 - first);
        out.int2(negative ? DecimalDecoder.NEGATIVE : 0).int2(scale);
        for (int i = first; i < last; i++) {
            int group = group(text, begin, point, to, i - groupsBefore);
            if (group < 0) {
                return false;
            }
            out.int2(group);
        }
        return true;
    }

    /** Four decimal digits, counted from the point: 0 is the first behind it, −1 the last before it; −1 if one is no digit. */
    private static int group(byte[] text, int begin, int point, int to, int number) {
        int start = number < 0 ? point + number * GROUP : point + 1 + number * GROUP;
        int value = 0;
        for (int i = start; i < start + GROUP; i++) {
            int digit = i < begin || i >= to ? 0 : text[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** money: its digits, whatever the locale puts between, before and behind them; the negative sign of some is U+2212. */
    static boolean money(byte[] text, int from, int to, SendForm out) {
        long value = 0;
        boolean negative = false;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b >= '0' && b <= '9') {
                value = value * 10 - (b - '0');
            }
            negative |= b == '-' || b == '(' || b == (byte) 0xE2 && i + 2 < to && text[i + 1] == (byte) 0x88 && text[i + 2] == (byte) 0x92;
        }
        out.int8(negative ? value : -value);
        return true;
    }

    /** bytea: {@code \x} and two hexadecimal digits for each byte. */
    static boolean bytes(byte[] text, int from, int to, SendForm out) {
        if ((to - from) % 2 != 0 || to - from < 2 || text[from] != '\\' || text[from + 1] != 'x') {
            return false;
        }
        int all = 0;
        for (int i = from + 2; i < to; i += 2) {
            int high = Character.digit(text[i], 16);
            int low = Character.digit(text[i + 1], 16);
            all |= high | low;
            out.int1(high << 4 | low);
        }
        return all >= 0;
    }

    static boolean uuid(byte[] text, int from, int to, SendForm out) {
        int all = 0;
        int digits = 0;
        int high = 0;
        for (int i = from; i < to; i++) {
            if (text[i] == '-') {
                continue;
            }
            int digit = Character.digit(text[i], 16);
            all |= digit;
            if (digits++ % 2 == 0) {
                high = digit;
            } else {
                out.int1(high << 4 | digit);
            }
        }
        return all >= 0 && digits == 32;
    }

    /** "char": nothing, a character, or {@code \ooo}; servers before 16 write a byte above 127 as it is. */
    static boolean singleChar(byte[] text, int from, int to, SendForm out) {
        switch (to - from) {
            case 0 -> out.int1(0);
            case 1 -> out.int1(text[from]);
            case 4 -> out.int1((text[from + 1] & 7) << 6 | (text[from + 2] & 7) << 3 | text[from + 3] & 7);
            default -> {
                return false;
            }
        }
        return true;
    }
}
