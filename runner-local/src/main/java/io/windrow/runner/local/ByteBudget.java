package io.windrow.runner.local;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the bytes of all batches in flight. First come, first served. A batch larger than the whole budget is admitted
 * when nothing else is in flight, and then nothing else is (I12). Safe for use by many threads.
 */
final class ByteBudget {
    private static final long MEANWHILE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private long used;

    ByteBudget(long limit) {
        this.limit = limit;
    }

    /**
     * Waits for room, doing what {@code meanwhile} says at least once a second.
     *
     * @return false if {@code meanwhile} answered that waiting is pointless; then nothing is taken
     */
    boolean acquire(long bytes, Meanwhile meanwhile) throws InterruptedException {
        Object ticket = new Object();
        lock.lockInterruptibly();
        try {
            waiting.add(ticket);
            long left = MEANWHILE_NANOS;
            while (waiting.peek() != ticket || (used > 0 && used + bytes > limit)) {
                left = changed.awaitNanos(left);
                if (left <= 0) {
                    left = MEANWHILE_NANOS;
                    lock.unlock();
                    boolean goOn;
                    try {
                        goOn = meanwhile.goesOn();
                    } finally {
                        lock.lock();
                    }
                    if (!goOn) {
                        return false;
                    }
                }
            }
            used += bytes;
            return true;
        } finally {
            waiting.remove(ticket);
            changed.signalAll();
            lock.unlock();
        }
    }

    void release(long bytes) {
        lock.lock();
        try {
            used -= bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes in flight now. */
    long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /** What a waiting reader does: keep its connection alive, and look whether it should stop. */
    @FunctionalInterface
    interface Meanwhile {
        /** Whether to go on waiting. */
        boolean goesOn();
    }
}
