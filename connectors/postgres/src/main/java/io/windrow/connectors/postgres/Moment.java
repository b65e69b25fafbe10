package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exported snapshot of the database, and who was at work around it.
 *
 * @param exported the id by which other connections import it
 * @param text the snapshot itself, as pg_snapshot's text
 * @param lowest the id of the oldest transaction that was at work: all below have ended
 * @param next the id that no transaction that it sees has reached
 * @param before the transactions that were open just before it, by virtual id; one that is missing had ended
 * @param after the transactions that were open just after it, by virtual id; one that is missing had ended or begins later
 * @param prepared the ids of prepared transactions
 * @param server the server's facts
 * @param taken when, by our clock
 */
record Moment(
        String exported,
        String text,
        long lowest,
        long next,
        List<String> before,
        List<String> after,
        List<Long> prepared,
        ServerFacts server,
        Instant taken) {
    private static final String OPEN =
            "SELECT DISTINCT virtualxid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid' AND pid <> pg_catalog.pg_backend_pid()"
                    + " AND mode = 'ExclusiveLock' AND granted";

    Moment {
        before = List.copyOf(before);
        after = List.copyOf(after);
        prepared = List.copyOf(prepared);
    }

    /** Begins the exporting transaction on the session, which holds it from then on. */
    static Moment take(Session session, ServerFacts server, Instant now) throws SQLException {
        List<String> before = session.column(OPEN);
        session.begin(null);
        List<@Nullable String> row = session.row("SELECT pg_catalog.pg_export_snapshot(), s, pg_catalog.pg_snapshot_xmin(s), "
                + "pg_catalog.pg_snapshot_xmax(s) FROM pg_catalog.pg_current_snapshot() AS s");
        List<String> after = session.column(OPEN);
        long next = Long.parseLong(String.valueOf(row.get(3)));
        List<Long> prepared = session
                .column("SELECT " + ReadSql.writer(next + (1L << 20), "transaction")
                        + " FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()")
                .stream()
                .map(Long::valueOf)
                .toList();
        return new Moment(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)),
                Long.parseLong(String.valueOf(row.get(2))),
                next,
                before,
                after,
                prepared,
                server,
                now);
    }

    /** The xmax of the session's own snapshot. */
    static long nextTransaction(Session session) throws SQLException {
        return Long.parseLong(String.valueOf(session
                .row("SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())")
                .get(0)));
    }
}
