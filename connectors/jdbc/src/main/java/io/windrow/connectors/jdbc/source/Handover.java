package io.windrow.connectors.jdbc.source;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hands one thing after another from the thread that waits for the database to the one that must not. */
final class Handover<T> {
    private @Nullable T waiting;
    private boolean woken;
    private boolean closed;

    /** Waits until the one before was taken. False: nobody takes anything any more, and the thing stays the caller's. */
    synchronized boolean put(T thing) {
        try {
            while (waiting != null && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (closed) {
            return false;
        }
        waiting = thing;
        notifyAll();
        return true;
    }

    /** The next thing; null if there is none by the deadline, or somebody woke the caller. */
    synchronized @Nullable T take(long deadlineNanos) {
        while (waiting == null && !woken && !closed) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        woken = false;
        T thing = waiting;
        waiting = null;
        notifyAll();
        return thing;
    }

    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Nothing is taken any more. What was not taken is the caller's. */
    synchronized @Nullable T close() {
        closed = true;
        T left = waiting;
        waiting = null;
        notifyAll();
        return left;
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
