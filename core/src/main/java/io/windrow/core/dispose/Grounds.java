package io.windrow.core.dispose;

import io.windrow.core.policy.RetentionPolicy;
import java.util.List;
import java.util.Optional;

/** Why something is disposed of. */
public sealed interface Grounds {
    /** Streams on legal hold: nothing of them is disposed of on whatever grounds. */
    List<String> hold();

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
