package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;

/** Redact: every value becomes the same text. */
final class FixedMask implements ColumnMask {
    private final Column column;
    private final String text;

    FixedMask(Column column, String text) {
        this.column = column;
        this.text = text;
    }

    @Override
    public List<Column> output() {
        return List.of(new Column(column.id(), column.name(), new ColumnType.Text(), column.nullable(), "redacted"));
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int rows = values.getValueCount();
        VarCharVector vector = new VarCharVector(values.getName(), values.getAllocator());
        try {
            vector.allocateNew((long) rows * bytes.length, rows);
            for (int row = 0; row < rows; row++) {
                if (!values.isNull(row)) {
                    vector.set(row, bytes);
                }
            }
            vector.setValueCount(rows);
            return List.of(vector);
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return "redact " + text;
    }
}
