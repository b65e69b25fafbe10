package io.windrow.core.epoch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamEpoch;
import java.util.List;
import java.util.Optional;

/** What the protocol wants done, in the order in which it says so. */
public sealed interface EpochAction {
    /** Save in one transaction (I3); answer {@link EpochEvent.Saved}. */
    record Save(List<StreamEpoch> epochs) implements EpochAction {
        public Save {
            epochs = List.copyOf(epochs);
        }
    }

    /** Make visible; answer {@link EpochEvent.Answered}. */
    record Commit(StreamCommit commit) implements EpochAction {}

    /** Read the last identity from the target; answer {@link EpochEvent.TargetShows} or {@link EpochEvent.TargetSilent}. */
    record AskTarget(StreamName stream) implements EpochAction {}

    /** The store shows the epoch COMMITTED: upstream may let go of what lies before its positions (I2). */
    record Acknowledge(StreamEpoch epoch) implements EpochAction {}

    /** The store shows ROLLED_BACK after a proven rejection: the staged data may go (I5). */
    record Discard(StreamName stream, List<Staged> staged) implements EpochAction {
        public Discard {
            staged = List.copyOf(staged);
        }
    }

    /**
     * Read the stream again from here, as a new epoch, or end it: the reason's kind says whether that is of use.
     *
     * @param base from where; empty: from the very start
     */
    record Rewind(StreamName stream, Optional<Progress> base, WindrowException reason) implements EpochAction {}

    /** End the stream for this run, keep everything of it; the other streams go on. */
    record Park(StreamName stream, WindrowException reason) implements EpochAction {}
}
