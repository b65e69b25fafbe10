package io.windrow.cli;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Connects to both ends and tests what a run needs. */
@Command(name = "check", description = "Connect to source and target and test what a run needs. Leaves no trace.")
final class CheckCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Override
    public Integer call() {
        Screen screen = windrow.screen();
        Plan plan = target.plan(Registry.load());
        List<Object> json = new ArrayList<>();
        boolean failed = false;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(screen));
                Source source = plan.openSource(context);
                Sink sink = plan.openSink(context)) {
            for (Map.Entry<String, List<CheckResult>> end : List.of(
                    Map.entry("source", chosen(plan, source, source.check())), Map.entry("sink", sink.check()))) {
                for (CheckResult result : end.getValue()) {
                    failed |= result.outcome() == CheckResult.Outcome.FAILED;
                    json.add(Json.object(
                            "side", end.getKey(), "name", result.name(), "stream",
                            result.stream().map(StreamName::toString), "outcome", result.outcome(), "detail",
                            result.detail(), "remedy", result.remedy()));
                    if (!windrow.json) {
                        print(screen, end.getKey(), result);
                    }
                }
            }
        }
        ExitCode code = failed ? ExitCode.CHECK_FAILED : ExitCode.OK;
        return windrow.json ? windrow.print(Json.object("checks", json, "ok", !failed), code) : code.value();
    }

    /** What matters to the streams that were asked for; without a connection nobody knows which there are. */
    private List<CheckResult> chosen(Plan plan, Source source, List<CheckResult> results) {
        boolean connected = results.stream()
                .noneMatch(result -> result.outcome() == CheckResult.Outcome.FAILED && result.stream().isEmpty());
        if (target.streams.isEmpty() || !connected) {
            return results;
        }
        Set<StreamName> chosen = target.chosen(plan, source.selected()).keySet();
        return results.stream()
                .filter(result -> result.stream().isEmpty() || chosen.contains(result.stream().get()))
                .toList();
    }

    private static void print(Screen screen, String side, CheckResult result) {
        String mark = switch (result.outcome()) {
            case OK -> screen.styled(Screen.Style.GOOD, "ok     ");
            case WARNING -> screen.styled(Screen.Style.WARN, "warning");
            case FAILED -> screen.styled(Screen.Style.BAD, "FAILED ");
        };
        screen.line(mark + "  " + side + "  " + result.name() + ": " + result.detail());
        if (!result.remedy().isEmpty()) {
            screen.line("         to do: " + result.remedy());
        }
    }
}
