package io.windrow.core.transform.expression;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A part of a checked expression.
 *
 * @param type the type of its values
 * @param evaluator gives them
 * @param constant the one value, as for a batch of one row; null if it depends on the row
 */
record Node(ValueType type, Evaluator evaluator, @Nullable Values constant) {
    /** Gives the values of all rows. Called by one thread at a time; keeps nothing between calls. */
    @FunctionalInterface
    interface Evaluator {
        Values over(VectorSchemaRoot rows);
    }

    static Node of(ValueType type, Evaluator evaluator) {
        return new Node(type, evaluator, null);
    }

    static Node constant(Values one) {
        return new Node(one.type, rows -> {
            Values all = Values.constant(one.type, rows.getRowCount());
            all.state[0] = one.state[0];
            System.arraycopy(one.longs, 0, all.longs, 0, one.longs.length);
            System.arraycopy(one.doubles, 0, all.doubles, 0, one.doubles.length);
            System.arraycopy(one.decimals, 0, all.decimals, 0, one.decimals.length);
            if (one.type.kind().text()) {
                all.text(one.data);
            }
            return all;
        }, one);
    }

    Values over(VectorSchemaRoot rows) {
        return evaluator.over(rows);
    }
}
