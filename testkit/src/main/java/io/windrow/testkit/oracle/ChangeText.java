package io.windrow.testkit.oracle;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Presence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/** Rows of change streams as texts that a test can name: {@code UPDATE|2|22|~}. */
public final class ChangeText {
    private ChangeText() {}

    /**
     * A text for each row: what happened ({@code COPY} for a row that was copied), {@code >} behind the half of a change of key
     * that goes and {@code <} behind the one that comes, and its values, {@code ~} for one that did not change and {@code -} for
     * one that is not known. Reads the batch and keeps nothing of it.
     */
    public static List<String> rows(Batch batch) {
        ChangeColumns changes = batch.changes().orElseThrow();
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            StringBuilder text = new StringBuilder();
            text.append(changes.transactions().isNull(row) ? "COPY" : Operation.values()[changes.operations().get(row)]);
            if (!changes.links().isNull(row)) {
                text.append(changes.links().get(row) > changes.ordinals().get(row) ? ">" : "<");
            }
            for (int i = 0; i < batch.schema().columns().size(); i++) {
                FieldVector vector = batch.arrow().getFieldVectors().get(i);
                TinyIntVector presence = changes.presence().get(batch.schema().columns().get(i).id());
                Presence stands = presence == null ? Presence.PRESENT : Presence.values()[presence.get(row)];
                text.append('|').append(switch (stands) {
                    case PRESENT, NULL -> value(vector.getObject(row));
                    case UNCHANGED -> "~";
                    case ABSENT -> "-";
                });
            }
            rows.add(text.toString());
        }
        return rows;
    }

    private static String value(@Nullable Object value) {
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
    }
}
