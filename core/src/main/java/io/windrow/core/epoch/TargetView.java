package io.windrow.core.epoch;

import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import java.util.Optional;

/** Compares what a target shows of a stream with what the store knows of it. */
final class TargetView {
    private TargetView() {}

    /** Why a commit that died on its way cannot be this store's; empty if it is, or if a newer generation left it behind. */
    static Optional<String> conflict(StreamState known, Committer.Unfinished part) {
        boolean ours = known.prepared()
                .map(epoch -> epoch.generation() == part.generation() && epoch.epoch() == part.epoch())
                .orElse(false);
        return ours || part.generation() < known.generation()
                ? Optional.empty()
                : Optional.of("the target shows a part of epoch " + part.epoch() + " of generation " + part.generation() + " ("
                        + part.seen() + "), which the store has not prepared");
    }

    /** The other pipeline that the target belongs to, if nothing of this one can have reached it. */
    static Optional<String> owner(String pipeline, StreamState known, Optional<CommitIdentity> last) {
        return last.map(CommitIdentity::pipeline)
                .filter(owner -> !owner.equals(pipeline) && known.committed().isEmpty() && known.prepared().isEmpty());
    }

    /** Why the target's last identity cannot have come from this store's history; empty if it can. */
    static Optional<String> conflict(String pipeline, StreamState known, Optional<CommitIdentity> last) {
        Optional<CommitIdentity> committed = known.committed().map(epoch -> epoch.identity(pipeline));
        if (last.isEmpty()) {
            return committed.map(identity ->
                    "the target shows no commit at all, the store has epoch " + identity.epoch() + " as committed");
        }
        CommitIdentity shown = last.get();
        Optional<CommitIdentity> prepared = known.prepared().map(epoch -> epoch.identity(pipeline));
        if (committed.equals(last) || prepared.equals(last)) {
            return Optional.empty();
        }
        if (!shown.pipeline().equals(pipeline)) {
            return Optional.of("the target's last commit was made by the pipeline " + shown.pipeline());
        }
        long settledEpoch = known.prepared().map(StreamEpoch::epoch).map(epoch -> epoch - 1).orElse(known.lastEpoch());
        if (committed.isEmpty() && shown.generation() < known.generation() && shown.epoch() <= settledEpoch) {
            // The generation is new and nothing of it is visible yet.
            return Optional.empty();
        }
        return Optional.of("the target shows epoch " + shown.epoch() + " of generation " + shown.generation()
                + " with digest " + shown.digest() + ", the store has "
                + committed.map(Object::toString).orElse("nothing") + " as committed"
                + known.pending().map(epoch -> " and " + epoch.identity(pipeline) + " as " + epoch.status()).orElse(""));
    }
}
