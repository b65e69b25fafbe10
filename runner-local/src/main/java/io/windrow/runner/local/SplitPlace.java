package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Optional;

/**
 * Up to where a split was read.
 *
 * @param all up to here everything was handed on, of all streams of the split; empty: at its start, or nothing new
 * @param own streams of a shared split whose rows were handed on from further behind
 */
record SplitPlace(Optional<Position> all, Map<StreamName, Position> own) {
    SplitPlace {
        own = Map.copyOf(own);
    }

    /** A place that is the same for all streams. */
    static SplitPlace of(Optional<Position> all) {
        return new SplitPlace(all, Map.of());
    }
}
