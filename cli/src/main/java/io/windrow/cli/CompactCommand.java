package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.compact.CompactError;
import io.windrow.core.compact.CurrentRows;
import io.windrow.core.compact.DeliveredLog;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.runner.local.Compaction;
import io.windrow.runner.local.Compaction.Compacted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Folds change logs into the rows that they make. */
@Command(
        name = "compact",
        description = "Fold the change logs that a pipeline keeps in files into the current rows of each table, beside the log.",
        sortOptions = false,
        footer = {"", "The rows of stream NAME are delivered as stream NAME_current, which replaces its rows with each folding; the log stays "
                + "as it is.",
            "The source is not asked. A process that dies anywhere leaves readers the old rows or the new ones."})
final class CompactCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Parameters(index = "0", paramLabel = "FILE", description = "The pipeline file.")
    Path file;

    @Option(names = "--stream", paramLabel = "NAME", description = "Only this stream; may be repeated. Without it: all change streams.")
    List<String> streams = new ArrayList<>();

    @Override
    public Integer call() {
        Verification.hushReader();
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        String pipeline = plan.spec().pipeline();
        List<Compacted> done = new ArrayList<>();
        FailedStreams failed = new FailedStreams();
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext context = ProcessContext.open(pipeline, new Notes(windrow.screen()))) {
            Compaction compaction = new Compaction(store, context, event -> {}, plan);
            for (StreamName stream : wanted(store.load(pipeline))) {
                try {
                    done.add(compaction.apply(stream));
                } catch (WindrowException e) {
                    failed.add(stream, e);
                }
            }
        }
        if (done.isEmpty() && failed.isEmpty()) {
            throw WindrowException.of(
                    CompactError.NO_LOG, "Folding the change logs of " + pipeline + ": nothing that was delivered is appended to files");
        }
        ExitCode code = failed.worst();
        if (windrow.json) {
            return windrow.print(
                    Json.object(
                            "pipeline", pipeline, "streams", done.stream().map(CompactCommand::json).toList(), "failed", failed.json()),
                    code);
        }
        print(done);
        failed.print(windrow);
        return code.value();
    }

    private List<StreamName> wanted(List<StreamState> states) {
        if (!streams.isEmpty()) {
            return streams.stream().map(name -> KnownStreams.find(name, states)).distinct().toList();
        }
        return states.stream()
                .filter(DeliveredLog::isOf)
                .map(StreamState::stream)
                .toList();
    }

    private void print(List<Compacted> done) {
        Table table = Table.of("stream", "rows in", ">changes", ">rows", ">size", ">up to epoch", "");
        for (Compacted one : done) {
            one.epoch().ifPresentOrElse(
                    entry -> table.row(
                            one.log(), entry.stream(), Screen.number(entry.account().in()), Screen.number(entry.account().written()),
                            Screen.bytes(entry.bytes()), one.upTo(), "folded"),
                    () -> table.row(one.log(), CurrentRows.of(one.log()), "-", "-", "-", one.upTo(), "nothing new"));
        }
        if (!done.isEmpty()) {
            table.print(windrow.screen());
        }
    }

    private static Object json(Compacted one) {
        return Json.object(
                "stream", one.log().toString(), "current", CurrentRows.of(one.log()).toString(), "up_to_epoch", one.upTo(),
                "folded", one.epoch().isPresent(), "changes", one.epoch().map(entry -> entry.account().in()), "rows",
                one.epoch().map(entry -> entry.account().written()), "generation", one.epoch().map(entry -> entry.generation()),
                "epoch", one.epoch().map(entry -> entry.epoch()));
    }
}
