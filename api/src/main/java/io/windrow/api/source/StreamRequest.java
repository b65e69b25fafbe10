package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run wants of one stream.
 *
 * @param stream the stream, as discovery named it
 * @param mode the read mode
 * @param generation the delivery's generation; splits carry it in their ids
 * @param state what the planner saved for the stream at the last committed epoch; empty at the first run, after a reset
 *     and in a new generation
 * @param until how long a stream without an end is read
 * @param released up to where logs were let go with everything of the stream delivered, by split id: it goes on there or
 *     at its own place, whichever is later
 * @param copy how the rows are read with which a stream begins that is followed, where the source can do it either way
 * @param repair keys of a stream that is followed whose rows are to be read again while its log is read, each as {@link Source#keys}
 *     gave it. A row that is there comes as a copy does, and one that is not as a delete of its key; when all are through, a batch
 *     says so ({@link Source#REPAIRED})
 */
public record StreamRequest(
        StreamName stream, ReadMode mode, long generation, Optional<PlannerState> state, Until until,
        Map<String, Position> released, Copy copy, List<List<String>> repair) {
    public StreamRequest {
        released = Map.copyOf(released);
        repair = repair.stream().map(List::copyOf).toList();
    }

    /** How the rows are read with which a stream begins that is followed. */
    public enum Copy {
        /** As the source does it of itself. */
        OF_ITSELF,
        /** While the log goes on, which was read before: the generation was opened while the stream was followed. */
        BESIDE_LOG
    }

    /** A stream whose copy, if there is one, is read as the source does it of itself. */
    public StreamRequest(
            StreamName stream, ReadMode mode, long generation, Optional<PlannerState> state, Until until,
            Map<String, Position> released) {
        this(stream, mode, generation, state, until, released, Copy.OF_ITSELF, List.of());
    }

    /** A stream that is read up to where its source stands now. */
    public StreamRequest(StreamName stream, ReadMode mode, long generation, Optional<PlannerState> state) {
        this(stream, mode, generation, state, Until.CAUGHT_UP, Map.of());
    }
}
