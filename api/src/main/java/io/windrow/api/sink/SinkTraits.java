package io.windrow.api.sink;

import java.util.Set;

/**
 * What a sink can do, as data: shown to users, used to compute the guarantee of a pipeline (I14), proven by the
 * conformance kit.
 *
 * @param modes the write modes that it offers
 * @param idempotentCommit whether committing the same identity twice has the effect of once (I4)
 * @param fencedAtTarget whether the target itself refuses a stale owner's commit (I6)
 * @param atomicity what a reader of the target can see of an epoch that is being committed
 */
public record SinkTraits(Set<WriteMode> modes, boolean idempotentCommit, boolean fencedAtTarget, String atomicity) {
    public SinkTraits {
        modes = Set.copyOf(modes);
    }
}
