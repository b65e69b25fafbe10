package io.windrow.core.replay;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.source.Rereading;
import io.windrow.api.source.Rereading.Place;
import io.windrow.api.source.Slice;
import io.windrow.core.plan.Steps;
import io.windrow.core.registry.NearestName;
import io.windrow.core.replay.WindowText.Edge;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * Turns a window as a user spells it into a slice: values of one column, which both ends can tell. The column is the one that
 * was asked for, else the stream's cursor, its event time, or the first column of its key. An epoch stands for the values
 * that it delivered, a saved position for the value that it holds.
 *
 * @param rereading the source
 * @param steps what happens to rows on their way
 * @param input the stream's columns before the steps
 * @param eventTime the stream's column of event time, if the pipeline names one
 * @param delivered what the target shows, in the columns after the steps
 */
record WindowFinder(
        Rereading rereading, Steps steps, StreamSchema input, Optional<String> eventTime, DeliveredRows delivered) {
    /**
     * A slice, and how the target tells which rows are in it.
     *
     * @param slice for the source
     * @param target for delivered rows
     */
    record Found(Slice slice, SliceOf target) {}

    Found find(WindowText window) {
        StreamName stream = input.stream();
        Optional<Place> from = place(window.from());
        Optional<Place> to = place(window.to());
        String column = window.by()
                .or(() -> from.or(() -> to).map(Place::column))
                .or(() -> rereading.cursor(stream))
                .or(() -> eventTime)
                .or(() -> input.key().stream().findFirst())
                .orElseThrow(() -> unfit("it has no cursor, no event time and no key; name a column with --by"));
        for (Place place : List.of(from, to).stream().flatMap(Optional::stream).toList()) {
            if (!place.column().equals(column)) {
                throw WindowText.invalid("a position of " + stream + " stands in column " + place.column() + ", not in " + column);
            }
        }
        SliceOf target = new SliceOf(target(column));
        Slice slice = window.from().or(window::to).orElseThrow() instanceof Edge.Epoch
                ? ofEpochs(window, column, target)
                : rereading.slice(
                        stream, column, text(window.from(), from), text(window.to(), to), Slice.End.EXCLUSIVE);
        if (slice.isEmpty()) {
            throw WindowText.invalid("--from " + slice.from().map(Slice.Bound::text).orElse("") + " does not lie before --to "
                    + slice.to().map(Slice.Bound::text).orElse("") + " in column " + column + " of " + stream);
        }
        return new Found(slice, target);
    }

    private Optional<Place> place(Optional<Edge> edge) {
        return edge.flatMap(one -> one instanceof Edge.Saved saved
                ? Optional.of(rereading.place(input.stream(), saved.text()))
                : Optional.empty());
    }

    private static Optional<String> text(Optional<Edge> edge, Optional<Place> place) {
        return place.map(Place::value).or(() -> edge.map(one -> one instanceof Edge.Value value ? value.text() : ""));
    }

    /** Where the column stands among the delivered ones, if no step has touched its values. */
    private int target(String column) {
        int at = input.indexOf(column);
        if (at < 0) {
            List<String> names = input.columns().stream().map(Column::name).toList();
            throw unfit("it delivers no column " + column
                    + NearestName.of(column, names).map(near -> "; did you mean " + near + "?").orElse("; it has " + names));
        }
        if (steps.hidden(input).contains(column)) {
            throw unfit("the mask hides column " + column);
        }
        Column before = input.columns().get(at);
        List<Column> after = delivered.schema().columns();
        for (int i = 0; i < after.size(); i++) {
            if (after.get(i).id() == before.id()) {
                if (!after.get(i).type().equals(before.type())) {
                    throw unfit("a step casts column " + column);
                }
                return i;
            }
        }
        throw unfit("a step drops column " + column);
    }

    private WindrowException unfit(String why) {
        return WindrowException.of(ReplayError.COLUMN_UNFIT, "Cutting a window of " + input.stream() + ": " + why);
    }

    private Slice ofEpochs(WindowText window, String column, SliceOf target) {
        long first = window.from().map(WindowFinder::number).orElse(0L);
        long last = window.to().map(WindowFinder::number).orElse(Long.MAX_VALUE);
        List<Commit> commits = delivered.commits().stream()
                .filter(commit -> commit.identity().epoch() >= first && commit.identity().epoch() <= last)
                .toList();
        boolean named = window.from().isEmpty() || commits.stream().anyMatch(commit -> commit.identity().epoch() == first);
        named &= window.to().isEmpty() || commits.stream().anyMatch(commit -> commit.identity().epoch() == last);
        if (commits.isEmpty() || !named) {
            throw WindrowException.of(
                    ReplayError.EPOCH_UNKNOWN,
                    "Looking for epochs of " + input.stream() + ": the target shows "
                            + delivered.commits().stream().map(commit -> commit.identity().epoch()).toList());
        }
        BigDecimal[] ends = new BigDecimal[2];
        for (Commit commit : commits) {
            delivered.each(commit, (written, batch) -> {
                for (int row = 0; row < batch.rowCount(); row++) {
                    target.value(batch, row).ifPresent(value -> {
                        ends[0] = ends[0] == null ? value : ends[0].min(value);
                        ends[1] = ends[1] == null ? value : ends[1].max(value);
                    });
                }
            });
        }
        if (ends[0] == null) {
            throw WindowText.invalid("the epochs delivered no row of " + input.stream() + " with a value of " + column);
        }
        return rereading.slice(input.stream(), column, ends[0], ends[1]);
    }

    private static long number(Edge edge) {
        return edge instanceof Edge.Epoch epoch ? epoch.number() : 0;
    }
}
