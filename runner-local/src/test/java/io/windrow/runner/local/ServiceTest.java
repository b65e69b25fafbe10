package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the runner does for connectors: threads, keep-alive, wake-up, transforms, a planner that dies. */
@Timeout(600)
class ServiceTest {
    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    @AfterEach
    void everyBufferAndConnectionIsGivenBack() {
        assertThat(bench.upstream.connections).hasValue(0);
        assertThat(bench.target.connections).hasValue(0);
        bench.close();
    }

    private enum Lost implements ErrorCode {
        SNAPSHOT;

        @Override
        public String code() {
            return "test.snapshot_lost";
        }

        @Override
        public ErrorKind kind() {
            return ErrorKind.EXTERNAL_TRANSIENT;
        }

        @Override
        public String meaning() {
            return "The planner's connection is gone.";
        }

        @Override
        public String remedy() {
            return "None.";
        }
    }

    @Test
    void decodingAndWritingOverlapWhileThereIsACoreForEach() {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two cores");
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.workers = 1;
        Set<String> readers = ConcurrentHashMap.newKeySet();
        Set<String> writers = ConcurrentHashMap.newKeySet();
        bench.upstream.beforeRead = (split, next, deadline) -> readers.add(Thread.currentThread().getName()) || true;
        bench.target.beforeWrite = batch -> writers.add(Thread.currentThread().getName());
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(readers).hasSize(1).allMatch(name -> name.startsWith("windrow-reader-"));
        assertThat(writers).hasSize(1).allMatch(name -> name.startsWith("windrow-writer-"));
    }

    @Tag("slow")
    @Test
    void aReaderIsKeptAliveWhileATargetIsSlow() throws Exception {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two cores");
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.inFlight = 1;
        bench.workers = 1;
        CountDownLatch open = new CountDownLatch(1);
        bench.target.beforeWrite = batch -> await().atMost(Duration.ofMinutes(5)).until(() -> open.getCount() == 0);
        AtomicReference<RunResult> result = new AtomicReference<>();
        Thread running = Thread.ofPlatform().start(() -> result.set(bench.run()));
        await().atMost(Duration.ofMinutes(5)).until(() -> bench.upstream.keptAlive.get() > 0);
        open.countDown();
        running.join();
        assertThat(result.get().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    @Tag("G11")
    void aReadThatBlocksIsWokenUpWhenTheRunIsStopped() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        CountDownLatch blocked = new CountDownLatch(1);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (next < 500) {
                return true;
            }
            blocked.countDown();
            await().atMost(Duration.ofMinutes(5)).until(() -> bench.upstream.wokenUp.getCount() == 0);
            throw new IllegalStateException("woken up");
        };
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            AtomicReference<RunResult> result = new AtomicReference<>();
            Thread running = Thread.ofPlatform().start(() -> result.set(runner.run(bench.job(), RunOptions.NONE)));
            assertThat(blocked.await(300, TimeUnit.SECONDS)).isTrue();
            runner.stop();
            assertThat(running.join(Duration.ofMinutes(5))).isTrue();
            assertThat(result.get().outcome()).isEqualTo(Outcome.STOPPED);
        }
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(500));
    }

    @Test
    void whatATransformDropsIsAccountedForAndEmptyBatchesTravelToTheEnd() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.transforms.add(input -> new FirstHundred(input));
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(100));
        assertThat(bench.result(run, "a").account())
                .isEqualTo(new Account(1_000, 0, 0, 100, 0, 0, 900, 0, 0, 0, 0));
    }

    /** Keeps ids below 100; batches hold 100 rows, so a batch is kept whole or emptied. */
    private record FirstHundred(StreamSchema output) implements BoundTransform {
        @Override
        public Batch apply(Batch batch) {
            VectorSchemaRoot rows = batch.arrow();
            if (((BigIntVector) rows.getVector("id")).get(0) < 100) {
                return batch;
            }
            int dropped = batch.rowCount();
            rows.clear();
            rows.setRowCount(0);
            return new Batch(
                    batch.schema(), rows, batch.position(),
                    batch.account().plus(new Account(0, 0, 0, 0, 0, 0, dropped, 0, 0, 0, 0)));
        }

        @Override
        public void close() {}
    }

    @Test
    void whenThePlannerDiesWhatWasReadIsCommittedAndANewAttemptGoesOn() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.workers = 1;
        AtomicInteger planners = new AtomicInteger();
        AtomicBoolean halfway = new AtomicBoolean();
        AtomicBoolean died = new AtomicBoolean();
        List<Long> visibleToTheSecond = new ArrayList<>();
        bench.upstream.beforePlan = () -> {
            if (planners.incrementAndGet() == 2) {
                visibleToTheSecond.addAll(bench.target.visible("a"));
            }
        };
        bench.upstream.onPlannerKeepAlive = () -> {
            if (halfway.get() && died.compareAndSet(false, true)) {
                throw WindrowException.of(Lost.SNAPSHOT, "Keeping the snapshot alive");
            }
        };
        // Only the second planner's readers get further: the first one's would race with the order to stop.
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (next >= 300) {
                halfway.set(true);
            }
            return next < 300 || planners.get() > 1;
        };
        RunResult run = bench.run();
        assertThat(run.error()).isEmpty();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(died).isTrue();
        assertThat(visibleToTheSecond).isEqualTo(Bench.numbers(300));
        assertThat(bench.result(run, "a").epochs()).isGreaterThan(1);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }
}
