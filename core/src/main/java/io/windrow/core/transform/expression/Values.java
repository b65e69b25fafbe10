package io.windrow.core.transform.expression;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * The values of a part of an expression, one per row: what state each is in, and the values in one of four arrays, by type.
 * A constant holds one value for all rows. The array of a state other than {@link #VALUE} holds anything.
 */
final class Values {
    /** There is a value. */
    static final byte VALUE = 0;
    /** It is null. */
    static final byte NULL = 1;
    /** It does not fit its type. */
    static final byte OVERFLOW = 2;
    /** It was divided by zero. */
    static final byte DIVISION = 3;

    private static final long[] NO_LONGS = {};
    private static final double[] NO_DOUBLES = {};
    private static final BigDecimal[] NO_DECIMALS = {};
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_INTS = {};

    final ValueType type;
    final int count;
    /** What an index is masked with: 0 for a constant. */
    final int mask;
    final byte[] state;
    final long[] longs;
    final double[] doubles;
    final BigDecimal[] decimals;
    /** Text and bytes: where all values lie. */
    byte[] data = NO_BYTES;
    /** Where in {@link #data} each begins. */
    int[] starts = NO_INTS;
    /** How many bytes each has. */
    int[] lengths = NO_INTS;

    private Values(ValueType type, int count, int mask) {
        this.type = type;
        this.count = count;
        this.mask = mask;
        int held = mask == 0 ? 1 : count;
        state = new byte[held];
        longs = type.inLongs() ? new long[held] : NO_LONGS;
        doubles = type.kind() == Kind.DOUBLE ? new double[held] : NO_DOUBLES;
        decimals = type.kind() == Kind.DECIMAL && !type.inLongs() ? new BigDecimal[held] : NO_DECIMALS;
        if (type.kind().text()) {
            starts = new int[held];
            lengths = new int[held];
        }
    }

    static Values of(ValueType type, int count) {
        return new Values(type, count, -1);
    }

    static Values constant(ValueType type, int count) {
        return new Values(type, count, 0);
    }

    /** All null. */
    static Values nulls(int count) {
        Values values = new Values(ValueType.of(Kind.NULL), count, 0);
        values.state[0] = NULL;
        return values;
    }

    /** Values of both sides' rows where both have one; else the graver of both states. */
    static Values strict(ValueType type, Values left, Values right) {
        Values values = of(type, left.count);
        byte[] state = values.state;
        for (int i = 0; i < state.length; i++) {
            state[i] = (byte) Math.max(left.state[i & left.mask], right.state[i & right.mask]);
        }
        return values;
    }

    /** Values in the states of another. */
    static Values like(ValueType type, Values other) {
        Values values = new Values(type, other.count, other.mask);
        System.arraycopy(other.state, 0, values.state, 0, values.state.length);
        return values;
    }

    byte state(int row) {
        return state[row & mask];
    }

    long longAt(int row) {
        return longs[row & mask];
    }

    double doubleAt(int row) {
        return doubles[row & mask];
    }

    /** A decimal or whole number, whichever way it is held. */
    BigDecimal decimalAt(int row) {
        int at = row & mask;
        return switch (type.kind()) {
            case INT -> BigDecimal.valueOf(longs[at]);
            case UINT -> new BigDecimal(Long.toUnsignedString(longs[at]));
            default -> type.inLongs() ? BigDecimal.valueOf(longs[at], type.scale()) : decimals[at];
        };
    }

    /** Bytewise, without sign: the order of code points. */
    static int compareText(Values left, int i, Values right, int j) {
        int a = i & left.mask;
        int b = j & right.mask;
        return Arrays.compareUnsigned(
                left.data, left.starts[a], left.starts[a] + left.lengths[a],
                right.data, right.starts[b], right.starts[b] + right.lengths[b]);
    }

    /** Sets text that lies alone in {@link #data}, for a constant. */
    Values text(byte[] bytes) {
        data = bytes;
        starts[0] = 0;
        lengths[0] = bytes.length;
        return this;
    }
}
