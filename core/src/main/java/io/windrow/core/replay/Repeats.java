package io.windrow.core.replay;

import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashForm;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.dedupe.Dedupe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a stream's repeated rows are told.
 *
 * @param fields the ids of the fields that make rows the same; none: the row as a whole
 * @param delivered whether these fields leave the steps as they are compared, so that delivered rows show them
 * @param typed whether rows hash otherwise with their types than by their values
 * @param most how many rows the stream remembers at most
 */
record Repeats(Set<Integer> fields, boolean delivered, boolean typed, long most) {
    /** Of the rows of a stream, by the step that drops them; empty if none does. */
    static Optional<Repeats> of(Steps steps, StreamSchema input, StreamSchema output) {
        for (int at = 0; at < steps.transforms().size(); at++) {
            if (steps.transforms().get(at) instanceof Dedupe dedupe && dedupe.most(input.stream()).isPresent()) {
                StreamSchema compared = new Steps(steps.transforms().subList(0, at)).output(input);
                Set<Integer> fields = dedupe.ids(compared);
                return Optional.of(new Repeats(
                        fields, areDelivered(fields, compared.columns(), output.columns()),
                        HashForm.differ(of(fields, compared.columns())), dedupe.most(input.stream()).getAsLong()));
            }
        }
        return Optional.empty();
    }

    /** Gives the hash of each row as rows are compared. For one thread. */
    RowHasher hasher(HashKey key) {
        return key.rowHasher(fields, HashForm.VALUE);
    }

    /**
     * Of what is remembered, that of which it is known whether it is gone. Rows that an earlier version hashed with their types
     * are forgotten where any row is gone, since each of them might be that one, and would be lost when it came back.
     */
    List<RememberedRows> told(List<RememberedRows> remembered, Set<RowHash> gone) {
        return remembered.stream().filter(rows -> !typed || gone.isEmpty() || rows.form() == HashForm.VALUE).toList();
    }

    private static boolean areDelivered(Set<Integer> fields, List<Column> compared, List<Column> output) {
        List<Object> before = values(fields, compared);
        List<Object> after = values(fields, output);
        return before.size() == after.size() && after.containsAll(before);
    }

    /** Ids with types: a name says nothing. */
    private static List<Object> values(Set<Integer> fields, List<Column> columns) {
        List<Object> values = new ArrayList<>();
        of(fields, columns).forEach(column -> values.add(List.of(column.id(), column.type())));
        return values;
    }

    private static List<Column> of(Set<Integer> fields, List<Column> columns) {
        return columns.stream().filter(column -> fields.isEmpty() || fields.contains(column.id())).toList();
    }
}
