package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Steps;
import io.windrow.core.seal.SealRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything that one run needs, resolved: no names, no files, no registry.
 *
 * @param pipeline the pipeline's name
 * @param source makes the source; called once for each attempt, so that a retry starts with fresh connections
 * @param sink makes the sink; called once for each attempt
 * @param streams which streams there are and what to do with each, names unique; may ask the source
 * @param steps what happens to every batch on its way
 * @param schemas what is said about the streams' schemas
 * @param pace how fast, how large and how patient
 * @param hashKey the key of the row hashes; empty: the one that the state store keeps for the pipeline
 * @param seals what is encrypted, with whose keys
 */
public record Job(
        String pipeline,
        Function<Context, Source> source,
        Function<Context, Sink> sink,
        Function<Source, List<PlannedStream>> streams,
        Steps steps,
        SchemaRules schemas,
        Pace pace,
        Optional<HashKey> hashKey,
        SealRules seals) {
    /** A job that encrypts nothing. */
    public Job(
            String pipeline,
            Function<Context, Source> source,
            Function<Context, Sink> sink,
            Function<Source, List<PlannedStream>> streams,
            Steps steps,
            SchemaRules schemas,
            Pace pace,
            Optional<HashKey> hashKey) {
        this(pipeline, source, sink, streams, steps, schemas, pace, hashKey, SealRules.NONE);
    }

    /** The job that a plan describes. */
    public static Job of(Plan plan) {
        return new Job(
                plan.spec().pipeline(),
                plan::openSource,
                plan.runSinks(),
                source -> plan.streams(source.selected()),
                plan.steps(),
                plan.schemas(),
                Pace.of(plan.spec().run()),
                plan.hashKey(),
                plan.seals());
    }
}
