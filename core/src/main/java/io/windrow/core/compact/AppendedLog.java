package io.windrow.core.compact;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.transform.change.ChangeLog;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a change log makes which lies in a table of the target: for comparing them with the source. The log is read once,
 * and put aside in a file without a name, since a fold reads it several times and the table may grow meanwhile. Used by one thread.
 */
public final class AppendedLog implements Delivery {
    private final Delivery log;
    private final BufferAllocator allocator;
    private final Path folder;
    private final long bytes;
    private @Nullable FoldedDelivery folded;

    /**
     * Nothing is read before the first rows are asked for.
     *
     * @param log gives the log's rows in the order of the source's log; closed with this
     * @param allocator for rows
     * @param folder for what does not fit into memory
     * @param bytes so much memory the rows may take that are folded
     */
    public AppendedLog(Delivery log, BufferAllocator allocator, Path folder, long bytes) {
        this.log = log;
        this.allocator = allocator;
        this.folder = folder;
        this.bytes = bytes;
    }

    /** How many rows the log makes; none before the first were asked for. */
    @Override
    public long count() {
        return folded == null ? 0 : folded.count();
    }

    @Override
    public Optional<Batch> read(StreamSchema schema) {
        FoldedDelivery rows = folded;
        if (rows == null) {
            rows = fold(schema);
            folded = rows;
        }
        return rows.read(schema);
    }

    private FoldedDelivery fold(StreamSchema schema) {
        StreamSchema kept;
        try (BoundTransform keeping = new ChangeLog(Set.of(schema.stream())).bind(schema)) {
            kept = keeping.output();
        }
        try (RowFile aside = RowFile.create(folder, kept, allocator)) {
            for (Optional<Batch> next = log.read(kept); next.isPresent(); next = log.read(kept)) {
                try (Batch rows = next.get()) {
                    new LogRows(rows.arrow(), kept).unknown().ifPresent(name -> {
                        throw WindrowException.of(
                                CompactError.COLUMN_CHANGED, "Folding the change log of " + schema.stream() + ": older changes speak of column "
                                        + name + ", which the table does not have by that name any more");
                    });
                    aside.add(rows.arrow());
                }
            }
            aside.end();
            return new FoldedDelivery(new ChangeLogFold(Log.of(aside::each), kept, allocator, folder, bytes), allocator, folder);
        }
    }

    @Override
    public void close() {
        try {
            if (folded != null) {
                folded.close();
            }
        } finally {
            log.close();
        }
    }
}
