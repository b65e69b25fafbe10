package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One configured source. {@link #check}, {@link #discover} and {@link #plan} are called by one thread; {@link #open} by many,
 * {@link #wakeUp} by any.
 */
public interface Source extends AutoCloseable {
    /** The measure of a batch that counts rows which came again although they had been delivered. */
    String SEEN_AGAIN = "seen_again";
    /** The measure of the batch with which all keys of a {@link StreamRequest#repair} are through, by their number. */
    String REPAIRED = "repaired";

    /**
     * Connects, authenticates, tests for missing and for excess privileges. Returns named results; never throws for an
     * expected failure. Leaves no trace and moves no state.
     */
    List<CheckResult> check();

    /** The streams that the config selects (all that are visible if it selects none). Leaves no trace and moves no state. */
    List<StreamDescription> discover();

    /**
     * The streams that a run reads, each with the mode that the config asks for. Without a word of the source it is the
     * only mode of a discovered stream, or else a snapshot. Leaves no trace and moves no state.
     */
    default Map<StreamName, ReadMode> selected() {
        Map<StreamName, ReadMode> selected = new LinkedHashMap<>();
        for (StreamDescription stream : discover()) {
            selected.put(
                    stream.schema().stream(),
                    stream.modes().size() == 1 ? stream.modes().iterator().next() : ReadMode.SNAPSHOT);
        }
        return selected;
    }

    /** Starts a run over the given streams. */
    SplitPlanner plan(List<StreamRequest> requests);

    /**
     * The run is asked to stop: a call of {@link #plan} or of its planner's {@link SplitPlanner#next} that waits for the other
     * side ends soon, with an error if it must, and so does a later one. Readers go on. Any thread, also before a call of
     * {@link #plan}.
     */
    default void wakeUp() {}

    /** Opens a split of one stream that this source's planner handed out. Called on the thread that will use the reader. */
    SplitReader open(Split split, Optional<Position> from);

    /**
     * Opens a log ({@link Split.Kind#LOG}). As {@link #open}. The reader begins at the
     * lowest of the positions and brings of each stream only what lies behind its own; what it passes over is counted as
     * seen again ({@link Source#SEEN_AGAIN}), not as read.
     *
     * @param starts the streams that are read, and where each goes on
     */
    default SplitReader openLog(Split split, Map<StreamName, Position> starts) {
        throw new IllegalStateException("The source has no log such as " + split.id());
    }

    /**
     * How the positions of one split follow each other: whoever goes on at the lower one gets all that lies behind the
     * higher one. A source with a log must tell; empty: positions cannot be compared.
     */
    default Optional<Comparator<Position>> order() {
        return Optional.empty();
    }

    /**
     * Where a stream goes on that had nothing between its saved place and a later one, up to which the log was let go. That one may be
     * another stream's place: what the saved place says of this stream alone, such as how far its table is copied, stays true.
     *
     * @param saved the place that the stream's last epoch saved
     * @param released a later place of the same split, by {@link #order}
     */
    default Position goesOn(StreamName stream, Position saved, Position released) {
        return released;
    }

    /**
     * Whether a stream that has no place in a log yet is copied when it begins. Nothing of the log is kept for it then; else the log
     * stays where it is until the stream has begun.
     */
    default boolean beginsWithCopy(StreamName stream) {
        return true;
    }

    /**
     * Keys of a stream that is followed as the source itself writes them, for a {@link StreamRequest#repair}. Throws what is wrong with
     * one of them, or why rows of this stream cannot be read again by their keys. Leaves no trace and moves no state. Empty: the
     * source reads no rows again.
     *
     * @param keys for each row the values of its key's columns, as a person writes them
     */
    default Optional<List<List<String>>> keys(StreamName stream, List<List<String>> keys) {
        return Optional.empty();
    }

    /** The capability to verify deliveries, if the source has it. */
    default Optional<Reconciliation> reconciliation() {
        return Optional.empty();
    }

    @Override
    void close();
}
