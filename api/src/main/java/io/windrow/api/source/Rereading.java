package io.windrow.api.source;

import io.windrow.api.schema.StreamName;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * What a replay asks of a source: rows again that were, or should have been, delivered. All of it is of the moment of the
 * {@link Reconciliation} that gave it, and ends with that. Used by one thread.
 */
public interface Rereading {
    /** The column by which the stream is read on from run to run; empty if it has none. */
    Optional<String> cursor(StreamName stream);

    /**
     * Understands bounds as the column's type does, and throws a USER error for what is no value of it.
     *
     * @param column a column of the stream whose values have an order that numbers can tell
     */
    Slice slice(StreamName stream, String column, Optional<String> from, Optional<String> to, Slice.End end);

    /**
     * The slice between two delivered values, both of which are in it; the source spells them. A USER error if it has no such
     * values.
     *
     * @param from in the unit of {@link Slice.Bound}; so is {@code to}
     */
    Slice slice(StreamName stream, String column, BigDecimal from, BigDecimal to);

    /** The value of a column that a saved position or planner state stands at; a USER error if it stands at none. */
    Place place(StreamName stream, String saved);

    /**
     * Reads a slice of what a run delivers, through the same codec (I7). Rows that the next run is going to deliver are left
     * to it.
     *
     * @param delivered the planner's state of the last committed epoch
     */
    SplitReader read(StreamName stream, PlannerState delivered, Slice slice);

    /** As {@link #read(StreamName, PlannerState, Slice)}, but the rows that have one of these keys. */
    SplitReader read(StreamName stream, PlannerState delivered, List<List<String>> keys);

    /** Reads all rows that the stream has now, through the same codec (I7). */
    SplitReader all(StreamName stream);

    /**
     * Whether the stream has a row of each key now, delivered or not.
     *
     * @param keys the values of the key columns as text, one list per row; none is null
     */
    List<Boolean> held(StreamName stream, List<List<String>> keys);

    /**
     * Where a position stands.
     *
     * @param column the column
     * @param value its value, as the source spells it
     */
    record Place(String column, String value) {}
}
