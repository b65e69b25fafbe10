package io.windrow.core.transform.mask;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;

/** What masks share that make a new text of a text: partial and format-preserving. */
final class TextMask implements ColumnMask {
    private final Column column;
    private final TextChange change;

    /** Makes the new text of one value. */
    interface TextChange {
        /** The masked text. */
        String of(String text);

        /** Whether different texts always come out different. */
        boolean injective();

        /** As {@link ColumnMask#version()}. */
        String version();
    }

    TextMask(Column column, TextChange change) {
        this.column = column;
        this.change = change;
    }

    @Override
    public List<Column> output() {
        return List.of(column);
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        VarCharVector texts = (VarCharVector) values;
        int rows = texts.getValueCount();
        VarCharVector vector = new VarCharVector(values.getName(), values.getAllocator());
        try {
            vector.allocateNew(Math.max(16, texts.sizeOfValueBuffer()), rows);
            for (int row = 0; row < rows; row++) {
                if (!texts.isNull(row)) {
                    set(vector, row, new String(texts.get(row), StandardCharsets.UTF_8), bad);
                }
            }
            vector.setValueCount(rows);
            return List.of(vector);
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    private void set(VarCharVector vector, int row, String text, BadRows bad) {
        try {
            vector.setSafe(row, change.of(text).getBytes(StandardCharsets.UTF_8));
        } catch (WindrowException e) {
            if (e.kind() != ErrorKind.DATA) {
                throw e;
            }
            bad.add(row, column.name(), e);
        }
    }

    @Override
    public boolean injective() {
        return change.injective();
    }

    @Override
    public String version() {
        return change.version();
    }
}
