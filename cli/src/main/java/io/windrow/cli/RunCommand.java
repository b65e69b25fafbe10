package io.windrow.cli;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Source;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunListener;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.core.telemetry.Telemetry;
import io.windrow.runner.local.Job;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.RunOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs a pipeline, once or again and again. */
@Command(
        name = "run",
        description = "Run a pipeline, from a file or from --from, --stream and --to.",
        footer = {"", "SIGTERM and Ctrl-C finish the epoch, commit it and end.",
            "SIGKILL loses and duplicates nothing: the next run goes on from the last commit."})
final class RunCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Option(names = "--every", paramLabel = "DURATION", converter = Span.class, description = "Run again and again, for example every 5m, from start to start.")
    @Nullable Duration every;

    @Option(names = "--follow", description = "Follow change streams until the command is stopped; without it they are read up to the log's end as of the start.")
    boolean follow;

    @Option(names = "--full-refresh", description = "Read from the start, in a new generation. In append mode rows are delivered again.")
    boolean fullRefresh;

    @Option(names = "--limit", paramLabel = "ROWS", description = "Stop each stream after about so many rows. What was read is committed.")
    @Nullable Long limit;

    @Option(names = "--metrics-port", paramLabel = "[HOST:]PORT", description = "Serve Prometheus text at /metrics while the command runs; 0: any free port. Without a host only on this machine.")
    @Nullable String metricsPort;

    @Override
    public Integer call() {
        Plan plan = target.plan(Registry.load());
        try (Drain drain = Drain.install();
                Telemetry telemetry = Telemetry.open(
                        plan.spec().pipeline(), System.getenv(), Optional.ofNullable(metricsPort), Clock.systemUTC())) {
            telemetry.metrics().ifPresent(page -> windrow.screen().note("metrics at " + page));
            ExitCode code;
            do {
                long started = System.nanoTime();
                code = every == null ? once(plan, drain, telemetry) : tick(plan, drain, telemetry);
                if (every != null) {
                    drain.await(every.toNanos() - (System.nanoTime() - started));
                    plan = renewed(plan);
                }
            } while (every != null && !drain.requested());
            return code.value();
        }
    }

    /** One run of many: a source or a store that is away now may be there for the next. */
    private ExitCode tick(Plan plan, Drain drain, Telemetry telemetry) {
        try {
            return once(plan, drain, telemetry);
        } catch (WindrowException e) {
            if (e.kind() != ErrorKind.EXTERNAL_TRANSIENT && e.kind() != ErrorKind.RESOURCE) {
                throw e;
            }
            if (windrow.json) {
                windrow.screen().line(Json.line(Json.object("error", Failure.json(e))));
            } else {
                Failure.print(windrow.screen(), e, windrow.detail());
            }
            return ExitCode.of(e.kind());
        }
    }

    /**
     * The plan for the next of many runs: passwords change and tokens end while the command goes on, and what stands in the
     * file may have been mended. A file or a secret that cannot be had now leaves the plan as it was.
     */
    private Plan renewed(Plan plan) {
        try {
            Plan renewed = target.plan(Registry.load());
            if (renewed.spec().pipeline().equals(plan.spec().pipeline())) {
                return renewed;
            }
            windrow.screen().note("the file now describes another pipeline, " + renewed.spec().pipeline() + "; "
                    + plan.spec().pipeline() + " goes on as it was");
        } catch (WindrowException e) {
            windrow.screen().note("the pipeline goes on as it was, since it could not be read anew:");
            Failure.print(windrow.screen(), e, windrow.detail());
        }
        return plan;
    }

    private ExitCode once(Plan plan, Drain drain, Telemetry telemetry) {
        RunListener view = RunView.of(windrow, plan.spec().quarantineFolder());
        RunResult result;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                StateStore store = Stores.open(plan.spec())) {
            RunOptions options = new RunOptions(
                    streams(plan, context), fullRefresh ? RunOptions.Refresh.FULL : RunOptions.Refresh.CONTINUE, limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
                    follow ? Until.STOPPED : Until.CAUGHT_UP);
            LocalRunner runner = new LocalRunner(store, context, event -> {
                telemetry.on(event);
                view.on(event);
            });
            drain.onRequest(runner::stop);
            try (PipelineWatch ignored = watch(plan, runner, context)) {
                result = runner.run(plan, options);
            }
        }
        // Asked for once. As long as no stream was read anew, the next of many runs still has to do it.
        List<StreamName> untouched = result.streams().stream()
                .filter(stream -> stream.epochs() == 0 && stream.outcome() != Outcome.COMPLETED)
                .map(StreamResult::stream)
                .toList();
        if (fullRefresh && untouched.size() < result.streams().size()) {
            fullRefresh = false;
            untouched.forEach(stream -> windrow.screen().note(
                    stream + " was not read anew yet: the next run that reads it does so, without being asked again"));
        }
        if (!windrow.json) {
            RunReport.print(windrow.screen(), result, plan.spec().quarantineFolder());
        }
        if (result.outcome() == Outcome.STOPPED && drain.requested()) {
            return ExitCode.STOPPED;
        }
        return ExitCode.of(result, limit == null ? ExitCode.Limit.NONE : ExitCode.Limit.SET);
    }

    /** Who follows goes on for so long that the file is written meanwhile. */
    private @Nullable PipelineWatch watch(Plan plan, LocalRunner runner, ProcessContext context) {
        Path file = target.file;
        return follow && file != null
                ? new PipelineWatch(
                        file, plan, () -> target.plan(Registry.load()), now -> runner.renew(Job.of(now)), context.notices())
                : null;
    }

    private Set<StreamName> streams(Plan plan, ProcessContext context) {
        if (target.file == null || target.streams.isEmpty()) {
            return Set.of();
        }
        try (Source source = plan.openSource(context)) {
            return Set.copyOf(target.chosen(plan, source.selected()).keySet());
        }
    }

    /** Reads a duration. */
    static final class Span implements picocli.CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                String iso = text.endsWith("d") ? "P" + text : "PT" + text;
                Duration span = Duration.parse(iso.toUpperCase(java.util.Locale.ROOT));
                if (span.isZero() || span.isNegative()) {
                    throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading --every: expected more than 0");
                }
                return span;
            } catch (java.time.format.DateTimeParseException e) {
                throw new picocli.CommandLine.TypeConversionException("expected a duration such as 30s, 5m, 12h or 1d, not " + text);
            }
        }
    }
}
