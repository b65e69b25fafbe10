package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * Renews the lease at a third of its time, on a thread of its own. Durations are measured with the monotonic clock, so a
 * step of the wall clock changes nothing.
 */
final class LeaseKeeper implements AutoCloseable {
    private final StateStore store;
    private final Lease lease;
    private final long ttlNanos;
    private final Consumer<WindrowException> lost;
    private final Pause pause = new Pause();
    private final Thread thread;
    private volatile long renewed;

    /**
     * Starts to renew.
     *
     * @param lost called at most once, on the keeper's thread, when nothing may be saved any more
     */
    LeaseKeeper(StateStore store, Lease lease, Duration ttl, ThreadFactory threads, Consumer<WindrowException> lost) {
        this.store = store;
        this.lease = lease;
        this.ttlNanos = ttl.toNanos();
        this.lost = lost;
        this.renewed = System.nanoTime();
        this.thread = threads.newThread(this::renew);
        this.thread.start();
    }

    Lease lease() {
        return lease;
    }

    /** Refuses to go on when the lease may have run out (I6). Any thread. */
    void check() {
        if (System.nanoTime() - renewed > ttlNanos) {
            throw expired();
        }
    }

    private WindrowException expired() {
        return WindrowException.of(
                RunError.LEASE_EXPIRED,
                "Renewing the lease of " + lease.pipeline() + ": it could not be renewed within its "
                        + Duration.ofNanos(ttlNanos));
    }

    private void renew() {
        Duration wait = Duration.ofNanos(ttlNanos / 3);
        try {
            while (pause.of(wait)) {
                long asked = System.nanoTime();
                try {
                    store.renew(lease);
                    renewed = asked;
                    wait = Duration.ofNanos(ttlNanos / 3);
                } catch (WindrowException e) {
                    boolean taken = e.errorCode() == CheckpointError.LEASE_LOST;
                    if (taken || System.nanoTime() - renewed > ttlNanos) {
                        lost.accept(taken ? e : expired());
                        return;
                    }
                    wait = Duration.ofNanos(ttlNanos / 12);
                }
            }
        } catch (RuntimeException e) {
            lost.accept(Failures.coded(e, "Renewing the lease of " + lease.pipeline()));
        }
    }

    /** Stops to renew. Does not release the lease. */
    @Override
    public void close() {
        pause.end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
