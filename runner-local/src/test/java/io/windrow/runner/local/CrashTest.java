package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that dies at a failpoint, then another one over the same store and target, as often as it takes. */
@Timeout(600)
@Tag("slow")
class CrashTest {
    private static final List<String> FAILPOINTS = List.of(
            "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
            "run.after_save_committed", "run.after_acknowledge", "run.before_end");

    @TempDir
    Path folder;

    /** What a test throws where the process would die. */
    static final class SimulatedCrash extends Error {
        private static final long serialVersionUID = 1L;
    }

    static Stream<Arguments> crashes() {
        List<Arguments> all = new ArrayList<>();
        for (String failpoint : FAILPOINTS) {
            for (WriteMode mode : WriteMode.values()) {
                // A run comes to its end once.
                for (int arrival : failpoint.equals("run.before_end") ? new int[] {1} : new int[] {1, 2, 3}) {
                    all.add(Arguments.of(failpoint, mode, arrival));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void noRowIsLostOrDuplicatedWhereverTheRunDies(String failpoint, WriteMode mode, int arrival) {
        try (Bench bench = new Bench(folder)) {
            bench.stream("a", 5_000, ReadMode.SNAPSHOT, mode).stream("b", 3_000, ReadMode.SNAPSHOT, mode);
            bench.epochRows = 1_000;
            bench.upstream.batchRows = 250;
            AtomicInteger arrivals = new AtomicInteger();
            bench.failpoints = name -> {
                if (name.equals(failpoint) && arrivals.incrementAndGet() == arrival) {
                    throw new SimulatedCrash();
                }
            };
            int crashes = 0;
            RunResult run = null;
            while (run == null) {
                try {
                    run = bench.run(new RunOptions(
                            java.util.Set.of(), RunOptions.Refresh.CONTINUE, java.util.OptionalLong.empty()));
                } catch (SimulatedCrash e) {
                    crashes++;
                    // The next process meets the same failpoint a little later.
                    arrivals.set(crashes > 3 ? Integer.MIN_VALUE : 0);
                }
            }
            assertThat(crashes).as("a crash that never happens proves nothing").isPositive();
            assertThat(run.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(bench.target.visible("a")).isEqualTo(Bench.numbers(5_000));
            assertThat(bench.target.visible("b")).isEqualTo(Bench.numbers(3_000));
            assertThat(bench.upstream.connections).hasValue(0);
            assertThat(bench.target.connections).hasValue(0);
            ledgerAddsUp(bench, "a", 5_000);
            ledgerAddsUp(bench, "b", 3_000);
        }
    }

    private static void ledgerAddsUp(Bench bench, String stream, long rows) {
        try (StateStore store = bench.store()) {
            long written = store.ledger("bench", Optional.of(io.windrow.api.schema.StreamName.of(stream)), 1000).stream()
                    .map(LedgerEntry::parse)
                    .mapToLong(entry -> entry.account().written())
                    .sum();
            assertThat(written).isEqualTo(rows);
        }
    }
}
