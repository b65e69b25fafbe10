package io.windrow.core.plan;

import io.windrow.core.spec.DeliveryLevel;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pipeline keeps, from the traits of both ends (I14). What a single stream's reading can see comes on top, from its
 * {@link io.windrow.api.source.Guarantee}.
 *
 * @param level how often a row arrives
 * @param statement one sentence for people
 * @param assumptions what must be true for it, one sentence each
 */
public record EffectiveGuarantee(DeliveryLevel level, String statement, List<String> assumptions) {
    public EffectiveGuarantee {
        assumptions = List.copyOf(assumptions);
    }

    /** The same with more assumptions. */
    public EffectiveGuarantee with(List<String> more) {
        List<String> all = new ArrayList<>(assumptions);
        all.addAll(more);
        return new EffectiveGuarantee(level, statement, all);
    }
}
