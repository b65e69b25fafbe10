package io.windrow.cli;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.quarantine.QuarantineError;
import io.windrow.core.quarantine.QuarantinedGroup;
import io.windrow.core.quarantine.QuarantinedRow;
import io.windrow.core.registry.Registry;
import io.windrow.core.seal.SealRules;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows rows that were set aside, and throws them away. */
@Command(
        name = "quarantine",
        description = "Show rows that a pipeline has set aside as bad, deliver those that have become good, or discard them.",
        subcommands = QuarantineReplayCommand.class,
        synopsisSubcommandLabel = "(list | show | replay | discard)")
final class QuarantineCommand implements Runnable {
    @ParentCommand Windrow windrow;

    @picocli.CommandLine.Spec picocli.CommandLine.Model.CommandSpec spec;

    /** Which rows. */
    static final class Which {
        @Parameters(paramLabel = "FILE", description = "The pipeline file.")
        Path file;

        @Option(names = "--stream", paramLabel = "NAME", description = "Only rows of this stream.")
        @Nullable String stream;

        @Option(names = "--epoch", paramLabel = "N", description = "Only rows of this epoch.")
        @Nullable Long epoch;

        @Option(names = "--code", paramLabel = "CODE", description = "Only rows that were set aside for this reason.")
        @Nullable String code;

        PipelineSpec spec() {
            return PipelineFiles.of(Registry.load()).read(file);
        }

