package io.windrow.core.compact;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.core.compact.ChangeLogFold.Folded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;

/** The rows that a change log makes, as a target that holds them would give them: for comparing them with the source. */
public final class FoldedDelivery implements Delivery {
    private final StreamSchema made;
    private final BufferAllocator allocator;
    private final RowFile file;
    private final Folded folded;
    private final RowFile.Rows rows;

    /**
     * Folds the log into a file of the folder. The log stays the caller's and is not needed afterwards.
     *
     * @param schema of the log's newest rows
     * @param bytes so much memory the rows may take
     */
    public FoldedDelivery(DeliveredLog log, StreamSchema schema, BufferAllocator allocator, Path folder, long bytes) {
        this(log.fold(schema, allocator, folder, bytes), allocator, folder);
    }

    /** Folds into a file of the folder. */
    FoldedDelivery(ChangeLogFold fold, BufferAllocator allocator, Path folder) {
        this.made = fold.schema();
        this.allocator = allocator;
        this.file = RowFile.create(folder, made, allocator);
        boolean done = false;
        try {
            this.folded = fold.fold(batch -> file.add(batch.arrow()));
            file.end();
            this.rows = file.rows();
            done = true;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    @Override
    public long count() {
        return folded.rows();
    }

    @Override
    public Optional<Batch> read(StreamSchema schema) {
        return rows.next().map(some -> new Batch(schema, laidOut(some, schema), new Position(1, "{}"), Account.ofRead(some.getRowCount())));
    }

    /** The rows in the columns of a schema, moved, not copied; one that the log does not have is null. */
    private VectorSchemaRoot laidOut(VectorSchemaRoot some, StreamSchema schema) {
        List<FieldVector> vectors = new ArrayList<>();
        List<Field> fields = ArrowTypes.schema(schema).getFields();
        for (int i = 0; i < fields.size(); i++) {
            Column column = schema.columns().get(i);
            int at = made.indexOf(column.name());
            if (at < 0) {
                FieldVector nulls = fields.get(i).createVector(allocator);
                nulls.setInitialCapacity(some.getRowCount());
                nulls.allocateNew();
                nulls.setValueCount(some.getRowCount());
                vectors.add(nulls);
                continue;
            }
            if (!made.columns().get(at).type().equals(column.type())) {
                vectors.forEach(FieldVector::close);
                throw WindrowException.of(
                        CompactError.COLUMN_CHANGED,
                        "Comparing the change log of " + schema.stream() + ": column " + column.name() + " was a "
                                + made.columns().get(at).sourceType() + " and is a " + column.sourceType());
            }
            FieldVector from = some.getVector(at);
            TransferPair pair = from.getTransferPair(fields.get(i), allocator);
            pair.transfer();
            vectors.add((FieldVector) pair.getTo());
        }
        return new VectorSchemaRoot(fields, vectors, some.getRowCount());
    }

    @Override
    public void close() {
        try {
            rows.close();
        } finally {
            file.close();
        }
    }
}
