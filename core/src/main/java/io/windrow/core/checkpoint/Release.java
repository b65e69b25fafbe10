package io.windrow.core.checkpoint;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import java.util.Map;
import java.util.Optional;

/**
 * Up to where a log was let go, or is about to be: all of these streams have everything before it. A stream without rows
 * writes no epoch, so for it this is what says how far it is.
 *
 * @param split the id of the log's split
 * @param position up to where
 * @param streams the streams that share the log, each with the generation that has it
 */
public record Release(String split, Position position, Map<StreamName, Long> streams) {
    public Release {
        streams = Map.copyOf(streams);
    }

    /** The position, for a stream that has everything before it in this generation. */
    public Optional<Position> of(StreamName stream, long generation) {
        return Optional.ofNullable(streams.get(stream)).filter(has -> has == generation).map(has -> position);
    }
}
