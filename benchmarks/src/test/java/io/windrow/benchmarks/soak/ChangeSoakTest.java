package io.windrow.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./windrow-dev soak}; {@code -Dwindrow.soak.seed} has another order of faults. */
@Tag("server")
@Tag("slow")
class ChangeSoakTest {
    /** The same in every build; the tool takes others each time. */
    private static final long SEED = 1;

    @Test
    void mirrorAndChangeLogBecomeWhatTheTablesAreAlthoughTheWayAndTheProcessBreak(@TempDir Path folder) throws Exception {
        long seed = Long.getLong("windrow.soak.seed", SEED);
        SoakResult result = new ChangeSoak(
                        folder, Duration.ofSeconds(6), seed, List.of("sqlite", "files"), 3000, Duration.ofSeconds(3))
                .run(line -> {});
        assertThat(result.right()).as("seed " + seed + ": " + result.first()).isTrue();
        assertThat(result.compared()).isPositive();
    }
}
