package io.windrow.core.transform.expression;

import java.util.List;

/** Comparisons of values of one kind, and of decimals with whole numbers. Null compared with anything is null. */
final class Comparisons {
    /** The operators, by what a three-way comparison must give. */
    enum Operator {
        LESS,
        LESS_EQUALS,
        GREATER,
        GREATER_EQUALS,
        EQUALS,
        NOT_EQUALS;

        boolean of(int order) {
            return switch (this) {
                case LESS -> order < 0;
                case LESS_EQUALS -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_EQUALS -> order >= 0;
                case EQUALS -> order == 0;
                case NOT_EQUALS -> order != 0;
            };
        }

        /** IEEE 754: NaN equals nothing and has no order. */
        boolean of(double a, double b) {
            return switch (this) {
                case LESS -> a < b;
                case LESS_EQUALS -> a <= b;
                case GREATER -> a > b;
                case GREATER_EQUALS -> a >= b;
                case EQUALS -> a == b;
                case NOT_EQUALS -> a != b;
            };
        }
    }

    private Comparisons() {}

    static Node of(Operator operator, Node left, Node right) {
        if (left.type().kind() != Kind.DECIMAL && right.type().kind() != Kind.DECIMAL) {
            return Node.of(ValueType.BOOL, rows -> compare(operator, left.over(rows), right.over(rows)));
        }
        ValueType common = Arithmetic.common(Arithmetic.exact(left), Arithmetic.exact(right));
        if (!common.inLongs()) {
            return Node.of(ValueType.BOOL, rows -> decimals(operator, left.over(rows), right.over(rows)));
        }
        Node a = Arithmetic.as(left, common);
        Node b = Arithmetic.as(right, common);
        return Node.of(ValueType.BOOL, rows -> compare(operator, a.over(rows), b.over(rows)));
    }

    /** Whether a value equals one of some constants. */
    static Node in(Node value, List<Node> constants) {
        return Node.of(ValueType.BOOL, rows -> {
            Values values = value.over(rows);
            Node held = Node.of(value.type(), same -> values);
            Values out = Values.like(ValueType.BOOL, values);
            for (Node one : constants) {
                Values same = of(Operator.EQUALS, held, one).over(rows);
                for (int i = 0; i < out.longs.length; i++) {
                    out.longs[i] |= same.longs[i];
                }
            }
            return out;
        });
    }

    private static Values compare(Operator operator, Values a, Values b) {
        Values out = Values.strict(ValueType.BOOL, a, b);
        long[] result = out.longs;
        int count = out.count;
        if (a.type.inLongs() && b.type.inLongs()) {
            // Flipping the sign turns the order without sign into the one with sign.
            long flip = a.type.kind() == Kind.UINT ? Long.MIN_VALUE : 0;
            for (int i = 0; i < count; i++) {
                result[i] = operator.of(Long.compare(a.longs[i & a.mask] ^ flip, b.longs[i & b.mask] ^ flip)) ? 1 : 0;
            }
        } else if (a.doubles.length > 0 && b.doubles.length > 0) {
            for (int i = 0; i < count; i++) {
                result[i] = operator.of(a.doubleAt(i), b.doubleAt(i)) ? 1 : 0;
            }
        } else if (a.type.kind().text() && b.type.kind().text()) {
            boolean equality = operator == Operator.EQUALS || operator == Operator.NOT_EQUALS;
            for (int i = 0; i < count; i++) {
                if (out.state[i] == Values.VALUE) {
                    boolean apart = equality && a.lengths[i & a.mask] != b.lengths[i & b.mask];
                    result[i] = operator.of(apart ? 1 : Values.compareText(a, i, b, i)) ? 1 : 0;
                }
            }
        } else if (a.type.kind() == Kind.DECIMAL) {
            return decimals(operator, a, b);
        }
        return out;
    }

    private static Values decimals(Operator operator, Values a, Values b) {
        Values out = Values.strict(ValueType.BOOL, a, b);
        for (int i = 0; i < out.count; i++) {
            if (out.state[i] == Values.VALUE) {
                out.longs[i] = operator.of(a.decimalAt(i).compareTo(b.decimalAt(i))) ? 1 : 0;
            }
        }
        return out;
    }
}
