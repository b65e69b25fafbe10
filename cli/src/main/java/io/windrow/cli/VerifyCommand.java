package io.windrow.cli;

import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.compact.CurrentRows;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.core.verify.Depth;
import io.windrow.core.verify.StreamVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** Compares source and target. */
@Command(
        name = "verify",
        description = "Compare source and target, row by row, while the source may go on changing.",
        sortOptions = false,
        footer = {"", "Exit code 0: every delivered row is there and equal, or changed at the source since (--depth counts: counts "
                + "and sums agree). 8: rows differ, or a file is "
                + "missing or damaged; with --files also: too much. 9: something could not be judged."})
final class VerifyCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Option(
            names = "--files",
            description = "Do not ask the source: decode every delivered file by a reader that is not our writer, compare it "
                    + "with manifests and ledger, and name files that no manifest knows.")
    boolean files;

    @Option(
            names = "--depth",
            paramLabel = "DEPTH",
            converter = DepthOf.class,
            description = "How deeply windows are compared that agree. counts: rows and exact sums, computed by the database. "
                    + "hashes (the default): also hash sums of all values. keys: every row by its key. Windows that disagree "
                    + "are always followed to their keys.")
    Depth depth = Depth.HASHES;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = RunCommand.Span.class,
            description = "How long the target of a change stream may take to come to the moment at which the source is read, or an epoch that "
                    + "is on its way into the target to arrive (30s).")
    Duration wait = Duration.ofSeconds(30);

    @Override
    public Integer call() {
        Screen screen = windrow.screen();
        Plan plan = target.plan(Registry.load());
        List<StreamVerdict> verdicts;
        try (StateStore store = Stores.required(plan.spec())) {
            List<StreamState> states = wanted(store.load(plan.spec().pipeline()));
            if (files) {
                Verification.hushReader();
                return new FilesVerification(windrow, plan).call(store, states.stream().map(StreamState::stream).toList());
            }
            boolean named = !target.streams.isEmpty();
            verdicts = new Verification(windrow, plan, store, depth, wait).verdicts(
                    states.stream().filter(state -> named || !CurrentRows.holds(state)).toList(),
                    named ? Verification.Chosen.NAMED : Verification.Chosen.ALL);
        }
        ExitCode code = code(verdicts);
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", plan.spec().pipeline(), "streams", verdicts.stream().map(VerifyCommand::json).toList()),
                    code);
        }
        print(screen, verdicts, code);
        return code.value();
    }

    /** By hand, since picocli compares names by the rules of the user's language. */
    static final class DepthOf implements ITypeConverter<Depth> {
        @Override
        public Depth convert(String word) {
            for (Depth depth : Depth.values()) {
                if (depth.name().equalsIgnoreCase(word)) {
                    return depth;
                }
            }
            throw new TypeConversionException("counts, hashes or keys is expected, not " + word);
        }
    }

    private List<StreamState> wanted(List<StreamState> states) {
        if (target.from != null || target.streams.isEmpty()) {
            return states;
        }
        Set<StreamName> wanted =
                target.streams.stream().map(name -> KnownStreams.find(name, states)).collect(Collectors.toSet());
        return states.stream().filter(state -> wanted.contains(state.stream())).toList();
    }

    private static ExitCode code(List<StreamVerdict> verdicts) {
        if (verdicts.stream().anyMatch(v -> v.outcome() == StreamVerdict.Outcome.DIFFERENT)) {
            return ExitCode.DIFFERENT;
        }
        boolean all = !verdicts.isEmpty() && verdicts.stream()
                .allMatch(v -> v.outcome() == StreamVerdict.Outcome.EQUAL || v.outcome() == StreamVerdict.Outcome.AGREEING);
        return all ? ExitCode.OK : ExitCode.UNDECIDED;
    }

    private static void print(Screen screen, List<StreamVerdict> verdicts, ExitCode code) {
        Table table = Table.of(
                "stream", "verdict", ">source", ">target", ">equal", ">missing", ">extra", ">different", ">changed since",
                ">undecidable", "how");
        for (StreamVerdict v : verdicts) {
            Screen.Style style = switch (v.outcome()) {
                case EQUAL, AGREEING -> Screen.Style.GOOD;
                case DIFFERENT -> Screen.Style.BAD;
                case UNDECIDED -> Screen.Style.WARN;
            };
            table.row(
                    v.stream(),
                    screen.styled(style, v.outcome().name().toLowerCase(java.util.Locale.ROOT)),
                    WindowsView.number(v.sourceRows()),
                    WindowsView.number(v.targetRows()),
                    Screen.number(v.equal()),
                    Screen.number(v.missing()),
                    Screen.number(v.extra()),
                    Screen.number(v.different()),
                    Screen.number(v.changedSince()),
                    Screen.number(v.undecidable()),
                    v.how());
        }
        table.print(screen);
        for (StreamVerdict v : verdicts) {
            v.damage().forEach(finding -> screen.line("  " + v.stream() + "  " + FilesVerification.line(finding)));
            v.examples().forEach(example -> screen.line("  " + v.stream() + "  " + example));
        }
        screen.line("");
        screen.line(switch (code) {
            case OK -> verdicts.stream().anyMatch(v -> v.outcome() == StreamVerdict.Outcome.AGREEING)
                    ? screen.styled(Screen.Style.GOOD, "agreeing") + ": counts and sums agree; values were not compared"
                    : screen.styled(Screen.Style.GOOD, "equal")
                            + ": every delivered row is at the target as the source has it, or changed at the source since";
            case DIFFERENT -> screen.styled(Screen.Style.BAD, "DIFFERENT") + ": see above";
            default -> screen.styled(Screen.Style.WARN, "undecided") + ": not everything could be judged";
        });
    }

    private static Object json(StreamVerdict v) {
        return Json.object(
                "stream", v.stream().toString(), "verdict", v.outcome(), "source_rows", WindowsView.boxed(v.sourceRows()),
                "target_rows", WindowsView.boxed(v.targetRows()), "equal", v.equal(), "missing", v.missing(), "extra", v.extra(), "different", v.different(),
                "changed_since", v.changedSince(), "undecidable", v.undecidable(), "earlier_versions", v.earlierVersions(),
                "kept", v.kept(), "agreeing", v.agreeing(), "how", v.how(), "examples", v.examples(), "damage",
                v.damage().stream().map(FilesVerification::json).toList());
    }
}
