package io.windrow.runner.local;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A wait that a stop, an abort or an interrupt ends early. Safe for use by many threads; once ended it never waits again. */
final class Pause {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ended;

    /** Waits; whether it waited to the end of the time. */
    boolean of(Duration time) {
        long left = time.toNanos();
        lock.lock();
        try {
            while (!ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
