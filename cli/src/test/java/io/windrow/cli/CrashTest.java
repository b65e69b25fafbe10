package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.CrashSeries;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills {@code windrow run} with SIGKILL at every failpoint while the table changes; each restart is the recovery and
 * the next victim. {@code -Dwindrow.crash.rounds} kills at each failpoint that often, {@code -Dwindrow.crash.seed}
 * repeats an order. {@code ./windrow-dev crash} runs longer series of the same.
 */
@Tag("server")
class CrashTest {
    @ParameterizedTest
    @EnumSource(CrashMode.class)
    void theTargetIsExactAfterKillsEverywhere(CrashMode mode, @TempDir Path folder) throws Exception {
        long seed = Long.getLong("windrow.crash.seed", System.nanoTime());
        // Ranges of the key are a way to read, repeated rows are appended: what is written is as above.
        int rounds = Integer.getInteger(
                "windrow.crash.rounds", mode == CrashMode.KEY_RANGE || mode == CrashMode.DEDUPE ? 1 : 3);
        // One failpoint may need a kill at another place before it is reached at all.
        int kills = mode.failpoints().size() * rounds + (mode == CrashMode.SNAPSHOT_APPEND ? rounds : 0);
        CrashSeries.Result result = new CrashSeries(Main.class.getName(), mode, folder, kills, seed)
                .run(PostgresServer.shared(18), (place, done) -> {});
        System.out.println(result);
        assertThat(result.lost()).as(result.toString()).isZero();
        assertThat(result.duplicated()).as(result.toString()).isZero();
        assertThat(result.chain().byFailpoint().keySet()).containsExactlyInAnyOrderElementsOf(mode.failpoints());
        assertThat(result.chain().byFailpoint().values()).allMatch(times -> times >= rounds);
    }
}
