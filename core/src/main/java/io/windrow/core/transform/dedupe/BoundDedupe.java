package io.windrow.core.transform.dedupe;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.transform.Rows;
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
    /** Where the key fields stand; empty: the whole row is the key. */
    private final int[] keys;
    private final Optional<String> version;
    private long epoch;
    private long[] lows = {};
    private long[] highs = {};
    private int[] kept = {};

    BoundDedupe(
            StreamSchema schema, Optional<RowMemory> memory, RowHasher hasher, Set<Integer> ids, Optional<String> version) {
        this.version = version;
        this.schema = schema;
        this.memory = memory;
        this.hasher = hasher;
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
        if (lows.length < rows) {
            lows = new long[rows];
            highs = new long[rows];
            kept = new int[rows];
        }
        hasher.each(batch, lows, highs);
        int count = memory.get().keep(epoch, lows, highs, rows, nameless(batch), kept);
        return Rows.keep(batch, kept, count, BoundDedupe::duplicates);
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
