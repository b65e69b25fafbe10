package io.windrow.connectors.postgres.pgoutput;

import java.util.List;
import java.util.Optional;

/** Hears what a change log says, in its order. The tuples are valid only during the call. */
public interface Messages {
    /**
     * A transaction begins.
     *
     * @param commitLsn the place of its commit record
     * @param commitMicros when it was committed, microseconds since 1970 UTC
     * @param xid its id, 32 bits without a sign
     */
    void begin(long commitLsn, long commitMicros, long xid);

    /**
     * The transaction that began is complete.
     *
     * @param endLsn the place behind its commit record
     */
    void commit(long endLsn);

    /** Something about a transaction that is sent before it is committed. */
    void control(Control what);

    /** How a table looks from here on. */
    void relation(PublishedRelation relation);

    /** A row was inserted. */
    void insert(long relation, Tuple row);

    /**
     * A row was updated.
     *
     * @param old what is sent of the row before: its identity, or all of it; empty: its identity did not change
     * @param image how much of it
     */
    void update(long relation, Optional<Tuple> old, Image image, Tuple row);

    /** A row was deleted. */
    void delete(long relation, Tuple old, Image image);

    /**
     * An application wrote a message to the log. One of its own belongs to no transaction and stands between two of them.
     *
     * @param prefix what the application says that it is for
     * @param lsn the place behind its record
     * @param belonging whether it is part of the transaction that began
     * @param cells its prefix, its content, whether it belongs to a transaction, and {@code lsn}, as binary values
     */
    void message(String prefix, long lsn, Belonging belonging, Tuple cells);

    /**
     * A row was changed, by which nobody can tell how: memory does not hold the message.
     *
     * @param size how large it is, for people
     */
    void oversize(long relation, String size);

    /** Tables were emptied together. */
    void truncate(List<Long> relations);

    /** To what an application's message belongs. */
    enum Belonging {
        TRANSACTION,
        NOTHING
    }

    /** How much of an old row is sent. */
    enum Image {
        /** The columns of the replica identity. */
        KEY,
        /** All columns. */
        FULL
    }
}
