package io.windrow.core.epoch;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.PlannerState;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stream's part of an epoch whose data is durable at the target and not visible: every writer's
 * {@code prepareCommit} has returned. Planner state, positions and staged set belong to the same rows.
 *
 * @param stream the stream
 * @param generation the delivery's generation
 * @param mode how the rows change the target
 * @param planner the planner's state, covering every split that ended in this epoch
 * @param openSplits the splits that go on after it, by split id, with the positions after the last staged row
 * @param staged what the writers gave, maybe nothing
 * @param supersedes the unfinished generation that this one takes the place of, on the first epoch of a restarted read
 * @param completesGeneration whether the read ended with this epoch
 * @param ledger the proof, made for this epoch's number
 * @param key the pipeline's, without which nobody can make the digest of this cut (I11)
 * @param remembered the epoch's rows that later ones are compared with, oldest first, if a step does that
 */
public record StreamCut(
        StreamName stream,
        long generation,
        WriteMode mode,
        PlannerState planner,
        Map<String, OpenSplit> openSplits,
        List<Staged> staged,
        Optional<Long> supersedes,
        boolean completesGeneration,
        LedgerEntry ledger,
        HashKey key,
        List<RememberedRows> remembered) {
    public StreamCut {
        openSplits = Map.copyOf(openSplits);
        staged = List.copyOf(staged);
        remembered = List.copyOf(remembered);
    }

    /** A cut that remembers no rows. */
    public StreamCut(
            StreamName stream,
            long generation,
            WriteMode mode,
            PlannerState planner,
            Map<String, OpenSplit> openSplits,
            List<Staged> staged,
            Optional<Long> supersedes,
            boolean completesGeneration,
            LedgerEntry ledger,
            HashKey key) {
        this(
                stream, generation, mode, planner, openSplits, staged, supersedes, completesGeneration, ledger,
                key, List.of());
    }
}
