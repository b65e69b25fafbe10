package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.Repair;
import io.windrow.core.checkpoint.Resync;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.run.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several streams share one log: each has its own place in it, and the log is let go up to the lowest. */
class SharedLogTest {
    /** Reached once an epoch at least; what is acknowledged and released may come together for several. */
    private static final Set<String> OFTEN = Set.of(
            "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
            "run.after_save_committed");

    private static final StreamName A = StreamName.of("a");
    private static final StreamName B = StreamName.of("b");
    private static final StreamName IDLE = StreamName.of("idle");

    @TempDir
    Path folder;

    /** Every third number is b's, the others a's; one stream never has any. */
    private static StreamName streamOf(long number) {
        return number % 3 == 0 ? B : A;
    }

    private static List<Long> of(StreamName stream, long end) {
        return LongStream.range(0, end).filter(number -> streamOf(number).equals(stream)).boxed().toList();
    }

    /** A bench on which the streams share a log. */
    private LogUpstream log(Bench bench, long end) {
        LogUpstream upstream = new LogUpstream(List.of(A, B, IDLE), SharedLogTest::streamOf, bench.target, end);
        for (StreamName stream : upstream.streams()) {
            bench.streams.add(new PlannedStream(stream, ReadMode.CDC, WriteMode.APPEND));
        }
        bench.source = context -> new LogSource(upstream, context);
        bench.epochRows = 200;
        return upstream;
    }

