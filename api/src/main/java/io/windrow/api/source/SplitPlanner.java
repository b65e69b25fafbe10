package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands out the splits of one run and remembers which have ended. Called by one thread at a time. It may hold a
 * connection (an exported snapshot lives as long as it does).
 */
public interface SplitPlanner extends AutoCloseable {
    /**
     * How each requested stream will be read. Constant for the life of the planner, but for what {@link #hide} changes. A stream
     * that cannot be read at all is in {@link #refusals()} instead.
     */
    Map<StreamName, StreamPlan> plans();

    /** Streams that cannot be read, with the error that says why. The others go on. */
    Map<StreamName, WindrowException> refusals();

    /**
     * A mask hides values of the stream's {@link StreamPlan#positionFields}: it is read without them from now on, if it can be
     * read in another way, and {@link #plans} says how. Asked, if at all, before any other method with a stream.
     */
    default void hide(StreamName stream) {}

    /**
     * Opens the given new generation of a stream whose plan asked for a restart, before any of its splits is handed out.
     */
    void restart(StreamName stream, long generation);

    /** Up to {@code max} further splits. An empty answer means: none now (see {@link #finished()}). */
    List<Assignment> next(int max);

    /**
     * Streams of which nothing more can be handed out in this run, and why; the others go on. Asked after every {@link #next},
     * before its answer is used.
     */
    default Map<StreamName, WindrowException> failed() {
        return Map.of();
    }

    /**
     * A reader has read the split to its end, or to where it ends for this run ({@link ReadResult.End#resume}). Its rows may
     * not be committed yet. Called once for a log, with all of its streams.
     */
    void ended(Split split, EndProof proof);

    /**
     * A reader could not finish. The split is handed out again, from the position if there is one. Of a log every
     * stream's part is given back, each with its own position, before the next call of {@link #next}; so are the parts that
     * the store has as open.
     */
    void giveBack(Split split, Optional<Position> position);

    /** Nothing more of the stream is read in this run: what waits for it goes on without it. */
    default void parked(StreamName stream) {}

    /** Whether the stream goes on from a place in its log. One that does not, since its first copy failed, needs nothing of the log. */
    default boolean hasPlace(StreamName stream) {
        return true;
    }

    /** Whether every split of the stream has ended. Endless streams have only for a run that reads {@link Until#CAUGHT_UP}. */
    boolean ended(StreamName stream);

    /**
     * What proves that the stream has had nothing new since the last run, if the planner knows without a split. Asked once,
     * before the first split is handed out. Empty: the proof comes with the splits, or there is none.
     */
    default Optional<EndProof> nothingNew(StreamName stream) {
        return Optional.empty();
    }

    /**
     * Behind which place the read of the stream goes on, as far as no position of a split says it. For people, who look for the
     * place in the source: compact JSON in its own words, which holds values only of {@link StreamPlan#positionFields}. Asked
     * before the first split is handed out. Empty: nothing was delivered, or positions of splits say it.
     */
    default Optional<Position> resumes(StreamName stream) {
        return Optional.empty();
    }

    /** Whether every split of every stream has ended. */
    boolean finished();

    /** What to save for the stream with the epoch that is being cut now. Covers what {@link #ended} has been told so far. */
    PlannerState state(StreamName stream);

    /** The epoch that holds this state is committed: the source may forget what lies before it. */
    void acknowledge(StreamName stream, PlannerState state);

    /**
     * Everything up to the position of a log is committed, and nobody reads it any more in this run: the source
     * may let go of it, as {@link SplitReader#acknowledge} says. A failure to do so is not worth the run.
     */
    default void acknowledge(Split split, Position position) {}

    /** Keeps the planner's connection alive. Called at least every 5 s. */
    void keepAlive();

    @Override
    void close();

    /**
     * A split for a reader.
     *
     * @param split the split
     * @param starts where each of its streams goes on; a stream that is not there: from the start
     */
    record Assignment(Split split, Map<StreamName, Position> starts) {
        public Assignment {
            starts = Map.copyOf(starts);
        }

        /** A split of one stream. */
        public Assignment(Split split, Optional<Position> from) {
            this(split, from.map(position -> Map.of(split.stream(), position)).orElse(Map.of()));
        }

        /** Where the only stream goes on; empty: from the start. */
        public Optional<Position> from() {
            return Optional.ofNullable(starts.get(split.stream()));
        }
    }
}
