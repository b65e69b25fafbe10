package io.windrow.connectors.jdbc.load;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import io.windrow.api.schema.Column;
import java.util.List;
import java.util.OptionalLong;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/** What a batch says of its rows' changes. Rows without a word of it are inserts that nothing orders but their arrival. */
public final class ChangeFacts {
    private final @Nullable ChangeColumns changes;
    private final List<Column> columns;

    private ChangeFacts(@Nullable ChangeColumns changes, List<Column> columns) {
        this.changes = changes;
        this.columns = columns;
    }

    /** The facts of a batch, which stays the caller's and open. */
    public static ChangeFacts of(Batch batch) {
        return new ChangeFacts(batch.changes().orElse(null), batch.schema().columns());
    }

    /** What happened. */
    public Operation operation(int row) {
        return changes == null ? Operation.INSERT : Operation.values()[changes.operations().get(row)];
    }

    /** The place of the transaction's commit in the source's log; 0 if there is none. */
    public long position(int row) {
        return changes == null ? 0 : of(changes.positions(), row).orElse(0);
    }

    /** The place within the transaction; 0 if there is none. */
    public long ordinal(int row) {
        return changes == null ? 0 : of(changes.ordinals(), row).orElse(0);
    }

    /** The commit time, microseconds since 1970 UTC. */
    public OptionalLong micros(int row) {
        return changes == null ? OptionalLong.empty() : of(changes.commitMicros(), row);
    }

    /** The ordinal of the other half of a key change. */
    public OptionalLong link(int row) {
        return changes == null ? OptionalLong.empty() : of(changes.links(), row);
    }

    /**
     * The columns that the row says nothing about, by index: {@code ,3,17a,}; an {@code a} marks one that the source did
     * not send at all rather than one that did not change (I8). Null: it speaks of all.
     */
    public @Nullable String unchanged(int row) {
        if (changes == null || changes.presence().isEmpty()) {
            return null;
        }
        Operation operation = operation(row);
        if (operation == Operation.DELETE || operation == Operation.TRUNCATE) {
            return null;
        }
        StringBuilder list = new StringBuilder(",");
        for (int i = 0; i < columns.size(); i++) {
            TinyIntVector presence = changes.presence().get(columns.get(i).id());
            if (presence != null && !presence.isNull(row)) {
                int said = presence.get(row);
                if (said == Presence.UNCHANGED.ordinal()) {
                    list.append(i).append(',');
                } else if (said == Presence.ABSENT.ordinal()) {
                    list.append(i).append("a,");
                }
            }
        }
        return list.length() == 1 ? null : list.toString();
    }

    private static OptionalLong of(BigIntVector vector, int row) {
        return vector.isNull(row) ? OptionalLong.empty() : OptionalLong.of(vector.get(row));
    }
}
