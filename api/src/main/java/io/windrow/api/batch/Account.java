package io.windrow.api.batch;

/**
 * The books of a batch, an epoch or a stream, in source events (I1). They balance when everything that came in went
 * somewhere: {@code read + replayed + expanded = written + quarantined + duplicates + filtered + sampledOut +
 * superseded + folded + merged}.
 *
 * @param read events read for the first time
 * @param replayed events read again from a journal or a replay
 * @param expanded rows that a transform added, and the second of the two that a change of key makes
 * @param written rows handed to the target
 * @param quarantined rows set aside as bad
 * @param duplicates rows dropped because they were delivered before
 * @param filtered rows dropped by a filter
 * @param sampledOut rows not in the sample
 * @param superseded rows that a newer generation replaces, and changes that copied rows show
 * @param folded changes of one key folded into a later one of the same epoch
 * @param merged rows merged into another row
 */
public record Account(
        long read,
        long replayed,
        long expanded,
        long written,
        long quarantined,
        long duplicates,
        long filtered,
        long sampledOut,
        long superseded,
        long folded,
        long merged) {
    /** Nothing happened. */
    public static final Account ZERO = new Account(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** {@code rows} events were read and nothing else has happened to them yet. */
    public static Account ofRead(long rows) {
        return new Account(rows, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** {@code rows} events were read and dropped because they had been delivered before. */
    public static Account ofDuplicates(long rows) {
        return new Account(rows, 0, 0, 0, 0, rows, 0, 0, 0, 0, 0);
    }

    /** {@code rows} events were read and dropped because other rows show them already, or will. */
    public static Account ofSuperseded(long rows) {
        return new Account(rows, 0, 0, 0, 0, 0, 0, 0, rows, 0, 0);
    }

    /** {@code rows} rows more were made of events that are in the books already. */
    public static Account ofExpanded(long rows) {
        return new Account(0, 0, rows, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** The same books with {@code rows} more rows written. */
    public Account plusWritten(long rows) {
        return plus(new Account(0, 0, 0, rows, 0, 0, 0, 0, 0, 0, 0));
    }

    /** Both books together. */
    public Account plus(Account o) {
        return new Account(
                read + o.read,
                replayed + o.replayed,
                expanded + o.expanded,
                written + o.written,
                quarantined + o.quarantined,
                duplicates + o.duplicates,
                filtered + o.filtered,
                sampledOut + o.sampledOut,
                superseded + o.superseded,
                folded + o.folded,
                merged + o.merged);
    }

    /** Events that came in. */
    public long in() {
        return read + replayed + expanded;
    }

    /** Events that have been accounted for. */
    public long out() {
        return written + quarantined + duplicates + filtered + sampledOut + superseded + folded + merged;
    }

    /** Whether every event that came in is accounted for (I1). */
    public boolean balances() {
        return in() == out();
    }
}
