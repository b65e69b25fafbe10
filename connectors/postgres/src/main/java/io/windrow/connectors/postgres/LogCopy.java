package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables as of a place in the log: a snapshot that shows exactly the transactions whose commit lies before it. The server
 * makes the two together with a slot; by any other way a transaction that waits for a synchronous standby could be in neither.
 *
 * @param session holds the snapshot, and a lock on every table that is copied
 * @param exported the id by which readers import the snapshot
 * @param consistent the place in the log from which changes follow on the snapshot
 * @param system the cluster's identifier
 * @param timeline the cluster's timeline
 * @param unlocked tables that somebody else had locked or dropped by then, and what the server said
 */
record LogCopy(
        Session session, String exported, long consistent, String system, long timeline, Map<StreamName, WindrowException> unlocked)
        implements AutoCloseable {
    /** Whether the pipeline's slot is there. */
    enum Slot {
        MAKE,
        THERE
    }

    /** Makes the slot if it is not there; else a temporary one, which goes when its connection ends. */
    static LogCopy make(PostgresSource source, Context context, String slot, Slot state, int major) throws SQLException {
        Session holder = Session.open(source.address(), source.config());
        boolean done = false;
        try (LogConnection log = LogConnection.open(source)) {
            List<@Nullable String> identity = log.ask("IDENTIFY_SYSTEM");
            String pid = String.valueOf(log.ask("SELECT pg_catalog.pg_backend_pid()").getFirst());
            String made = state == Slot.MAKE
                    ? Identifier.quoted(slot)
                    : Identifier.quoted("windrow_copy_" + pid) + " TEMPORARY";
            // From 17 on a standby that synchronises slots takes this one over, and the streams go on where it is promoted.
            String how = state == Slot.MAKE && major >= 17 ? "(SNAPSHOT 'export', FAILOVER)" : "EXPORT_SNAPSHOT";
            List<@Nullable String> row = create(
                    source, context, holder, log, slot, "CREATE_REPLICATION_SLOT " + made + " LOGICAL pgoutput " + how);
            context.failpoints().reach("postgres.slot_made");
            holder.begin(String.valueOf(row.get(2)));
            String exported =
                    String.valueOf(holder.row("SELECT pg_catalog.pg_export_snapshot()").getFirst());
            done = true;
            return new LogCopy(
                    holder, exported, LogPosition.lsn(String.valueOf(row.get(1))), String.valueOf(identity.get(0)),
                    Long.parseLong(String.valueOf(identity.get(1))), new TreeMap<>());
        } finally {
            if (!done) {
                holder.close();
            }
        }
    }

    /** The server waits for every transaction that has written when it begins, and says nothing meanwhile (D47). */
    private static List<@Nullable String> create(
            PostgresSource source, Context context, Session holder, LogConnection log, String slot, String command)
            throws SQLException {
        PostgresConfig config = source.config();
        List<String> writing = Holders.writing(holder);
        if (!writing.isEmpty()) {
            context.notices().tell(
                    "postgres.slot_waits", "Making slot " + slot + " waits for the end of transactions: " + String.join("; ", writing) + ".");
        }
        Duration patience = config.lockTimeout().compareTo(config.longTransaction()) > 0 || config.lockTimeout().isZero()
                ? config.lockTimeout()
                : config.longTransaction();
        try {
            return log.command(source, patience, command);
        } catch (SQLException e) {
            if (!LogFailures.isTimeout(e)) {
                throw e;
            }
            throw WindrowException.of(
                            PostgresError.LOCK_TIMEOUT,
                            "Making slot " + slot + ": transactions that have written did not end in " + patience.toSeconds() + " s: "
                                    + String.join("; ", Holders.writing(holder)))
                    .remedy("End these transactions, or raise long_transaction.");
        }
    }

    /**
     * Where a stream begins whose table is copied while the log is read.
     *
     * @param from a place from which the log is read
     */
    static Position beside(PostgresSource source, StreamName stream, long from) throws SQLException {
        try (LogConnection log = LogConnection.open(source);
                Session session = Session.open(source.address(), source.config())) {
            List<@Nullable String> identity = log.ask("IDENTIFY_SYSTEM");
            // Whoever began before the table was published may go on to write what the log will not tell.
            long notBefore = session.promptly(() -> Moment.nextTransaction(session));
            return new LogPosition(
                            String.valueOf(identity.get(0)), Long.parseLong(String.valueOf(identity.get(1))), from, Optional.empty(),
                            OptionalLong.empty(), Map.of(stream, CopyPlace.begin(notBefore)), 0)
                    .toPosition();
        }
    }

    /** A place in the log of this server from which a stream begins of which nothing is copied. */
    static Position none(PostgresSource source, long from) {
        try (LogConnection log = LogConnection.open(source)) {
            List<@Nullable String> identity = log.ask("IDENTIFY_SYSTEM");
            return new LogPosition(
                            String.valueOf(identity.get(0)), Long.parseLong(String.valueOf(identity.get(1))), from, Optional.empty())
                    .toPosition();
        } catch (SQLException e) {
            throw SqlStates.coded("Asking which cluster it is", e);
        }
    }

    /** Where the last record of the log ended at the latest: everything that was committed before lies before it. */
    static long lastRecord(Session session, long end) throws SQLException {
        String page = String.valueOf(session.row("SELECT pg_catalog.current_setting('wal_block_size')").getFirst());
        // Behind a page's header nothing may follow for long; the last record ended before it.
        long intoPage = Long.remainderUnsigned(end, Long.parseLong(page));
        return intoPage <= 40 ? end - intoPage : end;
    }

    /** The same of the log as it is now: every transaction that is seen was committed before. */
    static long lastRecord(Session session) throws SQLException {
        return lastRecord(session, LogPosition.lsn(
                String.valueOf(session.row("SELECT pg_catalog.pg_current_wal_insert_lsn()").getFirst())));
    }

    /** Keeps the table from being dropped or rewritten while it is copied. If that fails, this table alone is not copied. */
    void lock(StreamShape shape) {
        try {
            lockOrReturn(shape);
        } catch (SQLException e) {
            unlocked.put(shape.stream(), SqlStates.coded("Copying " + shape.stream(), e));
        }
    }

    /** Throws why the table could not be locked, if so. */
    LogCopy of(StreamName stream) {
        WindrowException why = unlocked.get(stream);
        if (why != null) {
            throw why;
        }
        return this;
    }

    /** A lock that is waited for in vain ends no more than itself: the snapshot stays. */
    private void lockOrReturn(StreamShape shape) throws SQLException {
        session.execute("SAVEPOINT windrow");
        try {
            session.execute("SELECT FROM " + shape.from() + " LIMIT 0");
        } catch (SQLException e) {
            if (!session.connection().isClosed()) {
                session.execute("ROLLBACK TO SAVEPOINT windrow");
            }
            throw e;
        } finally {
            if (!session.connection().isClosed()) {
                session.execute("RELEASE SAVEPOINT windrow");
            }
        }
    }

    /** Where a table's changes go on after its copy. */
    Position start() {
        return new LogPosition(system, timeline, consistent, Optional.empty()).toPosition();
    }

    String place() {
        return Lsn.text(consistent);
    }

    void keepAlive() throws SQLException {
        session.promptly(() -> session.row("SELECT 1"));
    }

    @Override
    public void close() {
        session.close();
    }
}
