package io.windrow.core.replay;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.core.contract.KeptSchemas;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Steps;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.quarantine.QuarantinedKeys;
import io.windrow.core.transform.dedupe.Dedupe;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.provenance.ProvenanceTransform;
import io.windrow.core.transform.shape.CastText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What happens to the rows of one stream on their way, as in a run.
 *
 * @param input the stream's columns before the steps
 * @param output and after them, as rows are compared: without what says where they come from
 * @param all every step
 * @param undeduplicated every step that makes the same of the same row at any time: not the one that drops repeated rows,
 *     which a comparison does by itself, and not provenance
 * @param repeats how repeated rows are told; empty: they are not dropped
 * @param policies the versions of the policies
 */
record StreamSteps(
        StreamSchema input, StreamSchema output, Steps all, Steps undeduplicated, Optional<Repeats> repeats,
        Map<String, String> policies) {
    static StreamSteps of(ReplayParts parts, StreamSchema input) {
        SchemaRules rules = parts.plan().schemas();
        SchemaGate.Passage passage = rules.gate(new SchemaBook(parts.store(), parts.plan().spec().pipeline()).newest())
                .judge(input, () -> "in the window to replay", rules.owner());
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
        StreamSchema output = without.output(input);
        return new StreamSteps(input, output, all, without, Repeats.of(all, input, output), all.policies(input));
    }

    /** The steps that say of a row where it comes from; it is the replay that rows which come are from. */
    Steps provenance() {
        return new Steps(all.transforms().stream().filter(ProvenanceTransform.class::isInstance).toList());
    }

    /** The ids of the key's columns, as rows are compared. */
    Set<Integer> keyIds() {
        return output.key().stream()
                .map(name -> output.columns().get(output.indexOf(name)).id())
                .collect(Collectors.toSet());
    }

    /** The keys of rows of the stream that stand in quarantine. */
    QuarantinedKeys quarantined(Quarantine quarantine, Quarantine.Filter filter) {
        Set<String> hidden = all.hidden(input);
        List<QuarantinedKeys.KeyColumn> columns = new ArrayList<>();
        for (String name : output.key()) {
            Column after = output.columns().get(output.indexOf(name));
            Column before = input.columns().stream().filter(column -> column.id() == after.id()).findFirst().orElse(after);
            ColumnType type = hidden.contains(before.name()) ? new ColumnType.Text() : before.type();
            columns.add(new QuarantinedKeys.KeyColumn(after.id(), before.name(), CastText.between(type, after.type())));
        }
        return QuarantinedKeys.of(quarantine, filter, output, columns);
    }

    /** Whether rows of a commit may be shown: they follow the present mask, or there is none. */
    Comparing.Quoting quoting(Commit commit) {
        boolean masked = !all.hidden(input).isEmpty();
        boolean same = commit.ledger()
                .map(LedgerEntry::parse)
                .filter(then -> MaskTransform.isSame(then.policies(), policies))
                .isPresent();
        return masked && !same ? Comparing.Quoting.WITHHELD : Comparing.Quoting.SHOWN;
    }

    /** Whether the key's columns leave the steps as they came. */
    boolean keepsKey() {
        Set<String> hidden = all.hidden(input);
        return input.key().equals(output.key())
                && input.key().stream().allMatch(name -> !hidden.contains(name)
                        && input.columns().get(input.indexOf(name)).equals(output.columns().get(output.indexOf(name))));
    }
}
