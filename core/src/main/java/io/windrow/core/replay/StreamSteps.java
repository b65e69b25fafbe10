package io.windrow.core.replay;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.contract.KeptSchemas;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.plan.Steps;
import io.windrow.core.transform.dedupe.Dedupe;
import io.windrow.core.transform.provenance.ProvenanceTransform;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What happens to the rows of one stream on their way, as in a run.
 *
 * @param input the stream's columns before the steps
 * @param output and after them, as rows are compared: without what says where they come from
 * @param all every step
 * @param undeduplicated every step that makes the same of the same row at any time: not the one that drops repeated rows,
 *     which a comparison does by itself, and not provenance
 * @param dedupeFields the ids of the fields that tell repeated rows, none for the whole row; empty: they are not dropped
 * @param policies the versions of the policies
 */
record StreamSteps(
        StreamSchema input, StreamSchema output, Steps all, Steps undeduplicated, Optional<Set<Integer>> dedupeFields,
        Map<String, String> policies) {
    static StreamSteps of(ReplayParts parts, StreamSchema input) {
        SchemaRules rules = parts.plan().schemas();
        SchemaGate.Passage passage = rules.gate(new SchemaBook(parts.store(), parts.plan().spec().pipeline()).newest())
                .judge(input, "in the window to replay", rules.owner());
        if (passage.accepts().isPresent() && !passage.changes().isEmpty()) {
            throw WindrowException.of(
                    ReplayError.SCHEMA_CHANGED,
                    "Replaying a window of " + input.stream() + ": " + passage.changes().getFirst());
        }
        Steps all = passage.kept()
                .map(kept -> parts.plan().steps().after(new KeptSchemas(Map.of(input.stream(), kept))))
                .orElseGet(parts.plan()::steps);
        Steps without =
                new Steps(all.repeatable().transforms().stream().filter(step -> !(step instanceof Dedupe)).toList());
        return new StreamSteps(
                input, without.output(input), all, without, dedupeFields(all, input), all.policies(input));
    }

    /** The steps that say of a row where it comes from; it is the replay that rows which come are from. */
    Steps provenance() {
        return new Steps(all.transforms().stream().filter(ProvenanceTransform.class::isInstance).toList());
    }

    private static Optional<Set<Integer>> dedupeFields(Steps steps, StreamSchema input) {
        for (var step : steps.transforms()) {
            if (step instanceof Dedupe dedupe && !dedupe.fields(input).isEmpty()) {
                List<String> fields = dedupe.fields(input);
                Set<Integer> ids = new HashSet<>();
                for (Column column : input.columns()) {
                    if (fields.contains(column.name())) {
                        ids.add(column.id());
                    }
                }
                return Optional.of(fields.size() == input.columns().size() ? Set.of() : ids);
            }
        }
        return Optional.empty();
    }

    /** Whether the key's columns leave the steps as they came. */
    boolean keepsKey() {
        Set<String> hidden = all.hidden(input);
        return input.key().equals(output.key())
                && input.key().stream().allMatch(name -> !hidden.contains(name)
                        && input.columns().get(input.indexOf(name)).equals(output.columns().get(output.indexOf(name))));
    }
}
