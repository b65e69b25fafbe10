package io.windrow.core.ledger;

import io.windrow.api.batch.Position;
import io.windrow.api.source.EndProof;
import java.util.Optional;

/**
 * How far one split was read in one epoch.
 *
 * @param split the split's id
 * @param from where reading began; empty: at the split's start
 * @param to where it goes on; empty: nowhere, the split has ended, or nothing of it was read yet
 * @param end the evidence that the split ended in this epoch (I9)
 */
public record SplitRange(String split, Optional<Position> from, Optional<Position> to, Optional<EndProof> end) {}
