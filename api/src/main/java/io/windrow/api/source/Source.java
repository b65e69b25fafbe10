package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One configured source. {@link #check}, {@link #discover} and {@link #plan} are called by one thread; {@link #open} by many. */
public interface Source extends AutoCloseable {
    /**
     * Connects, authenticates, tests for missing and for excess privileges. Returns named results; never throws for an
     * expected failure. Leaves no trace and moves no state.
     */
    List<CheckResult> check();

    /** The streams that the config selects (all that are visible if it selects none). Leaves no trace and moves no state. */
    List<StreamDescription> discover();

    /**
     * The streams that a run reads, each with the mode that the config asks for. Without a word of the source it is the
     * only mode of a discovered stream, or else a snapshot. Leaves no trace and moves no state.
     */
    default Map<StreamName, ReadMode> selected() {
        Map<StreamName, ReadMode> selected = new LinkedHashMap<>();
        for (StreamDescription stream : discover()) {
            selected.put(
                    stream.schema().stream(),
                    stream.modes().size() == 1 ? stream.modes().iterator().next() : ReadMode.SNAPSHOT);
        }
        return selected;
    }

    /** Starts a run over the given streams. */
    SplitPlanner plan(List<StreamRequest> requests);

    /** Opens a split that this source's planner handed out. Called on the thread that will use the reader. */
    SplitReader open(Split split, Optional<Position> from);

    /** The capability to verify deliveries, if the source has it. */
    default Optional<Reconciliation> reconciliation() {
        return Optional.empty();
    }

    @Override
    void close();
}
