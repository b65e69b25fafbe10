package io.windrow.connectors.postgres.codec;

/**
 * The transaction that a change belongs to.
 *
 * @param id its id, 32 bits without a sign; 0: none, the change stands by itself
 * @param position the place of its commit record in the log; of a change by itself a place in its record
 * @param commitMicros when it was committed, microseconds since 1970 UTC; of a change by itself nobody knows
 */
public record Transaction(long id, long position, long commitMicros) {
    /** What a change by itself is counted as: a transaction of its own. */
    public static Transaction none(long position) {
        return new Transaction(0, position, 0);
    }

    /** Whether there is no transaction. */
    public boolean isNone() {
        return id == 0;
    }
}
