package io.windrow.cli;

import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.spec.SpecReference;
import io.windrow.core.spec.SpecSchema;
import io.windrow.core.plan.Planner;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Does what most starts do, without a network, so that the launcher can record the classes for its start-up cache. */
@Command(name = "train", hidden = true, description = "Load what a start loads; used by the launcher.")
final class TrainCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Override
    public Integer call() {
        Screen nowhere = new Screen(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                windrow.screen().terminal(),
                windrow.screen().color(),
                windrow.screen().width());
        Main.run(nowhere, "connectors");
        Main.run(nowhere, "connectors", "--json");
        Main.run(nowhere, "--help");
        Registry registry = Registry.load();
        SpecSchema.write(registry);
        SpecReference.pipeline(registry);
        try (ProcessContext context = ProcessContext.open("train", new Notes(nowhere))) {
            Path folder = context.temporaryFolder();
            QuickPipeline quick = new QuickPipeline(
                    "postgresql://nobody@localhost:1/x", List.of("public.t"), "snapshot", null, "out", null);
            Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).parse(quick.text(folder), "training", folder));
            try (StateStore store = Stores.open(plan.spec())) {
                store.load(plan.spec().pipeline());
            }
            plan.openSink(context).close();
            plan.openSource(context).close();
        }
        return ExitCode.OK.value();
    }
}
