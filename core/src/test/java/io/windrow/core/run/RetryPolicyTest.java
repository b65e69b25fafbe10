package io.windrow.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.error.ErrorKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(5), 3);

    @Test
    void onlyTransientErrorsAreTriedAgainAndOnlySoOften() {
        assertThat(policy.judge(ErrorKind.EXTERNAL_TRANSIENT, 3, 0)).isInstanceOf(Verdict.Retry.class);
        assertThat(policy.judge(ErrorKind.EXTERNAL_TRANSIENT, 4, 0)).isEqualTo(new Verdict.Park());
    }

    @Test
    void anAddressWhereNobodyListensIsGivenUpWithinTwoSeconds() {
        RetryPolicy impatient = RetryPolicy.lasting(Duration.ofMinutes(10)).whenNobodyListens();
        assertThat(impatient.judge(ErrorKind.EXTERNAL_TRANSIENT, 2, 0)).isInstanceOf(Verdict.Retry.class);
        assertThat(impatient.judge(ErrorKind.EXTERNAL_TRANSIENT, 3, 0)).isEqualTo(new Verdict.Park());
        assertThat(impatient.pause(1, 0.999).plus(impatient.pause(2, 0.999))).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void thePausesOfAPolicyLastAtLeastAsLongAsTheOutageThatItIsToOutlive() {
        for (int seconds : new int[] {0, 1, 5, 30, 600, 86_400}) {
            RetryPolicy lasting = RetryPolicy.lasting(Duration.ofSeconds(seconds));
            Duration least = Duration.ZERO;
            for (int failure = 1; lasting.judge(ErrorKind.EXTERNAL_TRANSIENT, failure, 0) instanceof Verdict.Retry again; failure++) {
                least = least.plus(again.after());
            }
            assertThat(least).isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 15));
        }
    }

    @ParameterizedTest
    @EnumSource(value = ErrorKind.class, names = {"USER", "EXTERNAL_PERMANENT", "DATA", "BUG"})
    void whatWouldFailAgainParksItsStreamAtOnce(ErrorKind kind) {
        assertThat(policy.judge(kind, 1, 0.5)).isEqualTo(new Verdict.Park());
    }

    @Test
    void anUnknownOutcomeDeletesNothingAndShortageDrainsAll() {
        assertThat(policy.judge(ErrorKind.UNKNOWN_OUTCOME, 1, 0)).isEqualTo(new Verdict.Freeze());
        assertThat(policy.judge(ErrorKind.RESOURCE, 1, 0)).isEqualTo(new Verdict.Drain());
    }

    @Test
    void pausesGrowUpToTheLongestAndAreSpreadOverTheirUpperHalf() {
        assertThat(policy.pause(1, 0)).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.pause(2, 0)).isEqualTo(Duration.ofMillis(1500));
        assertThat(policy.pause(3, 0)).isEqualTo(Duration.ofMillis(2500));
        assertThat(policy.pause(90, 0.999)).isBetween(Duration.ofMillis(4900), Duration.ofSeconds(5));
    }

    @Test
    void aBudgetRunsOutAndIsEarnedBackByRowsAndByTime() {
        RetryBudget budget = new RetryBudget(2, 100, Duration.ofNanos(10), Long.MAX_VALUE);
        assertThat(budget.spend(Long.MAX_VALUE)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE)).isFalse();
        budget.earn(60);
        assertThat(budget.spend(Long.MAX_VALUE)).isFalse();
        budget.earn(60);
        assertThat(budget.spend(Long.MAX_VALUE)).isTrue();
        budget.earn(100_000);
        assertThat(budget.left()).isEqualTo(2);
        // The clock may run over.
        assertThat(budget.spend(Long.MAX_VALUE + 5)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE + 9)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE + 9)).isFalse();
        assertThat(budget.spend(Long.MAX_VALUE + 19)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE + 19)).as("what is left of a time counts on").isFalse();
        assertThat(budget.spend(Long.MAX_VALUE + 20)).isTrue();
        assertThat(budget.spend(Long.MAX_VALUE + 1_000)).isTrue();
        assertThat(budget.left()).isEqualTo(1);
    }

    @Test
    void aRateLimitAllowsASecondsBurstAndThenAsksToWait() {
        RateLimit limit = new RateLimit(1000, 0);
        assertThat(limit.take(1000, 0)).isZero();
        assertThat(limit.take(500, 0)).isEqualTo(500_000_000L);
        assertThat(limit.take(0, 500_000_000L)).isZero();
        assertThat(limit.take(0, 400_000_000L)).as("a clock that steps back earns nothing").isZero();
        assertThat(limit.take(5000, 10_000_000_000L)).as("a request above the bucket is paid for later").isEqualTo(4_000_000_000L);
    }
}
