package io.windrow.runner.local;

import io.windrow.core.run.RateLimit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Shares the run's rate limits among its readers. Safe for use by many threads. */
final class Throttle {
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable RateLimit rows;
    private final @Nullable RateLimit bytes;

    Throttle(Pace pace, long nowNanos) {
        this.rows = pace.maxRowsPerSecond() > 0 ? new RateLimit(pace.maxRowsPerSecond(), nowNanos) : null;
        this.bytes = pace.maxBytesPerSecond() > 0 ? new RateLimit(pace.maxBytesPerSecond(), nowNanos) : null;
    }

    /** Books what was read and returns how many nanoseconds the reader has to wait before it reads on, 0 if none. */
    long take(long readRows, long readBytes, long nowNanos) {
        if (rows == null && bytes == null) {
            return 0;
        }
        lock.lock();
        try {
            long byRows = rows == null ? 0 : rows.take(readRows, nowNanos);
            long byBytes = bytes == null ? 0 : bytes.take(readBytes, nowNanos);
            return Math.max(byRows, byBytes);
        } finally {
            lock.unlock();
        }
    }
}
