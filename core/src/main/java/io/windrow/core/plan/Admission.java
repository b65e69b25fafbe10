package io.windrow.core.plan;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.contract.KeptSchemas;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Streams as the next run will read them: each in the schema that it is delivered in, or with the reason why its schema
 * stops it. For commands that say or show what a run would do; judging changes nothing.
 *
 * @param steps what happens to every batch, in the schema that rows are delivered in
 * @param plans the streams that pass, in the schema that they are delivered in; policies speak of its names
 * @param refusals the streams that stop
 * @param accepted the schemas that were accepted last
 */
public record Admission(
        Steps steps, Map<StreamName, StreamPlan> plans, Map<StreamName, WindrowException> refusals,
        List<StreamSchema> accepted) {
    /**
     * Judges the source's plans by the gate, after it was told of which streams positions must hold no values.
     *
     * @param where from where a stream's rows have the schema that the source has now, for people
     */
    public static Admission of(Steps steps, SchemaGate gate, SplitPlanner planner, Function<StreamPlan, String> where) {
        Admission admission = of(steps, gate, planner.plans().values(), where);
        List<StreamName> hiding = admission.plans.values().stream()
                .filter(admission.steps::hidesPositions)
                .map(plan -> plan.schema().stream())
                .toList();
        hiding.forEach(planner::hide);
        return hiding.isEmpty() ? admission : of(steps, gate, planner.plans().values(), where);
    }

    private static Admission of(
            Steps steps, SchemaGate gate, Collection<StreamPlan> planned, Function<StreamPlan, String> where) {
        Map<StreamName, StreamPlan> plans = new TreeMap<>();
        Map<StreamName, WindrowException> refusals = new TreeMap<>();
        Map<StreamName, SchemaGate.Kept> kept = new TreeMap<>();
        for (StreamPlan plan : planned) {
            StreamName stream = plan.schema().stream();
            try {
                SchemaGate.Passage passage = gate.judge(plan.schema(), () -> where.apply(plan), "");
                steps.checkNames(passage, gate, plan.schema());
                passage.kept().ifPresent(keep -> kept.put(stream, keep));
                plans.put(stream, passage.kept().map(keep -> delivered(plan, keep)).orElse(plan));
            } catch (WindrowException e) {
                refusals.put(stream, e);
            }
        }
        return new Admission(kept.isEmpty() ? steps : steps.after(new KeptSchemas(kept)), plans, refusals,
                gate.accepted().values().stream().map(SchemaVersion::schema).toList());
    }

    /**
     * Refuses what does not fit the streams that pass, as {@link Steps#check}.
     *
     * @param source asked for the schemas of the other streams if a policy may speak of one of them
     */
    public void check(Source source, Map<StreamName, List<String>> placed) {
        steps.check(plans.values(), placed, () -> Stream.concat(
                        source.discover().stream().map(StreamDescription::schema), accepted.stream())
                .filter(schema -> !plans.containsKey(schema.stream()))
                .toList());
    }

    /** A plan in the schema that its rows are delivered in. */
    public static StreamPlan delivered(StreamPlan plan, SchemaGate.Kept keep) {
        Map<String, String> names = SchemaDiff.acceptedNames(keep.schema(), plan.schema());
        return new StreamPlan(
                keep.schema(), plan.guarantee(), plan.restart(), plan.estimatedRows(), plan.estimatedBytes(),
                plan.positionFields().stream().map(field -> names.getOrDefault(field, field)).toList(),
                plan.keySum()
                        .filter(keys -> keys.parts().stream().map(KeySum.Part::column).allMatch(name ->
                                names.getOrDefault(name, name).equals(name)))
                        .filter(keys -> keys.fits(keep.schema())),
                plan.delivered());
    }
}
