package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.replay.Difference;
import io.windrow.core.replay.Reextraction;
import io.windrow.core.replay.Refusal;
import io.windrow.core.replay.ReplayParts;
import io.windrow.core.replay.Staging;
import io.windrow.core.replay.WindowText;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.runner.local.WindowReplay;
import io.windrow.runner.local.WindowReplay.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Reads a window again and shows, or delivers, what is otherwise than it was delivered. */
@Command(
        name = "replay",
        description = "Read a window of the source again and show how it differs from what was delivered of it; with --apply, "
                + "deliver the difference.",
        sortOptions = false,
        // Spelled out, since picocli would sort --into by the rules of the user's language.
        customSynopsis = {
            "windrow replay [--from=BOUND] [--to=BOUND] [--by=COLUMN] [--stream=NAME]...",
            "                      [--into=DIR] [--apply] [--debug] [--json] FILE"
        },
        footer = {"", "A bound is a value of the stream's cursor (else of its event time, else of the first column of its key), "
                + "or of the column that --by names; or epoch:N for the rows that an epoch delivered; or position:JSON for a "
                + "saved position or planner state.",
            "Without --apply nothing is changed. With it, window and target are alike afterwards, whatever happens in between."})
final class ReplayCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    Path file;

    @Option(names = "--from", paramLabel = "BOUND", description = "Where the window begins; it is in the window. Without it: at the lowest value.")
    @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "BOUND",
            description = "Where the window ends: up to but without this value, up to and with this epoch. Without it: with the highest value.")
    @Nullable String to;

    @Option(names = "--by", paramLabel = "COLUMN", description = "The column by which the window is cut: whole numbers, decimals, dates or timestamps.")
    @Nullable String by;

    @Option(names = "--stream", paramLabel = "NAME", description = "Only this stream; may be repeated. Without it: all.")
    List<String> streams = new ArrayList<>();

    @Option(
            names = "--into",
            paramLabel = "DIR",
            description = "Keep the rows that were read again in this folder, as they would be delivered, in Arrow files.")
    @Nullable Path into;

    @Option(names = "--apply", description = "Deliver the difference as a new generation.")
    boolean apply;

    @Override
    public Integer call() {
        Verification.hushReader();
        WindowText window = WindowText.parse(Optional.ofNullable(from), Optional.ofNullable(to), Optional.ofNullable(by));
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        List<Applied> results = new ArrayList<>();
        FailedStreams failed = new FailedStreams();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                StateStore store = Stores.required(plan.spec())) {
            Staging staging = into == null ? new Staging.Passing(context.temporaryFolder()) : new Staging.Kept(folder(into));
            List<StreamState> states = store.load(plan.spec().pipeline());
            List<PlannedStream> tasks = tasks(plan, context, states);
            for (PlannedStream task : tasks) {
                try {
                    results.add(apply
                            ? new WindowReplay(store, context, event -> {}, plan).apply(task, window, staging)
                            : new Applied(compare(plan, context, store, task, states, window, staging), Optional.empty()));
                } catch (RuntimeException e) {
                    if (tasks.size() == 1) {
                        throw e;
                    }
                    failed.add(task.stream(), e);
                }
            }
        }
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", plan.spec().pipeline(), "applied", apply, "streams",
                            results.stream().map(ReplayCommand::json).toList(), "failed", failed.json()),
                    failed.worst());
        }
        if (!results.isEmpty()) {
            print(results, failed);
        }
        failed.print(windrow);
        return failed.worst().value();
    }

    private static Path folder(Path wanted) {
        try {
            return Files.createDirectories(wanted);
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Making the folder of --into: " + e.getMessage(), e)
                    .at(wanted.toString());
        }
    }

    /** The streams that the command is about; one that the pipeline does not read any more cannot be read again. */
    private List<PlannedStream> tasks(Plan plan, ProcessContext context, List<StreamState> states) {
        Map<StreamName, ReadMode> selected;
        try (Source source = plan.openSource(context)) {
            selected = source.selected();
        }
        List<PlannedStream> all = plan.streams(selected);
        if (streams.isEmpty()) {
            return all;
        }
        Set<StreamName> wanted = streams.stream()
                .map(name -> plan.stream(KnownStreams.find(name, states).toString(), selected))
                .collect(Collectors.toSet());
        return all.stream().filter(task -> wanted.contains(task.stream())).toList();
    }

    /** Takes no lease and changes nothing. */
    private static Difference compare(
            Plan plan, ProcessContext context, StateStore store, PlannedStream task, List<StreamState> states,
            WindowText window, Staging staging) {
        HashKey key = plan.hashKey().or(() -> store.hashKey(plan.spec().pipeline())).orElseGet(HashKey::random);
        StreamState state = KnownStreams.state(task.stream().toString(), states);
        try (Source source = plan.openSource(context);
                Sink sink = plan.openSink(context.decrypting(plan, store));
                Reextraction again = Reextraction.open(
                        new ReplayParts(plan, source, sink, store, key, context.allocator(), staging), task, state, window)) {
            return again.compare();
        }
    }

    private void print(List<Applied> results, FailedStreams failed) {
        Screen screen = windrow.screen();
        Table table = Table.of(
                "stream", ">source", ">delivered", ">equal", ">added", ">changed", ">missing", ">left", "hash sums");
        for (Applied result : results) {
            Difference d = result.difference();
            table.row(
                    d.stream(), Screen.number(d.sourceRows()), Screen.number(d.deliveredRows()), Screen.number(d.equal()),
                    Screen.number(d.added()), Screen.number(d.changed()), Screen.number(d.missing()), Screen.number(d.left()),
                    d.sourceHash().equals(d.deliveredHash()) ? "equal, " + d.sourceHash() : d.sourceHash() + " / " + d.deliveredHash());
        }
        table.print(screen);
        for (Applied result : results) {
            Difference d = result.difference();
            screen.line("  " + d.stream() + "  window " + CellText.shown(d.window(), 200));
            d.examples().forEach(example -> screen.line("  " + d.stream() + "  " + CellText.shown(example, 200)));
            notes(d).forEach(note -> screen.line("  " + d.stream() + "  " + note));
            result.epoch().ifPresent(epoch -> screen.line("  " + d.stream() + "  " + delivered(epoch)));
        }
        screen.line("");
        screen.line(failed.isEmpty() ? ending(results) : "Of the other streams the errors say what hindered them");
    }

    private static List<String> notes(Difference d) {
        List<String> notes = new ArrayList<>();
        d.refusal().ifPresent(refusal -> notes.add(refusal.why() + "; --apply refuses this: " + refusal.error().code()));
        if (d.setAside() > 0) {
            notes.add(Screen.rows(d.setAside()) + " of the window do not pass the contract and are not delivered");
        }
        if (d.repeated() > 0) {
            notes.add(Screen.rows(d.repeated()) + " repeat a delivered one");
        }
        if (d.earlierVersions() > 0) {
            notes.add(Screen.rows(d.earlierVersions()) + " at the target are earlier versions");
        }
        if (d.ambiguous() > 0) {
            notes.add(Screen.number(d.ambiguous()) + " keys are not unique at the source");
        }
        return notes;
    }

    private static String delivered(LedgerEntry epoch) {
        long aside = epoch.account().quarantined();
        return "delivered as generation " + epoch.generation() + ", epoch " + epoch.epoch()
                + (aside == 0 ? "" : ", with " + Screen.rows(aside) + " set aside")
                + epoch.replay()
                        .filter(replay -> !replay.replaces().isEmpty())
                        .map(replay -> ", in the place of epochs " + replay.replaces())
                        .orElse("");
    }

    private String ending(List<Applied> results) {
        boolean same = results.stream()
                .map(Applied::difference)
                .allMatch(difference -> difference.isEmpty() && difference.ambiguous() == 0);
        if (same) {
            return windrow.screen().styled(Screen.Style.GOOD, "alike") + ": the window is delivered as the source has it";
        }
        if (results.stream().anyMatch(result -> result.difference().refusal().isPresent())) {
            return windrow.screen().styled(Screen.Style.WARN, "different") + ": nothing was changed, and --apply would refuse to";
        }
        return apply
                ? windrow.screen().styled(Screen.Style.GOOD, "applied") + ": the window is delivered as the source has it now"
                : windrow.screen().styled(Screen.Style.WARN, "different") + ": nothing was changed; --apply delivers the difference";
    }

    private static Object json(Applied result) {
        Difference d = result.difference();
        return Json.object(
                "stream", d.stream().toString(), "window", d.window(), "source_rows", d.sourceRows(), "delivered_rows",
                d.deliveredRows(), "source_hash", d.sourceHash().toString(), "delivered_hash", d.deliveredHash().toString(), "equal",
                d.equal(), "added", d.added(), "changed", d.changed(), "missing", d.missing(), "left", d.left(), "repeated",
                d.repeated(), "earlier_versions", d.earlierVersions(), "set_aside", d.setAside(), "newly_set_aside",
                result.epoch().map(epoch -> epoch.account().quarantined()), "ambiguous", d.ambiguous(), "refused",
                d.refusal().map(refusal -> refusal.error().code()), "why", d.refusal().map(Refusal::why), "examples",
                d.examples(), "generation", result.epoch().map(LedgerEntry::generation), "epoch", result.epoch().map(LedgerEntry::epoch), "replaces",
                result.epoch().flatMap(LedgerEntry::replay).map(replay -> replay.replaces()));
    }
}
