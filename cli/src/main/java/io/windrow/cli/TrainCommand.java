package io.windrow.cli;

import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.RunResult;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.runner.local.Job;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.Pace;
import io.windrow.runner.local.RunOptions;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.jar.JarFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Does what most starts do, without a network, so that the launcher can record the classes for a start-up cache. What
 * only a server would make it load, it loads by name.
 */
@Command(name = "train", hidden = true, description = "Load what a start loads; used by the launcher.")
final class TrainCommand implements Callable<Integer> {
    private static final String URL = "postgresql://nobody@localhost:1/x";
    private static final List<String> OURS = List.of(
            "windrow-api", "windrow-core", "windrow-runner-local", "windrow-connector", "windrow-cli");
    /** Parts of the driver that no start of ours comes to. */
    private static final List<String> NEVER = List.of(
            "osgi", "translation", "/xa/", "/ds/", "/largeobject/", "/replication/", "/fastpath/", "/shaded/", "/sspi/",
            "/ssl/", "/gss/", "/geometric/", "GSS", "SSPI");

    /** What stands on a signed jar: once in the cache, each start would open that jar and check its signatures. */
    static final String ON_SIGNED_JAR = "FormatPreserving";

    @ParentCommand Windrow windrow;

    @Option(names = "--run", hidden = true, description = "Do what a run does, too.")
    boolean run;

    @Option(names = "--natives", hidden = true, paramLabel = "DIR", description = "Unpack native libraries there.")
    Path natives;

    @Override
    public Integer call() throws IOException {
        if (natives != null) {
            NativeLibraries.unpack(natives);
            return ExitCode.OK.value();
        }
        Screen nowhere = new Screen(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                windrow.screen().terminal(),
                windrow.screen().color(),
                windrow.screen().width());
        Main.run(nowhere, "connectors");
        Main.run(nowhere, "connectors", "--json");
        if (run) {
            try (ProcessContext context = ProcessContext.open("train", new Notes(nowhere))) {
                Path folder = context.temporaryFolder();
                String file = folder.resolve("out").toString();
                // Ends with an error, since nobody listens there, after everything up to the connection has been loaded.
                Main.run(nowhere, "run", "--from", URL, "--stream", "public.t", "--to", file);
                tenRows(context, nowhere, folder);
            }
            load();
        }
        return ExitCode.OK.value();
    }

    private void tenRows(ProcessContext context, Screen nowhere, Path folder) {
        Registry registry = Registry.load();
        QuickPipeline quick = new QuickPipeline(URL, List.of("public.t"), "snapshot", null, "rows", null);
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).parse(quick.text(folder), "training", folder));
        plan.openSource(context).close();
        Job job = new Job(
                plan.spec().pipeline(),
                TrainingRows::new,
                plan::openSink,
                source -> List.of(new PlannedStream(TrainingRows.STREAM, ReadMode.SNAPSHOT, WriteMode.REPLACE)),
                plan.steps(),
                plan.schemas(),
                Pace.of(plan.spec().run()),
                plan.hashKey());
        try (StateStore store = Stores.open(plan.spec())) {
            RunResult result =
                    new LocalRunner(store, context, RunView.of(new Windrow(nowhere), folder)).run(job, RunOptions.NONE);
            RunReport.print(nowhere, result, folder);
            result.error().or(() -> result.streams().stream().flatMap(s -> s.error().stream()).findFirst())
                    .ifPresent(error -> Failure.print(windrow.screen(), error, windrow.detail()));
        }
    }

    /** Loads our classes and initialises them, and loads and links the driver's. */
    private void load() throws IOException {
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            String jar = Path.of(entry).getFileName().toString();
            if (OURS.stream().anyMatch(jar::startsWith)) {
                load(entry, Depth.INITIALISED);
            } else if (jar.startsWith("postgresql-")) {
                load(entry, Depth.LINKED);
            }
        }
    }

    private enum Depth {
        INITIALISED,
        LINKED
    }

    private void load(String jar, Depth depth) throws IOException {
        if (!jar.endsWith(".jar")) {
            return;
        }
        try (JarFile file = new JarFile(jar)) {
            file.stream().map(java.util.zip.ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF") && !name.endsWith("-info.class"))
                    .filter(name -> NEVER.stream().noneMatch(name::contains) && !name.contains(ON_SIGNED_JAR))
                    .forEach(name -> loadClass(name.substring(0, name.length() - ".class".length()).replace('/', '.'), depth));
        }
    }

    private void loadClass(String name, Depth depth) {
        try {
            // Asking for the methods is what links a class without initialising it.
            Class.forName(name, depth == Depth.INITIALISED, TrainCommand.class.getClassLoader()).getDeclaredMethods();
        } catch (ClassNotFoundException | LinkageError e) {
            windrow.screen().note("windrow train: " + name + " is left out: " + e);
        }
    }
}
