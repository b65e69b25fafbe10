package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.EventMeters;
import io.windrow.core.observe.Meter;
import io.windrow.core.observe.Meters;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a run tells of itself: events, numbers and log lines. */
@Timeout(600)
class ObserveTest {
    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aStreamThatEndsIsToldWhileTheOthersGoOn() {
        bench.workers = 1;
        bench.epochRows = 500;
        bench.stream("a", 100, ReadMode.SNAPSHOT, WriteMode.REPLACE).stream("b", 20_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        List<RunEvent.StreamFinished> finished = all(RunEvent.StreamFinished.class);
        assertThat(finished).extracting(event -> event.result().stream().toString()).containsExactlyInAnyOrder("a", "b");
        RunEvent lastCommit = all(RunEvent.EpochCommitted.class).getLast();
        assertThat(bench.events.indexOf(finished.getFirst())).isLessThan(bench.events.indexOf(lastCommit));
        assertThat(finished).allSatisfy(event -> assertThat(event.result().outcome()).isEqualTo(Outcome.COMPLETED));
    }

    @Test
    void whatIsReadOfEachSplitAddsUpToTheBooksOfItsEpoch() {
        bench.epochRows = 700;
        bench.upstream.splitRows = 1_500;
        bench.upstream.batchRows = 100;
        bench.stream("a", 6_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        List<RunEvent.EpochCommitted> epochs = all(RunEvent.EpochCommitted.class);
        assertThat(epochs).hasSizeGreaterThan(1);
        for (RunEvent.EpochCommitted epoch : epochs) {
            long rows = all(RunEvent.SplitRead.class).stream()
                    .filter(read -> read.epoch() == epoch.entry().epoch())
                    .mapToLong(RunEvent.SplitRead::rows)
                    .sum();
            assertThat(rows).isEqualTo(epoch.entry().account().in());
        }
    }

    @Test
    void theNumbersAreThoseOfTheLedger() {
        bench.epochRows = 700;
        bench.stream("a", 6_000, ReadMode.SNAPSHOT, WriteMode.REPLACE).stream("b", 0, ReadMode.SNAPSHOT, WriteMode.APPEND);
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        Kept kept = kept();
        assertThat(kept.sums).containsEntry("ROWS_READ a ", 6_000L).containsEntry("ROWS_WRITTEN a ", 6_000L);
        assertThat(kept.sums.get("BYTES_READ a ")).isPositive();
        assertThat(kept.sums.get("EPOCHS a ")).isEqualTo(kept.sums.get("COMMIT_DURATION a "));
        assertThat(kept.moments).containsKeys("LAG a ", "LAG b ");
        assertThat(kept.sums).containsEntry("ERRORS a external_transient", 0L).containsEntry("RETRIES a ", 0L);
    }

    @Test
    void failuresAreCountedByKindAndRetriesToo() {
        bench.stream("a", 3_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        AtomicInteger opened = new AtomicInteger();
        bench.upstream.beforeOpen = split -> {
            if (opened.getAndIncrement() == 0) {
                throw WindrowException.of(RunError.SCHEMA_CHANGED, "Opening: a test fails once");
            }
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(kept().sums).containsEntry("ERRORS a external_transient", 1L).containsEntry("RETRIES a ", 1L);
    }

    @Test
    void theSourceIsReadNoFasterThanAllowed() {
        bench.upstream.batchRows = 100;
        bench.maxRowsPerSecond = 2_000;
        bench.stream("a", 3_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        long began = System.nanoTime();
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(400));
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(3_000));
    }

    @Test
    void aReaderThatWaitsForItsRateObeysAStop() throws Exception {
        bench.upstream.batchRows = 100;
        bench.maxRowsPerSecond = 1;
        bench.stream("a", 3_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            CompletableFuture<RunResult> run =
                    CompletableFuture.supplyAsync(
                            () -> runner.run(bench.job(), RunOptions.NONE), Thread.ofPlatform().daemon()::start);
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> all(RunEvent.ProgressMade.class).stream()
                    .flatMap(progress -> progress.streams().stream())
                    .anyMatch(stream -> stream.rowsRead() > 0));
            runner.stop();
            // Without the stop the next batch were read after more than a minute and a half.
            assertThat(run.get(50, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.STOPPED);
        }
        assertThat(bench.target.visible("a")).hasSizeBetween(100, 200);
    }

    @Test
    void everyLogLineOfAnEpochNamesPipelineRunStreamAndEpochOnEveryThread() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.windrow");
        Level before = logger.getLevel();
        Captured captured = new Captured();
        captured.start();
        logger.addAppender(captured);
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        try {
            bench.epochRows = 700;
            bench.stream("a", 3_000, ReadMode.SNAPSHOT, WriteMode.REPLACE).stream("b", 2_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        } finally {
            logger.setLevel(before);
            logger.setAdditive(true);
            logger.detachAppender(captured);
        }
        List<ILoggingEvent> inEpochs = captured.lines.stream()
                .filter(line -> line.getMessage().matches("(Read|Staged|Committed|The target).*"))
                .toList();
        assertThat(inEpochs).extracting(line -> line.getThreadName().replaceAll("windrow-|-\\d+", ""))
                .contains("reader", "commit").containsAnyOf("writer", "reader");
        assertThat(captured.lines).allSatisfy(line ->
                assertThat(line.getMDCPropertyMap()).containsEntry("pipeline", "bench").containsKey("run"));
        assertThat(inEpochs).filteredOn(line -> !line.getMessage().startsWith("Reading")).isNotEmpty().allSatisfy(line ->
                assertThat(line.getMDCPropertyMap()).as(line.toString()).containsKeys("stream", "epoch"));
    }

    private static final class Captured extends AppenderBase<ILoggingEvent> {
        final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            lines.add(event);
        }
    }

    private <E extends RunEvent> List<E> all(Class<E> type) {
        return bench.events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private Kept kept() {
        Kept kept = new Kept();
        EventMeters meters = new EventMeters("bench", kept);
        bench.events.forEach(meters::on);
        return kept;
    }

    private static final class Kept implements Meters {
        final Map<String, Long> sums = new ConcurrentHashMap<>();
        final Map<String, Instant> moments = new ConcurrentHashMap<>();

        private static String key(Meter meter, Labels labels) {
            assertThat(labels.pipeline()).isEqualTo("bench");
            return meter + " " + labels.stream() + " " + labels.kind();
        }

        @Override
        public void add(Meter meter, Labels labels, long amount) {
            sums.merge(key(meter, labels), amount, Long::sum);
        }

        @Override
        public void took(Meter meter, Labels labels, Duration duration) {
            sums.merge(key(meter, labels), 1L, Long::sum);
        }

        @Override
        public void is(Meter meter, Labels labels, long amount) {
            sums.put(key(meter, labels), amount);
        }

        @Override
        public void since(Meter meter, Labels labels, Instant moment) {
            moments.put(key(meter, labels), moment);
        }
    }
}
