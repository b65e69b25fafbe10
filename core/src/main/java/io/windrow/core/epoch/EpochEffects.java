package io.windrow.core.epoch;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamEpoch;
import java.util.List;
import java.util.Optional;

/**
 * What a runner does for the protocol, on the thread that calls {@link EpochDriver}. Whatever these methods throw ends
 * the run, unless said otherwise; the next run begins with what the store holds.
 */
public interface EpochEffects {
    /** {@link io.windrow.core.checkpoint.StateStore#save}. Throws if it is not certain that it is saved. */
    void save(List<StreamEpoch> epochs);

    /** {@link io.windrow.api.sink.Committer#commit}. */
    CommitOutcome commit(StreamCommit commit);

    /** {@link io.windrow.api.sink.Committer#lastCommitted}. A {@link WindrowException} parks the stream. */
    Optional<CommitIdentity> lastCommitted(StreamName stream);

    /** {@link io.windrow.api.sink.Committer#unfinished}. A {@link WindrowException} parks the stream. */
    Optional<Committer.Unfinished> unfinished(StreamName stream);

    /**
     * The epoch is committed and the store shows it: tell the planner ({@code acknowledge}) and, on their own threads, the
     * readers of its open splits. May be called again after a restart.
     */
    void acknowledge(StreamEpoch epoch);

    /** {@link io.windrow.api.sink.Committer#discard}. */
    void discard(StreamName stream, List<Staged> staged);

    /**
     * The epoch was rejected and is rolled back: drop the stream's readers, writers and planner, then read again from
     * {@code base} as a new epoch; or end the stream if the reason's kind says that it would be rejected again.
     */
    void rewind(StreamName stream, Optional<Progress> base, WindrowException reason);

    /** End the stream for this run; keep all of its data. */
    void park(StreamName stream, WindrowException reason);
}
