package io.windrow.core.checkpoint;

import io.windrow.api.batch.Position;
import io.windrow.api.source.Split;
import java.util.Optional;

/**
 * A split that was begun and has not ended.
 *
 * @param split the split
 * @param position where reading goes on; empty: at its start
 */
public record OpenSplit(Split split, Optional<Position> position) {}