        Quarantine.Filter filter() {
            return new Quarantine.Filter(
                    Optional.ofNullable(stream), epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch),
                    Optional.ofNullable(code));
        }
    }

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "Missing command: list, show, replay or discard");
    }

    @Command(name = "list", description = "Show how many rows were set aside, by stream, reason and field.")
    int list(@Mixin Which which) {
        PipelineSpec pipeline = which.spec();
        List<QuarantinedGroup> groups = looked(pipeline, quarantine -> quarantine.groups(which.filter()));
        Path place = Quarantine.place(pipeline.quarantineFolder(), pipeline.pipeline());
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", pipeline.pipeline(), "folder", place.toString(), "groups",
                            groups.stream().map(QuarantineCommand::json).toList()),
                    ExitCode.OK);
        }
        print(groups);
        long rows = groups.stream().mapToLong(QuarantinedGroup::rows).sum();
        windrow.screen().line(rows == 0
                ? "No row is set aside in " + place
                : Screen.rows(rows) + " set aside in " + place);
        return ExitCode.OK.value();
    }

    @Command(name = "show", description = "Print rows that were set aside, masked like the ones that were delivered.")
    int show(
            @Mixin Which which,
            @Option(names = "--rows", paramLabel = "N", defaultValue = "100", description = "At most N rows (100).") int max) {
        PipelineSpec pipeline = which.spec();
        // One more than is shown, to know whether there are more.
        List<QuarantinedRow> found = looked(pipeline, quarantine -> {
            List<QuarantinedRow> taken = new ArrayList<>();
            quarantine.rows(which.filter(), row -> {
                taken.add(row);
                return taken.size() <= max;
            });
            return taken;
        });
        boolean more = found.size() > max;
        List<QuarantinedRow> rows = found.subList(0, Math.min(found.size(), Math.max(0, max)));
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", pipeline.pipeline(), "rows",
                            rows.stream().map(row -> new Json.Raw(CellText.escaped(row.line()))).toList(), "more", more),
                    ExitCode.OK);
        }
        for (QuarantinedRow row : rows) {
            windrow.screen().line(row.stream() + ", epoch " + row.epoch() + ", row " + row.ordinal() + ": "
                    + (row.field().isEmpty() ? "" : CellText.shown(row.field(), 60) + " ") + CellText.shown(row.reason(), 200) + " ("
                    + row.code() + ")");
            windrow.screen().line("  " + CellText.escaped(row.row()));
        }
        windrow.screen().line(rows.isEmpty() ? "No such row is set aside"
                : more ? "There are more; --rows shows them" : Screen.rows(rows.size()));
        return ExitCode.OK.value();
    }

    @Command(name = "discard", description = "Delete rows that were set aside, and keep a record of it.")
    int discard(
            @Mixin Which which,
            @Option(names = "--yes", description = "Do it; without, only say what would be deleted.") boolean yes) {
        PipelineSpec pipeline = which.spec();
        List<QuarantinedGroup> groups = looked(pipeline, quarantine -> quarantine.groups(which.filter()));
        if (which.stream != null) {
            KnownStreams.named(which.stream, groups.stream().map(QuarantinedGroup::stream).distinct().toList());
        }
        refuseHeld(pipeline, groups);
        if (!windrow.json) {
            print(groups);
        }
        if (!yes && !groups.isEmpty()) {
            throw WindrowException.of(CliError.NEEDS_YES, "Discarding quarantined rows of " + pipeline.pipeline()
                    + ": nothing was deleted");
        }
        long rows = groups.isEmpty() && !(yes && isLittered(pipeline)) ? 0 : discarded(pipeline, which.filter(), groups);
        if (windrow.json) {
            return windrow.print(Json.object("pipeline", pipeline.pipeline(), "discarded", rows, "groups",
                    groups.stream().map(QuarantineCommand::json).toList()), ExitCode.OK);
        }
        windrow.screen().line(rows == 0 ? "No such row is set aside"
                : Screen.rows(rows) + " discarded; the record is in "
                        + Quarantine.place(pipeline.quarantineFolder(), pipeline.pipeline()) + ".discarded.jsonl");
        return ExitCode.OK.value();
    }

    /** Where no row fits, only what dead processes left could go, and that waits if somebody is at work who may own it. */
    private static long discarded(PipelineSpec pipeline, Quarantine.Filter filter, List<QuarantinedGroup> groups) {
        try {
            return owned(pipeline, quarantine ->
                    quarantine.discard(filter, System.getProperty("user.name"), Clock.systemUTC().instant()));
        } catch (WindrowException e) {
            if (groups.isEmpty() && e.errorCode() == CheckpointError.LEASE_HELD) {
                return 0;
            }
            throw e;
        }
    }

    private static boolean isHeld(PipelineSpec pipeline, StreamName stream) {
        return PlannedStream.isOfAny(stream, pipeline.governance().retention().map(RetentionPolicy::hold).orElse(List.of()));
    }

    private static void refuseHeld(PipelineSpec pipeline, List<QuarantinedGroup> groups) {
        groups.stream().map(QuarantinedGroup::stream).filter(stream -> isHeld(pipeline, stream)).findFirst().ifPresent(stream -> {
            throw WindrowException.of(
                    QuarantineError.HELD, "Discarding quarantined rows of " + pipeline.pipeline() + ": " + stream + " is on legal hold");
        });
    }

    /** Whether dead processes have left staged rows that only the owner of the lease may delete. */
    private static boolean isLittered(PipelineSpec pipeline) {
        Optional<StateStore> found = Stores.existing(pipeline);
        if (found.isEmpty()) {
            return false;
        }
        QuarantineDisposal disposal = new QuarantineDisposal(pipeline.quarantineFolder(), pipeline.pipeline());
        try (StateStore store = found.get()) {
            return store.load(pipeline.pipeline()).stream().anyMatch(
                    state -> !isHeld(pipeline, state.stream()) && !disposal.leftovers(state.stream()).isEmpty());
        }
    }

    /** Looks at the rows; the state store is opened only if they may be encrypted. */
    private static <T> T looked(PipelineSpec spec, Function<Quarantine, T> look) {
        SealRules seals = SealRules.of(spec.governance());
        if (seals.setAside().isEmpty()) {
            return look.apply(new Quarantine(spec.quarantineFolder(), spec.pipeline(), Optional.empty()));
        }
        try (StateStore store = Stores.required(spec)) {
            return look.apply(of(spec, seals, store, Optional.empty()));
        }
    }

    private static Quarantine of(PipelineSpec spec, SealRules seals, StateStore store, Optional<Lease> lease) {
        return new Quarantine(spec.quarantineFolder(), spec.pipeline(),
                seals.open(store, spec.pipeline(), lease, Clock.systemUTC()).apply(Sealing.Use.SET_ASIDE));
    }

    /** While the pipeline is ours and nothing that was prepared waits to become visible. */
    private static long owned(PipelineSpec pipeline, ToLongFunction<Quarantine> work) {
        SealRules seals = SealRules.of(pipeline.governance());
        Optional<StateStore> found = Stores.existing(pipeline);
        if (found.isEmpty()) {
            return work.applyAsLong(new Quarantine(pipeline.quarantineFolder(), pipeline.pipeline(), Optional.empty()));
        }
        try (StateStore store = found.get()) {
            Lease lease = store.acquire(
                    pipeline.pipeline(), "windrow quarantine, process " + ProcessHandle.current().pid(), Duration.ofMinutes(10));
            try {
                List<StreamState> states = store.load(pipeline.pipeline());
                for (StreamState state : states) {
                    if (state.prepared().isPresent()) {
                        throw WindrowException.of(QuarantineError.UNDECIDED,
                                "Discarding quarantined rows: epoch " + state.lastEpoch() + " of " + state.stream()
                                        + " is prepared and not settled");
                    }
                }
                long done = work.applyAsLong(of(pipeline, seals, store, Optional.of(lease)));
                QuarantineDisposal disposal = new QuarantineDisposal(pipeline.quarantineFolder(), pipeline.pipeline());
                // Discarding may have taken longer than the lease was for.
                store.renew(lease);
                states.stream()
                        .map(StreamState::stream)
                        .filter(stream -> !isHeld(pipeline, stream))
                        .forEach(stream -> disposal.sweep(stream, lease.fencingToken()));
                return done;
            } finally {
                store.release(lease);
            }
        }
    }

    private void print(List<QuarantinedGroup> groups) {
        if (groups.isEmpty()) {
            return;
        }
        Instant now = Clock.systemUTC().instant();
        Table table = Table.of("stream", "reason", "field", ">rows", ">epochs", ">oldest", ">newest");
        for (QuarantinedGroup group : groups) {
            table.row(
                    group.stream(), group.code(), group.field().isEmpty() ? "-" : CellText.shown(group.field(), 60),
                    Screen.number(group.rows()),
                    group.firstEpoch() == group.lastEpoch() ? group.firstEpoch() : group.firstEpoch() + " to " + group.lastEpoch(),
                    age(Duration.between(group.oldest(), now)), age(Duration.between(group.newest(), now)));
        }
        table.print(windrow.screen(), "newest", "epochs");
        windrow.screen().line("");
    }

    private static String age(Duration age) {
        return age.toDays() > 1 ? age.toDays() + " days" : Screen.seconds(Math.max(0, age.toSeconds()));
    }

    private static Map<String, Object> json(QuarantinedGroup group) {
        return Json.object(
                "stream", group.stream().toString(), "code", group.code(), "field", group.field(), "rows", group.rows(),
                "first_epoch", group.firstEpoch(), "last_epoch", group.lastEpoch(), "oldest", group.oldest().toString(),
                "newest", group.newest().toString());
    }
}
