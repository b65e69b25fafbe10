package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.Repair;
import io.windrow.core.checkpoint.Resync;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows and edits what a pipeline remembers. */
@Command(name = "state", description = "Show or edit what a pipeline remembers.", synopsisSubcommandLabel = "(show | set | reset)")
final class StateCommand implements Runnable {
    @ParentCommand Windrow windrow;

    @picocli.CommandLine.Spec picocli.CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "Missing command: show, set or reset");
    }

    @Command(name = "show", description = "Show generation, epoch and position of every stream.")
    int show(@Parameters(paramLabel = "FILE", description = "The pipeline file.") Path file) {
        Plan plan = plan(file);
        List<StreamState> states;
        Set<StreamName> owed;
        List<Resync> asked;
        List<Repair> repairs;
        try (StateStore store = Stores.required(plan.spec())) {
            states = store.load(plan.spec().pipeline());
            owed = store.run(plan.spec().pipeline()).map(run -> run.owedAt(states).keySet()).orElse(Set.of());
            asked = store.resyncs(plan.spec().pipeline());
            repairs = store.repairs(plan.spec().pipeline());
        }
        if (windrow.json) {
            return windrow.print(
                    Json.object(
                            "pipeline", plan.spec().pipeline(),
                            "streams", states.stream().map(state -> json(state, owed, asked, repairs)).toList()),
                    ExitCode.OK);
        }
        Table table = Table.of("stream", ">gen", ">epoch", "status", "complete", ">open splits", "planner state");
        for (StreamState state : states) {
            Optional<StreamEpoch> latest = state.pending().or(state::committed);
            table.row(
                    state.stream(),
                    state.generation(),
                    state.lastEpoch(),
                    latest.map(e -> e.status().name().toLowerCase(java.util.Locale.ROOT)).orElse("-"),
                    latest.map(e -> e.completesGeneration() ? "yes" : "no").orElse("-"),
                    state.base().map(b -> b.openSplits().size()).orElse(0),
                    CellText.shown(state.base().map(b -> b.planner().text()).orElse("-"), 100));
        }
        table.print(windrow.screen(), "open splits");
        asked.forEach(one -> windrow.screen().note(
                one.stream() + ": a copy was asked for at " + one.askedAt() + " and is not begun"));
        repairs.forEach(one -> windrow.screen().note(one.stream() + ": rows of " + one.keys().size()
                + (one.keys().size() == 1 ? " key" : " keys") + " were asked for at " + one.askedAt() + " and are not read again"));
        owed.forEach(stream -> windrow.screen().note(
                stream + ": a full refresh was asked for; the next run that reads the stream begins it at its start"));
        return ExitCode.OK.value();
    }

    @Command(name = "reset", description = "Make the next run read a stream from the start, in a new generation.")
    int reset(
            @Parameters(paramLabel = "FILE", description = "The pipeline file.") Path file,
            @Option(names = "--stream", paramLabel = "NAME", description = "Only this stream; may be repeated.")
                    @Nullable List<String> streams,
            @Option(names = "--yes", description = "Do it; without, only say what would happen.") boolean yes) {
        return open(plan(file), streams == null ? List.of() : streams, Optional.empty(), yes);
    }

    @Command(name = "set", description = "Make the next run read a stream from a given planner state, in a new generation.")
    int set(
            @Parameters(paramLabel = "FILE", description = "The pipeline file.") Path file,
            @Option(names = "--stream", required = true, paramLabel = "NAME", description = "The stream.") String stream,
            @Option(
                            names = "--planner",
                            required = true,
                            paramLabel = "JSON",
                            description = "The planner state, in the form that `state show --json` prints.")
                    String planner,
            @Option(names = "--planner-version", defaultValue = "1", paramLabel = "N", description = "Its layout's version (1).")
                    int version,
            @Option(names = "--yes", description = "Do it; without, only say what would happen.") boolean yes) {
        Progress start = new Progress(new PlannerState(version, planner), Map.of());
        Plan plan = plan(file);
        return open(plan, List.of(), Optional.of(new Rewind(tried(plan, stream, start.planner()), start)), yes);
    }

    /** A place to read on from. The store need not know the stream: its state may come from another store. */
    private record Rewind(StreamName stream, Progress start) {
        StreamState state(List<StreamState> known) {
            return known.stream()
                    .filter(state -> state.stream().equals(stream))
                    .findFirst()
                    .orElseGet(() -> new StreamState(stream, 0, 0, Optional.empty(), Optional.empty(), Optional.empty()));
        }
    }

    /** Lets the source plan from the state, so that a wrong one is refused now and not by the next run. Reads no row. */
    private StreamName tried(Plan plan, String name, PlannerState state) {
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context)) {
            Map<StreamName, ReadMode> selected = source.selected();
            StreamName stream = plan.stream(name, selected);
            StreamRequest request = new StreamRequest(stream, selected.get(stream), 1, Optional.of(state));
            try (SplitPlanner planner = source.plan(List.of(request))) {
                WindrowException refusal = planner.refusals().get(stream);
                if (refusal != null) {
                    throw refusal;
                }
            }
            return stream;
        }
    }

    private int open(Plan plan, List<String> names, Optional<Rewind> rewind, boolean yes) {
        Optional<Progress> start = rewind.map(Rewind::start);
        Screen screen = windrow.screen();
        String pipeline = plan.spec().pipeline();
        try (StateStore store = Stores.required(plan.spec())) {
            List<StreamState> known = store.load(pipeline);
            List<StreamState> chosen = new ArrayList<>();
            names.forEach(name -> chosen.add(KnownStreams.state(name, known)));
            rewind.ifPresent(place -> chosen.add(place.state(known)));
            if (chosen.isEmpty()) {
                chosen.addAll(known);
            }
            Map<StreamName, Reached> reached = reached(plan, chosen);
            for (StreamState state : chosen) {
                screen.note(consequence(state, reached.get(state.stream()), start));
            }
            if (!yes) {
                throw WindrowException.of(CliError.NEEDS_YES, "Changing the state of " + pipeline + ": nothing was changed");
            }
            Lease lease = store.acquire(pipeline, "windrow state, process " + ProcessHandle.current().pid(), Duration.ofMinutes(1));
            try {
                for (StreamState state : chosen) {
                    Reached highest = reached.get(state.stream());
                    store.open(
                            lease, new GenerationStart(state.stream(), highest.generation() + 1, highest.epoch(), start));
                }
            } finally {
                store.release(lease);
            }
            List<String> opened = chosen.stream().map(state -> state.stream().toString()).toList();
            if (windrow.json) {
                return windrow.print(Json.object("pipeline", pipeline, "opened", opened), ExitCode.OK);
            }
            screen.line("New generation for " + String.join(", ", opened));
            return ExitCode.OK.value();
        }
    }

    /** The highest numbers of a stream that the store or the target knows. */
    private record Reached(long generation, long epoch) {
        Reached with(long otherGeneration, long otherEpoch) {
            return new Reached(Math.max(generation, otherGeneration), Math.max(epoch, otherEpoch));
        }
    }

    /** Numbers are never reused, so the target is asked as well as the store (I4); it may be ahead of a store that was restored. */
    private Map<StreamName, Reached> reached(Plan plan, List<StreamState> chosen) {
        Map<StreamName, Reached> all = new TreeMap<>();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Sink sink = plan.openSink(context);
                Committer committer = sink.committer()) {
            for (StreamState state : chosen) {
                Reached reached = new Reached(state.generation(), state.lastEpoch());
                Optional<CommitIdentity> last = committer.lastCommitted(state.stream());
                Optional<Committer.Unfinished> part = committer.unfinished(state.stream());
                if (last.isPresent()) {
                    reached = reached.with(last.get().generation(), last.get().epoch());
                }
                if (part.isPresent()) {
                    reached = reached.with(part.get().generation(), part.get().epoch());
                }
                all.put(state.stream(), reached);
            }
        }
        return all;
    }

    private static String consequence(StreamState state, Reached reached, Optional<Progress> start) {
        boolean append = state.pending()
                .or(state::committed)
                .map(epoch -> epoch.mode() == io.windrow.api.sink.WriteMode.APPEND)
                .orElse(true);
        String what = start.isEmpty() ? "is read from the start" : "is read from the given state";
        String ahead = reached.epoch() > state.lastEpoch()
                ? "; the target is at epoch " + reached.epoch() + ", ahead of the store's " + state.lastEpoch()
                : "";
        return state.stream() + " " + what + " in a new generation" + ahead + "; "
                + (append
                        ? "in append mode every row that it reads again is delivered twice"
                        : "in replace mode the new generation takes the place of the old one when it is complete");
    }

    private static Plan plan(Path file) {
        Registry registry = Registry.load();
        return new Planner(registry).plan(PipelineFiles.of(registry).read(file));
    }

    private static Map<String, Object> json(StreamState state, Set<StreamName> owed, List<Resync> asked, List<Repair> repairs) {
        Optional<StreamEpoch> latest = state.pending().or(state::committed);
        return Json.object(
                "stream", state.stream().toString(),
                "generation", state.generation(),
                "last_epoch", state.lastEpoch(),
                "status", latest.map(StreamEpoch::status),
                "complete", latest.map(StreamEpoch::completesGeneration),
                "planner", state.base().map(base -> base.planner().text()),
                "planner_version", state.base().map(base -> base.planner().version()),
                "open_splits", state.base().map(base -> base.openSplits().size()),
                "refresh_owed", owed.contains(state.stream()),
                "resync_asked",
                asked.stream().filter(one -> one.stream().equals(state.stream())).map(one -> one.askedAt().toString()).findFirst(),
                "repair_keys",
                repairs.stream().filter(one -> one.stream().equals(state.stream())).mapToInt(one -> one.keys().size()).sum());
    }
}
