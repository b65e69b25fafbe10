package io.windrow.core.verify;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import java.util.Optional;

/**
 * Compares source and target stream by stream, in three stages: counts and exact sums per window, the source's computed by
 * the source; hash sums per window, read again through the same codec as a run; and, where either differs, the exact
 * keys. Used by one thread. Source and sink stay the caller's.
 */
public final class Verifier {
    private final Source source;
    private final Sink sink;
    private final Depth depth;
    private final Listener listener;

    /** Hears how far a comparison has come, after each batch and on the verifier's thread. */
    @FunctionalInterface
    public interface Listener {
        /** What is being done to a stream, and through how many rows it has come. */
        void at(StreamName stream, String doing, long rows);
    }

    public Verifier(Source source, Sink sink, Depth depth, Listener listener) {
        this.source = source;
        this.sink = sink;
        this.depth = depth;
        this.listener = listener;
    }

    /** Compares one stream as of its last committed epoch with the source as it is now. */
    public StreamVerdict verify(StreamState state) {
        if (state.committed().isEmpty()) {
            return StreamVerdict.undecided(state.stream(), "nothing is committed in generation " + state.generation());
        }
        StreamEpoch epoch = state.committed().get();
        if (epoch.mode() == WriteMode.REPLACE && !epoch.completesGeneration()) {
            return StreamVerdict.undecided(
                    state.stream(), "generation " + epoch.generation() + " is not complete, so the target shows an older one");
        }
        Optional<Reconciliation> capability = source.reconciliation();
        if (capability.isEmpty()) {
            return StreamVerdict.undecided(state.stream(), "the source offers no reconciliation");
        }
        try (Reconciliation reconciliation = capability.get()) {
            reconciliation.begin();
            return new Comparison(state.stream(), reconciliation, epoch.planner(), sink, depth, listener).run();
        }
    }
}
