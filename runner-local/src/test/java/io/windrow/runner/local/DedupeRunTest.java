package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Origin;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import io.windrow.core.policy.DedupePolicy;
import io.windrow.core.transform.dedupe.Dedupe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five thousand rows of seven hundred keys, spread over all splits and epochs: each key arrives once, whatever happens to
 * the epoch that holds it.
 */
@Timeout(600)
class DedupeRunTest {
    private static final long ROWS = 5_000;
    private static final long KEYS = 700;

    @TempDir
    Path folder;

    private Bench bench;

    /** What a test throws where the process would die. */
    private static final class SimulatedCrash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void open() {
        bench = new Bench(folder);
        bench.stream("a", ROWS, ReadMode.INCREMENTAL, WriteMode.APPEND);
        bench.upstream.values = row -> row * 37 % KEYS;
        bench.upstream.batchRows = 50;
        bench.upstream.splitRows = 500;
        bench.epochRows = 400;
        bench.workers = 3;
        bench.transforms.add(new Dedupe(Map.of("a", window(1000))));
    }

    private static DedupePolicy window(long rows) {
        return new DedupePolicy(List.of("id"), rows, new ByteSize(1 << 20), Optional.empty(), Origin.NONE);
    }

    @AfterEach
    void everyBufferAndConnectionIsGivenBack() {
        assertThat(bench.upstream.connections).hasValue(0);
        assertThat(bench.target.connections).hasValue(0);
        bench.close();
    }

    private void eachKeyArrivedOnce() {
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(KEYS));
        try (StateStore store = bench.store()) {
            List<LedgerEntry> entries = store.ledger("bench", Optional.of(StreamName.of("a")), 1000).stream()
                    .map(LedgerEntry::parse)
                    .toList();
            assertThat(entries.stream().mapToLong(entry -> entry.account().read()).sum()).isEqualTo(ROWS);
            assertThat(entries.stream().mapToLong(entry -> entry.account().duplicates()).sum()).isEqualTo(ROWS - KEYS);
        }
    }

    @Test
    void eachKeyArrivesOnceOverSplitsEpochsAndRuns() {
        RunResult run = bench.run();
        assertThat(run.error()).isEmpty();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.result(run, "a").epochs()).isGreaterThan(3);
        assertThat(bench.result(run, "a").account().duplicates()).isEqualTo(ROWS - KEYS);
        eachKeyArrivedOnce();
        bench.upstream.with("a", ROWS + 600);
        run = bench.run();
        assertThat(bench.result(run, "a").account().duplicates()).as("another run remembers").isEqualTo(600);
        assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(KEYS));
    }

    @Test
    void aNewGenerationBeginsWithNothing() {
        bench.run();
        RunResult full = bench.run(new RunOptions(Set.of(), RunOptions.Refresh.FULL, OptionalLong.empty()));
        assertThat(bench.result(full, "a").account().written()).isEqualTo(KEYS);
    }

    @Test
    void runsThatStopAtALimitAndOtherSplitOrdersLoseNothing() {
        for (int run = 0; run < 4; run++) {
            bench.workers = 1 + run % 3;
            bench.run(new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.of(700)));
        }
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        eachKeyArrivedOnce();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aRejectedEpochIsReadAgainAndItsRowsAreNoRepetitions(int rejected) {
        AtomicInteger commits = new AtomicInteger();
        bench.target.insteadOfCommit = commit -> commits.incrementAndGet() == rejected
                ? Optional.of(new CommitOutcome.Rejected(failure(RunError.STUCK)))
                : Optional.empty();
        RunResult run = null;
        for (int i = 0; i < 4 && (run == null || run.outcome() != Outcome.COMPLETED); i++) {
            run = bench.run();
        }
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(commits.get()).isGreaterThan(rejected);
        eachKeyArrivedOnce();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 17, 40})
    void aBatchThatFailsAfterItsRowsWereRememberedIsReadAgainInAnotherAttempt(int failing) {
        AtomicInteger batches = new AtomicInteger();
        bench.transforms.add(input -> new BoundTransform() {
            @Override
            public StreamSchema output() {
                return input;
            }

            @Override
            public Batch apply(Batch batch) {
                if (batches.incrementAndGet() == failing) {
                    throw failure(RunError.STUCK);
                }
                return batch;
            }

            @Override
            public void close() {}
        });
        RunResult run = null;
        for (int i = 0; i < 4 && (run == null || run.outcome() != Outcome.COMPLETED); i++) {
            run = bench.run();
        }
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        eachKeyArrivedOnce();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 11, 30})
    void aReaderThatFailsInMidSplitGoesOnInTheSameAttempt(int failing) {
        AtomicInteger reads = new AtomicInteger();
        bench.upstream.beforeRead = (split, next, deadline) -> {
            if (reads.incrementAndGet() == failing) {
                throw failure(io.windrow.core.checkpoint.CheckpointError.UNREACHABLE);
            }
            return true;
        };
        assertThat(bench.run().outcome()).isEqualTo(Outcome.COMPLETED);
        eachKeyArrivedOnce();
    }

    private static WindrowException failure(ErrorCode code) {
        return WindrowException.of(code, "Testing what happens then");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
        "run.after_save_committed", "run.after_acknowledge"
    })
    @Tag("slow")
    void eachKeyArrivesOnceWhereverTheRunDies(String failpoint) {
        AtomicInteger arrivals = new AtomicInteger();
        AtomicInteger every = new AtomicInteger(3);
        bench.failpoints = name -> {
            if (name.equals(failpoint) && arrivals.incrementAndGet() == every.get()) {
                throw new SimulatedCrash();
            }
        };
        int crashes = 0;
        RunResult run = null;
        while (run == null) {
            try {
                run = bench.run(new RunOptions(Set.of(), RunOptions.Refresh.CONTINUE, OptionalLong.empty()));
            } catch (SimulatedCrash e) {
                crashes++;
                arrivals.set(0);
                every.set(crashes > 4 ? Integer.MAX_VALUE : 3 + 2 * crashes);
            }
        }
        assertThat(crashes).as("a crash that never happens proves nothing").isPositive();
        assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
        eachKeyArrivedOnce();
    }

    /** A row is never dropped because of one that is committed later: else it is lost if that later epoch never is. */
    @Test
    void nobodyReadsForAnEpochWhileAnotherStillReadsForTheOneBefore() {
        Map<Long, Integer> seen = new ConcurrentHashMap<>();
        AtomicInteger tooLate = new AtomicInteger();
        java.util.concurrent.atomic.AtomicLong newest = new java.util.concurrent.atomic.AtomicLong();
        bench.transforms.add(input -> new BoundTransform() {
            private long epoch;

            @Override
            public StreamSchema output() {
                return input;
            }

            @Override
            public void epoch(long next) {
                epoch = next;
            }

            @Override
            public Batch apply(Batch batch) {
                seen.merge(epoch, 1, Integer::sum);
                if (newest.accumulateAndGet(epoch, Math::max) > epoch) {
                    tooLate.incrementAndGet();
                }
                return batch;
            }

            @Override
            public void close() {}
        });
        bench.run();
        assertThat(seen).hasSizeGreaterThan(3);
        assertThat(tooLate).hasValue(0);
        try (StateStore store = bench.store()) {
            assertThat(store.ledger("bench", Optional.of(StreamName.of("a")), 1000).stream()
                            .map(LedgerEntry::parse)
                            .filter(entry -> entry.account().read() > 0)
                            .map(LedgerEntry::epoch))
                    .as("transforms are told the numbers under which their rows are committed")
                    .containsExactlyInAnyOrderElementsOf(seen.keySet());
        }
    }
}
