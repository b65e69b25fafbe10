package io.windrow.core.plan;

import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.DeliveryLevel;
import io.windrow.core.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns specs into plans. No I/O. */
public final class Planner {
    private final Registry registry;

    public Planner(Registry registry) {
        this.registry = registry;
    }

    /** Plans the pipeline, or refuses it. */
    public Plan plan(PipelineSpec spec) {
        SourceFactory<?> source = registry.source(spec.source().connector());
        SinkFactory<?> sink = registry.sink(spec.sink().connector());
        SourceTraits sourceTraits = traits(source, spec.source().config());
        SinkTraits sinkTraits = traits(sink, spec.sink().config());
        EffectiveGuarantee guarantee = guarantee(sourceTraits, sinkTraits).with(unseenDeletes(sourceTraits, spec));
        spec.run().require().ifPresent(required -> refuseMore(required, guarantee, spec));
        Plan plan = new Plan(spec, source, sink, sourceTraits, sinkTraits, guarantee);
        plan.seals(); // A key that cannot be used is refused before the first read.
        return plan;
    }

    /** The effective guarantee of two ends (I14). */
    public static EffectiveGuarantee guarantee(SourceTraits source, SinkTraits sink) {
        List<String> assumptions = new ArrayList<>();
        DeliveryLevel level = switch (source.replay()) {
            case POSITION, REDELIVERY ->
                sink.idempotentCommit() ? DeliveryLevel.EXACTLY_ONCE : DeliveryLevel.AT_LEAST_ONCE;
            case NONE -> DeliveryLevel.AT_MOST_ONCE;
        };
        String statement = switch (level) {
            case EXACTLY_ONCE -> "Every row that is read arrives exactly once, whatever fails in between.";
            case AT_LEAST_ONCE ->
                "Every row that is read arrives at least once: the target cannot recognise a commit that it has seen before.";
            case AT_MOST_ONCE ->
                "A row arrives once or, after a failure, not at all: the source cannot send rows again.";
        };
        switch (source.replay()) {
            case POSITION -> assumptions.add("The source can still send what lies after the last committed position.");
            case REDELIVERY -> assumptions.add("The source sends again whatever was not acknowledged.");
            case NONE -> assumptions.add("Lost rows are counted, not recovered.");
        }
        assumptions.add("The state store survives and is not set back to an older copy.");
        if (!sink.fencedAtTarget()) {
            assumptions.add("The target does not fence owners: the lease in the state store keeps a second runner out, and "
                    + "a stale commit can only publish what had been decided.");
        }
        if (!sink.atomicity().isBlank()) {
            assumptions.add("What a reader of the target sees of an epoch that is being committed: "
                    + (sink.atomicity().endsWith(".") ? sink.atomicity() : sink.atomicity() + "."));
        }
        return new EffectiveGuarantee(level, statement, assumptions);
    }

    /** What a target by key does not show: rows that are gone at the source. */
    private static List<String> unseenDeletes(SourceTraits source, PipelineSpec spec) {
        List<String> unseen = new ArrayList<>();
        spec.write().forEach((stream, mode) -> {
            switch (mode) {
                case UPSERT -> unseen.add("Rows of " + stream + " that are deleted at the source stay in the target: upsert "
                        + "removes nothing.");
                case MIRROR -> {
                    if (!source.emitsDeletes()) {
                        unseen.add("The source shows no deletes: rows of " + stream + " that are deleted there stay in the "
                                + "target until the stream is read anew.");
                    }
                }
                case APPEND, REPLACE, HISTORY -> {
                    // Nothing is told apart by key, or every change is kept.
                }
            }
        });
        return unseen;
    }

    private static void refuseMore(DeliveryLevel required, EffectiveGuarantee guarantee, PipelineSpec spec) {
        if (required.compareTo(guarantee.level()) > 0) {
            throw WindrowException.of(
                            PlanError.GUARANTEE_TOO_HIGH,
                            "Planning " + spec.pipeline() + ": it requires " + word(required) + ", but source "
                                    + spec.source().connector() + " and sink " + spec.sink().connector() + " keep "
                                    + word(guarantee.level()))
                    .at(spec.file() + " run.require");
        }
    }

    private static String word(DeliveryLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static <C extends Record> SourceTraits traits(SourceFactory<C> factory, Record config) {
        return factory.traits(factory.config().cast(config));
    }

    private static <C extends Record> SinkTraits traits(SinkFactory<C> factory, Record config) {
        return factory.traits(factory.config().cast(config));
    }
}
