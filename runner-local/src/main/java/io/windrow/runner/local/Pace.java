package io.windrow.runner.local;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Until;
import io.windrow.core.epoch.EpochError;
import io.windrow.core.run.RetryPolicy;
import io.windrow.core.run.Verdict;
import io.windrow.core.spec.OnError;
import io.windrow.core.spec.RunConfig;
import java.time.Duration;

/**
 * How fast, how large and how patient a run is.
 *
 * @param workers splits read at once, 1 or more
 * @param epochTime an epoch is cut after so long, also when no data flows
 * @param epochBytes or after so many bytes of batches, in memory
 * @param epochRows or after so many rows
 * @param memory the limit in bytes of all Arrow memory of the run
 * @param inFlight the limit in bytes of batches that are read, wait or are written, at most {@code memory}
 * @param leaseTime how long the lease lasts if this process dies
 * @param retry how failures are tried again
 * @param retries how many of them a run may have at once, beyond those that its rows and its time make up for
 * @param onError what a failed stream means for the others
 * @param maxRowsPerSecond the most rows that are read a second, of all streams together; 0: no limit
 * @param maxBytesPerSecond the most bytes of batches that are read a second, in memory; 0: no limit
 */
public record Pace(
        int workers,
        Duration epochTime,
        long epochBytes,
        long epochRows,
        long memory,
        long inFlight,
        Duration leaseTime,
        RetryPolicy retry,
        int retries,
        OnError onError,
        long maxRowsPerSecond,
        long maxBytesPerSecond) {
    private static final long LEAST_MEMORY = 64L << 20;
    private static final int RETRIES = 50;

    /** What a pipeline's run settings say, with the open ones filled in for this machine. */
    public static Pace of(RunConfig config) {
        long memory = config.memory().bytes() > 0
                ? config.memory().bytes()
                : Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 4);
        return new Pace(
                config.parallelism() > 0 ? config.parallelism() : Runtime.getRuntime().availableProcessors(),
                config.epochEvery(),
                config.epochBytes().bytes(),
                config.epochRows(),
                memory,
                // What is decoded, staged and written at the moment needs the rest.
                Math.min(memory * 3 / 8, Math.max(LEAST_MEMORY * 3 / 8, memory / 8)),
                Duration.ofSeconds(30),
                RetryPolicy.lasting(config.retryFor()),
                RETRIES,
                config.onError(),
                config.maxRowsPerSecond(),
                config.maxBytesPerSecond().bytes());
    }

    /** As many workers as cores, an epoch a minute. */
    public static Pace standard() {
        return new Pace(
                Runtime.getRuntime().availableProcessors(),
                Duration.ofMinutes(1),
                1L << 30,
                10_000_000,
                512L << 20,
                64L << 20,
                Duration.ofSeconds(30),
                RetryPolicy.lasting(Duration.ofMinutes(10)),
                RETRIES,
                OnError.CONTINUE,
                0,
                0);
    }

    /** Whether a stream that is parked by an error is worth another attempt. */
    boolean retries(StreamTrack track, Until until) {
        return track.error()
                .map(error -> verdict(error, track.failures(), until, 0) instanceof Verdict.Retry)
                .orElse(false);
    }

    /**
     * What to do about a stream that has failed so often in a row. What may pass is tried for as long as the policy says, and after
     * that slowly for as long as the run follows others: it may go on for months, and nobody else would look whether it has passed.
     */
    Verdict verdict(WindrowException error, int failures, Until until, double chance) {
        boolean follows = until == Until.STOPPED && onError == OnError.CONTINUE;
        Verdict verdict = retry.judge(
                worth(error, until), follows ? Math.min(failures, Math.max(1, retry.attempts())) : failures, chance);
        return verdict instanceof Verdict.Retry && failures > retry.attempts() ? new Verdict.Retry(retry.afterAll()) : verdict;
    }

    /**
     * As what an error of a stream is judged. A commit of unknown outcome is settled by whoever begins next (I4): after a run that
     * follows without end nobody would, so its own next attempt does.
     */
    static ErrorKind worth(WindrowException error, Until until) {
        return until == Until.STOPPED && error.errorCode() == EpochError.UNSETTLED
                ? ErrorKind.EXTERNAL_TRANSIENT
                : error.kind();
    }
}
