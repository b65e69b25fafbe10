package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.windrow.api.batch.Account;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.LedgerError;
import io.windrow.core.observe.EventMeters;
import io.windrow.core.observe.Meter;
import io.windrow.core.observe.Meters;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a run says of itself is one thing, wherever it is said, and comes from what the target and the store hold. */
@Timeout(600)
class VerdictTest {
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

    @Test
    @Tag("I03")
    void aSourceThatStaysSilentIsNeverASuccessWithoutRowsHoweverOftenItIsAsked() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        CountDownLatch asked = new CountDownLatch(50);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            asked.countDown();
            return false;
        };
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            CompletableFuture<RunResult> run = CompletableFuture.supplyAsync(
                    () -> runner.run(bench.job(), RunOptions.NONE), Thread.ofPlatform().daemon()::start);
            assertThat(asked.await(300, TimeUnit.SECONDS)).isTrue();
            assertThat(run).isNotDone();
            runner.stop();
            RunResult stopped = run.get(300, TimeUnit.SECONDS);
            assertThat(stopped.outcome()).isEqualTo(Outcome.STOPPED);
            assertThat(bench.result(stopped, "a").account()).isEqualTo(Account.ZERO);
        }
        assertThat(isComplete("a")).isFalse();
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    @Tag("I03")
    void aSourceWhoseAnswerNeverComesInTimeFailsTheRunWithItsReason() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            throw WindrowException.of(RunError.SCHEMA_CHANGED, "Reading a: no answer within the time that a test allows");
        };
        RunResult run = bench.run();
        assertThat(RunError.SCHEMA_CHANGED.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").error()).get().extracting(Throwable::getMessage).asString().contains("no answer");
        assertThat(isComplete("a")).isFalse();
    }

    private boolean isComplete(String stream) {
        try (StateStore store = bench.store()) {
            return store.load("bench").stream()
                    .filter(state -> state.stream().equals(StreamName.of(stream)))
                    .anyMatch(state -> state.committed().map(StreamEpoch::completesGeneration).orElse(false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "none", "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
        "run.after_save_committed", "run.before_end"
    })
    @Tag("I07")
    void logEventsResultAndStoreGiveTheSameVerdictWhereverARunFails(String place) {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.failpoints = failsOnceAt(place);
        List<String> lines = new CopyOnWriteArrayList<>();
        RunResult run = logged(lines);

        assertThat(run.outcome()).isEqualTo(RunResult.verdict(run.streams(), run.error()));
        assertThat(run.outcome() == Outcome.COMPLETED).isEqualTo(place.equals("none"));
        List<String> verdicts = lines.stream().filter(line -> line.startsWith("Run is ")).toList();
        assertThat(verdicts).singleElement().asString().startsWith("Run is " + run.outcome());
        for (StreamResult stream : run.streams()) {
            assertThat(lines).filteredOn(line -> line.startsWith("Stream " + stream.stream() + " is "))
                    .singleElement().asString().startsWith("Stream " + stream.stream() + " is " + stream.outcome());
            // The store may know of more than a run that failed could say, never of less.
            if (stream.outcome() == Outcome.COMPLETED) {
                assertThat(isComplete(stream.stream().name())).isTrue();
                assertThat(bench.target.visible(stream.stream().name())).isEqualTo(Bench.numbers(1_000));
            } else {
                assertThat(stream.error().or(run::error)).isPresent();
            }
        }
        assertThat(bench.events.getLast()).isInstanceOfSatisfying(
                RunEvent.RunFinished.class, finished -> assertThat(finished.result()).isEqualTo(run));
        assertThat(bench.events).filteredOn(RunEvent.StreamFinished.class::isInstance)
                .extracting(event -> ((RunEvent.StreamFinished) event).result()).hasSameElementsAs(run.streams());
    }

    private static Failpoints failsOnceAt(String place) {
        AtomicBoolean armed = new AtomicBoolean(true);
        return reached -> {
            if (reached.equals(place) && armed.getAndSet(false)) {
                throw WindrowException.of(RunError.NO_STREAMS, "Going on: the test wanted a failure here");
            }
        };
    }

    private RunResult logged(List<String> lines) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.windrow");
        Level before = logger.getLevel();
        AppenderBase<ILoggingEvent> captured = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
            }
        };
        captured.start();
        logger.addAppender(captured);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        try {
            return bench.run();
        } finally {
            logger.setLevel(before);
            logger.setAdditive(true);
            logger.detachAppender(captured);
        }
    }

    @Test
    @Tag("I08")
    void anIdleRunSaysZeroEverywhereAndNowhereNothing() {
        bench.stream("a", 500, ReadMode.INCREMENTAL, WriteMode.APPEND);
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        bench.events.clear();
        StreamResult idle = bench.result(bench.run(), "a");
        assertThat(idle.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(idle.account()).isEqualTo(Account.ZERO);
        assertThat(List.of(idle.bytes(), idle.estimatedRows(), idle.readBackRows())).containsOnly(0L);
        assertThat(read(meters())).isEqualTo(0L);
    }

    @Test
    @Tag("I09")
    void rowsThatATargetTakesAndDoesNotKeepAreMissedBeforeAnythingIsCommitted() {
        bench.stream("a", 100, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.target.keeps = row -> row % 10 != 7;
        RunResult lossy = bench.run();
        assertThat(lossy.outcome()).isEqualTo(Outcome.FAILED);
        StreamResult result = bench.result(lossy, "a");
        assertThat(result.error().or(lossy::error)).get()
                .satisfies(error -> assertThat(error.errorCode()).isEqualTo(LedgerError.ROWS_DIFFER))
                .extracting(Throwable::getMessage).asString().contains("100 rows were handed to the target, 90 were read back");
        assertThat(result.account()).isEqualTo(Account.ZERO);
        assertThat(bench.target.visible("a")).isEmpty();
        bench.target.keeps = row -> true;
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(100));
    }

    @Test
    @Tag("I15")
    void countersBeginAtZeroWithTheProcessAndTotalsComeFromTheLedger() {
        bench.epochRows = 300;
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        assertThat(read(meters())).isEqualTo(1_000L);
        bench.events.clear(); // Another process hears nothing of what the one before it did.
        bench.upstream.with("a", 1_250);
        bench.run();
        assertThat(read(meters())).isEqualTo(250L);
        assertThat(total()).isEqualTo(1_250L);

        bench.events.clear();
        bench.upstream.with("a", 2_000);
        bench.failpoints = failsOnceAt("run.after_commit");
        bench.run();
        bench.events.clear();
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(total()).isEqualTo(2_000L);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(2_000));
    }

    private long total() {
        try (StateStore store = bench.store()) {
            return store.ledger("bench", Optional.empty(), 1_000).stream()
                    .map(LedgerEntry::parse)
                    .mapToLong(entry -> entry.account().written())
                    .sum();
        }
    }

    private static long read(Map<Meter, Long> sums) {
        return sums.getOrDefault(Meter.ROWS_READ, 0L);
    }

    /** What a process counts that hears the events of this run only. */
    private Map<Meter, Long> meters() {
        Map<Meter, Long> sums = new EnumMap<>(Meter.class);
        EventMeters meters = new EventMeters("bench", new Meters() {
            @Override
            public void add(Meter meter, Meters.Labels labels, long amount) {
                sums.merge(meter, amount, Long::sum);
            }

            @Override
            public void took(Meter meter, Meters.Labels labels, Duration duration) {
                // Counted as epochs are.
            }

            @Override
            public void is(Meter meter, Meters.Labels labels, long amount) {
                // A level is no count.
            }

            @Override
            public void since(Meter meter, Meters.Labels labels, Instant moment) {
                // A moment is no count.
            }
        });
        bench.events.forEach(meters::on);
        return sums;
    }
}
