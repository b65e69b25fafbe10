package io.windrow.core.transform.expression;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Functions on text and bytes. */
final class Texts {
    /** Where one text is looked for in another. */
    enum Where {
        START,
        END,
        ANYWHERE
    }

    private Texts() {}

    static Node holds(Where where, Node text, Node part) {
        return Node.of(ValueType.BOOL, rows -> {
            Values a = text.over(rows);
            Values b = part.over(rows);
            Values out = Values.strict(ValueType.BOOL, a, b);
            for (int i = 0; i < out.count; i++) {
                if (out.state[i] == Values.VALUE) {
                    out.longs[i] = holds(where, a, i & a.mask, b, i & b.mask) ? 1 : 0;
                }
            }
            return out;
        });
    }

    private static boolean holds(Where where, Values a, int i, Values b, int j) {
        int room = a.lengths[i] - b.lengths[j];
        if (room < 0) {
            return false;
        }
        int first = a.starts[i] + (where == Where.END ? room : 0);
        int last = a.starts[i] + (where == Where.START ? 0 : room);
        int length = b.lengths[j];
        for (int at = first; at <= last; at++) {
            if (Arrays.equals(a.data, at, at + length, b.data, b.starts[j], b.starts[j] + length)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the pattern is found anywhere in the text; takes time that grows with the text's length only. */
    static Node matches(Node text, Pattern pattern) {
        return Node.of(ValueType.BOOL, rows -> {
            Values a = text.over(rows);
            Values out = Values.like(ValueType.BOOL, a);
            for (int i = 0; i < out.longs.length; i++) {
                if (out.state[i] == Values.VALUE) {
                    String value = new String(a.data, a.starts[i], a.lengths[i], StandardCharsets.UTF_8);
                    out.longs[i] = pattern.matcher(value).find() ? 1 : 0;
                }
            }
            return out;
        });
    }

    /** Code points of a text, bytes of bytes. */
    static Node size(Node text) {
        return Node.of(ValueType.of(Kind.INT), rows -> {
            Values a = text.over(rows);
            Values out = Values.like(ValueType.of(Kind.INT), a);
            boolean characters = a.type.kind() == Kind.STRING;
            for (int i = 0; i < out.longs.length; i++) {
                int length = a.lengths[i];
                if (characters) {
                    for (int at = a.starts[i], end = at + a.lengths[i]; at < end; at++) {
                        length -= (a.data[at] & 0xc0) == 0x80 ? 1 : 0;
                    }
                }
                out.longs[i] = length;
            }
            return out;
        });
    }

    /** One after the other. A result of more than 2 GiB per batch is an overflow of its row. */
    static Node concat(Node left, Node right) {
        ValueType type = left.type();
        return Node.of(type, rows -> {
            Values a = left.over(rows);
            Values b = right.over(rows);
            Values out = Values.strict(type, a, b);
            long total = 0;
            for (int i = 0; i < out.count; i++) {
                if (out.state[i] == Values.VALUE) {
                    long length = (long) a.lengths[i & a.mask] + b.lengths[i & b.mask];
                    if (total + length > Integer.MAX_VALUE - 16) {
                        out.state[i] = Values.OVERFLOW;
                    } else {
                        out.starts[i] = (int) total;
                        out.lengths[i] = (int) length;
                        total += length;
                    }
                }
            }
            out.data = new byte[(int) total];
            for (int i = 0; i < out.count; i++) {
                if (out.state[i] == Values.VALUE) {
                    int length = a.lengths[i & a.mask];
                    System.arraycopy(a.data, a.starts[i & a.mask], out.data, out.starts[i], length);
                    System.arraycopy(b.data, b.starts[i & b.mask], out.data, out.starts[i] + length, b.lengths[i & b.mask]);
                }
            }
            return out;
        });
    }
}
