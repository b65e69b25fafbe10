package io.windrow.api.source;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.Map;

/**
 * Reads one split. All methods but {@link #wakeUp} are called on one thread, the reader's own; connections, slots and
 * channels belong to it.
 */
public interface SplitReader extends AutoCloseable {
    /**
     * Reads the next rows.
     *
     * @param deadlineNanos the {@link System#nanoTime()} by which the call returns, with {@code Idle} if need be
     * @throws io.windrow.api.error.WindrowException with a kind that decides what happens; the reader is closed next
     */
    ReadResult read(long deadlineNanos);

    /**
     * Everything up to the position is committed, of all streams of the split: the source may let go of it (I2). The only
     * place that releases upstream data. May repeat, may lag behind, is never ahead.
     */
    void acknowledge(Position position);

    /** Called at least every 5 s, also under backpressure and while nothing is read. */
    void keepAlive();

    /**
     * Streams of a log with which the reader cannot go on, and why: it passes over their rows from then on, and the others
     * go on. Asked after every {@link #read}, before its result is used.
     */
    default Map<StreamName, WindrowException> failed() {
        return Map.of();
    }

    /**
     * Streams of which a row came that is not of the planned schema, and where the first of them lies, as far as the reader
     * knows it: for people, as {@link SplitPlanner#resumes}. Asked before it is closed.
     */
    default Map<StreamName, Position> altered() {
        return Map.of();
    }

    /**
     * Whether an epoch may end behind what {@link #read} brought last; false where a source keeps together what was written
     * together. Asked between two reads; the reader is read on until it says so.
     */
    default boolean mayCut() {
        return true;
    }

    /** Ends blocking I/O of the reader within a second. Any thread. */
    void wakeUp();

    /** Frees the connection and all buffers. Does not throw for a broken connection. */
    @Override
    void close();
}
