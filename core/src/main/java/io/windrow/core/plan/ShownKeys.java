package io.windrow.core.plan;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.StreamPlan;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Which keys may be summed up for the ledger: those that the target gets as they are read (I11). */
public final class ShownKeys {
    private ShownKeys() {}

    /**
     * How the keys of a stream are summed up as its rows are read; empty: nothing is made of them.
     *
     * @param plan in the schema that rows are delivered in
     * @param offered what the steps get
     */
    public static Optional<KeySum> of(StreamPlan plan, Steps steps, StreamSchema offered) {
        if (plan.keySum().isEmpty()) {
            return Optional.empty();
        }
        Set<String> hidden = steps.hidden(offered);
        List<Column> after = steps.output(offered).columns();
        StreamSchema read = plan.schema();
        return plan.keySum().filter(keys -> keys.fits(read) && keys.parts().stream().allMatch(part ->
                !hidden.contains(part.column()) && place(read.columns().get(read.indexOf(part.column())), after).isPresent()));
    }

    /** Where rows after the steps hold a column as it was read; a renamed column keeps its id. Empty: they do not. */
    public static Optional<Integer> place(Column read, List<Column> after) {
        return IntStream.range(0, after.size())
                .filter(at -> after.get(at).id() == read.id() && after.get(at).type().equals(read.type()))
                .boxed()
                .findFirst();
    }
}
