package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Optional;

/**
 * What {@code verify} asks of a source. All reads of one reconciliation see one moment of the source. Used by one
 * thread.
 */
public interface Reconciliation extends AutoCloseable {
    /** Starts over at a new moment, from which on all reads are taken. */
    void begin();

    /** The columns, in schema order, as {@link #read} will deliver them. */
    StreamSchema schema(StreamName stream, PlannerState delivered);

    /**
     * Cuts the stream into windows of about the same width and says what {@link #totals} will sum up. Both sides of a
     * comparison count by it, so it holds only measures of which the delivered value tells the source's exactly.
     *
     * @param max at most so many cuts
     */
    default Windows windows(StreamName stream, PlannerState delivered, int max) {
        return Windows.NONE;
    }

    /** What the source holds now within what was delivered, counted and summed by the source itself; empty windows are left out. */
    List<Windows.Totals> totals(StreamName stream, PlannerState delivered, Windows windows);

    /**
     * Counts by itself what it holds now of what was delivered, by when it happened; windows without rows are left out.
     * Empty: it cannot count by that column.
     *
     * @param keys how to sum up the keys of each window's rows; empty: not at all
     */
    default Optional<List<EventWindows.Count>> counts(
            StreamName stream, PlannerState delivered, EventWindows windows, Optional<KeySum> keys) {
        return Optional.empty();
    }

    /**
     * Reads all rows of the stream within what was delivered, through the same codec as a run (I7).
     *
     * @param delivered the planner's state of the last committed epoch
     */
    SplitReader read(StreamName stream, PlannerState delivered);

    /** As {@link #read(StreamName, PlannerState)}, but only rows whose window column lies in the range. */
    default SplitReader read(StreamName stream, PlannerState delivered, Windows.Range range) {
        return read(stream, delivered);
    }

    /**
     * Judges keys whose rows differ between source and target.
     *
     * @param keys the values of the key columns as text, one list per row
     * @return for each key whether the source's row changed after the delivery, and how that is known
     */
    List<Change> changedSince(StreamName stream, PlannerState delivered, List<List<String>> keys);

    /**
     * Which version of each row the source has at this moment: the same text at two moments means that nothing has written the row
     * in between. Empty: there is no such row, or it cannot be known.
     *
     * @param keys the values of the key columns as text, one list per row
     */
    default List<Optional<String>> versions(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        return keys.stream().map(key -> Optional.<String>empty()).toList();
    }

    /**
     * Of a stream that follows a log, whether what was delivered holds all that is read at this moment; it may hold more.
     * Empty: the stream follows none, and the planner's state alone says what was delivered.
     *
     * @param places where the stream's open splits stand after the delivery
     */
    default Optional<Boolean> holds(StreamName stream, PlannerState delivered, List<Position> places) {
        return Optional.empty();
    }

    /** The capability to read a window again for {@code replay}, if the source has it; of the moment of {@link #begin}. */
    default Optional<Rereading> rereading() {
        return Optional.empty();
    }

    @Override
    void close();

    /** Whether a row of the source changed after the delivery. */
    enum Change {
        /** It did: proved by cursor or by transaction id. */
        CHANGED,
        /** It did not. */
        UNCHANGED,
        /** It cannot be known. */
        UNDECIDABLE
    }
}
