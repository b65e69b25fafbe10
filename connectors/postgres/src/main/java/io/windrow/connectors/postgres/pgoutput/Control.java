package io.windrow.connectors.postgres.pgoutput;

/** What the log says of transactions that it sends before they are committed (protocol versions 2 to 4). */
public sealed interface Control {
    /** The transaction's id, 32 bits without a sign. */
    long xid();

    /** A part of a transaction that goes on; what follows up to {@link PartEnds} belongs to it. */
    record PartBegins(long xid) implements Control {}

    /** The part has ended. */
    record PartEnds() implements Control {
        @Override
        public long xid() {
            return 0;
        }
    }

    /**
     * A transaction that came in parts is committed.
     *
     * @param commitLsn the place of its commit record
     * @param endLsn the place behind it
     * @param commitMicros when it was committed, microseconds since 1970 UTC
     */
    record PartsCommitted(long xid, long commitLsn, long endLsn, long commitMicros) implements Control {}

    /**
     * A transaction that came in parts, or a part of it, is rolled back.
     *
     * @param undone the id of what is rolled back: the transaction's own, or that of a subtransaction
     */
    record PartsUndone(long xid, long undone) implements Control {}

    /** A transaction that is about to be prepared begins; what follows up to {@link Prepared} belongs to it. */
    record PrepareBegins(long xid) implements Control {}

    /**
     * A transaction is prepared: everything of it has come.
     *
     * @param prepareLsn the place of its record
     * @param endLsn the place behind it
     */
    record Prepared(long xid, long prepareLsn, long endLsn) implements Control {}

    /** A prepared transaction is committed; as {@link PartsCommitted}. */
    record PreparedCommitted(long xid, long commitLsn, long endLsn, long commitMicros) implements Control {}

    /** A prepared transaction is rolled back; {@code endLsn} lies behind the record that says so. */
    record PreparedUndone(long xid, long endLsn) implements Control {}
}
