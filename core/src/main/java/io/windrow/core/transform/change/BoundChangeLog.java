package io.windrow.core.transform.change;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;

/** {@link ChangeLog} for one stream. */
final class BoundChangeLog implements BoundTransform {
    private static final byte[] COPY = "copy".getBytes(StandardCharsets.UTF_8);
    private static final byte[][] OPERATIONS = operations();

    private final StreamSchema input;
    private final StreamSchema output;
    private final byte[][] names;

    BoundChangeLog(StreamSchema input, StreamSchema output) {
        this.input = input;
        this.output = output;
        this.names = input.columns().stream()
                .map(column -> column.name().getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    private static byte[][] operations() {
        Operation[] all = Operation.values();
        byte[][] texts = new byte[all.length][];
        for (int i = 0; i < all.length; i++) {
            texts[i] = all[i].name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        }
        return texts;
    }

    @Override
    public StreamSchema output() {
        return output;
    }

    @Override
    public Batch apply(Batch batch) {
        int rows = batch.rowCount();
        Batch.Parts old = batch.release();
        BufferAllocator allocator = old.rows().getVector(0).getAllocator();
        ChangeColumns changes = old.changes() == null ? copied(rows, allocator) : old.changes();
        List<FieldVector> vectors = new ArrayList<>();
        boolean done = false;
        try {
            for (int i = 0; i < input.columns().size(); i++) {
                vectors.add(moved(old.rows().getVector(i), field(i)));
            }
            vectors.add(operations(changes, rows, next(vectors), allocator));
            vectors.add(moved(changes.positions(), next(vectors)));
            vectors.add(moved(changes.ordinals(), next(vectors)));
            vectors.add(moved(changes.transactions(), next(vectors)));
            vectors.add(times(changes.commitMicros(), rows, next(vectors), allocator));
            vectors.add(moved(changes.links(), next(vectors)));
            vectors.add(named(changes, Presence.UNCHANGED, rows, next(vectors), allocator));
            vectors.add(named(changes, Presence.ABSENT, rows, next(vectors), allocator));
            List<Field> fields = vectors.stream().map(FieldVector::getField).toList();
            Batch log = old.withRows(output, new VectorSchemaRoot(fields, vectors, rows), null).batch();
            done = true;
            return log;
        } finally {
            // What was moved is empty by now.
            old.rows().close();
            changes.close();
            if (!done) {
                vectors.forEach(FieldVector::close);
                old.rejected().forEach(io.windrow.api.batch.Rejected::close);
            }
        }
    }

    private Field next(List<FieldVector> vectors) {
        return field(vectors.size());
    }

    private Field field(int column) {
        Column of = output.columns().get(column);
        return ArrowTypes.field(of);
    }

    private static FieldVector moved(FieldVector from, Field as) {
        TransferPair pair = from.getTransferPair(as, from.getAllocator());
        pair.transfer();
        return (FieldVector) pair.getTo();
    }

    private static FieldVector operations(ChangeColumns changes, int rows, Field as, BufferAllocator allocator) {
        VarCharVector texts = (VarCharVector) as.createVector(allocator);
        texts.allocateNew(8L * rows, rows);
        TinyIntVector operations = changes.operations();
        BigIntVector transactions = changes.transactions();
        for (int row = 0; row < rows; row++) {
            texts.setSafe(row, transactions.isNull(row) ? COPY : OPERATIONS[operations.get(row)]);
        }
        texts.setValueCount(rows);
        return texts;
    }

    private static FieldVector times(BigIntVector micros, int rows, Field as, BufferAllocator allocator) {
        TimeStampMicroTZVector times = (TimeStampMicroTZVector) as.createVector(allocator);
        times.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
            if (!micros.isNull(row)) {
                times.set(row, micros.get(row));
            }
        }
        times.setValueCount(rows);
        return times;
    }

    /** For every row the names of the columns where this stands; null where there is none. */
    private FieldVector named(ChangeColumns changes, Presence what, int rows, Field as, BufferAllocator allocator) {
        ListVector lists = (ListVector) as.createVector(allocator);
        lists.allocateNew();
        TinyIntVector[] presence = new TinyIntVector[names.length];
        boolean any = false;
        for (int i = 0; i < presence.length; i++) {
            presence[i] = changes.presence().get(input.columns().get(i).id());
            any |= presence[i] != null;
        }
        VarCharVector texts = (VarCharVector) lists.getDataVector();
        int written = 0;
        for (int row = 0; any && row < rows; row++) {
            int first = written;
            for (int i = 0; i < presence.length; i++) {
                if (presence[i] != null && presence[i].get(row) == what.ordinal()) {
                    if (written == first) {
                        lists.startNewValue(row);
                    }
                    texts.setSafe(written++, names[i]);
                }
            }
            if (written > first) {
                lists.endValue(row, written - first);
            }
        }
        texts.setValueCount(written);
        lists.setValueCount(rows);
        return lists;
    }

    /** Rows that came without a word are read by a copy. */
    private static ChangeColumns copied(int rows, BufferAllocator allocator) {
        ChangeColumns changes = ChangeColumns.empty(allocator);
        for (int row = 0; row < rows; row++) {
            changes.operations().setSafe(row, Operation.INSERT.ordinal());
            changes.ordinals().setSafe(row, 0);
            changes.positions().setSafe(row, 0);
        }
        changes.rowCount(rows);
        return changes;
    }

    @Override
    public void close() {}
}
