package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.context.Context;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Steps;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.Function;

/**
 * Everything that one run needs, resolved: no names, no files, no registry.
 *
 * @param pipeline the pipeline's name
 * @param source makes the source; called once for each attempt, so that a retry starts with fresh connections
 * @param sink makes the sink; called once for each attempt
 * @param streams which streams there are and what to do with each, names unique; may ask the source
 * @param steps what happens to every batch on its way
 * @param pace how fast, how large and how patient
 * @param hashKey the key of the row hashes
 */
public record Job(
        String pipeline,
        Function<Context, Source> source,
        Function<Context, Sink> sink,
        Function<Source, List<PlannedStream>> streams,
        Steps steps,
        Pace pace,
        HashKey hashKey) {
    /** A hasher for one thread. */
    Function<Batch, RowHash> hasher() {
        return new RowHasher(hashKey.high(), hashKey.low())::hash;
    }

    /** The job that a plan describes. */
    public static Job of(Plan plan, HashKey hashKey) {
        return new Job(
                plan.spec().pipeline(),
                plan::openSource,
                plan::openSink,
                source -> plan.streams(source.selected()),
                plan.steps(),
                Pace.of(plan.spec().run()),
                hashKey);
    }

    /**
     * The key of the row hashes; the same for the life of a pipeline, else its hashes cannot be compared.
     *
     * @param high one half
     * @param low the other half
     */
    public record HashKey(long high, long low) {
        /** The key of a pipeline that has no secret of its own: other than any other pipeline's, but not secret. */
        public static HashKey of(String pipeline) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256")
                        .digest(("windrow row hash " + pipeline).getBytes(StandardCharsets.UTF_8)));
                return new HashKey(bytes.getLong(), bytes.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256", e);
            }
        }

        /** Never prints the key. */
        @Override
        public String toString() {
            return "HashKey[***]";
        }
    }
}
