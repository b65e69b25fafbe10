package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.util.Optional;

/**
 * A new generation of a stream, as a reset, a rewind or an edit of the state opens it (I4). The stream's committed and
 * pending epochs are forgotten; its ledger and its numbers are kept.
 *
 * @param stream the stream
 * @param generation higher than any generation that the store or the target knows
 * @param lastEpoch at least the highest epoch that the store or the target knows: the next epoch is higher
 * @param start where reading begins; empty: at the very start
 */
public record GenerationStart(StreamName stream, long generation, long lastEpoch, Optional<Progress> start) {}
