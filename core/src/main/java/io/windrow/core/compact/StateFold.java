package io.windrow.core.compact;

import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.transform.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The rows that changes make, held in memory. Copied rows come first, whatever their place, then the changes: of two that speak of one
 * row the one that lies later in the source's log counts. Used by one thread.
 */
final class StateFold implements AutoCloseable {
    private static final int AT_ONCE = 4096;
    private static final int SLACK = 1000;

    private final StreamSchema schema;
    private final BufferAllocator allocator;
    private Map<RowHash, Live> live = new LinkedHashMap<>();
    private VectorSchemaRoot rows;
    private int used;
    /** The row of which only the first half of a change of key has come. */
    private @Nullable Moved moved;

    /** A row as it is now: the place of its last change, and where it lies among {@link #rows}. */
    private record Live(Place place, int row) {}

    private record Moved(Place deleted, int row) {}

    /**
     * No rows.
     *
     * @param schema the table's columns, which are the first of the log's
     * @param parent from which the rows take their memory
     */
    StateFold(StreamSchema schema, BufferAllocator parent) {
        this.schema = schema;
        this.allocator = parent.newChildAllocator("fold", 0, Long.MAX_VALUE);
        this.rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        this.rows.allocateNew();
    }

    /** Takes a row of the log in. */
    void take(LogRows log, int row, RowHash key) {
        Place place = log.place(row);
        LogRows.Kind kind = log.kind(row);
        if (kind == LogRows.Kind.TRUNCATE) {
            live.values().removeIf(now -> now.place.compareTo(place) < 0);
            return;
        }
        Live before = live.get(key);
        if (before != null && before.place.compareTo(place) > 0) {
            return;
        }
        if (kind == LogRows.Kind.DELETE) {
            live.remove(key);
            moved = before == null || log.link(row).isEmpty() ? null : new Moved(place, before.row);
        } else {
            live.put(key, new Live(place, add(log, row, before(log, row, place, before))));
        }
    }

    /** Where the values lie that the change leaves as they were, or −1. */
    private int before(LogRows log, int row, Place place, @Nullable Live before) {
        OptionalLong link = log.link(row);
        Moved from = moved;
        if (link.isPresent() && from != null && from.deleted.equals(new Place(place.position(), link.getAsLong()))) {
            return from.row;
        }
        return before == null ? -1 : before.row;
    }

    private int add(LogRows log, int row, int before) {
        boolean leaves = log.leavesAnything(row);
        for (int i = 0; i < schema.columns().size(); i++) {
            String name = schema.columns().get(i).name();
            FieldVector to = rows.getVector(i);
            if (leaves && log.leaves(row, name)) {
                if (before < 0) {
                    throw WindrowException.of(
                            CompactError.VALUE_MISSING,
                            "Folding the change log of " + schema.stream() + ": the change at " + log.place(row) + " leaves "
                                    + name + " as it was");
                }
                to.copyFromSafe(before, used, to);
            } else if (before >= 0 && log.lacks(row, name)) {
                to.copyFromSafe(before, used, to);
            } else {
                to.copyFromSafe(row, used, log.vectors().get(i));
            }
        }
        return used++;
    }

    /** Frees what changed rows have left behind, once it is more than what is there. Between two batches. */
    void settle() {
        if (used <= 2L * live.size() + SLACK) {
            return;
        }
        VectorSchemaRoot kept = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        kept.allocateNew();
        int count = 0;
        Map<RowHash, Live> where = new LinkedHashMap<>();
        for (Map.Entry<RowHash, Live> one : live.entrySet()) {
            copy(one.getValue().row, kept, count);
            where.put(one.getKey(), new Live(one.getValue().place, count++));
        }
        Moved half = moved;
        if (half != null) {
            copy(half.row, kept, count);
            moved = new Moved(half.deleted, count++);
        }
        rows.close();
        rows = kept;
        live = where;
        used = count;
    }

    private void copy(int from, VectorSchemaRoot to, int at) {
        for (int i = 0; i < schema.columns().size(); i++) {
            to.getVector(i).copyFromSafe(from, at, rows.getVector(i));
        }
    }

    /** How many rows there are. */
    int size() {
        return live.size();
    }

    /** The bytes that the rows take, with those that were left behind. */
    long bytes() {
        return allocator.getAllocatedMemory();
    }

    /** Gives the rows, some at a time; each is valid during the call. */
    void each(Consumer<VectorSchemaRoot> taker) {
        rows.setRowCount(used);
        int[] picked = new int[AT_ONCE];
        int count = 0;
        for (Live now : live.values()) {
            picked[count++] = now.row;
            if (count == AT_ONCE) {
                give(picked, count, taker);
                count = 0;
            }
        }
        if (count > 0) {
            give(picked, count, taker);
        }
    }

    private void give(int[] picked, int count, Consumer<VectorSchemaRoot> taker) {
        try (VectorSchemaRoot some = Rows.pick(rows, picked, count)) {
            taker.accept(some);
        }
    }

    @Override
    public void close() {
        rows.close();
        allocator.close();
    }
}
