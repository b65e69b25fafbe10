package io.windrow.connectors.postgres.codec;

import static io.windrow.connectors.postgres.codec.ValueDecoder.intAt;
import static io.windrow.connectors.postgres.codec.ValueDecoder.longAt;
import static io.windrow.connectors.postgres.codec.ValueDecoder.shortAt;

import io.windrow.connectors.postgres.codec.AsciiText.HexCase;

/** The text forms that we write ourselves, character for character those of the server's output functions. */
final class TextRenderers {
    private TextRenderers() {}

    /** numeric of any size: 131 072 digits before the point, 16 383 behind it. */
    static boolean numeric(byte[] b, int o, int length, AsciiText out) {
        if (length < 8) {
            return false;
        }
        // 131 072 decimal digits are 32 768 groups: the count is without a sign.
        int digits = shortAt(b, o) & 0xFFFF;
        int weight = shortAt(b, o + 2);
        int sign = shortAt(b, o + 4) & 0xFFFF;
        int scale = shortAt(b, o + 6);
        if (length != 8 + 2 * digits) {
            return false;
        }
        switch (sign) {
            case 0 -> { }
            case DecimalDecoder.NEGATIVE -> out.add('-');
            case DecimalDecoder.NAN -> {
                ascii("NaN", out);
                return true;
            }
            case DecimalDecoder.INFINITY -> {
                ascii("Infinity", out);
                return true;
            }
            case DecimalDecoder.NEGATIVE_INFINITY -> {
                ascii("-Infinity", out);
                return true;
            }
            default -> {
                return false;
            }
        }
        if (weight < 0) {
            out.add('0');
        }
        for (int i = 0; i <= weight; i++) {
            out.number(i < digits ? shortAt(b, o + 8 + 2 * i) : 0, i == 0 ? 1 : 4);
        }
        if (scale > 0) {
            out.add('.');
            int left = scale;
            for (int i = weight + 1; left > 0; i++) {
                int group = i >= 0 && i < digits ? shortAt(b, o + 8 + 2 * i) : 0;
                for (int unit = 1000; unit > 0 && left > 0; unit /= 10, left--) {
                    out.add((char) ('0' + group / unit % 10));
                }
            }
        }
        return true;
    }

    /** timetz: {@code 00:00:00+15:59}. Wire: micros, then seconds west of Greenwich. */
    static boolean timetz(byte[] b, int o, int length, AsciiText out) {
        if (length != 12) {
            return false;
        }
        clock(longAt(b, o), out);
        int zone = intAt(b, o + 8);
        int east = Math.abs(zone);
        out.add(zone <= 0 ? '+' : '-').number(east / 3600, 2);
        if (east % 3600 != 0) {
            out.add(':').number(east / 60 % 60, 2);
            if (east % 60 != 0) {
                out.add(':').number(east % 60, 2);
            }
        }
        return true;
    }

    private static void clock(long micros, AsciiText out) {
        long seconds = micros / 1_000_000;
        out.number(seconds / 3600, 2).add(':').number(seconds / 60 % 60, 2).add(':').number(seconds % 60, 2);
        int fraction = (int) (micros % 1_000_000);
        if (fraction != 0) {
            out.add('.');
            for (int unit = 100_000; fraction > 0; unit /= 10) {
                out.add((char) ('0' + fraction / unit));
                fraction %= unit;
            }
        }
    }

