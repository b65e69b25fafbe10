package io.windrow.core.cycle.b;

import io.windrow.core.cycle.a.First;
import java.util.Optional;

/** Needs the other package, which needs this one. */
public record Second(Optional<First> first) {
    /** The other one's. */
    public First orElse(First other) {
        return first.orElse(other);
    }
}
