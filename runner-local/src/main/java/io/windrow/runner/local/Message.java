package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.Release;
import io.windrow.core.checkpoint.StreamEpoch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator hears. Messages of one thread arrive in order. Those with a cut speak of rows that belong to
 * the epoch of that cut; the coordinator holds them back until every earlier cut is taken, else an earlier epoch would
 * save a progress whose rows are in a later one. Cuts are counted from 1 in an attempt; an epoch's number is the
 * pipeline's.
 */
sealed interface Message {
    /**
     * A split was read to its end, or to where it ends for this run and from where the next one goes on.
     *
     * @param acknowledged the last position that its reader was told is committed
     */
    record Ended(
            int worker, long cut, Split split, EndProof proof, Optional<Position> resume, Optional<Position> acknowledged)
            implements Message {}

    /** The store shows up to where a log may be let go, as of an epoch that was cut then. */
    record Released(Release release, Instant cut) implements Message {}

    /** A reader gave a split back: by an error, or because it was told to. What it acknowledged as in {@link Ended}. */
    record GaveBack(
            int worker, long cut, Split split, SplitPlace at, boolean progressed,
            Optional<WindrowException> error, Optional<Position> acknowledged)
            implements Message {}

    /** A worker has staged all that it wrote for the epoch. */
    record Staged(int worker, long cut, Optional<ReadUpTo> reading, Map<StreamName, Tally> tallies)
            implements Message {}

    /** Something failed for which the whole stream is to be parked; it is in {@link Flow#parked} already. */
    record Failed(StreamName stream, WindrowException error) implements Message {}

    /** The commit thread is through with an epoch: these parts the store shows as committed; the others are parked. */
    record Decided(List<StreamEpoch> committed, Duration took) implements Message {}

    /** The run cannot go on: lease lost, store gone, a simulated crash. */
    record Fatal(Throwable cause) implements Message {}

    /** Look again: a stop was requested, or the epoch is full. */
    record Nudge() implements Message {}

    /** Up to where a worker had read its split at the cut. */
    record ReadUpTo(Split split, SplitPlace place) {}
}