    /** bit and varbit: int32 count of bits, then the bits. */
    static boolean bits(byte[] b, int o, int length, AsciiText out) {
        if (length < 4) {
            return false;
        }
        int count = intAt(b, o);
        if (count < 0 || length != 4 + (count + 7L) / 8) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            out.add((char) ('0' + (b[o + 4 + (i >> 3)] >> (7 - (i & 7)) & 1)));
        }
        return true;
    }

    /** "char": one byte; zero is the empty string, a byte above 127 is {@code \ooo} as PostgreSQL 16 and later write it. */
    static boolean singleChar(byte[] b, int o, int length, AsciiText out) {
        if (length != 1) {
            return false;
        }
        int c = b[o] & 0xFF;
        if (c > 127) {
            out.add('\\').add((char) ('0' + (c >> 6))).add((char) ('0' + (c >> 3 & 7))).add((char) ('0' + (c & 7)));
        } else if (c != 0) {
            out.add((char) c);
        }
        return true;
    }

    /** tid: {@code (block,offset)}. */
    static boolean tid(byte[] b, int o, int length, AsciiText out) {
        if (length != 6) {
            return false;
        }
        out.add('(').number(intAt(b, o) & 0xFFFF_FFFFL, 1);
        out.add(',').number(shortAt(b, o + 4) & 0xFFFF, 1).add(')');
        return true;
    }

    /** pg_lsn: {@code 16/B374D848}. */
    static boolean lsn(byte[] b, int o, int length, AsciiText out) {
        if (length != 8) {
            return false;
        }
        long lsn = longAt(b, o);
        out.hex(lsn >>> 32, HexCase.UPPER, 1).add('/').hex(lsn & 0xFFFF_FFFFL, HexCase.UPPER, 1);
        return true;
    }

    /** macaddr and macaddr8: {@code 08:00:2b:01:02:03}. */
    static boolean mac(byte[] b, int o, int length, AsciiText out) {
        if (length != 6 && length != 8) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                out.add(':');
            }
            out.hex(b[o + i] & 0xFF, HexCase.LOWER, 2);
        }
        return true;
    }

    /** pg_snapshot and txid_snapshot: {@code xmin:xmax:xip,xip}. */
    static boolean snapshot(byte[] b, int o, int length, AsciiText out) {
        if (length < 20 || length != 20 + 8L * intAt(b, o)) {
            return false;
        }
        out.number(longAt(b, o + 4), 1).add(':').number(longAt(b, o + 12), 1).add(':');
        for (int i = 0, count = intAt(b, o); i < count; i++) {
            if (i > 0) {
                out.add(',');
            }
            out.number(longAt(b, o + 20 + 8 * i), 1);
        }
        return true;
    }

    /** inet and cidr: family (2 or 3), bits, is-cidr, count of bytes, address. An inet host has no /32 or /128. */
    static boolean inet(byte[] b, int o, int length, AsciiText out) {
        if (length != 8 && length != 20) {
            return false;
        }
        int family = b[o];
        int bits = b[o + 1] & 0xFF;
        boolean cidr = b[o + 2] != 0;
        int count = b[o + 3];
        if (count != length - 4 || (family == 2) != (count == 4)) {
            return false;
        }
        if (count == 4) {
            for (int i = 0; i < 4; i++) {
                if (i > 0) {
                    out.add('.');
                }
                out.number(b[o + 4 + i] & 0xFF, 1);
            }
        } else {
            ipv6(b, o + 4, out);
        }
        if (cidr || bits != count * 8) {
            out.add('/').number(bits, 1);
        }
        return true;
    }

    /** The form of inet_net_ntop: the longest run of two or more zero groups is ::, and ::a.b.c.d and ::ffff:a.b.c.d. */
    private static void ipv6(byte[] b, int o, AsciiText out) {
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; ) {
            int run = i;
            while (run < 8 && shortAt(b, o + 2 * run) == 0) {
                run++;
            }
            if (run - i > bestLength) {
                bestStart = i;
                bestLength = run - i;
            }
            i = Math.max(run, i + 1);
        }
        for (int i = 0; i < 8; i++) {
            if (bestStart >= 0 && i >= bestStart && i < bestStart + bestLength) {
                if (i == bestStart) {
                    out.add(':');
                }
                continue;
            }
            if (i > 0) {
                out.add(':');
            }
            boolean mapped = bestLength == 5 && shortAt(b, o + 10) == -1;
            boolean compatible = bestLength == 6 || (bestLength == 7 && b[o + 14] != 0 && b[o + 15] != 1);
            if (i == 6 && bestStart == 0 && (compatible || mapped)) {
                for (int k = 12; k < 16; k++) {
                    if (k > 12) {
                        out.add('.');
                    }
                    out.number(b[o + k] & 0xFF, 1);
                }
                return;
            }
            out.hex(shortAt(b, o + 2 * i) & 0xFFFF, HexCase.LOWER, 1);
        }
        if (bestStart >= 0 && bestStart + bestLength == 8) {
            out.add(':');
        }
    }

    private static void ascii(String text, AsciiText out) {
        for (int i = 0; i < text.length(); i++) {
            out.add(text.charAt(i));
        }
    }
}
