package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.api.sink.Sink;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.plan.Admission;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Says what a run would do. */
@Command(name = "plan", description = "Say what a run would do, with guarantee and assumptions. Reads no rows, changes nothing.")
final class PlanCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Override
    public Integer call() {
        Screen screen = windrow.screen();
        Plan plan = target.plan(Registry.load());
        ReadStarts starts = ReadStarts.of(plan);
        Map<StreamName, StreamState> states = starts.states();
        List<PlannedStream> streams;
        Map<StreamName, StreamPlan> plans;
        Map<StreamName, WindrowException> refusals;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(screen));
                Source source = plan.openSource(context);
                Sink sink = plan.openSink(context)) {
            Map<StreamName, ReadMode> selected = source.selected();
            java.util.Set<StreamName> chosen = target.chosen(plan, selected).keySet();
            streams = plan.streams(selected).stream()
                    .filter(stream -> chosen.contains(stream.stream()))
                    .toList();
            try (SplitPlanner planner = source.plan(streams.stream().map(starts::request).toList())) {
                plans = Map.copyOf(planner.plans());
                refusals = new HashMap<>(planner.refusals());
                Map<StreamName, List<String>> placed = new HashMap<>();
                plans.keySet().forEach(stream -> placed.put(stream, sink.placedBy(stream)));
                Admission admission = Admission.of(
                        plan.steps().keepingChanges(streams), plan.schemas().gate(starts.accepted()), planner,
                        how -> starts.text(streams, planner, how));
                refusals.putAll(admission.refusals());
                admission.check(source, placed);
                plans = admission.plans();
                for (PlannedStream stream : streams) {
                    StreamPlan how = plans.get(stream.stream());
                    changedMask(plan, stream, sink, how, states.get(stream.stream()))
                            .or(() -> unfit(stream, how, admission))
                            .ifPresent(error -> refusals.put(stream.stream(), error));
                }
            }
        }
        ExitCode code = refusals.isEmpty()
                ? ExitCode.OK
                : ExitCode.of(refusals.values().iterator().next().kind());
        if (windrow.json) {
            return windrow.print(json(plan, streams, plans, refusals, states), code);
        }
        print(screen, plan, streams, plans, refusals, states);
        return code.value();
    }

    /** Whether what stands at the target follows another mask than what the next run is going to deliver in its place. */
    private static boolean isMaskedOtherwise(Plan plan, StreamPlan how, @Nullable StreamState state) {
        return state != null
                && state.committed()
                        .filter(epoch -> !MaskTransform.isSame(epoch.ledger().policies(), plan.steps().policies(how.schema())))
                        .isPresent();
    }

    /** Why a stream cannot be written as the file says. */
    private static Optional<WindrowException> unfit(PlannedStream stream, @Nullable StreamPlan how, Admission admission) {
        try {
            if (how != null) {
                stream.check(how.schema(), admission.steps());
            }
            return Optional.empty();
        } catch (WindrowException e) {
            return Optional.of(e);
        }
    }

    /** Why a stream cannot go on under the mask that the file asks for now. */
    private static Optional<WindrowException> changedMask(
            Plan plan, PlannedStream stream, Sink sink, @Nullable StreamPlan how, @Nullable StreamState state) {
        try {
            if (how != null && state != null) {
                stream.checkMask(state, how, plan.steps().policies(how.schema()), sink.purging(stream.stream()));
            }
            return Optional.empty();
        } catch (WindrowException e) {
            return Optional.of(e);
        }
    }

    private static void print(
            Screen screen,
            Plan plan,
            List<PlannedStream> streams,
            Map<StreamName, StreamPlan> plans,
            Map<StreamName, WindrowException> refusals,
            Map<StreamName, StreamState> states) {
        screen.line(screen.styled(Screen.Style.STRONG, plan.spec().pipeline()) + ": " + plan.spec().source().connector()
                + " to " + plan.spec().sink().connector() + ", " + word(plan.guarantee().level()));
        screen.line(plan.guarantee().statement());
        plan.guarantee().assumptions().forEach(text -> screen.line("  assumes: " + text));
        screen.line("");
        Table table = Table.of("stream", "read", "write", "guarantee", ">rows", ">size", "from");
        for (PlannedStream stream : streams) {
            StreamPlan how = plans.get(stream.stream());
            table.row(
                    stream.stream(),
                    word(stream.read()),
                    word(stream.write()),
                    how == null ? "refused" : how.guarantee().name(),
                    how == null || how.estimatedRows() < 0 ? "?" : "~" + Screen.number(how.estimatedRows()),
                    how == null || how.estimatedBytes() < 0 ? "?" : "~" + Screen.bytes(how.estimatedBytes()),
                    from(how, states.get(stream.stream())));
        }
        table.print(screen, "size", "guarantee");
        for (PlannedStream stream : streams) {
            StreamPlan how = plans.get(stream.stream());
            if (how == null) {
                continue;
            }
            List<String> facts = new ArrayList<>();
            if (!plan.steps().hidden(how.schema()).isEmpty()) {
                facts.add("  masks: " + String.join(", ", plan.steps().hidden(how.schema())));
            }
            if (isMaskedOtherwise(plan, how, states.get(stream.stream()))) {
                facts.add("  delivered so far under another mask: a run delivers all anew, as a new generation; then");
                facts.add("    windrow dispose --former-masks --apply FILE");
                facts.add("  deletes what the older generations hold");
            }
            plan.steps().output(how.schema()).namesAlikeButForCase().forEach(names -> facts.add(
                    "  differ only in case, and are one to readers such as Spark: " + String.join(", ", names)));
            plan.steps().watermarks().flatMap(step -> step.windows(how.schema())).ifPresent(by ->
                    facts.add("  event time: " + WindowsView.text(by)));
            plan.steps().unheard(stream).ifPresent(text -> facts.add("  does not see: " + text));
            if (!facts.isEmpty()) {
                screen.line("");
                screen.line(screen.styled(Screen.Style.STRONG, stream.stream().toString()));
                facts.forEach(screen::line);
            }
        }
        Map<Guarantee, List<String>> alike = new LinkedHashMap<>();
        for (PlannedStream stream : streams) {
            StreamPlan how = plans.get(stream.stream());
            if (how != null) {
                alike.computeIfAbsent(how.guarantee(), guarantee -> new ArrayList<>()).add(stream.stream().toString());
            }
        }
        alike.forEach((guarantee, names) -> {
            screen.line("");
            screen.line(screen.styled(Screen.Style.STRONG, String.join(", ", names)));
            screen.line("  " + guarantee.name() + ": " + guarantee.statement());
            guarantee.assumptions().forEach(text -> screen.line("  assumes: " + text));
            guarantee.unseen().forEach(text -> screen.line("  does not see: " + text));
        });
        refusals.forEach((stream, error) -> {
            screen.line("");
            Failure.print(screen, error, Failure.Detail.BRIEF);
        });
    }

    private static String from(@Nullable StreamPlan how, @Nullable StreamState state) {
        if (how != null && how.restart().isPresent()) {
            return "the start, in a new generation (" + how.restart().get() + ")";
        }
        return state == null || state.base().isEmpty() ? "the start" : "epoch " + state.lastEpoch();
    }

    private static Map<String, Object> json(
            Plan plan,
            List<PlannedStream> streams,
            Map<StreamName, StreamPlan> plans,
            Map<StreamName, WindrowException> refusals,
            Map<StreamName, StreamState> states) {
        List<Object> list = new ArrayList<>();
        for (PlannedStream stream : streams) {
            StreamPlan how = plans.get(stream.stream());
            WindrowException refusal = refusals.get(stream.stream());
            list.add(Json.object(
                    "stream", stream.stream().toString(),
                    "read", stream.read(),
                    "write", stream.write(),
                    "guarantee", how == null ? null : RunReport.guarantee(how.guarantee()),
                    "masks", how == null ? null : List.copyOf(plan.steps().hidden(how.schema())),
                    "names_alike", how == null ? null : plan.steps().output(how.schema()).namesAlikeButForCase(),
                    "masked_otherwise", how == null ? null : isMaskedOtherwise(plan, how, states.get(stream.stream())),
                    "event_field", how == null ? null : plan.steps().watermarks()
                            .flatMap(step -> step.windows(how.schema()))
                            .map(EventWindows::column),
                    "does_not_see", how == null ? null : plan.steps().unheard(stream),
                    "estimated_rows", how == null ? null : Json.known(how.estimatedRows()),
                    "estimated_bytes", how == null ? null : Json.known(how.estimatedBytes()),
                    "restart", how == null ? null : how.restart().orElse(null),
                    "from", from(how, states.get(stream.stream())),
                    "error", refusal == null ? null : Failure.json(refusal)));
        }
        return Json.object(
                "pipeline", plan.spec().pipeline(),
                "source", plan.spec().source().connector(),
                "sink", plan.spec().sink().connector(),
                "level", plan.guarantee().level(),
                "statement", plan.guarantee().statement(),
                "assumptions", plan.guarantee().assumptions(),
                "streams", list);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
