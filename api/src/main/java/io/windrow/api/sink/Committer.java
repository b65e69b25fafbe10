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

    /** Deletes staged data after a proven rejection or a rollback (I5). Missing data is no error. */
    void discard(List<Staged> staged);

    @Override
    void close();
}
