package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.contract.ContractError;
import io.windrow.core.contract.SchemaChange;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Asks the source, and judges as a run would. */
@Command(
        name = "check",
        description = "Compare what the source has now with the accepted schemas, as the next run will. Ends with 10 if a run would stop.")
final class SchemaCheck implements Callable<Integer> {
    @ParentCommand SchemaCommand parent;

    @Mixin Target target;

    /**
     * What a run would make of a stream.
     *
     * @param outcome in a word
     * @param where from where on its rows have the changed schema; empty if nothing changed
     */
    private record Verdict(String outcome, List<SchemaChange> changes, String where, Optional<WindrowException> refusal) {}

    @Override
    public Integer call() {
        Plan plan = target.plan(Registry.load());
        Screen screen = parent.windrow.screen();
        List<Object> json = new ArrayList<>();
        boolean stops = false;
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(screen));
                Source source = plan.openSource(context)) {
            ReadStarts starts = ReadStarts.of(plan, store);
            Map<StreamName, StreamSchema> offered = SchemaCommand.offered(source);
            Map<StreamName, ReadMode> selected = source.selected();
            for (StreamName stream : target.chosen(plan, selected).keySet()) {
                Verdict verdict = Optional.ofNullable(offered.get(stream))
                        .map(now -> judged(starts, source, selected, now))
                        .orElseGet(() -> new Verdict("not in the source", List.of(), "", Optional.empty()));
                stops |= verdict.refusal().isPresent() || !offered.containsKey(stream);
                json.add(Json.object(
                        "stream", stream.toString(), "outcome", verdict.outcome(), "changes", SchemaCommand.json(verdict.changes()),
                        "first_met", verdict.where().isEmpty() ? null : verdict.where(), "error", verdict.refusal().map(Failure::json)));
                if (!parent.windrow.json) {
                    screen.line(stream + ": " + verdict.outcome());
                    verdict.changes().forEach(change -> screen.line("  " + change));
                    if (!verdict.where().isEmpty()) {
                        screen.line("  first met: " + verdict.where());
                    }
                    verdict.refusal().ifPresent(error -> screen.line("  to do: " + todo(error)));
                }
            }
        }
        ExitCode code = stops ? ExitCode.CHECK_FAILED : ExitCode.OK;
        return parent.windrow.json ? parent.windrow.print(Json.object("streams", json, "ok", !stops), code) : code.value();
    }

    private static Verdict judged(ReadStarts starts, Source source, Map<StreamName, ReadMode> selected, StreamSchema now) {
        SchemaGate gate = starts.plan().schemas().gate(starts.accepted());
        SchemaVersion before = starts.accepted().get(now.stream());
        List<SchemaChange> changes = before == null ? List.of() : SchemaDiff.of(before.schema(), now);
        String where = changes.isEmpty() ? "" : starts.text(source, selected, now.stream());
        try {
            SchemaGate.Passage passage = gate.judge(now, () -> where, "");
            starts.plan().steps().checkNames(passage, gate, now);
            String outcome = before == null ? "first" : changes.isEmpty() ? "same" : passage.kept().isPresent() ? "kept" : "followed";
            return new Verdict(outcome, changes, where, Optional.empty());
        } catch (WindrowException e) {
            return new Verdict("refused", changes, where, Optional.of(e));
        }
    }

    /** What a run would have refused is accepted as it was met now. */
    private static String todo(WindrowException refusal) {
        boolean accepting = refusal.errorCode() == ContractError.DRIFT || refusal.errorCode() == ContractError.INCOMPATIBLE;
        return refusal.remedy() + (accepting ? " --now" : "");
    }
}
