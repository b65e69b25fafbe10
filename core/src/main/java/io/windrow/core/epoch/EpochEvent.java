package io.windrow.core.epoch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import java.util.List;
import java.util.Optional;

/**
 * What the protocol is told. There is no event for a save that failed or whose outcome is unknown: the run ends then, and
 * the next one begins with what the store holds.
 */
public sealed interface EpochEvent {
    /** Everything of these streams is staged under {@link EpochState#nextEpoch()}. */
    record Cut(List<StreamCut> cuts) implements EpochEvent {
        public Cut {
            cuts = List.copyOf(cuts);
        }
    }

    /** The last {@link EpochAction.Save} is durable. */
    record Saved() implements EpochEvent {}

    /** What became of an {@link EpochAction.Commit}. */
    record Answered(StreamName stream, CommitOutcome outcome) implements EpochEvent {}

    /**
     * The answer to {@link EpochAction.AskTarget}.
     *
     * @param last the last commit that is done
     * @param unfinished a later one that is visible in part
     */
    record TargetShows(StreamName stream, Optional<CommitIdentity> last, Optional<Committer.Unfinished> unfinished)
            implements EpochEvent {}

    /** The target could not tell its last commit. */
    record TargetSilent(StreamName stream, WindrowException reason) implements EpochEvent {}
}
