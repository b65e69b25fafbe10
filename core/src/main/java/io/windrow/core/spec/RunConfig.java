package io.windrow.core.spec;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import java.time.Duration;
import java.util.Optional;

/** How a pipeline is run. */
@Doc("How the pipeline is run. Every setting has a default.")
public record RunConfig(
        @Doc(value = "How many splits are read at once; 0: as many as there are cores.", defaultValue = "0")
                int parallelism,
        @Doc(value = "An epoch is cut after this many rows, of all streams together.", defaultValue = "5000000") long epochRows,
        @Doc(value = "An epoch is cut after this many bytes in memory, of all streams together.", defaultValue = "1GiB")
                ByteSize epochBytes,
        @Doc(value = "An epoch is cut after this time.", defaultValue = "60s") Duration epochEvery,
        @Doc(value = "The most memory that all batches together may take; 0: a quarter of the heap, at least 64 MiB.",
                        defaultValue = "0")
                ByteSize memory,
        @Doc(value = "The state store as a JDBC URL (sqlite or postgresql). Default: a SQLite file in the folder "
                        + ".windrow beside the pipeline file. A relative file (jdbc:sqlite:state.db) starts at the pipeline file's folder.",
                        example = "${secret:windrow/state}")
                Optional<Secret> state,
        @Doc(value = "A secret of at least 16 characters from which the key of the row hashes is made. Default: a random "
                        + "key that the state store keeps. Another secret makes older hashes incomparable.",
                        example = "${file:/etc/windrow/hash-key}")
                Optional<Secret> hashKey,
        @Doc(value = "What the failure of one stream means for the others.", defaultValue = "continue") OnError onError,
        @Doc(value = "How long an outage of a source, a target or the state store a run outlives: a passing failure is tried again "
                        + "after pauses that grow from half a second to half a minute and last at least so long together. "
                        + "Progress in between starts the time anew. 0s: nothing is tried again.",
                        defaultValue = "10m")
                Duration retryFor,
        @Doc(value = "The delivery level to insist on: a plan that cannot keep it is refused.",
                        example = "exactly_once")
                Optional<DeliveryLevel> require,
        @Doc(value = "The most rows that are read from the source a second, of all streams together; 0: no limit. "
                        + "A batch that is larger is read whole and paid for by waiting.",
                        defaultValue = "0")
                long maxRowsPerSecond,
        @Doc(value = "The most bytes that are read from the source a second, measured as batches in memory; 0: no limit.",
                        defaultValue = "0")
                ByteSize maxBytesPerSecond) {
    private static final Duration MOST_RETRIED = Duration.ofDays(30);

    public RunConfig {
        if (parallelism < 0 || parallelism > 1024) {
            throw new IllegalArgumentException("parallelism is between 0 and 1024, not " + parallelism);
        }
        if (maxRowsPerSecond < 0) {
            throw new IllegalArgumentException("max_rows_per_second is at least 0, not " + maxRowsPerSecond);
        }
        if (hashKey.isPresent() && hashKey.get().reveal().length() < 16) {
            throw new IllegalArgumentException("hash_key has at least 16 characters");
        }
        if (epochRows < 1) {
            throw new IllegalArgumentException("epoch_rows is at least 1, not " + epochRows);
        }
        if (epochBytes.bytes() < 1) {
            throw new IllegalArgumentException("epoch_bytes is at least 1, not " + epochBytes);
        }
        if (retryFor.isNegative() || retryFor.compareTo(MOST_RETRIED) > 0) {
            throw new IllegalArgumentException("retry_for is between 0s and 30d, not " + retryFor);
        }
        if (epochEvery.isZero() || epochEvery.isNegative()) {
            throw new IllegalArgumentException("epoch_every is more than 0, not " + epochEvery);
        }
    }
}