    @ParameterizedTest
    @Tag("B01")
    @ValueSource(strings = {
        "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
        "run.after_save_committed", "run.after_acknowledge", "run.after_release", "run.before_end"
    })
    void noRowIsLostDuplicatedOrLetGoUndeliveredWhereverTheRunDies(String failpoint) {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            AtomicInteger arrivals = new AtomicInteger();
            int crashes = 0;
            bench.failpoints = name -> {
                if (name.equals(failpoint) && arrivals.incrementAndGet() == (OFTEN.contains(failpoint) ? 3 : 1)) {
                    throw new CrashTest.SimulatedCrash();
                }
            };
            RunResult run = null;
            while (run == null) {
                try {
                    run = bench.run();
                } catch (CrashTest.SimulatedCrash e) {
                    crashes++;
                    arrivals.set(crashes > 3 ? Integer.MIN_VALUE : 0);
                }
            }
            assertThat(crashes).isPositive();
            assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_500));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 1_500));
            assertThat(upstream.released).hasValue(1_500);
        }
    }

    @Test
    @Tag("D08")
    void aLogIsLetGoAlsoIfItsReaderClosesBeforeItHearsOfIt() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 400);
            AtomicBoolean saved = new AtomicBoolean();
            bench.failpoints = name -> {
                if (name.equals("run.after_release") && bench.target.visible("b").size() == of(B, 400).size()) {
                    saved.set(true);
                }
            };
            upstream.silentAt = next -> {
                if (next < 400 || bench.target.visible("b").size() < of(B, 400).size()) {
                    return next == 400;
                }
                // The coordinator has told the reader, which comes to its end before it looks.
                Awaitility.await().atMost(Duration.ofSeconds(100)).untilTrue(saved);
                long rounds = progress(bench);
                Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> progress(bench) > rounds + 1);
                return false;
            };
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(upstream.released).hasValue(400);
        }
    }

    private static long progress(Bench bench) {
        return bench.events.stream().filter(RunEvent.ProgressMade.class::isInstance).count();
    }

    @Test
    void aStreamThatIsParkedStaysAtItsPlaceAndHoldsTheLogWhileTheOthersGoOn() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            AtomicInteger batches = new AtomicInteger();
            bench.target.beforeWrite = batch -> {
                if (batch.stream().equals(B) && batches.incrementAndGet() == 5) {
                    throw WindrowException.of(RunError.UNEXPECTED, "Writing: refused by the test");
                }
            };
            RunResult run = bench.run();
            assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.FAILED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_500));
            assertThat(upstream.released.get()).isLessThan(1_500);
            assertThat(held(bench)).singleElement().asString().startsWith("Stream b ");

            bench.target.beforeWrite = batch -> {};
            upstream.append(300);
            run = bench.run();
            assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_800));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 1_800));
            assertThat(upstream.released).hasValue(1_800);
        }
    }

    @Test
    @Tag("D08")
    void anIdleStreamWritesNoEpochWhileTheLogIsLetGo() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            // So that there are epochs, however fast the machine: 400 numbers in one at most.
            upstream.silentAt = next -> next >= 400 * (1 + commits(bench, A));
            bench.run();
            assertThat(upstream.released).hasValue(1_500);
            assertThat(commits(bench, IDLE)).as("only the end of the run").isEqualTo(1);
            assertThat(commits(bench, A)).isGreaterThan(3);
        }
    }

    private static long commits(Bench bench, StreamName stream) {
        return bench.target.commits.stream().filter(commit -> commit.identity().stream().equals(stream)).count();
    }

    @Test
    void aRunOfSomeOfTheStreamsLetsNothingGo() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 900);
            bench.run(new RunOptions(Set.of(A), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 900));
            assertThat(upstream.released).hasValue(0);
            assertThat(held(bench)).hasSize(2).anyMatch(text -> text.startsWith("Stream b ")).anyMatch(text -> text.startsWith("Stream idle "));
            bench.run();
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 900));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 900));
            assertThat(upstream.released).hasValue(900);
            upstream.append(300);
            bench.run(new RunOptions(Set.of(B), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
            assertThat(upstream.released).hasValue(900);
            assertThat(held(bench)).hasSize(4).anyMatch(text -> text.startsWith("Stream a "));
        }
    }

    private static List<String> held(Bench bench) {
        return bench.events.stream()
                .flatMap(event -> event instanceof RunEvent.NoticeGiven notice && notice.code().equals("run.log_held")
                        ? Stream.of(notice.text()) : Stream.empty())
                .toList();
    }

    @Test
    void aReaderIsNotToldToLetGoWhatAStreamThatBeginsAnewIsStillToRead() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 600);
            bench.failpoints = name -> {
                if (name.equals("run.after_release")) {
                    throw new CrashTest.SimulatedCrash();
                }
            };
            assertThatThrownBy(bench::run).isInstanceOf(CrashTest.SimulatedCrash.class);
            bench.failpoints = name -> {};
            // The upstream was not told, so the new generation begins there.
            assertThat(upstream.released).hasValue(0);
            RunResult run = bench.run(new RunOptions(Set.of(), RunOptions.Refresh.FULL, OptionalLong.empty()));
            assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.generations.get(A).get(2L)).isEqualTo(of(A, 600));
            assertThat(upstream.released).hasValue(600);
        }
    }

    @Test
    void aReaderOfALogIsNeverKeptByWhatItWrites() {
        // As where every core is taken.
        Crew crew = new Crew(1, 0, new Flow(Pace.standard()), Thread::new, (number, cut) -> {
            throw new IllegalStateException("Nothing is read");
        });
        crew.balance();
        assertThat(crew.handover(new Split("part", Split.Kind.PART, List.of(A), 1, "", -1))).isEqualTo(Command.Handover.INLINE);
        assertThat(crew.handover(new Split("log", Split.Kind.LOG, List.of(A, B), 1, "", -1))).isEqualTo(Command.Handover.QUEUED);
    }

    @Test
    void aReaderThatFailsIsOpenedAgainWhereEachStreamWas() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            AtomicInteger failures = new AtomicInteger();
            upstream.beforeRead = next -> {
                if (next >= 700 && failures.incrementAndGet() <= 2) {
                    throw FailureTest.Trouble.FLAKY.now();
                }
            };
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_500));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 1_500));
        }
    }

    @Test
    void aStreamThatItsReaderLeavesBehindIsParkedAndTheOthersGoOn() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            upstream.badAt = number -> number == 750;
            for (int i = 0; i < 2; i++) {
                RunResult run = bench.run();
                assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.FAILED);
                assertThat(bench.result(run, "b").error()).get().extracting(WindrowException::errorCode)
                        .isEqualTo(FailureTest.Trouble.BAD_ROW);
                assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_500));
                assertThat(bench.target.visible("b")).isSubsetOf(of(B, 750));
                assertThat(upstream.released.get()).isLessThanOrEqualTo(750);
            }
            upstream.badAt = number -> false;
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 1_500));
            assertThat(upstream.released).hasValue(1_500);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FailureTest.Trouble.class, names = {"FLAKY", "OUTDATED"})
    void onlyAnErrorThatDoesNotNeedANewPlanIsTriedAgainInPlace(FailureTest.Trouble trouble) {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 1_500);
            AtomicInteger failures = new AtomicInteger();
            List<Long> seen = new ArrayList<>();
            upstream.beforeRead = next -> {
                if (failures.get() > 0 && seen.isEmpty()) {
                    seen.addAll(bench.target.visible("a"));
                }
                if (next >= 700 && failures.incrementAndGet() == 1) {
                    throw trouble.now();
                }
            };
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
            if (trouble == FailureTest.Trouble.OUTDATED) {
                assertThat(seen).as("what was read before it is committed before the new plan").isEqualTo(of(A, 700));
            }
            assertThat(upstream.plans).hasValue(trouble == FailureTest.Trouble.FLAKY ? 1 : 2);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 1_500));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 1_500));
        }
    }

    @Test
    void anEpochEndsOnlyWhereTheReaderSaysThatItMayAlsoIfItFailsInBetween() {
        try (Bench bench = new Bench(folder)) {
            LogUpstream upstream = log(bench, 3_000);
            bench.epochRows = 150;
            upstream.cutEvery = 500;
            AtomicInteger failures = new AtomicInteger();
            upstream.beforeRead = next -> {
                if (next == 1_700 && failures.incrementAndGet() == 1) {
                    throw FailureTest.Trouble.FLAKY.now();
                }
            };
            assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 3_000));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 3_000));
            assertThat(upstream.letGo).allMatch(position -> position % 500 == 0).contains(3_000L);
            assertThat(failures.get()).isPositive();
        }
    }

    @Test
    void aStreamThatFailsForAPassingReasonIsReadAgainAlthoughOthersAreFollowedWithoutEnd() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        followed(target -> target.beforeWrite = batch -> {
            if (batch.stream().equals(B) && writes.incrementAndGet() == 2) {
                throw FailureTest.Trouble.FLAKY.now();
            }
        });
    }

    @Test
    void aCommitOfUnknownOutcomeIsSettledByTheRunThatFollowsWithoutEnd() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        followed(target -> target.insteadOfCommit = commit -> commit.identity().stream().equals(B) && commits.incrementAndGet() < 5
                ? Optional.of(new CommitOutcome.Unknown(FailureTest.Trouble.NO_REPLY.now()))
                : Optional.empty());
    }

    @Test
    void aStreamThatFailsForLongerThanItIsWaitedForIsReadAgainOnceThatHasPassed() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        followed(target -> target.beforeWrite = batch -> {
            // Three times it is tried again at once.
            if (batch.stream().equals(B) && writes.incrementAndGet() < 9) {
                throw FailureTest.Trouble.FLAKY.now();
            }
        });
    }

    @Test
    void whileAStreamWaitsToBeTriedAgainTheOthersAreFollowed() throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            bench.retry = new RetryPolicy(3, Duration.ofHours(1), Duration.ofHours(1), 1);
            upstream.uncopied = Set.of(A);
            bench.target.beforePrepare = stream -> {
                if (stream.equals(A)) {
                    throw FailureTest.Trouble.FLAKY.now();
                }
            };
            Following following = new Following(bench, store);
            for (long end = 600; end <= 1_200; end += 300) {
                long all = end;
                Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == all);
                upstream.append(300);
            }
            assertThat(bench.events).filteredOn(RunEvent.Retrying.class::isInstance).hasSize(1);
            assertThat(upstream.plans).hasValue(1);
            following.runner.stop();
            following.run.get(300, TimeUnit.SECONDS);
        }
    }

    /** Follows a log of two streams while something is in the way, until all of it was delivered and let go. */
    private void followed(Consumer<MemoryTarget> trouble) throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            trouble.accept(bench.target);
            LocalRunner runner = bench.runner(store);
            CompletableFuture<RunResult> running = CompletableFuture.supplyAsync(() -> runner.run(
                    bench.job(),
                    new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.empty(), Until.STOPPED)),
                    Thread.ofPlatform().daemon()::start);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 600);
            runner.stop();
            assertThat(running.get(300, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.STOPPED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 600));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 600));
        }
    }

    @Test
    void aRunThatFollowsGoesOnUntilItIsStopped() throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            LocalRunner runner = bench.runner(store);
            CompletableFuture<RunResult> running = CompletableFuture.supplyAsync(() -> runner.run(
                    bench.job(),
                    new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.empty(), Until.STOPPED)),
                    Thread.ofPlatform().daemon()::start);
            assertThat(upstream.drained.await(300, TimeUnit.SECONDS)).isTrue();
            upstream.append(300);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 900);
            assertThat(running).isNotDone();
            // A stream to which nothing happens is as new as its log.
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> bench.events.stream()
                    .anyMatch(event -> event instanceof RunEvent.ProgressMade made && made.streams().stream()
                            .anyMatch(progress -> progress.stream().equals(IDLE) && progress.lastCut().isPresent())));
            runner.stop();
            assertThat(running.get(300, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.STOPPED);
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 900));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 900));
        }
    }

    /** The copy is a new generation, which this log begins where it was let go: nothing of it comes twice here. */
    @ParameterizedTest
    @Tag("D39")
    @ValueSource(strings = {"nowhere", "run.before_resync", "run.after_resync"})
    void aCopyThatIsAskedForWhileARunFollowsIsBegunOnceWhereverItDies(String failpoint) throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store(); var asking = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            AtomicBoolean died = new AtomicBoolean();
            bench.failpoints = name -> {
                if (name.equals(failpoint) && died.compareAndSet(false, true)) {
                    throw new CrashTest.SimulatedCrash();
                }
            };
            Following first = new Following(bench, store);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 600);
            // Whoever sees what is asked for of A sees this too.
            asking.ask("bench", new Resync(StreamName.of("unknown"), Instant.EPOCH));
            asking.ask("bench", new Resync(A, Instant.EPOCH));
            Following last = first;
            if (!failpoint.equals("nowhere")) {
                assertThat(first.run).failsWithin(Duration.ofSeconds(100));
                last = new Following(bench, store);
            }
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> asking.resyncs("bench").size() == 1);
            upstream.append(300);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 900);
            last.stop();
            assertThat(asking.load("bench", A).orElseThrow().generation()).isEqualTo(2);
            assertThat(asking.load("bench", B).orElseThrow().generation()).isEqualTo(1);
            assertThat(bench.target.generations.get(A).get(2L)).isEqualTo(of(A, 900).stream().filter(number -> number >= 600).toList());
            assertThat(bench.target.visible("a")).isEqualTo(of(A, 900));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 900));
            assertThat(bench.events).anyMatch(event -> event instanceof RunEvent.NoticeGiven notice && notice.code().equals("run.resync_waits"));
        }
    }

    /** The source says with which batch the rows are through; here it is the next one. */
    @ParameterizedTest
    @Tag("D39")
    @ValueSource(strings = {"nowhere", "run.before_repaired"})
    void aRepairThatIsAskedForWhileARunFollowsIsForgottenOnceItIsCommittedAndNotBefore(String failpoint) throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store(); var asking = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            AtomicBoolean died = new AtomicBoolean();
            bench.failpoints = name -> {
                if (name.equals(failpoint) && died.compareAndSet(false, true)) {
                    throw new CrashTest.SimulatedCrash();
                }
            };
            Following first = new Following(bench, store);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 600);
            Repair asked = new Repair(A, Instant.EPOCH, List.of(List.of("7"), List.of("9")));
            asking.ask("bench", asked);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.repairs.containsKey(A));
            assertThat(upstream.repairs).containsEntry(A, asked.keys());
            assertThat(asking.repairs("bench")).containsExactly(asked);
            upstream.append(300);
            Following last = first;
            if (!failpoint.equals("nowhere")) {
                assertThat(first.run).failsWithin(Duration.ofSeconds(100));
                assertThat(asking.repairs("bench")).as("it is committed, and nobody has said so").containsExactly(asked);
                int before = upstream.repairsAsked.get();
                last = new Following(bench, store);
                // What the first run had left may be read, and the rows with it, before anybody looks.
                Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.repairsAsked.get() > before);
                upstream.append(300);
            }
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> asking.repairs("bench").isEmpty());
            long end = upstream.end();
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == end);
            last.stop();
            assertThat(asking.load("bench", A).orElseThrow().generation()).isOne();
            assertThat(bench.target.visible("a")).isEqualTo(of(A, end));
            assertThat(bench.target.visible("b")).isEqualTo(of(B, end));
            assertThat(bench.events).anyMatch(event -> event instanceof RunEvent.NoticeGiven notice && notice.code().equals("run.repaired"));
        }
    }

    @Test
    void aStreamThatWasLeftBehindIsReadAgainWhenItsCopyIsAskedFor() throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            upstream.badAt = number -> number == 301;
            Following following = new Following(bench, store);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> bench.target.visible("b").size() == of(B, 600).size());
            upstream.badAt = number -> false;
            store.ask("bench", new Resync(A, Instant.EPOCH));
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 600);
            following.stop();
            // What is visible may be let go a moment later; from the row that it was left behind at nothing may be missing.
            List<Long> again = bench.target.generations.get(A).get(2L);
            assertThat(again.getFirst()).isLessThanOrEqualTo(301);
            assertThat(again).isEqualTo(of(A, 600).stream().filter(number -> number >= again.getFirst()).toList());
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 600));
        }
    }

    @ParameterizedTest
    @EnumSource(Until.class)
    void aStreamThatTheTargetRefusesBeforeItIsCopiedHoldsNoOtherUp(Until until) throws Exception {
        try (Bench bench = new Bench(folder); var store = bench.store()) {
            LogUpstream upstream = log(bench, 600);
            bench.epochTime = Duration.ofMillis(50);
            upstream.uncopied = Set.of(A);
            bench.target.beforePrepare = stream -> {
                if (stream.equals(A)) {
                    throw WindrowException.of(RunError.UNEXPECTED, "Preparing: refused by the test");
                }
            };
            Following following = new Following(bench, store, until);
            // What has not begun does not hold the log either.
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> upstream.released.get() == 600);
            if (until == Until.STOPPED) {
                following.runner.stop();
            }
            RunResult run = following.run.get(100, TimeUnit.SECONDS);
            assertThat(held(bench)).isEmpty();
            assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.FAILED);
            assertThat(bench.result(run, "b").outcome()).isEqualTo(until == Until.STOPPED ? Outcome.STOPPED : Outcome.COMPLETED);
            assertThat(bench.target.visible("b")).isEqualTo(of(B, 600));
        }
    }

    /** A run on a thread of its own. */
    private static final class Following {
        final LocalRunner runner;
        final CompletableFuture<RunResult> run;

        Following(Bench bench, StateStore store) {
            this(bench, store, Until.STOPPED);
        }

        Following(Bench bench, StateStore store, Until until) {
            runner = bench.runner(store);
            run = CompletableFuture.supplyAsync(() -> runner.run(
                    bench.job(), new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.empty(), until)),
                    Thread.ofPlatform().daemon()::start);
        }

        void stop() throws Exception {
            runner.stop();
            assertThat(run.get(300, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.STOPPED);
        }
    }
}
