package io.windrow.core.transform.expression;

/** Truth in three values. Null is unknown; an error is graver than null, but what decides without it stands. */
final class Logic {
    private Logic() {}

    /** Whether {@code deciding} (0 for and, 1 for or) decides a side alone. */
    private static Node junction(Node left, Node right, long deciding) {
        return Node.of(ValueType.BOOL, rows -> {
            Values a = left.over(rows);
            Values b = right.over(rows);
            Values out = Values.strict(ValueType.BOOL, a, b);
            for (int i = 0; i < out.count; i++) {
                boolean decided = a.state(i) == Values.VALUE && a.longAt(i) == deciding
                        || b.state(i) == Values.VALUE && b.longAt(i) == deciding;
                if (decided) {
                    out.state[i] = Values.VALUE;
                    out.longs[i] = deciding;
                } else {
                    out.longs[i] = 1 - deciding;
                }
            }
            return out;
        });
    }

    static Node and(Node left, Node right) {
        return junction(left, right, 0);
    }

    static Node or(Node left, Node right) {
        return junction(left, right, 1);
    }

    static Node not(Node node) {
        return Node.of(ValueType.BOOL, rows -> {
            Values a = node.over(rows);
            Values out = Values.like(ValueType.BOOL, a);
            for (int i = 0; i < out.longs.length; i++) {
                out.longs[i] = 1 - a.longs[i];
            }
            return out;
        });
    }

    /** True where the value is null ({@code whenNull} 1) or is not (0); an error stays one. */
    static Node nullTest(Node node, long whenNull) {
        return Node.of(ValueType.BOOL, rows -> {
            Values a = node.over(rows);
            Values out = Values.like(ValueType.BOOL, a);
            for (int i = 0; i < out.longs.length; i++) {
                out.longs[i] = a.state[i] == Values.NULL ? whenNull : 1 - whenNull;
                if (a.state[i] == Values.NULL) {
                    out.state[i] = Values.VALUE;
                }
            }
            return out;
        });
    }

    /** One of two, of a common type. A condition that is null gives null. */
    static Node choice(Node condition, Node yes, Node no, ValueType type) {
        Node first = Arithmetic.as(yes, type);
        Node second = Arithmetic.as(no, type);
        return Node.of(type, rows -> {
            Values test = condition.over(rows);
            Values a = first.over(rows);
            Values b = second.over(rows);
            Values out = Values.of(type, test.count);
            if (type.kind().text()) {
                out.data = joined(a.data, b.data);
            }
            for (int i = 0; i < out.count; i++) {
                if (test.state(i) != Values.VALUE) {
                    out.state[i] = test.state(i);
                } else if (test.longAt(i) == 1) {
                    copy(a, out, i, 0);
                } else {
                    copy(b, out, i, a.data.length);
                }
            }
            return out;
        });
    }

    private static void copy(Values from, Values to, int i, int offset) {
        int at = i & from.mask;
        to.state[i] = from.state[at];
        if (from.state[at] != Values.VALUE) {
            return;
        }
        if (to.longs.length > 0) {
            to.longs[i] = from.longs[at];
        } else if (to.doubles.length > 0) {
            to.doubles[i] = from.doubles[at];
        } else if (to.decimals.length > 0) {
            to.decimals[i] = from.decimals[at];
        } else if (to.starts.length > 0) {
            to.starts[i] = from.starts[at] + offset;
            to.lengths[i] = from.lengths[at];
        }
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = new byte[Math.addExact(a.length, b.length)];
        System.arraycopy(a, 0, both, 0, a.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
