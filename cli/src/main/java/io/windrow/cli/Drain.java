package io.windrow.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * SIGTERM and Ctrl-C: asks the runner to stop and holds the JVM's shutdown back until the command has ended, so that the
 * epoch in flight is committed. Only a second signal of the operating system's choosing (SIGKILL) ends the process sooner.
 */
final class Drain implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Runnable> stop = new AtomicReference<>();
    private final Thread hook = new Thread(this::drain, "drain");

    private Drain() {}

    static Drain install() {
        Drain drain = new Drain();
        Runtime.getRuntime().addShutdownHook(drain.hook);
        return drain;
    }

    /** What to do on a request; done at once if it has come already. */
    void onRequest(Runnable newStop) {
        stop.set(newStop);
        if (requested()) {
            newStop.run();
        }
    }

    boolean requested() {
        return asked.getCount() == 0;
    }

    /** Waits so long, or until a request. */
    void await(long nanos) {
        try {
            if (asked.await(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            asked.countDown();
        }
    }

    private void drain() {
        asked.countDown();
        Runnable now = stop.get();
        if (now != null) {
            now.run();
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (requested()) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // A signal that came since: the JVM ends already, and the hook finds that the command has ended.
            asked.countDown();
        }
    }
}
