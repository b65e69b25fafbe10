package io.windrow.api.source;

import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Optional;

/**
 * How a planner is going to read a stream.
 *
 * @param schema what the batches will hold
 * @param guarantee what is promised
 * @param restart why the saved state cannot be continued ({@code snapshot.lost}: the snapshot of an unfinished read is
 *     gone); the runner then opens a new generation. Empty: reading goes on where it was.
 * @param estimatedRows an estimate of the rows to come, −1 if unknown
 * @param estimatedBytes an estimate of the bytes to read, −1 if unknown
 * @param positionFields the columns whose values stand in positions and split descriptions, which are saved: a mask on one
 *     of them is refused if {@link SplitPlanner#hide} changes nothing about it, and positions are shown only if the target
 *     gets all of them as they are (I11)
 * @param keySum by what sum over the keys it is told that rows were read twice and others not at all; empty: each row is read
 *     once in a generation, or the source cannot sum up keys as {@link Reconciliation#counts} does
 * @param delivered what a restart makes of the rows that were delivered
 */
public record StreamPlan(
        StreamSchema schema,
        Guarantee guarantee,
        Optional<String> restart,
        long estimatedRows,
        long estimatedBytes,
        List<String> positionFields,
        Optional<KeySum> keySum,
        Delivered delivered) {
    public StreamPlan {
        positionFields = List.copyOf(positionFields);
    }

    /** What a restart makes of the rows that were delivered and are not written over. */
    public enum Delivered {
        /** They are of a read that came to no end, whose place the new generation takes. */
        SUPERSEDED,
        /** They were right when they were delivered, and stay beside the new generation. */
        KEPT
    }

    /** A plan that, should it begin again, takes the place of an unfinished read. */
    public StreamPlan(
            StreamSchema schema,
            Guarantee guarantee,
            Optional<String> restart,
            long estimatedRows,
            long estimatedBytes,
            List<String> positionFields,
            Optional<KeySum> keySum) {
        this(schema, guarantee, restart, estimatedRows, estimatedBytes, positionFields, keySum, Delivered.SUPERSEDED);
    }

    /** A plan whose rows are read once, or whose keys the source cannot sum up. */
    public StreamPlan(
            StreamSchema schema,
            Guarantee guarantee,
            Optional<String> restart,
            long estimatedRows,
            long estimatedBytes,
            List<String> positionFields) {
        this(schema, guarantee, restart, estimatedRows, estimatedBytes, positionFields, Optional.empty());
    }

    /** One whose positions hold no value of a column either. */
    public StreamPlan(
            StreamSchema schema, Guarantee guarantee, Optional<String> restart, long estimatedRows, long estimatedBytes) {
        this(schema, guarantee, restart, estimatedRows, estimatedBytes, List.of());
    }

    /** The same, but what was delivered stays beside a new generation. */
    public StreamPlan keepingDelivered() {
        return new StreamPlan(
                schema, guarantee, restart, estimatedRows, estimatedBytes, positionFields, keySum, Delivered.KEPT);
    }
}
