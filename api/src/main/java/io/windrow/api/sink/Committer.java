package io.windrow.api.sink;

import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * Deletes what earlier owners of the pipeline have staged for streams and nobody can commit any more. Called by the owner, at
     * most once a run, for streams that the run leaves alone and of which the store shows no undecided epoch: of those that it
     * reads, its own commits clean up. Whatever a generation that is not complete still waits for stays, and whatever could be
     * another pipeline's: a target that cannot tell does nothing. What cannot be deleted is told and undoes nothing.
     *
     * @param streams streams of the pipeline
     * @param fencingToken the owner's (I6): what is staged under it, or under a later one, stays
     */
    default void sweep(Set<StreamName> streams, long fencingToken) {}

    /**
     * Puts one ledger entry in the place of older ones of a stream beside the data, in one step. Called by the owner while no epoch
     * of the stream is undecided; maybe again with the same sum. Does nothing where entries lie with the files that they speak of,
     * or where none of them are.
     *
     * @param sum of entries of commits that are done
     * @param fencingToken the owner's (I6)
     * @throws io.windrow.api.error.WindrowException if a newer owner has committed, or the target cannot do it now
     */
    default void rollUp(LedgerSum sum, long fencingToken) {}

    @Override
    void close();
}
