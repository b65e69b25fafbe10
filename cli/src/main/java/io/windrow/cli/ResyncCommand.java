package io.windrow.cli;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.Resync;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Has streams that are followed copied again, by the run that follows them if there is one. */
@Command(
        name = "resync",
        description = "Copy a stream again while it is followed, in a new generation.",
        footer = {"", "The request is kept in the state store. A run that follows the pipeline begins the copy within seconds and goes on "
                + "with the other streams; if there is none, the next run begins it."})
final class ResyncCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 250;

    @ParentCommand Windrow windrow;

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    Path file;

    @Option(names = "--stream", required = true, paramLabel = "NAME", description = "The stream; may be repeated.")
    List<String> streams = new ArrayList<>();

    @Option(names = "--yes", description = "Do it; without, only say what would happen.")
    boolean yes;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = RunCommand.Span.class,
            description = "Wait so long until the copy is through and the target has come to this moment of the source. Exit code 9: it was "
                    + "not by then; the copy goes on.")
    @Nullable Duration wait;

    @Override
    public Integer call() {
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        String pipeline = plan.spec().pipeline();
        Screen screen = windrow.screen();
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext context = ProcessContext.open(pipeline, new Notes(screen));
                Source source = plan.openSource(context)) {
            List<StreamState> chosen = chosen(plan, source.selected(), store.load(pipeline));
            List<Resync> before = store.resyncs(pipeline);
            for (StreamState state : chosen) {
                screen.note(consequence(state));
                before.stream().filter(asked -> asked.stream().equals(state.stream())).forEach(asked -> screen.note(
                        state.stream() + ": was asked for at " + asked.askedAt() + " and is not begun; it is one copy"));
            }
            if (!yes) {
                throw WindrowException.of(CliError.NEEDS_YES, "Asking for a copy of " + pipeline + ": nothing was asked for");
            }
            Optional<Reconciliation> progress = Optional.ofNullable(wait).map(ignored -> source.reconciliation().orElseThrow(
                    () -> WindrowException.of(CliError.NOT_OFFERED, "Waiting for a copy: the source does not say how far a position is;"
                            + " nothing was asked for")));
            for (StreamState state : chosen) {
                store.ask(pipeline, new Resync(state.stream(), Clock.systemUTC().instant()));
            }
            boolean through = wait != null && through(pipeline, store, progress.orElseThrow(), chosen, wait);
            List<String> names = chosen.stream().map(state -> state.stream().toString()).toList();
            if (windrow.json) {
                windrow.print(
                        Json.object(
                                "pipeline", pipeline, "asked", names,
                                "begun", names.stream().filter(name -> !isAsked(name, store.resyncs(pipeline))).toList(),
                                "through", wait == null ? Optional.empty() : Optional.of(through)),
                        ExitCode.OK);
            } else {
                screen.line((through ? "Copied again: " : "Asked for a copy of ") + String.join(", ", names));
            }
            return (wait == null || through ? ExitCode.OK : ExitCode.UNDECIDED).value();
        }
    }

    private static boolean isAsked(String stream, List<Resync> asked) {
        return asked.stream().anyMatch(one -> one.stream().toString().equals(stream));
    }

    private List<StreamState> chosen(Plan plan, Map<StreamName, ReadMode> selected, List<StreamState> known) {
        List<StreamState> chosen = new ArrayList<>();
        for (String name : streams) {
            StreamName stream = plan.stream(name, selected);
            if (selected.get(stream) != ReadMode.CDC) {
                throw WindrowException.of(
                        CliError.NOT_FOLLOWED, "Asking for a copy of " + stream + ": its mode is "
                                + selected.get(stream).name().toLowerCase(java.util.Locale.ROOT) + ", not cdc");
            }
            StreamState state = KnownStreams.state(stream.toString(), known);
            if (!chosen.contains(state)) {
                chosen.add(state);
            }
        }
        return chosen;
    }

    private static String consequence(StreamState state) {
        boolean appended = state.pending().or(state::committed).map(epoch -> epoch.mode() == WriteMode.APPEND).orElse(true);
        return state.stream() + " is copied again in a new generation, beside its log; " + (appended
                ? "in append mode every row that it reads again is delivered twice, in files beside the older generation"
                : "its table at the target is emptied with the first epoch of the copy and filled by those that follow");
    }

    /** Waits until a new generation of each stream is begun, its copy is through, and what the source shows after that is committed. */
    private boolean through(String pipeline, StateStore store, Reconciliation reconciliation, List<StreamState> chosen, Duration patience) {
        long giveUp = System.nanoTime() + patience.toNanos();
        Map<StreamName, StreamEpoch> shown = new HashMap<>();
        List<StreamState> left = new ArrayList<>(chosen);
        CountDownLatch never = new CountDownLatch(1);
        try (reconciliation) {
            reconciliation.begin();
            while (true) {
                left.removeIf(before -> isThrough(before, pipeline, store, reconciliation, shown));
                if (left.isEmpty() || System.nanoTime() - giveUp > 0) {
                    return left.isEmpty();
                }
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(CliError.INTERRUPTED, "Waiting for the copy: interrupted; it goes on", e);
        }
    }

    private boolean isThrough(
            StreamState before, String pipeline, StateStore store, Reconciliation source, Map<StreamName, StreamEpoch> shown) {
        StreamName stream = before.stream();
        Optional<StreamEpoch> copying = store.load(pipeline, stream)
                .flatMap(StreamState::committed)
                .filter(epoch -> epoch.generation() > before.generation());
        copying.filter(epoch -> !epoch.equals(shown.put(stream, epoch))).ifPresent(epoch -> windrow.screen().note(
                stream + ": generation " + epoch.generation() + ", epoch " + epoch.epoch() + ", "
                        + Screen.rows(epoch.ledger().account().written())));
        return copying.filter(epoch -> source.holds(stream, epoch.planner(), places(epoch, pipeline, store)).orElse(true)).isPresent();
    }

    /** Where the stream stands: as of its last epoch, or further where nothing happened to it since. */
    private static List<Position> places(StreamEpoch epoch, String pipeline, StateStore store) {
        return Stream.concat(
                        epoch.openSplits().values().stream().map(OpenSplit::position).flatMap(Optional::stream),
                        store.released(pipeline).stream()
                                .flatMap(release -> release.of(epoch.stream(), epoch.generation()).stream()))
                .toList();
    }
}
