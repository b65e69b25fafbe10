package io.windrow.core.dispose;

import io.windrow.api.schema.StreamName;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.policy.RetentionPolicy;
import java.util.List;
import java.util.Optional;

/** Why something is disposed of. */
public sealed interface Grounds {
    /** Streams on legal hold: nothing of them is disposed of on whatever grounds. */
    List<String> hold();

    /** Whether a stream is one of these, or its rows are folded from one. */
    default boolean isHeld(StreamName stream) {
        return PlannedStream.isOfAny(stream, hold());
    }

    /** It was kept long enough. */
    record Age(RetentionPolicy policy) implements Grounds {
        @Override
        public List<String> hold() {
            return policy.hold();
        }
    }

    /**
     * It was delivered or set aside under another mask than the newest whole delivery of its stream, which took its place: what
     * is masked now may stand there in clear.
     */
    record FormerMask(Optional<RetentionPolicy> policy) implements Grounds {
        @Override
        public List<String> hold() {
            return policy.map(RetentionPolicy::hold).orElse(List.of());
        }
    }
}
