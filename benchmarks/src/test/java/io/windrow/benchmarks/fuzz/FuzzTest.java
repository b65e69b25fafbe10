package io.windrow.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code ./windrow-dev fuzz}, which takes a fresh seed each time; this one takes always the same, so that
 * a build does not depend on luck. {@code -Dwindrow.fuzz.seed} takes another.
 */
@Tag("server")
class FuzzTest {
    private static final long SEED = 20_261_130;
    private static final int INPUTS = 100;

    @Test
    void brokenBytesAreReadRightOrRefusedWithACode(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("windrow.fuzz.seed", SEED);
        try (Targets targets = new Targets(folder)) {
            List<String> findings = new ArrayList<>();
            for (Target target : targets.all()) {
                Fuzzer.Report report = Fuzzer.run(target, seed, 0, INPUTS, Duration.ofHours(1));
                report.findings().forEach(finding -> findings.add(target.name() + ": " + finding));
                assertThat(report.inputs()).as(target.name()).isEqualTo(INPUTS);
                assertThat(report.refused()).as(target.name()).isNotEmpty();
            }
            assertThat(findings).as("seed " + seed).isEmpty();
        }
    }

    @Test
    void whatATargetThrowsWithoutACodeIsFoundAndItsNumberRepeatsIt() throws Exception {
        Target broken = new Target() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public boolean feed(Random random) {
                if (random.nextInt(10) == 0) {
                    throw new IllegalStateException("nobody caught this");
                }
                return true;
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
        Fuzzer.Report report = Fuzzer.run(broken, 5, 0, 100, Duration.ofSeconds(30));
        assertThat(report.inputs()).isEqualTo(100);
        assertThat(report.broken()).isPositive();
        assertThat(report.findings()).singleElement().asString().contains("nobody caught this");
        long number = Long.parseLong(report.findings().getFirst().split(" ")[1]);
        assertThat(Fuzzer.run(broken, 5, number, 1, Duration.ofSeconds(30)).broken()).isEqualTo(1);
    }
}
