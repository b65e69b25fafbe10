package io.windrow.runner.local;

import io.windrow.api.sink.Staged;
import io.windrow.api.source.PlannerState;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.epoch.StreamCut;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Written;
import io.windrow.core.plan.ShownPositions;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.watermark.Watermark;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes a stream's part of an epoch from what the workers reported: positions, staged set, planner state and books. */
final class EpochBuilder {
    private final String pipeline;
    private final Clock clock;
    private final HashKey key;
    private final Steps steps;
    private final ShownPositions positions;
    private final WriterNumbers writers;
    private Instant began;

    EpochBuilder(
            String pipeline, Clock clock, HashKey key, Steps steps, ShownPositions positions, WriterNumbers writers) {
        this.writers = writers;
        this.steps = steps;
        this.positions = positions;
        this.key = key;
        this.pipeline = pipeline;
        this.clock = clock;
        this.began = clock.instant();
    }

    Instant now() {
        return clock.instant();
    }

    void nextEpochBegins(Instant at) {
        began = at;
    }

    /**
     * The part, staged and ready to be saved.
     *
     * @throws io.windrow.api.error.WindrowException if its books do not balance, or the output read back does not hold
     *     what was handed to it (I1)
     */
    StreamCut build(StreamTrack track, long epoch, PlannerState planner, boolean completes, Instant cut) {
        Tally tally = track.tally();
        if (completes && tally.stagedRows() == 0) {
            tally.staged(writers.withoutRows(track.stream(), epoch));
        }
        List<Staged> staged = List.copyOf(tally.staged());
        Map<String, OpenSplit> open = track.openSplits();
        String proof = staged.stream().map(Staged::proof).distinct().collect(Collectors.joining("; "));
        LedgerEntry ledger = new LedgerEntry(
                pipeline,
                track.stream(),
                track.generation(),
                epoch,
                track.task().write(),
                tally.account(),
                Optional.of(tally.source()),
                key.id(),
                tally.out(),
                new Written(tally.stagedRows(), Optional.empty(), proof.isEmpty() ? "nothing was written" : proof),
                track.ranges().stream().map(range -> positions.of(track.stream(), range)).toList(),
                Math.max(tally.schemaVersion(), track.schemaVersion()),
                track.guarantee(),
                completes,
                List.of(),
                tally.stagedBytes(),
                began,
                cut,
                tally.exceptions(),
                Watermark.others(tally.measures()),
                track.policies(),
                track.eventTimes(completes),
                Optional.empty());
        return new StreamCut(
                track.stream(), track.generation(), track.task().write(), planner, open, staged, track.supersedes(),
                completes, ledger, key, steps.memory(track.stream()).map(memory -> memory.taken(epoch, cut)).stream().toList());
    }
}
