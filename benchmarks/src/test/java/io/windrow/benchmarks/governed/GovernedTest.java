package io.windrow.benchmarks.governed;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.benchmarks.fuzz.Fuzzer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
