package io.windrow.connectors.jdbc;

import java.sql.Connection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The connections of a sink's writers that none of them uses just now: there are as many as writers write at one time, however
 * many streams have one. And the staging tables that writers could not drop. Safe for use by many threads.
 */
final class IdleConnections implements AutoCloseable {
    private final JdbcTarget target;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<String> left = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    IdleConnections(JdbcTarget target) {
        this.target = target;
    }

    /** A connection in autocommit mode, the caller's until it is given back or broken off. */
    Connection take() {
        Connection open = idle.pollFirst();
        return open == null ? target.connect() : open;
    }

    /** For others; it is in autocommit mode. */
    void giveBack(Connection open) {
        idle.addFirst(open);
        if (closed) {
            close();
        }
    }

    /** Closes one that failed, and with it those that may have failed for the same reason. */
    void breakOff(Connection open) {
        target.close(open);
        closeIdle();
    }

    /** A staging table of no epoch could not be dropped. */
    void leave(String table) {
        left.add(table);
    }

    /** Takes the staging tables that could not be dropped when they should have been. */
    Set<String> takeLeft() {
        Set<String> taken = new LinkedHashSet<>(left);
        left.removeAll(taken);
        return taken;
    }

    private void closeIdle() {
        for (Connection open = idle.pollFirst(); open != null; open = idle.pollFirst()) {
            target.close(open);
        }
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
    }
}
