package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.PlannerState;
import io.windrow.core.ledger.LedgerEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stream's part of one epoch: what was read, where it lies, and how far it has come.
 *
 * @param stream the stream
 * @param generation the delivery's generation
 * @param epoch the number, which grows within the pipeline and is never used twice for a saved epoch
 * @param status how far it has come
 * @param mode how the rows change the target
 * @param planner the planner's state after this epoch
 * @param openSplits the splits that are open after this epoch, by split id
 * @param staged what was staged for it
 * @param digest over positions and staged set; with pipeline, generation and epoch it is the identity of the commit (I4)
 * @param supersedes the unfinished generation whose rows this commit takes the place of
 * @param completesGeneration whether the read ended with this epoch
 * @param ledger the proof
 * @param remembered the rows that later ones are compared with, oldest first, on their way into the store with PREPARED; empty if
 *     no step remembers rows, and in what is loaded: {@link StateStore#remembered} gives them. Those of a replay are what the
 *     delivery that it carries on remembers, each with the moment when it was cut
 */
public record StreamEpoch(
        StreamName stream,
        long generation,
        long epoch,
        Status status,
        WriteMode mode,
        PlannerState planner,
        Map<String, OpenSplit> openSplits,
        List<Staged> staged,
        String digest,
        Optional<Long> supersedes,
        boolean completesGeneration,
        LedgerEntry ledger,
        List<RememberedRows> remembered) {
    public StreamEpoch {
        openSplits = Map.copyOf(openSplits);
        staged = List.copyOf(staged);
        remembered = List.copyOf(remembered);
    }

    /** An epoch that remembers no rows. */
    public StreamEpoch(
            StreamName stream,
            long generation,
            long epoch,
            Status status,
            WriteMode mode,
            PlannerState planner,
            Map<String, OpenSplit> openSplits,
            List<Staged> staged,
            String digest,
            Optional<Long> supersedes,
            boolean completesGeneration,
            LedgerEntry ledger) {
        this(
                stream, generation, epoch, status, mode, planner, openSplits, staged, digest, supersedes,
                completesGeneration, ledger, List.of());
    }

    /** By what the target recognises the commit. */
    public CommitIdentity identity(String pipeline) {
        return new CommitIdentity(pipeline, stream, generation, epoch, digest);
    }

    /** The same epoch, further on; the rows it remembers are saved by then. */
    public StreamEpoch with(Status newStatus) {
        return new StreamEpoch(
                stream, generation, epoch, newStatus, mode, planner, openSplits, staged, digest, supersedes,
                completesGeneration, ledger);
    }

    /** The same epoch with another ledger entry. */
    public StreamEpoch with(LedgerEntry newLedger) {
        return new StreamEpoch(
                stream, generation, epoch, status, mode, planner, openSplits, staged, digest, supersedes,
                completesGeneration, newLedger, remembered);
    }

    /** From where reading goes on when this epoch is committed. */
    public Progress progress() {
        return new Progress(planner, openSplits);
    }
}
