package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a worker is told; obeyed at the next batch boundary, in order. */
sealed interface Command {
    /**
     * Read this split.
     *
     * @param streams the streams of the split that are read
     * @param starts where each of them goes on; one that is not there: from the start
     * @param committed up to where the split may be let go at once
     */
    record Read(
            Split split, List<StreamName> streams, Map<StreamName, Position> starts, Optional<Position> committed,
            Handover handover)
            implements Command {}

    /**
     * Stage what was written; what comes next belongs to the next cut.
     *
     * @param cut the number of the cut in this attempt
     * @param epoch the epoch that it becomes part of
     */
    record Cut(long cut, long epoch) implements Command {}

    /** These positions are committed, by split id. */
    record Acknowledge(Map<String, Position> positions) implements Command {}

    /** Give the split back. */
    record GiveBack() implements Command {}

    /** From now on pass batches on in this way. */
    record HandOver(Handover handover) implements Command {}

    /** End the thread. */
    record Leave() implements Command {}

    /** How batches get from a reader to its writer. */
    enum Handover {
        /** On the reader's thread, one batch all the way. */
        INLINE,
        /** Through a queue to the writer's thread. */
        QUEUED
    }
}
