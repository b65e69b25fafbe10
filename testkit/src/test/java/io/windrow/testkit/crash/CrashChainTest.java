package io.windrow.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.testkit.crash.TableChurn.Change;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class CrashChainTest {
    private static CrashChain chain(Path file, List<String> failpoints) {
        return new CrashChain(
                CountingMain.class.getName(), List.of(file.toString()), failpoints, 7, Duration.ofSeconds(60));
    }

    @Test
    void eachFailpointKillsARealProcessAndTheEndIsChecked(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("written");
        AtomicInteger checks = new AtomicInteger();
        CrashChain.Summary summary = chain(file, List.of("before_write", "after_write"))
                .run(4, () -> {}, () -> {
                    checks.incrementAndGet();
                    assertThat(Files.readAllLines(file)).hasSizeGreaterThanOrEqualTo(3 + 2);
                });
        assertThat(summary.kills()).isEqualTo(4);
        assertThat(summary.byFailpoint()).containsEntry("before_write", 2).containsEntry("after_write", 2);
        assertThat(checks).hasValue(1);
    }

    @Test
    void aWrongOutcomeFailsWithTheSeed(@TempDir Path folder) {
        CrashChain chain = chain(folder.resolve("written"), List.of("after_write"));
        assertThatThrownBy(() -> chain.run(1, () -> {}, () -> assertThat(1).isEqualTo(2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 7");
    }

    @Test
    void aChildThatFailsByItselfIsNotTakenForAKill(@TempDir Path folder) {
        CrashChain chain = chain(folder.resolve("no").resolve("such").resolve("folder"), List.of("after_write"));
        assertThatThrownBy(() -> chain.run(1, () -> {}, () -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("NoSuchFileException");
    }

    @Test
    void theTableChangesUntilItIsPaused() {
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18));
                TableChurn churn = TableChurn.start(database, "churned", 500, EnumSet.allOf(Change.class), 3)) {
            await().atMost(Duration.ofMinutes(5)).until(() -> churn.done() > 40);
            churn.pause();
            long before = churn.done();
            String sum = "SELECT sum(hashtext(c::text)::bigint) FROM churned c";
            assertThat(database.number(sum)).isEqualTo(database.number(sum));
            assertThat(churn.done()).isEqualTo(before);
            churn.resume();
            await().atMost(Duration.ofMinutes(5)).until(() -> churn.done() > before);
        }
    }
}
