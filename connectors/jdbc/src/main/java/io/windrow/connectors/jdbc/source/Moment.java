package io.windrow.connectors.jdbc.source;

import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The moment of one run, held by connections that all see it. A reader borrows one; if it breaks, another of the same moment
 * goes on from its position. Safe for use by many threads.
 */
final class Moment implements AutoCloseable {
    private static final int TRIES = 30;
    private static final long WAIT_MILLIS = 50;

    private final JdbcSource source;
    private final Deque<Session> idle = new ArrayDeque<>();
    private int alive;

    private Moment(JdbcSource source, List<Session> sessions) {
        this.source = source;
        this.idle.addAll(sessions);
        this.alive = sessions.size();
    }

    /** Takes the moment. */
    static Moment take(JdbcSource source, Notices notices) {
        SourceDialect dialect = source.dialect();
        int wanted = dialect.together() == SourceDialect.Together.NOTHING ? 1 : source.config().connections();
        List<Session> sessions = new ArrayList<>();
        boolean taken = false;
        try {
            for (int i = 0; i < wanted; i++) {
                sessions.add(Session.open(source));
            }
            List<Session> same = switch (dialect.together()) {
                case NOTHING, NOBODY_WRITES -> {
                    for (Session session : sessions) {
                        session.begin();
                    }
                    yield List.copyOf(sessions);
                }
                case BY_TEXT -> dialect.tellsMoments(sessions.getFirst().connection()) ? largest(dialect, sessions) : first(sessions);
            };
            for (Session session : sessions) {
                if (!same.contains(session)) {
                    session.close();
                }
            }
            if (same.size() < wanted) {
                notices.tell("jdbc.fewer_connections", same.size() + " of " + wanted + " connections read, since only so many see the same "
                        + "moment: the binary log is off, does not have every transaction (a replica without log_slave_updates, a filter "
                        + "of databases), or was never still for long enough.");
            }
            taken = true;
            return new Moment(source, same);
        } catch (SQLException e) {
            throw Session.coded(dialect, "Fixing a moment of " + source.address().display(), e);
        } finally {
            if (!taken) {
                sessions.forEach(Session::close);
            }
        }
    }

    private static List<Session> first(List<Session> sessions) throws SQLException {
        sessions.getFirst().begin();
        return List.of(sessions.getFirst());
    }

    /** Begins all, again and again, until all have met the same moment; else those of the largest group. */
    private static List<Session> largest(SourceDialect dialect, List<Session> sessions) throws SQLException {
        List<Session> best = List.of();
        for (int tried = 0; tried < TRIES && best.size() < sessions.size(); tried++) {
            for (Session session : sessions) {
                session.begin();
            }
            Map<String, List<Session>> groups = new HashMap<>();
            for (Session session : sessions) {
                Optional<String> moment = session.text(dialect.moment());
                if (moment.isEmpty()) {
                    return List.of(sessions.getFirst());
                }
                groups.computeIfAbsent(moment.get(), text -> new ArrayList<>()).add(session);
            }
            best = groups.values().stream().max(java.util.Comparator.comparingInt(List::size)).orElseThrow();
        }
        return best;
    }

    synchronized int connections() {
        return alive;
    }

    /** A session of the moment, as soon as one is free; empty if the caller does not want it any more. */
    Optional<Session> borrow(BooleanSupplier unwanted) {
        synchronized (this) {
            while (!unwanted.getAsBoolean()) {
                if (alive == 0) {
                    throw lost();
                }
                Session free = idle.poll();
                if (free != null) {
                    return Optional.of(free);
                }
                try {
                    TimeUnit.MILLISECONDS.timedWait(this, WAIT_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Optional.empty();
                }
            }
            return Optional.empty();
        }
    }

    /** Takes back a session that can be used again. */
    synchronized void giveBack(Session session) {
        if (alive == 0) {
            session.close();
        } else {
            idle.add(session);
        }
        notifyAll();
    }

    /** Takes back a session that cannot. */
    void giveUp(Session session) {
        session.close();
        synchronized (this) {
            alive = Math.max(0, alive - 1);
            notifyAll();
        }
    }

    /** Asks the sessions that nobody reads with. */
    void keepAlive() {
        int count;
        synchronized (this) {
            count = idle.size();
        }
        for (int i = 0; i < count; i++) {
            Session session;
            synchronized (this) {
                session = idle.poll();
            }
            if (session == null) {
                return;
            }
            if (session.isAlive()) {
                giveBack(session);
            } else {
                giveUp(session);
            }
        }
        if (connections() == 0) {
            throw lost();
        }
    }

    private WindrowException lost() {
        return WindrowException.of(
                SourceError.SNAPSHOT_LOST, "Reading from " + source.address().display() + ": no connection is left that sees the run's moment");
    }

    @Override
    public synchronized void close() {
        idle.forEach(Session::close);
        idle.clear();
        alive = 0;
        notifyAll();
    }
}
