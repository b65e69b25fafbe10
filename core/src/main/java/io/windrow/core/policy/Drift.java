package io.windrow.core.policy;

/** What happens when a stream's schema differs from the one that was accepted last. */
public enum Drift {
    /** Follow it where the target can hold both old and new rows; stop where it cannot. */
    EVOLVE,
    /** Deliver the accepted columns only, in their accepted types, as long as that loses no value; else stop. */
    FREEZE,
    /** Set aside the rows that do not fit the accepted schema. */
    QUARANTINE,
    /** Stop the stream before the first row of the new schema. */
    STOP
}
