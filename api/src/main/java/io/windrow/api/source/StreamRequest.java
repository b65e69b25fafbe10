package io.windrow.api.source;

import io.windrow.api.schema.StreamName;
import java.util.Optional;

/**
 * What a run wants of one stream.
 *
 * @param stream the stream, as discovery named it
 * @param mode the read mode
 * @param generation the delivery's generation; splits carry it in their ids
 * @param state what the planner saved for the stream at the last committed epoch; empty at the first run, after a reset
 *     and in a new generation
 */
public record StreamRequest(StreamName stream, ReadMode mode, long generation, Optional<PlannerState> state) {}
