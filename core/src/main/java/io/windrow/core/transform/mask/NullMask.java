package io.windrow.core.transform.mask;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/** Every value becomes null; the type stays. */
final class NullMask implements ColumnMask {
    private final Column masked;

    NullMask(Column column) {
        this.masked = new Column(column.id(), column.name(), column.type(), true, column.sourceType());
    }

    @Override
    public List<Column> output() {
        return List.of(masked);
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        FieldVector vector = ArrowTypes.field(masked).createVector(values.getAllocator());
        try {
            vector.setInitialCapacity(values.getValueCount());
            vector.allocateNew();
            vector.setValueCount(values.getValueCount());
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
    public boolean isNull() {
        return true;
    }

    @Override
    public String version() {
        return "null";
    }
}
