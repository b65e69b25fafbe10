package io.windrow.core.observe;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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

    /** Something a user must hear although it is no error. Once per code and text. */
    record NoticeGiven(String code, String text) implements RunEvent {}

    /**
     * A failure that will be tried again.
     *
     * @param failure how many failures in a row, from 1
     * @param of how many attempts there are at most
     */
    record Retrying(StreamName stream, WindrowException error, int failure, int of, Duration after)
            implements RunEvent {}

    /** A stream is done, stopped or parked. */
    record StreamFinished(StreamResult result) implements RunEvent {}

    /** The run is over: everything is closed and the lease is released. */
    record RunFinished(RunResult result) implements RunEvent {}
}
