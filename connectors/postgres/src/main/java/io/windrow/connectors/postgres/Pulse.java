package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a connection for a sign of life and does not hold up who asks: a server that nobody reaches any more is waited for by
 * a thread of its own. Until the answer is taken the connection belongs to that thread. Used by one thread.
 */
final class Pulse {
    private static final long LOOK_MILLIS = 1000;

    private @Nullable FutureTask<?> asked;

    /**
     * Asks, unless an answer is waited for already, and looks for a moment whether it is there.
     *
     * @param question short, and ends by itself with an error if nobody answers
     * @return whether the answer has come: the connection is the caller's again
     * @throws SQLException what the question ended with
     */
    boolean answers(Session.Work<?> question) throws SQLException {
        FutureTask<?> current = asked;
        if (current == null) {
            current = new FutureTask<>(question::run);
            asked = current;
            Thread.ofPlatform().daemon().name("windrow-postgres-pulse").start(current);
        }
        try {
            current.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            asked = null;
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            asked = null;
            switch (e.getCause()) {
                case SQLException sql -> throw sql;
                case WindrowException coded -> throw coded;
                case null, default -> throw WindrowException.of(
                        PostgresError.PLANNER_MISUSED, "Asking for a sign of life: it ended with " + e.getCause());
            }
        }
    }

    /** Whether nobody else may use the connection: an answer is waited for, or an error to be taken. */
    boolean isAsking() {
        FutureTask<?> current = asked;
        if (current != null && current.state() == Future.State.SUCCESS) {
            asked = null;
        }
        return asked != null;
    }
}
