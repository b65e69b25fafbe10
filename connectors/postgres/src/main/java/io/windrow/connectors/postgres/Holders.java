package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The transactions that hold incremental streams back, or the making of a slot. When one began is told by pg_stat_activity, and of other roles only to
 * members of pg_read_all_stats. That it was open at the last run already is told by pg_locks and the saved state, to anybody.
 */
final class Holders {
    private static final String NAMED =
            """
            SELECT DISTINCT 'of role ' || coalesce(a.usename, a.backend_type, '?') || ' (pid ' || l.pid || ', application '
                   || coalesce(nullif(a.application_name, ''), '?') || ') open '
                   || coalesce('since ' || date_trunc('second', a.xact_start)::text,
                      'since the last run or longer (when it began is shown to members of pg_read_all_stats only)')
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
              AND a.leader_pid IS NULL AND (%2$s OR a.backend_xid IS NOT NULL)
              AND (a.xact_start < pg_catalog.now() - pg_catalog.make_interval(secs => %1$d)
                   OR a.xact_start IS NULL AND (l.virtualxid IN (%3$s) OR a.backend_xid::pg_catalog.text::pg_catalog.int8 IN (%4$s)))
            UNION ALL
            SELECT 'of role ' || owner || ' (prepared, name ' || gid || ') since ' || date_trunc('second', prepared)::text
            FROM pg_catalog.pg_prepared_xacts
            WHERE prepared < pg_catalog.now() - pg_catalog.make_interval(secs => %1$d)""";

    private static final String WRITING =
            """
            SELECT DISTINCT 'of role ' || coalesce(a.usename, a.backend_type, '?') || ' (pid ' || l.pid || ', application '
                   || coalesce(nullif(a.application_name, ''), '?') || ')'
                   || coalesce(' open since ' || date_trunc('second', a.xact_start)::text, '')
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
            UNION ALL
            SELECT 'of role ' || owner || ' (prepared, name ' || gid || ') since ' || date_trunc('second', prepared)::text
            FROM pg_catalog.pg_prepared_xacts""";

    private final Set<String> open = new TreeSet<>();
    private final Set<Long> oldest = new TreeSet<>();
    private boolean bounds;

    /**
     * Takes in what a stream waits for.
     *
     * @param saved what it remembered at the beginning of this run
     */
    void add(WindowState saved, Moment moment, Level level) {
        bounds |= level == Level.CONDITIONAL;
        saved.candidate().ifPresent(candidate -> candidate.open().stream()
                .filter(moment.before()::contains)
                .forEach(open::add));
        boolean held = saved.since().filter(since -> since.below() == moment.lowest()).isPresent();
        if (held && moment.lowest() < moment.next()) {
            oldest.add(moment.lowest() & 0xFFFF_FFFFL);
        }
    }

    /** The transactions of all databases that have written something and are open, by name. */
    static List<String> writing(Session session) throws SQLException {
        return session.column(WRITING);
    }

    /** Those that are open for longer than a time, and those of which nothing is known but that they were at the last run. */
    List<String> named(Session session, Duration longer) throws SQLException {
        return session.column(NAMED.formatted(
                longer.toSeconds(),
                // A transaction that has written nothing yet keeps bounds back, and no window.
                bounds,
                open.isEmpty() ? "NULL" : open.stream().map(Identifier::literal).collect(Collectors.joining(", ")),
                oldest.isEmpty() ? "NULL" : oldest.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
}
