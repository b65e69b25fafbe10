package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database by a thread and a connection of its own: whoever has to know something goes on meanwhile. Used by one
 * thread, but for {@link #wakeUp} and {@link #hold}.
 */
final class Aside implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PostgresSource source;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("windrow-postgres-aside").factory());
    private @Nullable Session asking;
    private @Nullable Session held;
    private boolean closed;
    private volatile boolean woken;

    Aside(PostgresSource source) {
        this.source = source;
    }

    /** What is asked; by the thread of its own. */
    interface Question<T> {
        /** Asks on a connection on which a server that answers nothing is not waited for without end. */
        T ask(Session session) throws SQLException;
    }

    /** What comes of a question. */
    final class Answer<T> {
        private final CompletableFuture<T> future;

        private Answer(CompletableFuture<T> future) {
            this.future = future;
        }

        /** Whether it is there, or an error is; does not wait. */
        boolean isThere() {
            return future.isDone();
        }

        /** Waits until it is there, or an error, or somebody wakes us up; false: it is not. */
        boolean comes(long deadlineNanos) {
            while (!woken) {
                long left = deadlineNanos - System.nanoTime();
                try {
                    future.get(Math.clamp(left, 0, LOOK_NANOS), TimeUnit.NANOSECONDS);
                    return true;
                } catch (ExecutionException e) {
                    // Whoever takes the answer is told.
                    return true;
                } catch (TimeoutException e) {
                    if (left <= 0) {
                        return false;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            woken = false;
            return future.isDone();
        }

        /** What {@link #isThere}; the error is thrown as it was coded. */
        T take() {
            return switch (future.state()) {
                case SUCCESS -> future.resultNow();
                case FAILED -> throw future.exceptionNow() instanceof WindrowException coded
                        ? coded
                        : WindrowException.of(PostgresError.PLANNER_MISUSED, "Asking aside: it ended with " + future.exceptionNow());
                case RUNNING, CANCELLED -> throw WindrowException.of(PostgresError.PLANNER_MISUSED, "Asking aside: no answer is there");
            };
        }

        /** Nobody waits any more: what comes is given to somebody else, by any thread. */
        void leaveTo(Consumer<T> other) {
            future.thenAccept(other);
        }
    }

    /**
     * Begins to ask.
     *
     * @param doing a gerund clause for errors
     */
    <T> Answer<T> ask(String doing, Question<T> question) {
        return new Answer<>(CompletableFuture.supplyAsync(() -> answer(doing, question), thread));
    }

    private <T> T answer(String doing, Question<T> question) {
        try {
            Session session = asking();
            return session.promptly(() -> question.ask(session));
        } catch (SQLException e) {
            // The next question may find the server again.
            forget();
            throw SqlStates.coded(doing, e);
        }
    }

    private Session asking() {
        synchronized (this) {
            if (asking != null) {
                return asking;
            }
        }
        Session opened = Session.open(source.address(), source.config());
        synchronized (this) {
            asking = opened;
            if (closed) {
                opened.drop();
            }
        }
        return opened;
    }

    private synchronized void forget() {
        if (asking != null) {
            asking.drop();
            asking = null;
        }
    }

    /** Opens a connection of the caller's, which is dropped with this one at the latest. For use within a question. */
    Session hold() {
        Session opened = Session.open(source.address(), source.config());
        synchronized (this) {
            held = opened;
            if (closed) {
                opened.drop();
            }
        }
        return opened;
    }

    /** Ends a wait. Any thread. */
    void wakeUp() {
        woken = true;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (held != null) {
                held.drop();
            }
            if (asking != null) {
                asking.drop();
            }
        }
        thread.shutdownNow();
    }
}
