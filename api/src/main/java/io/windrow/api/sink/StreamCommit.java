package io.windrow.api.sink;

import java.util.List;
import java.util.Optional;

/**
 * One stream's part of an epoch, to be made visible.
 *
 * @param identity by what the target recognises it
 * @param fencingToken grows with every new owner of the pipeline (I6)
 * @param mode the write mode
 * @param staged everything that was staged for it, maybe nothing
 * @param supersedes the unfinished generation whose rows this commit takes the place of; set on the first commit of a
 *     generation that restarts a read
 * @param completesGeneration whether the read ended with this epoch; {@link WriteMode#REPLACE} swaps only then
 * @param ledger the ledger entry as JSON, to be laid down beside the data
 */
public record StreamCommit(
        CommitIdentity identity,
        long fencingToken,
        WriteMode mode,
        List<Staged> staged,
        Optional<Long> supersedes,
        boolean completesGeneration,
        String ledger) {
    public StreamCommit {
        staged = List.copyOf(staged);
    }
}
