package io.windrow.core.compact;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.contract.SchemaDiff;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;

/**
 * Rows of a change log that were written before a column was renamed or got a wider type, as the newest schema has them. Holds
 * only what had to be made anew; the rest is the batch's.
 *
 * @param rows valid as long as the batch is and this is open
 * @param made the columns that were made anew
 */
record OlderRows(VectorSchemaRoot rows, List<FieldVector> made) implements AutoCloseable {
    private static final List<String> LISTS_OF_NAMES = List.of("_unchanged", "_absent");

    /**
     * The rows in the columns of the log's newest schema.
     *
     * @param written the schema in which they were written
     * @param aligned the rows, with the newest schema's columns in its order and in the types that they had
     * @throws WindrowException {@link CompactError#COLUMN_CHANGED} if a column's type holds not every value that it had
     */
    static OlderRows of(StreamSchema written, Batch aligned, StreamSchema log, BufferAllocator allocator) {
        Map<String, String> renamed = new HashMap<>();
        SchemaDiff.acceptedNames(written, log).forEach((now, was) -> {
            if (!now.equals(was)) {
                renamed.put(was, now);
            }
        });
        List<FieldVector> made = new ArrayList<>();
        List<FieldVector> vectors = new ArrayList<>();
        boolean done = false;
        try {
            for (int i = 0; i < log.columns().size(); i++) {
                Column now = log.columns().get(i);
                Column was = aligned.schema().columns().get(i);
                FieldVector vector = aligned.arrow().getVector(i);
                boolean names = !renamed.isEmpty() && LISTS_OF_NAMES.contains(now.name());
                if (!was.type().equals(now.type()) && !SchemaDiff.isWider(was.type(), now.type())) {
                    throw WindrowException.of(
                            CompactError.COLUMN_CHANGED,
                            "Folding the change log of " + log.stream() + ": column " + now.name() + " was a " + was.sourceType()
                                    + " and is a " + now.sourceType());
                }
                if (names || !was.type().equals(now.type())) {
                    FieldVector to = ArrowTypes.field(now).createVector(allocator);
                    made.add(to);
                    to.setInitialCapacity(aligned.rowCount());
                    to.allocateNew();
                    for (int row = 0; row < aligned.rowCount(); row++) {
                        copy(vector, row, to, row, renamed);
                    }
                    to.setValueCount(aligned.rowCount());
                    vector = to;
                }
                vectors.add(vector);
            }
            VectorSchemaRoot rows = new VectorSchemaRoot(
                    vectors.stream().map(FieldVector::getField).toList(), vectors, aligned.rowCount());
            done = true;
            return new OlderRows(rows, made);
        } finally {
            if (!done) {
                made.forEach(FieldVector::close);
            }
        }
    }

    /** Copies a value into a column of the same type, of a wider one, or of names of columns. */
    private static void copy(FieldVector from, int at, FieldVector to, int row, Map<String, String> renamed) {
        if (from.isNull(at)) {
            to.setNull(row);
            return;
        }
        switch (to) {
            case ListVector list -> {
                ListVector values = (ListVector) from;
                int end = list.startNewValue(row);
                int first = values.getElementStartIndex(at);
                int count = values.getElementEndIndex(at) - first;
                for (int i = 0; i < count; i++) {
                    copy(values.getDataVector(), first + i, list.getDataVector(), end + i, renamed);
                }
                list.endValue(row, count);
            }
            case VarCharVector text -> {
                String name = new String(((VarCharVector) from).get(at), StandardCharsets.UTF_8);
                text.setSafe(row, renamed.getOrDefault(name, name).getBytes(StandardCharsets.UTF_8));
            }
            case BaseIntVector whole -> whole.setWithPossibleTruncate(row, ((BaseIntVector) from).getValueAsLong(at));
            case DecimalVector decimal -> decimal.setSafe(row, decimal(from, at).setScale(decimal.getScale()));
            case Decimal256Vector decimal -> decimal.setSafe(row, decimal(from, at).setScale(decimal.getScale()));
            case FloatingPointVector number -> number.setSafeWithPossibleTruncate(row, number(from, at));
            default -> to.copyFromSafe(at, row, from);
        }
    }

    private static BigDecimal decimal(FieldVector from, int at) {
        return switch (from) {
            case UInt8Vector whole -> new BigDecimal(Long.toUnsignedString(whole.get(at)));
            case BaseIntVector whole -> BigDecimal.valueOf(whole.getValueAsLong(at));
            default -> (BigDecimal) from.getObject(at);
        };
    }

    private static double number(FieldVector from, int at) {
        return switch (from) {
            case BaseIntVector whole -> whole.getValueAsLong(at);
            case Float2Vector half -> half.getValueAsFloat(at);
            default -> ((FloatingPointVector) from).getValueAsDouble(at);
        };
    }

    /** Frees what was made anew. */
    @Override
    public void close() {
        made.forEach(FieldVector::close);
    }
}
