package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a publication carry tables. To be added a table must not be worked on (VACUUM, CREATE INDEX CONCURRENTLY, ALTER TABLE):
 * those that are wait for that together, at most for the time that a lock is waited for, and behind the others.
 *
 * @param source the database
 * @param context hears what was done
 * @param major the server's version
 * @param published the publication as it is
 */
record Carrier(PostgresSource source, Context context, int major, Publication published) {
    private static final String HELD =
            """
            SELECT DISTINCT n.name FROM pg_catalog.unnest(ARRAY[%s]::text[]) AS n(name)
            JOIN pg_catalog.pg_locks k ON k.relation = pg_catalog.to_regclass(n.name)::pg_catalog.oid
            WHERE k.locktype = 'relation' AND k.granted AND k.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
            AND k.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
            AND k.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')""";

    /**
     * What became of it.
     *
     * @param published the publication as it is now
     * @param busy tables that could not be added in time, each with its error
     */
    record Carried(Publication published, Map<StreamName, WindrowException> busy) {
        Carried {
            busy = Map.copyOf(busy);
        }
    }

    /**
     * Has the publication made, if it is not there, and the tables added that it lacks.
     *
     * @throws WindrowException if that cannot be done whoever works on the tables; with the SQL for somebody who may
     */
    Carried carry(List<StreamName> tables) throws SQLException {
        Optional<String> all = published.toCarry(tables);
        if (all.isEmpty()) {
            return new Carried(published, Map.of());
        }
        try (Session session = Session.open(source.address(), source.config())) {
            Set<String> held = held(session, tables);
            Optional<String> free = published.toCarry(tables.stream().filter(table -> !held.contains(Identifier.quoted(table))).toList());
            if (free.isPresent()) {
                session.execute(free.get());
                tell(free.get());
            }
            return addHeld(session, tables, Publication.read(session, major, published.name()));
        } catch (SQLException e) {
            WindrowException failure = LogFailures.preparing("Making publication " + published.name(), e);
            throw LogFailures.isTimeout(e) ? failure : failure.remedy(
                    "Have " + (tables.isEmpty() ? "somebody who may create in the database" : "the tables' owner") + " run: " + all.get() + ";");
        }
    }

    private static Set<String> held(Session session, List<StreamName> tables) throws SQLException {
        String names = tables.stream().map(table -> Identifier.literal(Identifier.quoted(table))).collect(Collectors.joining(", "));
        return Set.copyOf(session.column(HELD.formatted(names)));
    }

    private Carried addHeld(Session session, List<StreamName> tables, Publication made) throws SQLException {
        Map<StreamName, WindrowException> busy = new HashMap<>();
        long begin = System.nanoTime();
        for (StreamName table : tables) {
            Optional<String> sql = made.toCarry(List.of(table));
            if (sql.isPresent()) {
                Duration left = source.config().lockTimeout().minusNanos(System.nanoTime() - begin);
                try {
                    session.execute("BEGIN; SET LOCAL lock_timeout = " + Math.max(1, left.toMillis()) + "; " + sql.get() + "; COMMIT");
                    tell(sql.get());
                } catch (SQLException e) {
                    if (!LogFailures.isTimeout(e)) {
                        throw e;
                    }
                    session.execute("ROLLBACK");
                    busy.put(table, LogFailures.preparing("Adding " + table + " to publication " + made.name(), e).remedy(
                            "Somebody works on the table (VACUUM, CREATE INDEX CONCURRENTLY, ALTER TABLE: see pg_locks). Run again once that has ended."));
                }
            }
        }
        return new Carried(Publication.read(session, major, made.name()), busy);
    }

    private void tell(String sql) {
        context.notices().tell("postgres.publication", "Made ready for change streams: " + sql + ";");
    }
}
