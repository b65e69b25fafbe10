package io.windrow.core.observe;

import io.windrow.api.context.Levels;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Something that happened in a run. */
public sealed interface RunEvent {
    /** The run holds the lease and has recovered. */
    record RunStarted(String pipeline, String run, Instant at, List<StreamName> streams) implements RunEvent {
        public RunStarted {
            streams = List.copyOf(streams);
        }
    }

    /** A stream is planned: how it will be read, in which generation. */
    record StreamStarted(StreamName stream, long generation, StreamPlan plan) implements RunEvent {}

    /** How far all streams are; about twice a second. */
    record ProgressMade(List<Progress> streams) implements RunEvent {
        public ProgressMade {
            streams = List.copyOf(streams);
        }
    }

    /** A stream's part of an epoch is committed and the store says so. */
    record EpochCommitted(StreamName stream, LedgerEntry entry, Duration took) implements RunEvent {}

    /**
     * What was read of one split in one epoch: to the cut, to the split's end, or until the reader gave it back. Told
     * by the reader's thread, before the epoch is committed and whether or not it ever is.
     *
     * @param stream the stream
     * @param split the split's id
     * @param epoch the epoch that the rows belong to
     * @param began when the reader went on with it in this epoch
     * @param until when it was done with it
     * @param from where it went on; empty: at the split's start
     * @param to after the last row read
     * @param rows rows read, in source events
     * @param bytes bytes of the batches, in memory
     * @param end the evidence of the split's end, if it ended (I9)
     * @param error why it was given back, if by an error
     */
    record SplitRead(
            StreamName stream,
            String split,
            long epoch,
            Instant began,
            Instant until,
            Optional<Position> from,
            Optional<Position> to,
            long rows,
            long bytes,
            Optional<EndProof> end,
            Optional<WindrowException> error)
            implements RunEvent {}

    /**
     * A failure, whether or not it will be tried again; each once.
     *
     * @param stream whose; empty: the run's as a whole
     * @param error what happened
     */
    record ErrorMet(Optional<StreamName> stream, WindrowException error) implements RunEvent {}

    /** Something a user must hear although it is no error. Once per code and text. */
    record NoticeGiven(String code, String text) implements RunEvent {}

    /** A watched amount in the source or the target is this by now. */
    record LevelSeen(Levels.Level level, long amount) implements RunEvent {}

    /**
     * A failure that will be tried again.
     *
     * @param failure how many failures in a row, from 1
     * @param of how many attempts there are at most
     */
    record Retrying(StreamName stream, WindrowException error, int failure, int of, Duration after)
            implements RunEvent {}

    /** A stream is done, stopped or parked, and nothing more will happen to it in this run; once for each stream. */
    record StreamFinished(StreamResult result) implements RunEvent {}

    /** The run is over: everything is closed and the lease is released. */
    record RunFinished(RunResult result) implements RunEvent {}
}
