package io.windrow.core.transform.expression;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Arithmetic that never wraps around and never rounds, floats aside, which follow IEEE 754. */
final class Arithmetic {
    /** The operators. */
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        MODULO
    }

    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private Arithmetic() {}

    /** Whole numbers, floats, instants and durations; {@code type} is the result's. */
    static Node of(Operator operator, Node left, Node right, ValueType type) {
        return switch (type.kind()) {
            case DOUBLE -> Node.of(type, rows -> doubles(operator, left.over(rows), right.over(rows)));
            case UINT -> Node.of(type, rows -> unsigned(operator, left.over(rows), right.over(rows)));
            default -> Node.of(type, rows -> signed(operator, left.over(rows), right.over(rows), type));
        };
    }

    private static Values doubles(Operator operator, Values a, Values b) {
        Values out = Values.strict(a.type, a, b);
        for (int i = 0; i < out.count; i++) {
            double x = a.doubleAt(i);
            double y = b.doubleAt(i);
            out.doubles[i] = switch (operator) {
                case ADD -> x + y;
                case SUBTRACT -> x - y;
                case MULTIPLY -> x * y;
                case DIVIDE -> x / y;
                case MODULO -> x % y;
            };
        }
        return out;
    }

    private static Values signed(Operator operator, Values a, Values b, ValueType type) {
        Values out = Values.strict(type, a, b);
        for (int i = 0; i < out.count; i++) {
            if (out.state[i] != Values.VALUE) {
                continue;
            }
            long x = a.longAt(i);
            long y = b.longAt(i);
            boolean fits = true;
            long result = 0;
            switch (operator) {
                case ADD -> {
                    result = x + y;
                    fits = ((x ^ result) & (y ^ result)) >= 0;
                }
                case SUBTRACT -> {
                    result = x - y;
                    fits = ((x ^ y) & (x ^ result)) >= 0;
                }
                case MULTIPLY -> {
                    result = x * y;
                    fits = Math.multiplyHigh(x, y) == result >> 63;
                }
                case DIVIDE -> {
                    fits = x != Long.MIN_VALUE || y != -1;
                    result = y == 0 || !fits ? 0 : x / y;
                }
                case MODULO -> result = y == 0 ? 0 : x % y;
            }
            out.longs[i] = result;
            out.state[i] = y == 0 && divides(operator) ? Values.DIVISION : fits ? Values.VALUE : Values.OVERFLOW;
        }
        return out;
    }

    private static Values unsigned(Operator operator, Values a, Values b) {
        Values out = Values.strict(a.type, a, b);
        for (int i = 0; i < out.count; i++) {
            if (out.state[i] != Values.VALUE) {
                continue;
            }
            long x = a.longAt(i);
            long y = b.longAt(i);
            boolean fits = true;
            long result = 0;
            switch (operator) {
                case ADD -> {
                    result = x + y;
                    fits = Long.compareUnsigned(result, x) >= 0;
                }
                case SUBTRACT -> {
                    result = x - y;
                    fits = Long.compareUnsigned(x, y) >= 0;
                }
                case MULTIPLY -> {
                    result = x * y;
                    fits = Math.unsignedMultiplyHigh(x, y) == 0;
                }
                case DIVIDE -> result = y == 0 ? 0 : Long.divideUnsigned(x, y);
                case MODULO -> result = y == 0 ? 0 : Long.remainderUnsigned(x, y);
            }
            out.longs[i] = result;
            out.state[i] = y == 0 && divides(operator) ? Values.DIVISION : fits ? Values.VALUE : Values.OVERFLOW;
        }
        return out;
    }

    private static boolean divides(Operator operator) {
        return operator == Operator.DIVIDE || operator == Operator.MODULO;
    }

    /**
     * Exact sums, differences and products of decimals and whole numbers; null if no decimal can hold the result's digits
     * after the point.
     */
    static @Nullable Node decimals(Operator operator, Node left, Node right) {
        ValueType a = exact(left);
        ValueType b = exact(right);
        int scale = operator == Operator.MULTIPLY ? a.scale() + b.scale() : Math.max(a.scale(), b.scale());
        int precision = operator == Operator.MULTIPLY
                ? a.precision() + b.precision()
                : Math.max(a.precision() - a.scale(), b.precision() - b.scale()) + scale + 1;
        if (scale > 38) {
            return null;
        }
        ValueType type = ValueType.decimal(precision, scale);
        if (type.inLongs()) {
            // So few digits cannot overflow.
            Node x = operator == Operator.MULTIPLY ? as(left, a) : as(left, type);
            Node y = operator == Operator.MULTIPLY ? as(right, b) : as(right, type);
            return Node.of(type, rows -> signed(operator, x.over(rows), y.over(rows), type));
        }
        return Node.of(type, rows -> {
            Values x = left.over(rows);
            Values y = right.over(rows);
            Values out = Values.strict(type, x, y);
            for (int i = 0; i < out.count; i++) {
                if (out.state[i] == Values.VALUE) {
                    BigDecimal result = switch (operator) {
                        case ADD -> x.decimalAt(i).add(y.decimalAt(i));
                        case SUBTRACT -> x.decimalAt(i).subtract(y.decimalAt(i));
                        case MULTIPLY -> x.decimalAt(i).multiply(y.decimalAt(i));
                        case DIVIDE, MODULO -> throw new IllegalStateException("Decimals are not divided");
                    };
                    put(out, i, result);
                }
            }
            return out;
        });
    }

    /** The decimal type of a number: that of a constant whole number has just its digits. */
    static ValueType exact(Node node) {
        Values constant = node.constant();
        if (constant != null && (node.type().kind() == Kind.INT || node.type().kind() == Kind.UINT)) {
            return ValueType.decimal(constant.decimalAt(0).precision(), 0);
        }
        return node.type().asDecimal();
    }

    /** The decimal type that holds the values of both. */
    static ValueType common(ValueType a, ValueType b) {
        int scale = Math.max(a.scale(), b.scale());
        return ValueType.decimal(Math.max(a.precision() - a.scale(), b.precision() - b.scale()) + scale, scale);
    }

    /** The same values as a type that is wider. */
    static Node as(Node node, ValueType type) {
        if (node.type().equals(type) || type.kind() != Kind.DECIMAL || node.type().kind() == Kind.NULL) {
            return node;
        }
        return Node.of(type, rows -> {
            Values from = node.over(rows);
            Values to = Values.like(type, from);
            if (type.inLongs()) {
                long factor = POWERS[type.scale() - node.type().scale()];
                for (int i = 0; i < to.longs.length; i++) {
                    to.longs[i] = from.longs[i] * factor;
                }
            } else {
                for (int i = 0; i < to.decimals.length; i++) {
                    if (to.state[i] == Values.VALUE) {
                        put(to, i, from.decimalAt(i));
                    }
                }
            }
            return to;
        });
    }

    private static void put(Values out, int i, BigDecimal value) {
        BigDecimal scaled = value.setScale(out.type.scale());
        out.decimals[i] = scaled;
        if (scaled.precision() > out.type.precision()) {
            out.state[i] = Values.OVERFLOW;
        }
    }

    static Node negate(Node node) {
        ValueType type = node.type();
        return Node.of(type, rows -> {
            Values from = node.over(rows);
            Values to = Values.like(type, from);
            for (int i = 0; i < to.longs.length; i++) {
                to.longs[i] = -from.longs[i];
                if (from.longs[i] == Long.MIN_VALUE && to.state[i] == Values.VALUE) {
                    to.state[i] = Values.OVERFLOW;
                }
            }
            for (int i = 0; i < to.doubles.length; i++) {
                to.doubles[i] = -from.doubles[i];
            }
            for (int i = 0; i < to.decimals.length; i++) {
                if (to.state[i] == Values.VALUE) {
                    to.decimals[i] = from.decimals[i].negate();
                }
            }
            return to;
        });
    }

    /** The nearest float of a number. */
    static Node toDouble(Node node) {
        ValueType type = ValueType.of(Kind.DOUBLE);
        boolean plain = node.type().kind() == Kind.INT;
        return Node.of(type, rows -> {
            Values from = node.over(rows);
            Values to = Values.like(type, from);
            for (int i = 0; i < to.doubles.length; i++) {
                if (to.state[i] == Values.VALUE) {
                    to.doubles[i] = plain ? from.longs[i] : from.decimalAt(i & from.mask).doubleValue();
                }
            }
            return to;
        });
    }
}
