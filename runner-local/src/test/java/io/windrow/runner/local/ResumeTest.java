package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.RunMark;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which run the next run is: the one that was interrupted, or another. */
@Timeout(600)
class ResumeTest {
    private static final RunOptions FULL = new RunOptions(Set.of(), RunOptions.Refresh.FULL, OptionalLong.empty());

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

    /** What a test throws where the process would die. */
    private static final class SimulatedCrash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private void dieAt(String failpoint, int arrival, RunOptions options) {
        AtomicInteger arrivals = new AtomicInteger();
        bench.failpoints = name -> {
            if (name.equals(failpoint) && arrivals.incrementAndGet() == arrival) {
                throw new SimulatedCrash();
            }
        };
        try {
            RunResult run = bench.run(options);
            assertThat(run).as("the run was to die at " + failpoint).isNull();
        } catch (SimulatedCrash e) {
            bench.failpoints = name -> {};
        }
    }

    private static List<Long> copies(int copies, long rows) {
        return Stream.generate(() -> Bench.numbers(rows)).limit(copies).flatMap(List::stream).sorted().toList();
    }

    private Optional<RunMark> mark() {
        try (StateStore store = bench.store()) {
            return store.run("bench");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run.after_commit", "run.after_save_committed", "run.after_acknowledge", "run.before_end"})
    void aRunThatDiedAfterItsLastCommitIsGoneOnWithAndOnlyTheNextBeginsAnotherCopy(String failpoint) {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        dieAt(failpoint, 1, RunOptions.NONE);
        assertThat(mark()).get().matches(RunMark::isOpen);
        RunResult resumed = bench.run();
        assertThat(resumed.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
        assertThat(bench.events).anyMatch(event -> event instanceof RunEvent.NoticeGiven notice
                && notice.code().equals("run.resumed"));
        assertThat(mark()).get().matches(run -> !run.isOpen());
        bench.run();
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
    }

    @Test
    void aRunThatDiedRightAfterItsEndWasSavedIsNotGoneOnWith() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        dieAt("run.after_end", 1, RunOptions.NONE);
        assertThat(mark()).get().matches(run -> !run.isOpen());
        bench.run();
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
    }

    @Test
    void whatWasCompleteBeforeSaysSoAndClaimsNoRows() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        dieAt("run.before_end", 1, RunOptions.NONE);
        RunResult resumed = bench.run();
        assertThat(bench.result(resumed, "a").evidence()).containsExactly("completed_before");
        assertThat(bench.result(resumed, "a").epochs()).isZero();
        assertThat(bench.result(resumed, "a").expectedRows()).isEqualTo(-1);
    }

    @Test
    @Tag("G11")
    void aStoppedRunIsGoneOnWithAndStreamsThatItCompletedAreNotReadAgain() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 2_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.epochRows = 500;
        CountDownLatch halfway = new CountDownLatch(1);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (split.stream().name().equals("b") && next >= 700) {
                if (!bench.target.visible("a").isEmpty() && bench.target.visible("a").size() == 1_000) {
                    halfway.countDown();
                }
                return false;
            }
            return true;
        };
        bench.epochTime = Duration.ofMillis(100);
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            AtomicReference<RunResult> result = new AtomicReference<>();
            Thread running = Thread.ofPlatform().start(() -> result.set(runner.run(bench.job(), RunOptions.NONE)));
            assertThat(halfway.await(300, TimeUnit.SECONDS)).isTrue();
            runner.stop();
            assertThat(running.join(Duration.ofMinutes(5))).isTrue();
            assertThat(result.get().outcome()).isEqualTo(Outcome.STOPPED);
        }
        List<String> read = new ArrayList<>();
        bench.upstream.beforeRead = (split, next, deadline) -> {
            synchronized (read) {
                read.add(split.stream().name());
            }
            return true;
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(read).contains("b").doesNotContain("a");
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(2_000));
    }

    @Test
    void aPreparedEpochOfAStreamThatTheRunDoesNotReadIsSettledAllTheSame() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        RunOptions onlyB = new RunOptions(Set.of(StreamName.of("b")), RunOptions.Refresh.CONTINUE, OptionalLong.empty());
        dieAt("run.after_save_prepared", 1, RunOptions.NONE);
        bench.target.insteadOfCommit = commit -> commit.identity().stream().name().equals("a")
                ? Optional.of(new CommitOutcome.Unknown(WindrowException.of(RunError.UNEXPECTED, "Testing: no reply")))
                : Optional.empty();
        assertThat(bench.run(onlyB).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.events).anyMatch(event -> event instanceof RunEvent.NoticeGiven notice
                && notice.code().equals("run.not_settled") && notice.text().contains("Stream a"));
        assertThat(bench.target.visible("a")).isEmpty();
        bench.target.insteadOfCommit = commit -> Optional.empty();
        RunResult run = bench.run(onlyB);
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(run.streams()).as("the report is of the streams that were asked for").hasSize(1);
        assertThat(bench.events).anyMatch(event -> event instanceof RunEvent.NoticeGiven notice
                && notice.code().equals("run.settled") && notice.text().contains("Stream a"));
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
        try (StateStore store = bench.store()) {
            assertThat(store.load("bench")).noneMatch(state -> state.prepared().isPresent());
        }
    }

    @Test
    void aFullRefreshThatDiedIsGoneOnWithAsOneAndAnotherIsBegunOnlyWhenAskedFor() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND).stream("b", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        bench.workers = 1;
        bench.epochRows = 100;
        bench.upstream.batchRows = 100;
        dieAt("run.after_save_committed", 3, FULL);
        bench.run();
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
        assertThat(bench.target.visible("b")).as("it had not begun when the run died").isEqualTo(copies(2, 1_000));
        bench.run();
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
        bench.run(FULL);
        assertThat(bench.target.visible("b")).isEqualTo(copies(3, 1_000));
    }

    @Test
    void aStreamThatTheFullRefreshWasNotAskedForGoesOnFromWhereItWas() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND).stream("b", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        dieAt("run.after_save_prepared", 1,
                new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.FULL, OptionalLong.empty()));
        bench.run();
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(1_000));
    }

    private void failsToRead(String stream) {
        bench.upstream.refusals.put(StreamName.of(stream), WindrowException.of(RunError.UNEXPECTED, "Testing: not now"));
    }

    private boolean tells(String code) {
        return bench.events.stream().anyMatch(event -> event instanceof RunEvent.NoticeGiven notice && notice.code().equals(code));
    }

    @Test
    void aStreamThatAFullRefreshDidNotComeToIsReadAnewByTheNextRunAndOnce() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND).stream("b", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        failsToRead("b");
        assertThat(bench.run(FULL).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(1_000));
        assertThat(bench.run().outcome()).as("it fails again and is still owed").isEqualTo(Outcome.FAILED);
        bench.upstream.refusals.clear();
        bench.run(new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        assertThat(mark().orElseThrow().owed()).as("nobody has read it").containsOnlyKeys(StreamName.of("b"));
        bench.events.clear();
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.result(run, "b").generation()).isEqualTo(2);
        assertThat(tells("run.refresh_owed")).isTrue();
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
        assertThat(mark().orElseThrow().owed()).isEmpty();
        bench.run();
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "run.after_stage", "run.after_save_prepared", "run.after_commit", "run.after_save_committed", "run.before_end",
        "run.after_end"
    })
    void theOwedRefreshComesOnceWhereverTheRunThatDoesItDies(String place) {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND).stream("b", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        failsToRead("b");
        bench.run(FULL);
        bench.upstream.refusals.clear();
        bench.epochRows = 300;
        bench.upstream.batchRows = 100;
        for (int times = 0; times < 2; times++) {
            try {
                dieAt(place, 1, RunOptions.NONE);
            } catch (AssertionError e) {
                assertThat(times).as("reached at least once").isPositive();
            }
        }
        bench.failpoints = name -> {};
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
        assertThat(mark().orElseThrow().owed()).isEmpty();
    }

    @Test
    void anInterruptedRefreshOfOneStreamIsNotForgottenOverThatOfAnother() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND).stream("b", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.run();
        dieAt("run.after_stage", 1, new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.FULL, OptionalLong.empty()));
        bench.run(new RunOptions(Set.of(StreamName.of("b")), RunOptions.Refresh.FULL, OptionalLong.empty()));
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
        bench.run();
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
        assertThat(bench.target.visible("b")).isEqualTo(copies(2, 1_000));
    }

    @Test
    void whatWasPreparedBeforeAFullRefreshWasAskedForIsNotTakenForIt() {
        bench.stream("a", 1_000, ReadMode.INCREMENTAL, WriteMode.APPEND);
        dieAt("run.after_save_prepared", 1, RunOptions.NONE);
        assertThat(bench.run(FULL).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(copies(2, 1_000));
    }

    @Test
    void theKeyOfTheHashesIsDrawnOnceKeptInTheStoreAndNowhereElse() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.run();
        HashKey key;
        try (StateStore store = bench.store()) {
            key = store.hashKey("bench").orElseThrow();
            assertThat(store.hashKey("other")).isEmpty();
        }
        bench.run();
        try (StateStore store = bench.store()) {
            assertThat(store.hashKey("bench")).contains(key);
            assertThat(store.ledger("bench", Optional.empty(), 10))
                    .hasSize(2)
                    .allMatch(entry -> entry.contains(key.id()))
                    .noneMatch(entry -> entry.contains(key.reveal().reveal()));
        }
        assertThat(bench.events.toString()).doesNotContain(key.reveal().reveal());
        assertThat(bench.events).noneMatch(event -> event instanceof RunEvent.NoticeGiven notice
                && notice.code().equals("run.hash_key_changed"));
        Files.delete(folder.resolve("state.db"));
        try (StateStore store = bench.store()) {
            assertThat(store.hashKey("bench")).isEmpty();
        }
        bench.target.last.clear();
        bench.run();
        try (StateStore store = bench.store()) {
            assertThat(store.hashKey("bench")).isPresent().isNotEqualTo(Optional.of(key));
        }
    }
}
