package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.CrashSeries;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Path;

/**
 * Kills {@code windrow run} with SIGKILL at every failpoint while the table changes; each restart is the recovery and
 * the next victim. The order is the same in every build; {@code -Dwindrow.crash.seed} takes another, {@code
 * -Dwindrow.crash.rounds} kills at each failpoint that often. Each mode is a test class, so that they run beside each
 * other; {@code ./windrow-dev crash} runs longer series of the same, with a fresh order each time.
 */
final class Kills {
    private static final long SEED = 20_261_130;

    private Kills() {}

    /** The seed of this build's kills and changes. */
    static long seed() {
        return Long.getLong("windrow.crash.seed", SEED);
    }

    /** So often at each failpoint, in one chain; requires that nothing was lost and nothing came twice. */
    static void everywhere(CrashMode mode, int times, Path folder) throws Exception {
        int rounds = Integer.getInteger("windrow.crash.rounds", times);
        // One failpoint may need a kill at another place before it is reached at all, and that may need a second one.
        int kills = mode.failpoints().size() * rounds + (mode == CrashMode.SNAPSHOT_APPEND ? 2 * rounds : 0);
        CrashSeries.Result result = new CrashSeries(Main.class.getName(), mode, folder, kills, seed())
                .run(PostgresServer.shared(18), (place, done) -> {});
        System.out.println(result);
        assertThat(result.lost()).as(result.toString()).isZero();
        assertThat(result.duplicated()).as(result.toString()).isZero();
        assertThat(result.chain().byFailpoint().keySet()).containsExactlyInAnyOrderElementsOf(mode.failpoints());
        assertThat(result.chain().byFailpoint().values()).allMatch(killed -> killed >= rounds);
    }
}
