package io.windrow.core.transform.dedupe;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.HashForm;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.transform.Rows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** The step for one schema and one thread; the memory is shared. */
final class BoundDedupe implements BoundTransform {
    private final StreamSchema schema;
    private final Optional<RowMemory> memory;
    private final RowHasher hasher;
    /** Hashes with types, where those by value are others. */
    private final Optional<RowHasher> typedHasher;
    /** Where the key fields stand; empty: the whole row is the key. */
    private final int[] keys;
    private final Optional<String> version;
    private long epoch;
    private RowHashes hashes = RowHashes.NONE;
    private RowHashes typed = RowHashes.NONE;
    private int[] kept = {};

    BoundDedupe(StreamSchema schema, Optional<RowMemory> memory, HashKey key, Set<Integer> ids, Optional<String> version) {
        this.version = version;
        this.schema = schema;
        this.memory = memory;
        this.hasher = key.rowHasher(ids, HashForm.VALUE);
        this.typedHasher = HashForm.differ(compared(schema, ids))
                ? Optional.of(key.rowHasher(ids, HashForm.TYPED))
                : Optional.empty();
        this.keys = IntStream.range(0, schema.columns().size())
                .filter(at -> ids.contains(schema.columns().get(at).id()))
                .toArray();
    }

    @Override
    public StreamSchema output() {
        return schema;
    }

    @Override
    public Map<String, String> policies() {
        return version.map(text -> Map.of("dedupe", text)).orElse(Map.of());
    }

    @Override
    public void epoch(long next) {
        epoch = next;
    }

    @Override
    public Batch apply(Batch batch) {
        if (memory.isEmpty() || batch.rowCount() == 0) {
            return batch;
        }
        if (batch.changes().isPresent()) {
            throw WindrowException.of(
                    DedupeError.CHANGE_STREAM, "Dropping repeated rows of " + schema.stream() + ": it is a change stream");
        }
        int rows = batch.rowCount();
        hashes = hashes.holding(rows);
        hasher.each(batch, hashes.lows(), hashes.highs());
        typed = typed(batch, memory.get());
        if (kept.length < rows) {
            kept = new int[rows];
        }
        int count = memory.get().keep(epoch, hashes, typed, rows, nameless(batch), kept);
        return Rows.keep(batch, kept, count, BoundDedupe::duplicates);
    }

    private RowHashes typed(Batch batch, RowMemory remembered) {
        if (typedHasher.isEmpty() || !remembered.isTyped()) {
            return RowHashes.NONE;
        }
        RowHashes room = typed.holding(batch.rowCount());
        typedHasher.get().each(batch, room.lows(), room.highs());
        return room;
    }

    /** The columns by which rows are compared. */
    private static List<Column> compared(StreamSchema schema, Set<Integer> ids) {
        return schema.columns().stream().filter(column -> ids.isEmpty() || ids.contains(column.id())).toList();
    }

    private boolean @Nullable [] nameless(Batch batch) {
        boolean[] found = null;
        for (int key : keys) {
            FieldVector vector = batch.arrow().getVector(key);
            if (vector.getNullCount() > 0) {
                found = found == null ? new boolean[batch.rowCount()] : found;
                for (int i = 0; i < found.length; i++) {
                    found[i] |= vector.isNull(i);
                }
            }
        }
        return found;
    }

    /** Books that hold nothing but rows dropped because they had been delivered before. */
    private static Account duplicates(long rows) {
        return new Account(0, 0, 0, 0, 0, rows, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        // The memory is the attempt's.
    }
}
