package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.util.List;
import java.util.Optional;

/** A table in ranges of its key, each of its own moment. An interrupted read goes on, under another moment. */
final class RangeRead implements StreamRead {
    private final StreamShape shape;
    private final List<String> cuts;
    private final SplitQueue queue = new SplitQueue();

    /** @param fresh where to cut if nothing was read yet */
    RangeRead(StreamShape shape, List<String> fresh, StreamRequest request) {
        this.shape = shape;
        if (shape.order().isEmpty() || shape.lasting() != StreamShape.Lasting.KEY) {
            throw StreamShape.invalid(
                    shape.stream(), "consistency per_range needs a primary key, or a unique key without nulls, whose columns sort as they compare");
        }
        Optional<StateText> state = request.state().map(one -> StreamRead.parse(one, "ranges"));
        this.cuts = state.map(text -> text.texts("cuts")).orElse(fresh);
        fill(request.generation(), state.map(text -> text.texts("ended")).orElse(List.of()));
    }

    private void fill(long generation, List<String> done) {
        for (int i = 0; i <= cuts.size(); i++) {
            String id = "g" + generation + "-" + i;
            JdbcSplit part = new JdbcSplit(
                    JdbcSplit.Part.RANGE, i == 0 ? Optional.empty() : Optional.of(cuts.get(i - 1)),
                    i == cuts.size() ? Optional.empty() : Optional.of(cuts.get(i)));
            Split split = part.toSplit(id, shape.stream(), Places.share(shape, cuts.size() + 1));
            queue.add(split);
            if (done.contains(id)) {
                queue.ended(split);
            }
        }
    }

    @Override
    public StreamPlan plan() {
        Guarantee guarantee = new Guarantee(
                "per range",
                "Every row whose key exists throughout the read, exactly once, in the state of the moment when its range was read.",
                List.of("The key of a row never changes.", "Ranges are of different moments."),
                List.of("changes in a range after it was read, until the next run"));
        return new StreamPlan(
                shape.schema(), guarantee, Optional.empty(), shape.table().rows(), shape.table().bytes(), Places.of(shape));
    }

    @Override
    public void restart(long generation) {
        queue.clear();
        fill(generation, List.of());
    }

    @Override
    public List<Assignment> next(int max) {
        return queue.next(max);
    }

    @Override
    public void ended(Split split) {
        queue.ended(split);
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        queue.giveBack(split, position);
    }

    @Override
    public boolean ended() {
        return queue.finished();
    }

    @Override
    public PlannerState state() {
        StateText text = StateText.create()
                .with("read", "ranges")
                .with("cuts", cuts)
                .with("ended", queue.endedIds().stream().sorted().toList())
                .with("done", ended());
        return new PlannerState(STATE_VERSION, text.toString());
    }
}
