package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.WindowState.LogPlace;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
 * @param place how far the server's log is, with all that the snapshot sees before it; empty if the role may not ask
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
        Optional<LogPlace> place,
        ServerFacts server,
        Instant taken) {
    private static final String OPEN =
            "SELECT DISTINCT virtualxid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid' AND pid <> pg_catalog.pg_backend_pid()"
                    + " AND mode = 'ExclusiveLock' AND granted";

    /** A standby tells its timeline to few: its receiver knows it at once, its control data from the next restart point on. */
    private static final String PLACE =
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
                   THEN pg_catalog.lpad(pg_catalog.to_hex(GREATEST((SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver),
                        (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()))), 8, '0')
                   ELSE pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8) END,
                   CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                   ELSE pg_catalog.pg_current_wal_insert_lsn() END""";
    private static final String MAY_ASK =
            """
            SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(f::pg_catalog.regprocedure, 'execute'))
            FROM pg_catalog.unnest(ARRAY['pg_catalog.pg_walfile_name(pg_lsn)', 'pg_catalog.pg_current_wal_insert_lsn()',
                'pg_catalog.pg_control_checkpoint()', 'pg_catalog.pg_last_wal_replay_lsn()']) AS f""";

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
        Optional<LogPlace> place = Optional.empty();
        if ("t".equals(session.row(MAY_ASK).get(0))) {
            List<@Nullable String> at = session.row(PLACE);
            if (at.get(0) instanceof String timeline && at.get(1) instanceof String lsn) {
                place = Optional.of(new LogPlace(Long.parseLong(timeline, 16), LogPosition.lsn(lsn)));
            }
        }
        return new Moment(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)),
                Long.parseLong(String.valueOf(row.get(2))),
                next,
                before,
                after,
                prepared,
                place,
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
