package io.windrow.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.Repair;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.verify.Depth;
import io.windrow.core.verify.StreamVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Has single rows of a stream that is followed read again, by the run that follows it if there is one. */
@Command(
        name = "repair",
        description = "Read single rows again while their stream is followed, in its generation.",
        footer = {"", "The request is kept in the state store. A run that follows the pipeline reads the rows within seconds and goes on; if "
                + "there is none, the next run does. No other row is touched."})
final class RepairCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 250;
    /** How long a target may take to come to the moment at which the source is read, for a verification. */
    private static final Duration REACHED = Duration.ofSeconds(30);

    @ParentCommand Windrow windrow;

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    Path file;

    @Option(names = "--stream", required = true, paramLabel = "NAME", description = "The stream.")
    String stream;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The key of a row, as the source spells it; may be repeated. Of a key of several columns the values, with commas "
                    + "between, or as a JSON array.")
    List<String> keys = new ArrayList<>();

    @Option(names = "--found-by-verify", description = "The keys that verify finds missing, extra or different now.")
    boolean foundByVerify;

    @Option(names = "--yes", description = "Do it; without, only say what would happen.")
    boolean yes;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = RunCommand.Span.class,
            description = "Wait so long until the rows are committed at the target. Exit code 9: they were not by then; they are still read.")
    @Nullable Duration wait;

    @Override
    public Integer call() {
        if (keys.isEmpty() != foundByVerify) {
            throw WindrowException.of(CliError.BAD_ARGUMENTS, "Asking for rows: either --key or --found-by-verify says which");
        }
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        String pipeline = plan.spec().pipeline();
        Screen screen = windrow.screen();
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext context = ProcessContext.open(pipeline, new Notes(screen));
                Source source = plan.openSource(context)) {
            StreamState state = chosen(plan, source, store);
            StreamSchema schema = schema(plan, source, state.stream());
            List<List<String>> named;
            if (foundByVerify) {
                StreamVerdict verdict = verdict(plan, store, state);
                named = verdict.differing();
                if (named.isEmpty()) {
                    return nothing(pipeline, state, verdict);
                }
            } else {
                named = keys.stream().map(key -> values(key, schema)).toList();
            }
            if (named.size() > Repair.MAX_KEYS) {
                throw WindrowException.of(CliError.BAD_ARGUMENTS, "Asking for rows of " + state.stream() + ": " + named.size()
                        + " keys, expected at most " + Repair.MAX_KEYS);
            }
            List<List<String>> asked = source.keys(state.stream(), named).orElseThrow(() -> WindrowException.of(
                    CliError.NOT_OFFERED, "Asking for rows of " + state.stream() + ": the source reads no rows again; nothing was asked for"));
            Repair repair = new Repair(state.stream(), Clock.systemUTC().instant(), asked);
            screen.note(state.stream() + ": " + count(repair) + " read again beside the log, in generation " + state.generation()
                    + "; what is there takes the place of the target's row, and what is not is deleted there");
            if (!yes) {
                throw WindrowException.of(CliError.NEEDS_YES, "Asking for rows of " + state.stream() + ": nothing was asked for");
            }
            store.ask(pipeline, repair);
            boolean through = wait != null && through(pipeline, store, state.stream(), wait);
            if (windrow.json) {
                windrow.print(
                        Json.object(
                                "pipeline", pipeline, "stream", state.stream().toString(), "keys", repair.keys(),
                                "through", wait == null ? Optional.empty() : Optional.of(through)),
                        ExitCode.OK);
            } else {
                screen.line((through ? "Repaired: " : "Asked for: ") + state.stream() + ", " + count(repair));
            }
            return (wait == null || through ? ExitCode.OK : ExitCode.UNDECIDED).value();
        }
    }

    private static String count(Repair repair) {
        return repair.keys().size() == 1 ? "the row of 1 key" : "the rows of " + repair.keys().size() + " keys";
    }

    private int nothing(String pipeline, StreamState state, StreamVerdict verdict) {
        ExitCode code = verdict.outcome() == StreamVerdict.Outcome.UNDECIDED ? ExitCode.UNDECIDED : ExitCode.OK;
        if (windrow.json) {
            return windrow.print(
                    Json.object(
                            "pipeline", pipeline, "stream", state.stream().toString(), "keys", List.of(), "through", code == ExitCode.OK), code);
        }
        windrow.screen().line((code == ExitCode.OK ? "Nothing differs: " : "Nothing differs for certain: ") + state.stream());
        return code.value();
    }

    private StreamState chosen(Plan plan, Source source, StateStore store) {
        var selected = source.selected();
        StreamName name = plan.stream(stream, selected);
        ReadMode read = selected.get(name);
        if (read != ReadMode.CDC) {
            throw WindrowException.of(
                    CliError.NOT_FOLLOWED, "Asking for rows of " + name + ": its mode is " + read.name().toLowerCase(Locale.ROOT) + ", not cdc");
        }
        StreamState state = KnownStreams.state(name.toString(), store.load(plan.spec().pipeline()));
        WriteMode write = plan.writeMode(name, read);
        if (write != WriteMode.MIRROR && write != WriteMode.UPSERT) {
            throw WindrowException.of(
                    CliError.NOT_REPAIRED, "Asking for rows of " + name + ": its write mode is " + write.name().toLowerCase(Locale.ROOT));
        }
        return state;
    }

    /** The stream's schema; the keys of its rows are going to be saved, so no mask may hide them (I11). */
    private static StreamSchema schema(Plan plan, Source source, StreamName name) {
        StreamSchema schema = source.discover().stream()
                .map(StreamDescription::schema)
                .filter(one -> one.stream().equals(name))
                .findFirst()
                .orElseThrow(() -> WindrowException.of(CliError.NO_STATE, "Asking for rows of " + name + ": the source does not show the table"));
        StreamPlan saving = new StreamPlan(
                schema, new Guarantee("log", "", List.of(), List.of()), Optional.empty(), -1, -1, schema.key());
        if (plan.steps().hidesPositions(saving)) {
            throw WindrowException.of(CliError.KEY_MASKED, "Asking for rows of " + name + ": a mask hides " + String.join(", ", schema.key()));
        }
        return schema;
    }

    private List<String> values(String key, StreamSchema schema) {
        int columns = schema.key().size();
        if (columns < 2) {
            return List.of(key);
        }
        List<String> values = key.startsWith("[") ? array(key) : List.of(key.split(",", -1));
        if (values.size() != columns) {
            throw WindrowException.of(
                    CliError.BAD_ARGUMENTS, "Reading --key " + key + ": " + values.size() + " values, expected one for each of "
                            + String.join(", ", schema.key()));
        }
        return values;
    }

    private static List<String> array(String key) {
        List<String> values = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(key)) {
            boolean list = parser.nextToken() == JsonToken.START_ARRAY;
            while (list && parser.nextToken() != JsonToken.END_ARRAY) {
                list = parser.currentToken() == JsonToken.VALUE_STRING || parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
                values.add(parser.getText());
            }
            if (list && parser.nextToken() == null) {
                return values;
            }
        } catch (IOException e) {
            throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading --key " + key + ": it is no JSON array", e);
        }
        throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading --key " + key + ": it is no JSON array of texts and whole numbers");
    }

    private StreamVerdict verdict(Plan plan, StateStore store, StreamState state) {
        StreamVerdict verdict = new Verification(windrow, plan, store, Depth.HASHES, REACHED)
                .verdicts(List.of(state), Verification.Chosen.NAMED).getFirst();
        long all = verdict.missing() + verdict.extra() + verdict.different();
        windrow.screen().note(state.stream() + ": verify finds " + verdict.missing() + " missing, " + verdict.extra() + " extra, "
                + verdict.different() + " different, " + verdict.undecidable() + " undecidable (" + verdict.how() + ")"
                + (all > verdict.differing().size() ? "; of these the keys of " + verdict.differing().size() + " are listed" : ""));
        return verdict;
    }

    private static boolean through(String pipeline, StateStore store, StreamName stream, Duration patience) {
        long giveUp = System.nanoTime() + patience.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        try {
            while (store.repairs(pipeline).stream().anyMatch(repair -> repair.stream().equals(stream))) {
                if (System.nanoTime() - giveUp > 0) {
                    return false;
                }
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(CliError.INTERRUPTED, "Waiting for the rows: interrupted; they are still read", e);
        }
    }
}
