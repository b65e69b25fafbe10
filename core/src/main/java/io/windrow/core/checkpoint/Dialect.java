package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** What differs between the databases that can hold a state store. Used under the store's lock. */
interface Dialect {
    /** The layout that this program writes. */
    int LAYOUT = 8;

    /** The store's place for messages, without secrets. */
    String place();

    /** A connection to a store that has this program's layout. The store keeps one and asks again after it broke. */
    Connection connect();

    /** Begins a transaction that sees one state of the store and, if it is to write, has no other writer beside it. */
    void begin(Connection connection, Access access) throws SQLException;

    void commit(Connection connection) throws SQLException;

    void rollback(Connection connection) throws SQLException;

    /** Takes the lease in a transaction of its own. */
    Lease acquire(Connection connection, String pipeline, String owner, Duration ttl) throws SQLException;

    /** The current time of the clock that leases go by, as SQL that gives milliseconds, or a number. */
    String nowMillis();

    /** Whose clock that is. */
    enum Timekeeper {
        SERVER,
        THIS_MACHINE
    }

    /** Whose clock {@link #nowMillis} reads. */
    Timekeeper timekeeper();

    /** Frees what an acquired lease holds outside the database. */
    void released(Lease lease);

    /** Frees everything that is held outside the database. */
    void close();

    /** Overwrites or removes what deleted documents have left in the store's files. Outside of a transaction. */
    void wipe(Connection connection) throws SQLException;

    /** {@code SELECT} that locks the lease's row until the end of the transaction, if the database needs that. */
    String rowLock();

    /** The coded form of an error. */
    WindrowException coded(String doing, SQLException error);

    /** Whether an error of a commit leaves open whether it took effect. */
    boolean leavesOpen(SQLException error);

    /** Whether the connection is of no use any more. */
    boolean broken(Connection connection, SQLException error);

    /** What a transaction does. */
    enum Access {
        READ,
        WRITE
    }
}
