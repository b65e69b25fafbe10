package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.demo.DemoDatabase;
import io.windrow.demo.DemoPipeline;
import io.windrow.demo.OrdersWriter;
import io.windrow.demo.TpchData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Shows the whole of it on an embedded database: a run that is killed in the middle, its resumption, the proof. No signature
 * in it names a class of the demo: every command is looked at for the help, and only this one has the demo's jars.
 */
@Command(name = "demo", description = "Start an embedded PostgreSQL, deliver TPC-H, kill the run once, resume, verify. Needs no set-up.")
final class DemoCommand implements Callable<Integer> {
    private static final Pattern ROWS_READ = Pattern.compile("\"rows_read\":[1-9]");

    @ParentCommand Windrow windrow;

    @Option(names = "--scale", paramLabel = "N", defaultValue = "0.1", description = "TPC-H scale: 0.1 (default) is 866,000 rows.")
    double scale;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "windrow-demo", description = "Where pipeline file and data go (windrow-demo).")
    Path folder;

    @Override
    public Integer call() {
        long started = System.nanoTime();
        if (!(scale > 0 && scale <= 100)) {
            throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading --scale: expected a number above 0 and up to 100, not " + scale);
        }
        step("Starting an embedded PostgreSQL 18");
        try (DemoDatabase database = DemoDatabase.start()) {
            step("Loading TPC-H at scale " + scale);
            TpchData.load(database, scale, table -> windrow.screen().note("    " + table));
            TpchData.plantBadRows(database);
            windrow.screen().note("    3 customers that break the contract");
            Path file = DemoPipeline.write(freshFolder(), database.url());
            try (OrdersWriter writer = OrdersWriter.start(database, Duration.ofMillis(20), OrdersWriter.Deletes.NONE, 1)) {
                step("Running " + file + " while a writer changes orders, and killing it (SIGKILL) in the middle");
                killOnce(file, List.of());
                step("Running it again: it goes on from the last commit");
                run(file);
                windrow.screen().note("    meanwhile " + writer.inserted() + " orders were inserted and " + writer.updated() + " updated");
            }
            step("The writer has ended. One more run fetches what it committed last");
            int code = run(file);
            step("Verifying source against target");
            code = Math.max(code, Main.run(windrow.screen(), arguments("verify", file)));
            ledger(file);
            step("Names are tokens, phones are cut, and the bad customers lie in quarantine");
            Main.run(windrow.screen(), arguments("preview", file, "--stream", "public.customer", "--rows", "3"));
            Main.run(windrow.screen(), arguments("quarantine", "show", file));
            Path mirror = DemoPipeline.writeChanges(file.getParent(), database.url());
            step("Mirroring orders into a SQLite file: a copy first");
            run(mirror);
            try (OrdersWriter writer = OrdersWriter.start(database, Duration.ofMillis(10), OrdersWriter.Deletes.SOME, 2)) {
                step("Following the log while a writer inserts, updates and deletes, and killing it (SIGKILL) in the middle");
                killOnce(mirror, List.of("--follow"));
                step("Running it again: it goes on from the last commit");
                run(mirror);
                windrow.screen().note("    meanwhile " + writer.inserted() + " orders were inserted, " + writer.updated() + " updated and "
                        + writer.deleted() + " deleted");
            }
            step("The writer has ended. One more run, and source and mirror are compared");
            run(mirror);
            code = Math.max(code, Main.run(windrow.screen(), arguments("verify", mirror)));
            step("Done in " + Screen.seconds((System.nanoTime() - started) / 1e9));
            windrow.screen().note("    pipeline  " + file + "   (put your own database's URL into it)");
            windrow.screen().note("    changes   " + mirror + ", into mirror.db beside it");
            windrow.screen().note("    files     " + file.resolveSibling("out"));
            return code;
        }
    }

    /** A new folder for each demo: an older one's state belongs to a database that is gone. */
    private Path freshFolder() {
        Path fresh = folder;
        for (int i = 2; java.nio.file.Files.exists(fresh); i++) {
            fresh = folder.resolveSibling(folder.getFileName() + "-" + i);
        }
        return fresh.toAbsolutePath();
    }

    private int run(Path file) {
        return Main.run(windrow.screen(), arguments("run", file));
    }

    private String[] arguments(Object... words) {
        Stream<String> command = Arrays.stream(words).map(Object::toString);
        return (windrow.json ? Stream.concat(Stream.of("--json"), command) : command).toArray(String[]::new);
    }

    private void killOnce(Path file, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            boolean cache = option.startsWith("-XX:AOT") || option.contains("ArchiveClasses") || option.contains("SharedArchive");
            if (!cache && !option.startsWith("-Dwindrow.terminal")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "--json", "run", file.toString()));
        command.addAll(options);
        try {
            Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            boolean killed = false;
            try (BufferedReader out = new BufferedReader(
                    new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                String line = out.readLine();
                while (!killed && line != null) {
                    if (line.contains("\"event\":\"committed\"") || ROWS_READ.matcher(line).find()) {
                        child.toHandle().destroyForcibly();
                        killed = true;
                    } else {
                        line = out.readLine();
                    }
                }
            }
            child.waitFor(1, TimeUnit.MINUTES);
            windrow.screen().note(killed
                    ? "    killed process " + child.pid() + " while it was reading"
                    : "    the run ended before it could be killed (exit code " + child.exitValue() + ")");
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Starting the run that is to be killed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(CliError.INTERRUPTED, "Waiting for the run that is to be killed", e);
        }
    }

    private void ledger(Path file) {
        step("The ledger, newest first");
        Target target = new Target();
        target.file = file;
        Plan plan = target.plan(Registry.load());
        List<LedgerEntry> entries;
        try (StateStore store = Stores.required(plan.spec())) {
            entries = store.ledger(plan.spec().pipeline(), Optional.empty(), 30).stream().map(LedgerEntry::parse).toList();
        }
        if (windrow.json) {
            entries.forEach(entry -> windrow.screen().line(
                    Json.line(Json.object("event", "ledger", "entry", new Json.Raw(entry.toJson())))));
        } else {
            LedgerCommand.print(windrow.screen(), entries);
        }
    }

    private void step(String text) {
        windrow.screen().note(windrow.screen().styled(Screen.Style.STRONG, "==> " + text));
    }
}
