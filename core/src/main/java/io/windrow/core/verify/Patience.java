package io.windrow.core.verify;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How long is waited for something that another process is to bring about. */
record Patience(Duration limit) {
    private static final Duration BETWEEN = Duration.ofMillis(250);

    /** What is asked for, as soon as it is there; empty: it did not come in time, or the thread was interrupted. */
    <T> Optional<T> await(Supplier<Optional<T>> asked) {
        CountDownLatch never = new CountDownLatch(1);
        long giveUp = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> found = asked.get();
            if (found.isPresent() || System.nanoTime() - giveUp > 0) {
                return found;
            }
            try {
                never.await(BETWEEN.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /** The limit in whole seconds, for people. */
    long seconds() {
        return limit.toSeconds();
    }
}
