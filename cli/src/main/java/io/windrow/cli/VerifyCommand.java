package io.windrow.cli;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.compact.AppendedLog;
import io.windrow.core.compact.CurrentRows;
import io.windrow.core.compact.DeliveredLog;
import io.windrow.core.compact.FoldedDelivery;
import io.windrow.core.contract.KeptSchemas;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaGate;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.core.verify.Depth;
import io.windrow.core.verify.StreamVerdict;
import io.windrow.core.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
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
    /** Held, since a logger that nobody holds forgets its level. Our reader's news about SIMD are not the user's. */
    private static final Logger HARDWOOD = Logger.getLogger("dev.hardwood");

    /** What the rows may take that a change log is folded into. */
    private static final long FOLDING_BYTES = 64L << 20;

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

    /** Before delivered files are decoded. */
    static void hushReader() {
        HARDWOOD.setLevel(Level.WARNING);
    }

    @Override
    public Integer call() {
        hushReader();
        Screen screen = windrow.screen();
        Plan plan = target.plan(Registry.load());
        List<StreamVerdict> verdicts;
        try (StateStore store = Stores.required(plan.spec())) {
            List<StreamState> states = wanted(store.load(plan.spec().pipeline()));
            if (files) {
                return new FilesVerification(windrow, plan).call(store, states.stream().map(StreamState::stream).toList());
            }
            boolean named = !target.streams.isEmpty();
            verdicts = verdicts(
                    plan, store, states.stream().filter(state -> named || !CurrentRows.holds(state)).toList());
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

    private List<StreamVerdict> verdicts(Plan plan, StateStore store, List<StreamState> states) {
        List<StreamVerdict> verdicts = new ArrayList<>();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context);
                Sink sink = plan.openSink(context.decrypting(plan, store));
                VerifyProgress progress = VerifyProgress.of(windrow)) {
            SchemaGate gate = plan.schemas().gate(new SchemaBook(store, plan.spec().pipeline()).newest());
            Verifier verifier = new Verifier(source, sink, plan.steps().after(new KeptSchemas(gate)), depth,
                    new Verifier.Progress(stream -> newest(plan, store, stream), wait),
                    stream -> folded(plan, store, stream, sink, context), (stream, doing, rows) -> {
                progress.doing(stream + ", " + doing);
                progress.rows(rows);
            });
            Map<StreamName, WindrowException> unwell = new LinkedHashMap<>();
            Predicate<StreamState> left = target.streams.isEmpty() ? leftOnPurpose(source, states) : state -> false;
            for (StreamState state : states.stream().filter(left.negate()).toList()) {
                if (CurrentRows.holds(state)) {
                    verdicts.add(StreamVerdict.undecided(
                            state.stream(), "its rows are folded from a change log: that is compared with the source, and "
                                    + "`verify --files` checks what was folded"));
                    continue;
                }
                try {
                    verdicts.add(verifier.verify(state.stream()));
                } catch (WindrowException e) {
                    if (e.kind() == ErrorKind.BUG) {
                        throw e;
                    }
                    unwell.put(state.stream(), e);
                    verdicts.add(StreamVerdict.undecided(state.stream(), e));
                }
            }
            // What no stream could be asked about is no verdict on any: it is the command that failed.
            if (!unwell.isEmpty() && unwell.size() == states.size()) {
                throw unwell.values().iterator().next();
            }
        }
        return verdicts;
    }

    /** Of a stream that the pipeline selects no more and whose state was reset nothing is promised any more. */
    private static Predicate<StreamState> leftOnPurpose(Source source, List<StreamState> states) {
        Predicate<StreamState> reset = state -> state.base().isEmpty() && state.pending().isEmpty();
        Set<StreamName> selected = states.stream().anyMatch(reset) ? source.selected().keySet() : Set.of();
        return reset.and(state -> !selected.contains(state.stream()));
    }

    /** The rows that the changes make which the target keeps of a stream by now. */
    private static Optional<Delivery> folded(
            Plan plan, StateStore store, StreamName stream, Sink sink, ProcessContext context) {
        long first = DeliveredLog.first(store, plan.spec().pipeline(), stream);
        Optional<Delivery> table = sink.changeLog(stream, first);
        if (table.isPresent()) {
            return Optional.of(new AppendedLog(table.get(), context.allocator(), context.temporaryFolder(), FOLDING_BYTES));
        }
        try (DeliveredLog log = DeliveredLog.open(store, plan.spec().pipeline(), stream, sink)) {
            return log.schema().map(schema ->
                    new FoldedDelivery(log, schema, context.allocator(), context.temporaryFolder(), FOLDING_BYTES));
        }
    }

    private static Optional<StreamState> newest(Plan plan, StateStore store, StreamName stream) {
        return store.load(plan.spec().pipeline(), stream);
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
