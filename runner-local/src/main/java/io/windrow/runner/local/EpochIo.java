package io.windrow.runner.local;

import io.windrow.api.context.Failpoints;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.Release;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.epoch.EpochEffects;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.run.RetryPolicy;
import io.windrow.core.run.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the epoch protocol wants, with the real store and target, and remembers what is to be told to planner and
 * readers. Used by the thread that drives the protocol: the coordinator's while it recovers, then the commit thread.
 */
final class EpochIo implements EpochEffects {
    private static final Logger LOG = LoggerFactory.getLogger(EpochIo.class);

    private final StateStore store;
    private final LeaseKeeper lease;
    private final Committer committer;
    private final Failpoints failpoints;
    private final RetryPolicy retry;
    private final Pause pause;
    private final Flow flow;
    private final Announcer announcer;
    private List<StreamEpoch> committed = new ArrayList<>();

    EpochIo(
            StateStore store, LeaseKeeper lease, Committer committer, Failpoints failpoints, RetryPolicy retry,
            Pause pause, Flow flow, Announcer announcer) {
        this.store = store;
        this.lease = lease;
        this.committer = committer;
        this.failpoints = failpoints;
        this.retry = retry;
        this.pause = pause;
        this.flow = flow;
        this.announcer = announcer;
    }

    /** The epochs that the store shows as committed since the last call. */
    List<StreamEpoch> takeCommitted() {
        List<StreamEpoch> taken = committed;
        committed = new ArrayList<>();
        return taken;
    }

    @Override
    public void save(List<StreamEpoch> epochs) {
        saved(epochs.getFirst().stream(), () -> store.save(lease.lease(), epochs));
        boolean prepared = epochs.stream().anyMatch(epoch -> epoch.status() == Status.PREPARED);
        failpoints.reach(prepared ? "run.after_save_prepared" : "run.after_save_committed");
    }

    /** Saves up to where a log may be let go. */
    void release(Release release) {
        saved(release.streams().keySet().iterator().next(), () -> store.release(lease.lease(), release));
        failpoints.reach("run.after_release");
    }

    private void saved(StreamName stream, Runnable save) {
        for (int failure = 1; ; failure++) {
            lease.check();
            try {
                save.run();
                return;
            } catch (WindrowException e) {
                Verdict verdict = retry.judge(e.kind(), failure, ThreadLocalRandom.current().nextDouble());
                if (!(verdict instanceof Verdict.Retry again)) {
                    throw e;
                }
                announcer.announce(new RunEvent.ErrorMet(Optional.empty(), e));
                announcer.announce(new RunEvent.Retrying(
                        stream, e, failure, retry.attempts(), again.after()));
                if (!pause.of(again.after())) {
                    throw e;
                }
            }
        }
    }

    @Override
    public CommitOutcome commit(StreamCommit commit) {
        // I6: a holder whose lease may have run out makes nothing visible.
        lease.check();
        CommitOutcome outcome;
        try (LogScope ignored = LogScope.of(commit.identity().stream(), commit.identity().epoch())) {
            outcome = answer(commit);
            LOG.debug("The target answers {}", outcome.getClass().getSimpleName());
        }
        failpoints.reach("run.after_commit");
        return outcome;
    }

    /** A committer that throws says nothing of what the target shows by now (I5); the other streams are decided all the same. */
    private CommitOutcome answer(StreamCommit commit) {
        try {
            return committer.commit(commit);
        } catch (RuntimeException e) {
            return new CommitOutcome.Unknown(
                    Failures.coded(e, "Committing epoch " + commit.identity().epoch() + " of " + commit.identity().stream()));
        }
    }

    @Override
    public Optional<CommitIdentity> lastCommitted(StreamName stream) {
        try {
            return committer.lastCommitted(stream);
        } catch (RuntimeException e) {
            throw Failures.coded(e, "Asking the target for the last commit of " + stream);
        }
    }

    @Override
    public Optional<Committer.Unfinished> unfinished(StreamName stream) {
        try {
            return committer.unfinished(stream);
        } catch (RuntimeException e) {
            throw Failures.coded(e, "Asking the target for an unfinished commit of " + stream);
        }
    }

    @Override
    public void acknowledge(StreamEpoch epoch) {
        committed.add(epoch);
    }

    @Override
    public void discard(StreamName stream, List<Staged> staged) {
        if (staged.isEmpty()) {
            return;
        }
        try {
            committer.discard(staged);
        } catch (RuntimeException e) {
            // Nobody can see it, and no epoch will name it again: no reason to stop.
            announcer.tell("run.leftover", "Stream " + stream + ": what was staged and is not committed could not be removed: "
                    + Failures.coded(e, "Removing it").getMessage());
        }
    }

    @Override
    public void rewind(StreamName stream, Optional<Progress> base, WindrowException reason) {
        // The next attempt or run reads again from the base, which the store shows.
        flow.park(stream, reason);
    }

    @Override
    public void park(StreamName stream, WindrowException reason) {
        flow.park(stream, reason);
    }
}
