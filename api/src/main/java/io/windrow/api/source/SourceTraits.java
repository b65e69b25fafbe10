package io.windrow.api.source;

import java.util.Set;

/**
 * What a source can do, as data: shown to users, used to compute the guarantee of a pipeline (I14), proven by the
 * conformance kit.
 *
 * @param modes the read modes that it offers
 * @param replay how it can send rows again (I2)
 * @param emitsDeletes whether deleted rows are seen in some mode
 * @param splittable whether one stream can be read by several readers at once
 */
public record SourceTraits(Set<ReadMode> modes, Replay replay, boolean emitsDeletes, boolean splittable) {
    public SourceTraits {
        modes = Set.copyOf(modes);
    }

    /** How a source can send rows again. */
    public enum Replay {
        /** From a position. */
        POSITION,
        /** Whatever was not acknowledged, by id. */
        REDELIVERY,
        /** Not at all. */
        NONE
    }
}
