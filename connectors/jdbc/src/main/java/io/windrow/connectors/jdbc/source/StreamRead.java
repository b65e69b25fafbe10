package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamPlan;
import java.util.List;
import java.util.Optional;

/** How one stream is read in one run. Used by the planner's thread. */
sealed interface StreamRead permits SnapshotRead, RangeRead, WindowRead {
    /** The version of the planner states of all kinds. */
    int STATE_VERSION = 1;

    StreamPlan plan();

    void restart(long generation);

    List<Assignment> next(int max);

    void ended(Split split);

    void giveBack(Split split, Optional<Position> position);

    boolean ended();

    /** As {@link io.windrow.api.source.SplitPlanner#nothingNew}. */
    default Optional<EndProof> nothingNew() {
        return Optional.empty();
    }

    /** As {@link io.windrow.api.source.SplitPlanner#resumes}. */
    default Optional<Position> resumes() {
        return Optional.empty();
    }

    PlannerState state();

    /** A saved state of the kind. */
    static StateText parse(PlannerState state, String kind) {
        if (state.version() != STATE_VERSION) {
            throw StateText.invalid("a planner state of version " + state.version());
        }
        StateText text = StateText.parse(state.text());
        if (!text.text("read").equals(kind)) {
            throw StateText.invalid("the stream was read as " + text.text("read") + ", and now it is to be read as " + kind);
        }
        return text;
    }
}
