package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.PostgresSplit.Pages;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.catalog.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** All rows of a stream as of one moment, in parts by pages where there are pages. */
final class SnapshotRead implements StreamRead {
    static final String LOST = "snapshot.lost";

    private final StreamShape shape;
    private final List<Leaf> leaves;
    private final Moment moment;
    private final long splitBytes;
    private final SplitQueue queue = new SplitQueue();
    private final Optional<PlannerState> kept;
    private final boolean lost;

    SnapshotRead(StreamShape shape, List<Leaf> leaves, Moment moment, long splitBytes, StreamRequest request) {
        this.shape = shape;
        this.leaves = leaves;
        this.moment = moment;
        this.splitBytes = splitBytes;
        Optional<StateText> state = request.state().map(SnapshotRead::parse);
        boolean done = state.map(text -> text.flag("done")).orElse(false);
        this.kept = done ? request.state() : Optional.empty();
        this.lost = state.isPresent() && !done;
        if (state.isEmpty()) {
            fill(request.generation());
        }
    }

    static StateText parse(PlannerState state) {
        if (state.version() != STATE_VERSION) {
            throw StateText.invalid("a planner state of version " + state.version());
        }
        StateText text = StateText.parse(state.text());
        if (!text.text("read").equals("snapshot")) {
            throw StateText.invalid("the stream was read as " + text.text("read") + ", and now it is to be a snapshot");
        }
        return text;
    }

    @Override
    public StreamPlan plan() {
        List<String> assumptions = new ArrayList<>();
        boolean ordered = !leaves.isEmpty();
        assumptions.add(
                ordered
                        ? "If the process or its connection dies before the table is finished, the table is read again from the start."
                        : "The rows have no order: if a reader dies, the stream is read again from the start.");
        if (shape.relation().map(Relation::kind).filter(kind -> kind == Relation.Kind.FOREIGN).isPresent()) {
            assumptions.add("The foreign server shows the same rows to every query of the read.");
        }
        Guarantee guarantee = new Guarantee(
                "snapshot",
                "Every row as of one moment, exactly once.",
                assumptions,
                List.of("changes after the moment, until the next run"));
        long rows = shape.relation().map(relation -> (long) relation.estimate().rows()).orElse(-1L);
        long bytes = leaves.stream().mapToLong(Leaf::bytes).sum();
        return new StreamPlan(
                shape.schema(),
                guarantee,
                lost ? Optional.of(LOST) : Optional.empty(),
                rows,
                ordered ? bytes : -1);
    }

    @Override
    public void restart(long generation) {
        queue.clear();
        fill(generation);
    }

    private void fill(long generation) {
        int number = 0;
        if (leaves.isEmpty()) {
            PostgresSplit whole = new PostgresSplit(
                    Part.WHOLE, moment.exported(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
            queue.add(whole.toSplit("g" + generation + "-0", shape.stream(), -1));
            return;
        }
        for (Leaf leaf : leaves) {
            List<Long> cuts = leaf.cuts(splitBytes);
            for (int i = 0; i < cuts.size(); i++) {
                boolean last = i == cuts.size() - 1;
                OptionalLong to = last ? OptionalLong.empty() : OptionalLong.of(cuts.get(i + 1));
                PostgresSplit part = new PostgresSplit(
                        Part.PAGES,
                        moment.exported(),
                        Optional.of(leaf.name()),
                        Optional.of(new Pages(cuts.get(i), to)),
                        Optional.empty(),
                        Optional.empty());
                long bytes = ((last ? leaf.pages() : to.getAsLong()) - cuts.get(i)) * leaf.pageBytes();
                queue.add(part.toSplit("g" + generation + "-" + number++, shape.stream(), bytes));
            }
        }
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
        if (kept.isPresent()) {
            return kept.get();
        }
        StateText text = StateText.create()
                .with("read", "snapshot")
                .with("snapshot", moment.text())
                .with("system", moment.server().systemId())
                .with("taken", moment.taken().toString());
        return new PlannerState(STATE_VERSION, text.with("done", ended()).toString());
    }
}
