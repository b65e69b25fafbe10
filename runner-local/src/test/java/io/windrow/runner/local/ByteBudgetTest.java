package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
@Tag("G01")
class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void whatFitsIsAdmittedAndTheRestWaitsItsTurn() throws Exception {
        assertThat(budget.acquire(60, () -> true)).isTrue();
        assertThat(budget.acquire(40, () -> true)).isTrue();
        AtomicBoolean admitted = new AtomicBoolean();
        Thread waiting = Thread.ofPlatform().start(() -> admitted.set(taken(10)));
        await().atMost(Duration.ofMinutes(5)).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(admitted).isFalse();
        budget.release(40);
        waiting.join();
        assertThat(admitted).isTrue();
        assertThat(budget.used()).isEqualTo(70);
    }

    @Test
    void aBatchLargerThanTheBudgetRunsAlone() throws Exception {
        assertThat(budget.acquire(1, () -> true)).isTrue();
        AtomicBoolean admitted = new AtomicBoolean();
        Thread large = Thread.ofPlatform().start(() -> admitted.set(taken(5_000)));
        await().atMost(Duration.ofMinutes(5)).until(() -> large.getState() == Thread.State.TIMED_WAITING);
        Thread small = Thread.ofPlatform().start(() -> taken(1));
        await().atMost(Duration.ofMinutes(5)).until(() -> small.getState() == Thread.State.TIMED_WAITING);
        assertThat(budget.used()).as("nobody overtakes a large batch").isEqualTo(1);
        budget.release(1);
        large.join();
        assertThat(admitted).isTrue();
        assertThat(budget.used()).isEqualTo(5_000);
        budget.release(5_000);
        small.join();
        assertThat(budget.used()).isEqualTo(1);
    }

    @Test
    void whoeverWaitsIsServedOnceASecondAndMayGiveUp() throws Exception {
        assertThat(budget.acquire(100, () -> true)).isTrue();
        AtomicInteger served = new AtomicInteger();
        long began = System.nanoTime();
        assertThat(budget.acquire(1, () -> served.incrementAndGet() < 2)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1900));
        assertThat(budget.used()).isEqualTo(100);
    }

    private boolean taken(long bytes) {
        try {
            return budget.acquire(bytes, () -> true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
