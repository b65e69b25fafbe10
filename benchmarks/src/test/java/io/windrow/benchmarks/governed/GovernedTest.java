package io.windrow.benchmarks.governed;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.benchmarks.fuzz.Fuzzer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of {@code ./windrow-dev fuzz governed}; {@code -Dwindrow.fuzz.seed} repeats it. */
@Tag("slow")
class GovernedTest {
    private static final int PIPELINES = 300;
    /** The same pipelines in every build; the tool takes others each time. */
    private static final long SEED = 3;

    @Test
    void booksTargetsAndQuarantineAreWhatAModelSaysRowByRowAndNoMaskedValueIsFoundOutsideOfItsSource(@TempDir Path folder)
            throws Exception {
        long seed = Long.getLong("windrow.fuzz.seed", SEED);
        try (GovernedTarget target = new GovernedTarget(folder)) {
            Fuzzer.Report report = Fuzzer.run(target, seed, 0, PIPELINES, Duration.ofHours(1));
            assertThat(report.findings()).as("seed " + seed).isEmpty();
            assertThat(report.refused()).as("seed " + seed).isEmpty();
            assertThat(report.accepted()).isEqualTo(PIPELINES);
            target.checkTelemetry();
        }
    }

    /**
     * A column that became a text beside a filter that does not name it, a decimal with a fraction that became too large for its cast,
     * a number that became a text in a key of dedupe, and a schema that no run had refused since an interrupted one had read the stream.
     */
    @ParameterizedTest
    @CsvSource({"7041, 2026", "7041, 2279", "7042, 1439", "8001, 138"})
    void pipelinesThatALongSeriesFoundBrokenAreWhole(long seed, long at, @TempDir Path folder) throws Exception {
        try (GovernedTarget target = new GovernedTarget(folder)) {
            assertThat(Fuzzer.run(target, seed, at, 1, Duration.ofHours(1)).findings()).isEmpty();
        }
    }
}
