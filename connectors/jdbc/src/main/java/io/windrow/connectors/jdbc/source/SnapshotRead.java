package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All rows of a stream as of the run's moment, in parts if several connections see it. */
final class SnapshotRead implements StreamRead {
    static final String LOST = "snapshot.lost";

    private final StreamShape shape;
    private final SourceDialect dialect;
    private final List<String> cuts;
    private final SplitQueue queue = new SplitQueue();
    private final Optional<PlannerState> kept;
    private final boolean lost;

    SnapshotRead(StreamShape shape, SourceDialect dialect, List<String> cuts, StreamRequest request) {
        this.shape = shape;
        this.dialect = dialect;
        this.cuts = List.copyOf(cuts);
        Optional<StateText> state = request.state().map(one -> StreamRead.parse(one, "snapshot"));
        boolean done = state.map(text -> text.flag("done")).orElse(false);
        this.kept = done ? request.state() : Optional.empty();
        this.lost = state.isPresent() && !done;
        if (state.isEmpty()) {
            fill(request.generation());
        }
    }

    @Override
    public StreamPlan plan() {
        List<String> assumptions = new ArrayList<>();
        boolean kept = shape.table().moments() == NativeTable.Moments.KEPT;
        if (!kept) {
            assumptions.add("The table's storage engine keeps no versions: its rows are those that are there when they are reached.");
        } else if (dialect.together() == SourceDialect.Together.BY_TEXT && !cuts.isEmpty()) {
            assumptions.add("Every change of the table is written to the binary log (sql_log_bin is on in every session).");
        }
        if (dialect.database() == Database.DUCKDB) {
            assumptions.add("No other connection of this process writes to the file.");
        }
        assumptions.add(shape.order().isEmpty()
                ? "The rows have no order: if a reader's connection dies, the stream is read again from the start."
                : "If the process dies before the table is finished, the table is read again from the start.");
        Guarantee guarantee = kept
                ? new Guarantee(
                        "snapshot", "Every row as of one moment, exactly once.", assumptions,
                        List.of("changes after the moment, until the next run"))
                : new Guarantee(
                        "per range", "Every row that is there throughout the read, exactly once, in the state in which it was reached.",
                        assumptions, List.of("changes of a row after it was read, until the next run"));
        return new StreamPlan(
                shape.schema(), guarantee, lost ? Optional.of(LOST) : Optional.empty(), shape.table().rows(), shape.table().bytes(),
                Places.of(shape));
    }

    @Override
    public void restart(long generation) {
        queue.clear();
        fill(generation);
    }

    private void fill(long generation) {
        for (int i = 0; i <= cuts.size(); i++) {
            JdbcSplit part = new JdbcSplit(
                    JdbcSplit.Part.SNAPSHOT, i == 0 ? Optional.empty() : Optional.of(cuts.get(i - 1)),
                    i == cuts.size() ? Optional.empty() : Optional.of(cuts.get(i)));
            queue.add(part.toSplit("g" + generation + "-" + i, shape.stream(), Places.share(shape, cuts.size() + 1)));
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
        return kept.orElseGet(() -> new PlannerState(
                STATE_VERSION, StateText.create().with("read", "snapshot").with("done", ended()).toString()));
    }
}
