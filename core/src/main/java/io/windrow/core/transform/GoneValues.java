package io.windrow.core.transform;

import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/**
 * Values of rows that are gone of which a step could make nothing. A deletion is not set aside for them, since its row would
 * stay alive at the target: such a value comes out null and is said to be absent, unless it is one of the key, by which the
 * row is found. For one batch and one thread.
 */
public final class GoneValues {
    private final @Nullable ChangeColumns changes;
    private final Set<String> key;
    private final Map<String, BitSet> missing = new HashMap<>();

    /**
     * No value yet.
     *
     * @param changes what the batch's changes are; null if its rows are no changes
     * @param key the names of the key's fields
     */
    public GoneValues(@Nullable ChangeColumns changes, Collection<String> key) {
        this.changes = changes;
        this.key = Set.copyOf(key);
    }

    /**
     * A deletion brings no values: what it says of the row that is gone is not judged. Set aside, it would leave alive at the
     * target what the source has no more.
     *
     * @param changes null if the rows are no changes
     */
    public static boolean isGone(@Nullable ChangeColumns changes, int row) {
        if (changes == null) {
            return false;
        }
        int operation = changes.operations().get(row);
        return operation == Operation.DELETE.ordinal() || operation == Operation.TRUNCATE.ordinal();
    }

    /** Takes a value that could not be made and comes out null. False if the row has to be set aside for it. */
    public boolean takes(int row, String field) {
        if (key.contains(field) || !isGone(changes, row)) {
            return false;
        }
        missing.computeIfAbsent(field, name -> new BitSet()).set(row);
        return true;
    }

    /**
     * The presence of the changes with what was taken, by column id; vectors that are already there are written to. What is
     * new is the caller's.
     *
     * @param schema the columns as they come out
     * @param values their values, in the same order
     */
    public Map<Integer, TinyIntVector> presence(StreamSchema schema, List<FieldVector> values) {
        Map<Integer, TinyIntVector> presence = new HashMap<>(changes == null ? Map.of() : changes.presence());
        for (int i = 0; i < values.size(); i++) {
            Column column = schema.columns().get(i);
            FieldVector of = values.get(i);
            BitSet rows = missing.get(column.name());
            if (rows != null) {
                TinyIntVector states = presence.computeIfAbsent(column.id(), id -> states(of));
                rows.stream().forEach(row -> states.set(row, Presence.ABSENT.ordinal()));
            }
        }
        return presence;
    }

    private static TinyIntVector states(FieldVector values) {
        int rows = values.getValueCount();
        TinyIntVector states = new TinyIntVector("presence", values.getAllocator());
        states.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
            states.set(row, (values.isNull(row) ? Presence.NULL : Presence.PRESENT).ordinal());
        }
        states.setValueCount(rows);
        return states;
    }
}
