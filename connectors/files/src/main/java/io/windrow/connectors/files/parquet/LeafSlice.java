package io.windrow.connectors.files.parquet;

import java.util.Arrays;

/**
 * A run of rows of one leaf: its levels, and where in the leaf's vector its values lie. Reused for every slice; one
 * thread. Value positions ascend.
 */
final class LeafSlice {
    int rows;
    /** Number of levels, nulls included. */
    int levels;
    /** True if every level is the same value and no list is around: then the arrays below are not filled. */
    boolean dense;
    int[] definition = new int[1024];
    int[] repetition = new int[1024];
    /** Number of values that are there. */
    int values;
    /** The first position if {@link #dense}. */
    int first;
    int[] positions = new int[1024];

    void begin(int newRows) {
        rows = newRows;
        levels = 0;
        values = 0;
        dense = false;
    }

    void dense(int from, int count) {
        begin(count);
        dense = true;
        levels = count;
        values = count;
        first = from;
    }

    void ensure(int count) {
        if (definition.length < count) {
            int capacity = Math.max(count, definition.length * 2);
            definition = Arrays.copyOf(definition, capacity);
            repetition = Arrays.copyOf(repetition, capacity);
            positions = Arrays.copyOf(positions, capacity);
        }
    }

    void level(int rep, int def) {
        ensure(levels + 1);
        repetition[levels] = rep;
        definition[levels++] = def;
    }

    void value(int rep, int def, int position) {
        level(rep, def);
        positions[values++] = position;
    }

    /** The first position that must be read; meaningless without values. */
    int low() {
        return dense ? first : positions[0];
    }

    /** One behind the last position that must be read. */
    int high() {
        return dense ? first + values : positions[values - 1] + 1;
    }
}
