package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Account;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Examined;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.plan.PlannedStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What the target shows of a stream, commit by commit, decoded by a reader that is not the sink's writer and compared with
 * the target's books on the way: rows of a damaged file are never taken for what was delivered.
 *
 * @param audit reads them
 * @param commits those that count, by generation and epoch
 * @param schema what rows are compared in
 * @param allocator for columns that rows of an older schema lack
 */
public record DeliveredRows(DeliveryAudit audit, List<Commit> commits, StreamSchema schema, BufferAllocator allocator) {
    public DeliveredRows {
        commits = List.copyOf(commits);
    }

    /** Of the commits that the target shows, those of the delivery: snapshots that append leave older copies beside them. */
    static List<Commit> shown(
            StateStore store, String pipeline, PlannedStream task, StreamEpoch committed, List<Commit> commits) {
        boolean copies = task.read() == ReadMode.SNAPSHOT && task.write() == WriteMode.APPEND;
        long first = copies ? Lineage.first(store, pipeline, task.stream(), committed.generation()) : 0;
        return commits.stream()
                .filter(commit -> commit.shown() && commit.identity().generation() >= first)
                .toList();
    }

    /**
     * Gives the rows of one commit, each batch twice: as it was written, and in the columns of {@link #schema}, where one
     * that it lacks is null and one that was renamed has its new name. Both are valid during the call.
     */
    public void each(Commit commit, BiConsumer<Batch, Batch> rows) {
        Examined examined = audit.examine(commit, written -> {
            List<FieldVector> lacking = new ArrayList<>();
            try {
                rows.accept(written, aligned(written, lacking));
            } finally {
                lacking.forEach(FieldVector::close);
            }
        });
        expectWhole(examined, commit, schema.stream());
    }

    /**
     * Refuses a commit that is not whole any more.
     *
     * @throws WindrowException {@link ReplayError#DELIVERED_DAMAGED} with the first finding
     */
    public static void expectWhole(Examined examined, Commit commit, StreamName stream) {
        if (!examined.findings().isEmpty() || !examined.complete()) {
            String what = examined.findings().isEmpty()
                    ? "not every row can be decoded"
                    : examined.findings().getFirst().place() + ": " + examined.findings().getFirst().what();
            throw WindrowException.of(
                    ReplayError.DELIVERED_DAMAGED,
                    "Reading epoch " + commit.identity().epoch() + " of " + stream + " back: " + what);
        }
    }

    private Batch aligned(Batch written, List<FieldVector> lacking) {
        List<FieldVector> vectors = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        Map<String, String> names = SchemaDiff.acceptedNames(written.schema(), schema);
        for (Column column : schema.columns()) {
            String name = names.get(column.name());
            if (name != null) {
                int at = written.schema().indexOf(name);
                Column old = written.schema().columns().get(at);
                // Of another type it is another value, whatever its bytes.
                columns.add(new Column(column.id(), column.name(), old.type(), old.nullable(), old.sourceType()));
                vectors.add(written.arrow().getVector(at));
            } else {
                FieldVector nulls = ArrowTypes.field(column).createVector(allocator);
                lacking.add(nulls);
                nulls.setInitialCapacity(written.rowCount());
                nulls.allocateNew();
                nulls.setValueCount(written.rowCount());
                columns.add(column);
                vectors.add(nulls);
            }
        }
        List<org.apache.arrow.vector.types.pojo.Field> fields = vectors.stream().map(FieldVector::getField).toList();
        VectorSchemaRoot root = new VectorSchemaRoot(fields, vectors, written.rowCount());
        StreamSchema same = new StreamSchema(schema.stream(), schema.version(), columns, schema.key());
        return new Batch(same, root, new Position(1, "{}"), Account.ofRead(written.rowCount()));
    }
}
