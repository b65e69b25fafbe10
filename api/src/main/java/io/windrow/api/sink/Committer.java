package io.windrow.api.sink;

import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Optional;

/** Makes staged data visible. Called by one thread at a time. */
public interface Committer extends AutoCloseable {
    /** Makes one stream's part of an epoch visible, idempotently by identity (I4). Throws nothing but BUG: every failure is an outcome. */
    CommitOutcome commit(StreamCommit commit);

    /** The identity of the last commit that the target shows, read from the target. Throws if it cannot tell. */
    Optional<CommitIdentity> lastCommitted(StreamName stream);

    /**
     * The part of a commit that a reader can see although the commit is not done: it died on its way. Whoever has it
     * prepared finishes it by committing again; for anybody else it is proof that the state is not the one that led here.
     * Asked once a run and stream, before anything is read. A target whose commits are atomic has none.
     */
    default Optional<Unfinished> unfinished(StreamName stream) {
        return Optional.empty();
    }

    /**
     * A commit that is visible in part.
     *
     * @param generation its generation
     * @param epoch its epoch
     * @param seen something of it, for people
     */
    record Unfinished(long generation, long epoch, String seen) {}

    /** Deletes staged data after a proven rejection or a rollback (I5). Missing data is no error. */
    void discard(List<Staged> staged);

    @Override
    void close();
}
