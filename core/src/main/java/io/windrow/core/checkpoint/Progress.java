package io.windrow.core.checkpoint;

import io.windrow.api.source.PlannerState;
import java.util.Map;

/**
 * From where a stream is read on.
 *
 * @param planner what the source's planner saved
 * @param openSplits the splits that were begun and have not ended, by split id
 */
public record Progress(PlannerState planner, Map<String, OpenSplit> openSplits) {
    public Progress {
        openSplits = Map.copyOf(openSplits);
    }
}
