package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Walks one leaf of a batch and turns lists, structures and nulls into levels. One thread; bound to one batch at a time. */
final class LeafReader {
    private final Leaf leaf;
    private final FieldVector[] vectors;
    private final boolean[] nullable;
    private final boolean[] list;
    private final int last;
    private int nulls;

    LeafReader(Leaf leaf) {
        this.leaf = leaf;
        int n = leaf.steps().size();
        last = n - 1;
        vectors = new FieldVector[n];
        nullable = new boolean[n];
        list = new boolean[n];
        for (int i = 0; i < n; i++) {
            Leaf.Step step = leaf.steps().get(i);
            nullable[i] = step.column().nullable();
            list[i] = step.list();
        }
    }

    /** Points at a batch whose layout has been checked. */
    void bind(VectorSchemaRoot root) {
        vectors[0] = root.getVector(leaf.topLevel());
        for (int i = 1; i <= last; i++) {
            vectors[i] = list[i - 1]
                    ? ((ListVector) vectors[i - 1]).getDataVector()
                    : (FieldVector) ((StructVector) vectors[i - 1]).getChildByOrdinal(leaf.steps().get(i).child());
        }
        nulls = last == 0 ? vectors[0].getNullCount() : -1;
        if (nulls > 0 && !nullable[0]) {
            throw nullInRequired(0);
        }
    }

    FieldVector vector() {
        return vectors[last];
    }

    /** Mean bytes of one row's values in the leaf's vector, for variable-width leaves; 0 for others. */
    long bytesPerRow(int rows) {
        if (vectors[last] instanceof BaseVariableWidthVector variable && variable.getValueCount() > 0 && rows > 0) {
            int count = variable.getValueCount();
            return (long) variable.getOffsetBuffer().getInt(4L * count) / rows;
        }
        return 0;
    }

    /** Fills the slice with rows {@code from} up to {@code from + rows}. */
    void read(int from, int rows, LeafSlice slice) {
        if (nulls == 0) {
            slice.dense(from, rows);
        } else if (nulls > 0) {
            readNullable(from, rows, slice);
        } else {
            slice.begin(rows);
            for (int row = from; row < from + rows; row++) {
                walk(0, row, 0, 0, slice);
            }
        }
    }

    private void readNullable(int from, int rows, LeafSlice slice) {
        slice.begin(rows);
        slice.ensure(rows);
        ArrowBuf validity = vectors[0].getValidityBuffer();
        int[] definition = slice.definition;
        int[] positions = slice.positions;
        int values = 0;
        for (int i = 0; i < rows; i++) {
            int position = from + i;
            int there = validity.getByte(position >> 3) >> (position & 7) & 1;
            definition[i] = there;
            positions[values] = position;
            values += there;
        }
        slice.levels = rows;
        slice.values = values;
    }

    private void walk(int step, int index, int rep, int def, LeafSlice slice) {
        FieldVector vector = vectors[step];
        int here = def;
        if (vector.isNull(index)) {
            if (!nullable[step]) {
                throw nullInRequired(step);
            }
            slice.level(rep, here);
            return;
        }
        if (nullable[step]) {
            here++;
        }
        if (step == last) {
            slice.value(rep, here, index);
        } else if (list[step]) {
            ListVector lists = (ListVector) vector;
            int start = lists.getElementStartIndex(index);
            int end = lists.getElementEndIndex(index);
            if (start == end) {
                slice.level(rep, here);
                return;
            }
            int depth = 1;
            for (int i = 0; i < step; i++) {
                depth += list[i] ? 1 : 0;
            }
            for (int i = start; i < end; i++) {
                walk(step + 1, i, i == start ? rep : depth, here + 1, slice);
            }
        } else {
            walk(step + 1, index, rep, here, slice);
        }
    }

    private WindrowException nullInRequired(int step) {
        Column column = leaf.steps().get(step).column();
        return WindrowException.of(ParquetError.NULL_IN_REQUIRED,
                "Writing column " + leaf.name() + ": " + column.name() + " is null, but is declared not nullable");
    }
}
