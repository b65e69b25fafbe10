package io.windrow.core.replay;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
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
 * @param most how many rows the stream remembers at most
 */
record Repeats(Set<Integer> fields, boolean delivered, long most) {
    /** Of the rows of a stream, by the step that drops them; empty if none does. */
    static Optional<Repeats> of(Steps steps, StreamSchema input, StreamSchema output) {
        for (int at = 0; at < steps.transforms().size(); at++) {
            if (steps.transforms().get(at) instanceof Dedupe dedupe && dedupe.most(input.stream()).isPresent()) {
                StreamSchema compared = new Steps(steps.transforms().subList(0, at)).output(input);
                Set<Integer> fields = dedupe.ids(compared);
                return Optional.of(new Repeats(
                        fields, areDelivered(fields, compared.columns(), output.columns()),
                        dedupe.most(input.stream()).getAsLong()));
            }
        }
        return Optional.empty();
    }

    private static boolean areDelivered(Set<Integer> fields, List<Column> compared, List<Column> output) {
        List<Object> before = values(fields, compared);
        List<Object> after = values(fields, output);
        return before.size() == after.size() && after.containsAll(before);
    }

    /** Ids with types: a name says nothing. */
    private static List<Object> values(Set<Integer> fields, List<Column> columns) {
        List<Object> values = new ArrayList<>();
        for (Column column : columns) {
            if (fields.isEmpty() || fields.contains(column.id())) {
                values.add(List.of(column.id(), column.type()));
            }
        }
        return values;
    }
}
