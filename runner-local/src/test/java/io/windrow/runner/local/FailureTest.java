package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.Until;
import io.windrow.core.run.RetryPolicy;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.epoch.EpochError;
import io.windrow.core.ledger.LedgerError;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import io.windrow.core.spec.OnError;
import java.net.ConnectException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(600)
@Tag("slow")
class FailureTest {
    private static final RunOptions FOLLOWING =
            new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.empty(), Until.STOPPED);

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

    enum Trouble implements ErrorCode {
        FLAKY(ErrorKind.EXTERNAL_TRANSIENT),
        OUTDATED(ErrorKind.EXTERNAL_TRANSIENT),
        GONE(ErrorKind.EXTERNAL_PERMANENT),
        BAD_ROW(ErrorKind.DATA),
        DISK_FULL(ErrorKind.RESOURCE),
        NO_REPLY(ErrorKind.UNKNOWN_OUTCOME);

        private final ErrorKind kind;

        Trouble(ErrorKind kind) {
            this.kind = kind;
        }

        @Override
        public String code() {
            return "test." + name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public ErrorKind kind() {
            return kind;
        }

        @Override
        public String meaning() {
            return "A test makes trouble.";
        }

        @Override
        public String remedy() {
            return "None.";
        }

        @Override
        public boolean needsNewPlan() {
            return this == OUTDATED;
        }

        WindrowException now() {
            return WindrowException.of(this, "Making trouble in a test");
        }
    }

    @Test
    @Tag("B08")
    void aStreamThatFailsIsParkedAtItsOldPositionAndTheOthersGoOn() {
        bench.stream("a", 4_000, ReadMode.SNAPSHOT, WriteMode.APPEND)
                .stream("b", 4_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (split.stream().name().equals("a") && next >= 2_000) {
                throw Trouble.GONE.now();
            }
            return true;
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").error()).get().extracting(WindrowException::errorCode).isEqualTo(Trouble.GONE);
        assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEmpty();
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(4_000));
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        run = bench.run(new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(4_000));
    }

    @Test
    @Tag("A27")
    void aReplaceThatFailsLeavesTheOldGenerationInPlace() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.run();
        bench.upstream.with("a", 2_000).beforeOpen = split -> {
            throw Trouble.GONE.now();
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    void aStreamWhosePlanningFailsInTheMiddleFailsAloneAndGoesOnWhenItCan() {
        bench.stream("a", 4_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 4_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (next >= 500) {
                bench.upstream.unplannable.put(StreamName.of("a"), Trouble.GONE.now());
            }
            return true;
        };
        RunResult run = bench.run();
        assertThat(run.error()).isEmpty();
        assertThat(bench.result(run, "a").error()).get().extracting(WindrowException::errorCode).isEqualTo(Trouble.GONE);
        assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.COMPLETED);
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        bench.upstream.unplannable.clear();
        run = bench.run(new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(4_000));
    }

    @Test
    @Tag("I05")
    void aSourceThatCannotBePlannedFailsTheRunAndRefusedStreamsFailAlone() {
        bench.stream("a", 10, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 10, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.upstream.refusals.put(StreamName.of("a"), Trouble.GONE.now());
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.COMPLETED);
        bench.upstream.beforePlan = () -> {
            throw Trouble.GONE.now();
        };
        run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(run.error()).isPresent();
    }

    @Test
    void transientReadFailuresAreTriedAgainInTheMiddleOfASplit() {
        bench.stream("a", 5_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicInteger reads = new AtomicInteger();
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (reads.incrementAndGet() % 7 == 0) {
                throw Trouble.FLAKY.now();
            }
            return true;
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(5_000));
        assertThat(bench.events).hasAtLeastOneElementOfType(RunEvent.Retrying.class);
    }

    @Test
    void aWriterThatFailsForAPassingReasonIsTriedAgainInANewAttempt() {
        bench.stream("a", 5_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 100, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicInteger writes = new AtomicInteger();
        bench.target.beforeWrite = batch -> {
            if (batch.stream().name().equals("a") && writes.incrementAndGet() == 20) {
                throw Trouble.FLAKY.now();
            }
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(5_000));
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(100));
    }

    /** However slow the machine is: an epoch of a thousand rows of ten thousand, and then a failure, for so many times. */
    private void failAfterCommits(int times) {
        bench.stream("a", 10_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.workers = 1;
        bench.upstream.splitRows = 10_000;
        bench.epochRows = 1_000;
        AtomicInteger commits = new AtomicInteger();
        bench.upstream.beforeRead = (split, next, deadline) -> next < 1_000L * (commits.get() + 1);
        bench.failpoints = name -> {
            if (name.equals("run.after_acknowledge") && commits.incrementAndGet() <= times) {
                throw Trouble.FLAKY.now();
            }
        };
    }

    @Test
    @Tag("G15")
    void attemptsThatFailNowAndThenAreNotFailuresInARow() {
        failAfterCommits(8);
        RunResult run = bench.run();
        assertThat(run.error()).as("three in a row would end it").isEmpty();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.events).filteredOn(RunEvent.Retrying.class::isInstance).hasSize(8);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(10_000));
    }

    @Test
    @Tag("G15")
    void aServiceThatFailsMoreOftenThanARunMayGoesOnMoreSlowly() {
        failAfterCommits(6);
        bench.retries = 0;
        bench.retry = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofSeconds(1), 2);
        RunResult run = bench.run(FOLLOWING);
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.events).filteredOn(RunEvent.Retrying.class::isInstance).hasSize(6);
        assertThat(bench.events).filteredOn(RunEvent.NoticeGiven.class::isInstance).extracting("code").contains("run.failing_often");
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(10_000));
    }

    @Test
    @Tag("G15")
    void aStreamThatFailsNowAndThenAndHasNothingToDeliverInBetweenGoesOn() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicInteger failed = new AtomicInteger();
        AtomicLong opened = new AtomicLong();
        long quiet = 2 * bench.job().pace().retry().settled().toNanos();
        bench.upstream.beforeOpen = split -> opened.set(System.nanoTime());
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (failed.get() >= 12) {
                return true;
            }
            if (System.nanoTime() - opened.get() > quiet) {
                failed.incrementAndGet();
                throw Trouble.FLAKY.now();
            }
            return false;
        };
        RunResult run = bench.run(FOLLOWING);
        assertThat(run.outcome()).as("an idle log whose connection is cut once a day").isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    void aReadThatFailsAgainAndAgainAfterALongTimeEndsARunThatIsToEnd() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicLong opened = new AtomicLong();
        long quiet = 2 * bench.job().pace().retry().settled().toNanos();
        bench.upstream.beforeOpen = split -> opened.set(System.nanoTime());
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (System.nanoTime() - opened.get() > quiet) {
                throw Trouble.FLAKY.now();
            }
            return false;
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).as("a query that the server kills after ten minutes").isEqualTo(Outcome.FAILED);
    }

    @Test
    void aFailureThatDoesNotPassEndsAfterTheAttempts() {
        bench.stream("a", 5_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.upstream.beforeOpen = split -> {
            throw Trouble.FLAKY.now();
        };
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").error()).get().extracting(WindrowException::errorCode).isEqualTo(Trouble.FLAKY);
    }

    @Test
    void booksThatDoNotBalanceStopTheEpoch() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 100, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.upstream.lost.put(StreamName.of("a"), 1L);
        RunResult run = bench.run();
        assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "a").error()).get().extracting(WindrowException::errorCode)
                .isEqualTo(LedgerError.UNBALANCED);
        assertThat(bench.target.visible("a")).isEmpty();
        assertThat(bench.target.visible("b")).hasSize(100);
        assertThat(bench.target.discarded).as("what was staged and never saved goes").isNotEmpty();
    }

    @Test
    void anUnknownOutcomeStopsTheStreamAndCleansUpNothingAndTheNextRunSettlesIt() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 100, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.target.insteadOfCommit = commit -> commit.identity().stream().name().equals("a")
                ? Optional.of(new CommitOutcome.Unknown(Trouble.NO_REPLY.now())) : Optional.empty();
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(bench.result(run, "a").error()).get().extracting(WindrowException::errorCode).isEqualTo(EpochError.UNSETTLED);
        assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.discarded).isEmpty();
        try (StateStore store = bench.store()) {
            assertThat(store.load("bench").getFirst().pending()).get().extracting(epoch -> epoch.status())
                    .isEqualTo(Status.PREPARED);
        }
        bench.target.insteadOfCommit = commit -> Optional.empty();
        run = bench.run(new RunOptions(Set.of(StreamName.of("a")), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    void aCommitterThatThrowsStopsItsStreamAndNoOther() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 100, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.target.insteadOfCommit = commit -> {
            if (commit.identity().stream().name().equals("a")) {
                throw new IllegalStateException("A defect");
            }
            return Optional.empty();
        };
        for (int i = 0; i < 2; i++) {
            RunResult run = bench.run();
            assertThat(bench.result(run, "a").outcome()).as("in the run that prepares it and in the one after").isEqualTo(Outcome.UNKNOWN);
            assertThat(bench.result(run, "b").outcome()).isEqualTo(Outcome.COMPLETED);
        }
        assertThat(bench.target.discarded).isEmpty();
        bench.target.insteadOfCommit = commit -> Optional.empty();
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    @Tag("B29")
    void aCommitWhoseReplyIsLostIsRecognisedByItsIdentity() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicInteger lost = new AtomicInteger();
        bench.target.afterCommit = commit -> lost.incrementAndGet() == 1
                ? Optional.of(new CommitOutcome.Unknown(Trouble.NO_REPLY.now())) : Optional.empty();
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
        assertThat(bench.result(run, "a").outputs()).isNotEmpty();
    }

    @Test
    @Tag("B03")
    @Tag("B08")
    void aRejectedCommitIsRolledBackAndReadAgain() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        AtomicInteger commits = new AtomicInteger();
        bench.target.insteadOfCommit = commit -> commits.incrementAndGet() == 1
                ? Optional.of(new CommitOutcome.Rejected(Trouble.FLAKY.now())) : Optional.empty();
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.discarded).isNotEmpty();
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000));
    }

    @Test
    @Tag("B22")
    void aSecondRunIsRefusedWhileTheFirstIsAlive() {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        try (StateStore store = bench.store(); StateStore second = bench.store()) {
            Lease lease = store.acquire("bench", "another run", Duration.ofMinutes(1));
            RunResult run = bench.runner(second).run(bench.job(), RunOptions.NONE);
            assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(run.error()).get().extracting(WindrowException::errorCode).isEqualTo(CheckpointError.LEASE_HELD);
            store.release(lease);
        }
    }

    @Test
    void aLostSnapshotOpensANewGenerationThatTakesThePlaceOfTheUnfinishedOne() {
        bench.stream("a", 5_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.epochRows = 500;
        bench.workers = 1;
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (next >= 4_000) {
                throw Trouble.GONE.now();
            }
            return true;
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.target.visible("a")).isNotEmpty();
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        bench.upstream.lostSnapshots.put(StreamName.of("a"), true);
        RunResult run = bench.run();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.result(run, "a").generation()).isEqualTo(2);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(5_000));
    }

    @ParameterizedTest
    @EnumSource(OnError.class)
    void whetherOthersGoOnIsTheUsersChoice(OnError onError) {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND).stream("b", 100_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.onError = onError;
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (split.stream().name().equals("a")) {
                throw Trouble.BAD_ROW.now();
            }
            return onError == OnError.CONTINUE || next < 50_000;
        };
        RunResult run = bench.run();
        assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bench.result(run, "b").outcome())
                .isEqualTo(onError == OnError.STOP ? Outcome.STOPPED : Outcome.COMPLETED);
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        // A run that was stopped is gone on with; one that gave a stream up came to its end, and the next copies b again.
        Set<StreamName> rest = onError == OnError.STOP ? Set.of() : Set.of(StreamName.of("a"));
        assertThat(bench.run(new RunOptions(rest, RunOptions.Refresh.CONTINUE, OptionalLong.empty())).outcome())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(100_000));
    }

    @Test
    @Tag("G11")
    void aStopWhileReadingCommitsWhatWasReadAndTheNextRunGoesOn() throws Exception {
        bench.stream("a", 1_000_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        CountDownLatch begun = new CountDownLatch(50);
        bench.upstream.beforeRead = (split, next, deadline) -> {
            begun.countDown();
            return next < 500_000;
        };
        bench.upstream.splitRows = 1_000_000;
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            AtomicReference<RunResult> result = new AtomicReference<>();
            Thread running = Thread.ofPlatform().start(() -> result.set(runner.run(bench.job(), RunOptions.NONE)));
            assertThat(begun.await(300, TimeUnit.SECONDS)).isTrue();
            runner.stop();
            assertThat(running.join(Duration.ofMinutes(5))).isTrue();
            assertThat(result.get().error()).isEmpty();
            assertThat(result.get().outcome()).isEqualTo(Outcome.STOPPED);
        }
        int delivered = bench.target.visible("a").size();
        assertThat(delivered).isPositive().isLessThan(1_000_000);
        bench.upstream.beforeRead = (split, next, deadline) -> true;
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(1_000_000));
    }

    @Test
    @Tag("F07")
    void rowsBecomeVisibleByTimeAloneWhenNoMoreArrive() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.epochTime = Duration.ofMillis(300);
        bench.upstream.beforeRead = (split, next, deadline) -> next < 300;
        try (StateStore store = bench.store()) {
            LocalRunner runner = bench.runner(store);
            Thread running = Thread.ofPlatform().start(() -> runner.run(bench.job(), RunOptions.NONE));
            bench.workers = 2;
            await().atMost(Duration.ofMinutes(5)).until(() -> !bench.target.commits.isEmpty());
            await().atMost(Duration.ofMinutes(5)).until(() -> !bench.upstream.released.isEmpty());
            runner.stop();
            running.join();
        }
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(300));
    }

    @Test
    void aLimitStopsAtABatchBoundaryAndARefreshReadsFromTheStart() {
        bench.stream("a", 10_000, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.workers = 1;
        RunResult run = bench.run(new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.of(250)));
        assertThat(bench.result(run, "a").outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(bench.result(run, "a").account().written()).isEqualTo(300);
        assertThat(bench.target.visible("a")).as("an incomplete read never replaces").isEmpty();
        run = bench.run(new RunOptions(Set.of(), RunOptions.Refresh.FULL, OptionalLong.empty()));
        assertThat(bench.result(run, "a").account().written()).isEqualTo(10_000);
        assertThat(bench.result(run, "a").generation()).isEqualTo(2);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(10_000));
    }

    @Test
    @Tag("G17")
    void threadsAndConnectionsStayStableOverManyReconnects() {
        bench.stream("a", 100, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        bench.upstream.batchRows = 50;
        bench.upstream.splitRows = 50;
        AtomicInteger opens = new AtomicInteger();
        bench.upstream.beforeOpen = split -> {
            if (opens.incrementAndGet() % 3 == 0) {
                throw Trouble.FLAKY.now();
            }
        };
        bench.run();
        int threads = windrowThreads();
        try (StateStore store = bench.store()) {
            for (int i = 0; i < 100; i++) {
                assertThat(bench.runner(store).run(bench.job(), RunOptions.NONE).outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(bench.upstream.connections).hasValue(0);
                assertThat(bench.target.connections).hasValue(0);
            }
        }
        assertThat(windrowThreads()).isEqualTo(threads).isZero();
        assertThat(opens.get()).isGreaterThan(200);
        assertThat(bench.root.getAllocatedMemory()).isZero();
    }

    private static int windrowThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("windrow-"))
                .count();
    }

    @Test
    @Tag("B25")
    @Tag("G13")
    void aStoreThatIsAwayHoldsTheReadersBackWithinABoundUntilItIsThereAgain() throws Exception {
        bench.stream("a", 100_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        bench.workers = 1;
        bench.epochRows = 1_000;
        AtomicInteger reads = new AtomicInteger();
        bench.upstream.beforeRead = (split, next, deadline) -> {
            reads.incrementAndGet();
            return true;
        };
        bench.store().close();
        try (StateStore store = bench.store();
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement away = other.createStatement()) {
            AtomicInteger stagings = new AtomicInteger();
            bench.failpoints = name -> {
                if (name.equals("run.after_stage") && stagings.incrementAndGet() == 3) {
                    execute(away, "BEGIN IMMEDIATE");
                }
            };
            AtomicReference<RunResult> result = new AtomicReference<>();
            Thread running = Thread.ofPlatform().start(() -> result.set(bench.runner(store).run(bench.job(), RunOptions.NONE)));
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> bench.events.stream().anyMatch(RunEvent.Retrying.class::isInstance));
            // Some epochs of ten batches are behind it; one waits to be saved, and the next may be full.
            assertThat(reads.get()).isLessThan(100);
            execute(away, "ROLLBACK");
            assertThat(running.join(Duration.ofMinutes(5))).isTrue();
            assertThat(result.get().outcome()).isEqualTo(Outcome.COMPLETED);
        }
        bench.failpoints = Failpoints.NONE;
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(100_000));
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private void takeOver() {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE windrow_lease SET token = token + 1, owner = 'thief'");
        } catch (SQLException e) {
            throw new IllegalStateException("Taking the lease over", e);
        }
    }

    @Test
    void aStaleHolderSavesAndCommitsNothing() throws Exception {
        bench.stream("a", 1_000, ReadMode.SNAPSHOT, WriteMode.APPEND);
        try (StateStore store = bench.store()) {
            // The lease passes to another owner while the run is between staging and saving.
            bench.failpoints = name -> {
                if (name.equals("run.after_stage")) {
                    takeOver();
                }
            };
            RunResult run = bench.runner(store).run(bench.job(), RunOptions.NONE);
            assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(run.error()).get().extracting(WindrowException::errorCode).isEqualTo(CheckpointError.LEASE_LOST);
        }
        assertThat(bench.target.commits).isEmpty();
        bench.failpoints = Failpoints.NONE;
    }

    @Test
    @Tag("G15")
    void anAddressThatAnsweredOnceIsWaitedForAndOneThatNeverDidIsNot() {
        bench.stream("a", 100, ReadMode.SNAPSHOT, WriteMode.REPLACE);
        Function<Context, Source> there = bench.source;
        AtomicInteger attempts = new AtomicInteger();
        bench.source = context -> {
            switch (attempts.incrementAndGet()) {
                case 1 -> throw WindrowException.of(Trouble.FLAKY, "Connecting: reset by the other side");
                case 2, 3 -> throw nobody();
                default -> {
                    return there.apply(context);
                }
            }
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(attempts).hasValue(4);
        attempts.set(0);
        bench.source = context -> {
            attempts.incrementAndGet();
            throw nobody();
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(attempts).as("three attempts, where an address that is known to be right gets four").hasValue(3);
    }

    private static WindrowException nobody() {
        return WindrowException.of(Trouble.FLAKY, "Connecting: refused", new ConnectException("refused"));
    }
}
