package io.windrow.benchmarks.governed;

import io.windrow.api.batch.Account;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.benchmarks.governed.GeneratedConnector.GeneratedError;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.runner.local.LocalRunner;
import io.windrow.runner.local.RunOptions;
import io.windrow.testkit.fault.ThrowingFailpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.memory.RootAllocator;

/** One random pipeline from its first run to its last, and what must hold after each. */
final class Trial {
    private static final List<String> PLACES = List.of(
            "run.after_read", "run.after_transform", "run.after_stage", "run.after_save_prepared", "run.after_commit",
            "run.after_save_committed", "run.after_acknowledge", "files.after_write", "files.before_sync", "files.after_stage",
            "files.before_publish", "files.after_rename", "files.before_manifest", "files.after_manifest", "files.before_swap",
            "files.after_swap", "files.after_supersede", "quarantine.before_read_back", "quarantine.after_stage",
            "quarantine.before_rename", "quarantine.after_rename", "quarantine.after_publish");

    private final Random random;
    private final RandomPipeline pipeline;
    private final String world;
    private final Path folder;
    private final Path file;
    private final Traces traces;
    private final RunListener telemetry;
    private final Map<StreamName, StreamBooks> books = new LinkedHashMap<>();
    private final Map<StreamName, Long> generations = new HashMap<>();

    Trial(Random random, String world, Path folder, Traces traces, RunListener telemetry) {
        this.random = random;
        this.pipeline = new RandomPipeline(random);
        this.world = world;
        this.folder = folder;
        this.file = folder.resolve("governed.yaml");
        this.traces = traces;
        this.telemetry = telemetry;
        pipeline.tables.forEach(table -> books.put(table.stream, new StreamBooks(table, pipeline.policies)));
    }

    /** Runs the pipeline some times, with changes and crashes between. Throws an {@link AssertionError} for what is wrong. */
    void run() throws IOException {
        GeneratedConnector.know(world, pipeline.tables);
        try {
            int runs = 1 + random.nextInt(4);
            for (int i = 0; i < runs; i++) {
                if (i > 0) {
                    change();
                }
                if (!cycle()) {
                    break;
                }
            }
            if (random.nextInt(4) == 0) {
                new Commands(file, traces).look(pipeline.tables);
            }
            canaries();
        } finally {
            GeneratedConnector.forget(world);
        }
    }

    private void change() {
        for (Table table : pipeline.tables) {
            if (random.nextInt(100) < 45) {
                for (int times = 1 + random.nextInt(2); times > 0; times--) {
                    RandomDrift drift = new RandomDrift(pipeline, random);
                    drift.change(table).ifPresent(added -> drift.hide(table, added));
                }
            }
            pipeline.insert(table, random.nextInt(30));
        }
        if (random.nextInt(10) == 0) {
            boolean joinable = random.nextBoolean();
            pipeline.policies.mask.replaceAll(rule -> !rule.method().keyed() || rule.previous().isPresent() ? rule
                    : rule.rotated(pipeline.key(), joinable && rule.method() != MaskPlan.Method.FPE ? Optional.of(rule.key()) : Optional.empty()));
        }
    }

    /** Runs until every stream has come to its end or was stopped for good. Returns whether it is worth going on. */
    private boolean cycle() throws IOException {
        for (int attempt = 0; attempt < 4; attempt++) {
            boolean inject = attempt < 3 && random.nextInt(100) < 35;
            Ended ended = attempt(inject);
            if (ended == Ended.REFUSED) {
                return false;
            }
            if (ended == Ended.ALL) {
                return true;
            }
            if (ended == Ended.STOPPED) {
                return settleStopped();
            }
            if (pipeline.policies.parallelism == 1 && random.nextInt(4) == 0) {
                pipeline.tables.forEach(table -> new RandomDrift(pipeline, random).change(table));
            }
            if (random.nextInt(5) == 0) {
                pipeline.tables.forEach(table -> table.lost = true);
            }
        }
        throw new AssertionError("The run did not come to an end without a failure being injected");
    }

    private boolean settleStopped() throws IOException {
        if (random.nextBoolean() || pipeline.tables.stream().anyMatch(table -> table.tainted)) {
            return false;
        }
        for (Table table : pipeline.tables) {
            StreamBooks of = books.get(table.stream);
            // What an interrupted run had brought to its end was not looked at again: nothing of it was refused yet.
            if (of.next().isEmpty() && of.isRefused()) {
                if (of.refusedLosesMask()) {
                    new Commands(file, traces).acceptNothing(table.stream);
                    return false;
                }
                new Commands(file, traces).accept(table.stream);
                of.acceptRefused();
            }
        }
        return cycle();
    }

    private enum Ended {
        /** Every stream came to its end. */
        ALL,
        /** A stream was stopped by its schema or its mask, the others came to their end. */
        STOPPED,
        /** The pipeline does not fit its tables any more. */
        REFUSED,
        /** A failure was injected. */
        INTERRUPTED
    }

    private Ended attempt(boolean inject) throws IOException {
        Files.writeString(file, pipeline.policies.yaml(world));
        Map<StreamName, View> views = new LinkedHashMap<>();
        Map<StreamName, Set<String>> unfit = new HashMap<>();
        Set<StreamName> bare = new TreeSet<>();
        books.forEach((stream, of) -> of.next().ifPresent(view -> {
            if (of.losesMask(view)) {
                bare.add(stream);
                return;
            }
            views.put(stream, view);
            unfit.put(stream, of.refusals(view));
        }));
        pipeline.tables.forEach(table -> {
            table.resumed = -1;
            table.failsAt = -1;
        });
        ThrowingFailpoints failpoints = new ThrowingFailpoints();
        if (inject) {
            inject(failpoints);
        }
        Map<StreamName, Long> started = new HashMap<>();
        RunResult result = once(failpoints, event -> {
            traces.on(event);
            telemetry.on(event);
            if (event instanceof RunEvent.StreamStarted of) {
                started.put(of.stream(), of.generation());
            }
        });
        // An interrupted run that is continued plans no stream that had come to its end: nobody asks whether the file fits it.
        unfit.keySet().removeAll(result.streams().stream()
                .filter(of -> of.outcome() == Outcome.COMPLETED && !started.containsKey(of.stream()))
                .map(StreamResult::stream)
                .toList());
        Set<String> refusals = new TreeSet<>();
        unfit.values().forEach(refusals::addAll);
        if (!unfit.isEmpty()) {
            unknownMask(views, refusals);
        }
        if (!refusals.isEmpty()) {
            String code = code(result);
            if (result.outcome() == Outcome.COMPLETED || !refusals.contains(code) && !isInjected(code, inject)) {
                throw new AssertionError("Expected a refusal by one of " + refusals + ", found " + result);
            }
            return Ended.REFUSED;
        }
        return judge(result, views, bare, started, inject);
    }

    private Ended judge(
            RunResult result, Map<StreamName, View> views, Set<StreamName> bare, Map<StreamName, Long> started, boolean inject)
            throws IOException {
        Ended ended = Ended.ALL;
        for (StreamResult of : result.streams()) {
            StreamBooks book = books.get(of.stream());
            View view = views.get(of.stream());
            Long generation = started.get(of.stream());
            if (view != null && generation != null) {
                boolean clash = book.mustClash(view);
                book.planned(view);
                if (book.table().resumed >= 0) {
                    boolean restarts = !generation.equals(generations.put(of.stream(), generation));
                    book.begun(view, book.table().resumed, restarts);
                }
                if (clash && of.outcome() == Outcome.COMPLETED) {
                    throw new AssertionError("Rows under another mask were put beside older ones of " + of.stream());
                }
            }
            String code = of.error().or(result::error).map(error -> error.errorCode().code()).orElse("");
            if (of.outcome() == Outcome.COMPLETED) {
                if (view == null && generation != null) {
                    throw new AssertionError("A schema that policy " + pipeline.policies.drift + " stops was delivered: " + of);
                }
                // What an interrupted run had brought to its end is not read again.
                if (generation != null || book.isUnfinished()) {
                    book.completed();
                }
            } else if (bare.contains(of.stream()) && code.equals("mask.renamed_away")) {
                return Ended.REFUSED;
            } else if (view == null && code.equals("contract.drift")) {
                book.stopped();
                ended = ended == Ended.INTERRUPTED ? ended : Ended.STOPPED;
            } else if (view != null && code.equals("mask.changed") && book.mayClash(view)) {
                return Ended.REFUSED;
            } else if (isInjected(code, inject)) {
                ended = Ended.INTERRUPTED;
            } else {
                throw new AssertionError("Nobody expected " + of + " of " + result, of.error().or(result::error).orElse(null));
            }
        }
        if (result.streams().isEmpty()) {
            throw new AssertionError("Nobody expected " + result, result.error().orElse(null));
        }
        compare(ended);
        return ended;
    }

    private static boolean isInjected(String code, boolean inject) {
        return inject && (code.equals(GeneratedError.INJECTED.code()) || code.startsWith("run.") || code.startsWith("checkpoint.")
                || code.startsWith("epoch."));
    }

    private static String code(RunResult result) {
        return result.error()
                .or(() -> result.streams().stream().flatMap(stream -> stream.error().stream()).findFirst())
                .map(error -> error.errorCode().code())
                .orElse("");
    }

    private void unknownMask(Map<StreamName, View> views, Set<String> refusals) {
        for (MaskPlan rule : pipeline.policies.mask) {
            if (rule.field().isPresent()) {
                boolean known = false;
                for (Table table : pipeline.tables) {
                    List<Column> columns = Optional.ofNullable(views.get(table.stream))
                            .map(View::delivered)
                            .orElseGet(() -> books.get(table.stream).known());
                    known |= columns.stream().anyMatch(column -> rule.fits(table.stream, column));
                }
                if (!known) {
                    refusals.add("mask.field_unknown");
                }
            }
        }
    }

    private void inject(ThrowingFailpoints failpoints) {
        if (random.nextInt(3) == 0) {
            Table table = pipeline.pick(pipeline.tables);
            table.failsAt = table.log.isEmpty() ? -1 : random.nextInt(table.log.size());
        } else {
            failpoints.throwAt(pipeline.pick(PLACES), () ->
                    WindrowException.of(GeneratedError.INJECTED, "Going on: the test wanted a failure here"));
        }
    }

    private RunResult once(ThrowingFailpoints failpoints, RunListener listener) throws IOException {
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        Files.createDirectories(folder.resolve(".windrow"));
        try (RootAllocator allocator = new RootAllocator();
                StateStore store = StateStores.open(plan.spec().stateUrl().reveal())) {
            for (StreamState state : store.load(plan.spec().pipeline())) {
                if (state.committed().isPresent() && state.committed().get().generation() == state.generation()) {
                    books.get(state.stream()).based();
                }
            }
            TrialContext context = new TrialContext(allocator, folder, failpoints, (code, text) -> traces.add(code + text));
            return new LocalRunner(store, context, listener).run(plan, RunOptions.NONE);
        }
    }

    /** Target, quarantine and ledger of every stream that is not in the middle of a read. */
    private void compare(Ended ended) throws IOException {
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        try (RootAllocator allocator = new RootAllocator();
                StateStore store = StateStores.open(plan.spec().stateUrl().reveal());
                Sink sink = plan.openSink(new TrialContext(allocator, folder, new ThrowingFailpoints(), (code, text) -> {}))) {
            for (StreamBooks book : books.values()) {
                if (!book.isUnfinished() && (ended != Ended.INTERRUPTED)) {
                    compare(book, Delivered.rows(sink, book.table().stream), store);
                }
            }
        }
    }

    private void compare(StreamBooks book, List<String> found, StateStore store) throws IOException {
        StreamName stream = book.table().stream;
        List<String> lost = Delivered.missing(book.rows(), found);
        List<String> surplus = Delivered.missing(found, book.rows());
        if (!lost.isEmpty() || !surplus.isEmpty()) {
            throw new AssertionError("Of " + book.rows().size() + " rows of " + stream + " " + lost.size() + " are missing, first "
                    + lost.stream().limit(2).toList() + ", and " + surplus.size() + " should not be there, first "
                    + surplus.stream().limit(2).toList());
        }
        long generation = generations.getOrDefault(stream, 0L);
        Account account = Account.ZERO;
        for (String json : store.ledger("governed", Optional.of(stream), 100_000)) {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (entry.generation() == generation) {
                account = account.plus(entry.account());
            }
        }
        if (!account.balances() || !account.equals(book.account())) {
            throw new AssertionError("The ledger of " + stream + " says " + account + ", the rows say " + book.account());
        }
        List<Fate.Aside> aside = Delivered.aside(folder.resolve("quarantine"), stream, generation);
        List<Fate.Aside> wanted = new ArrayList<>(book.aside());
        List<Fate.Aside> withheld = new ArrayList<>();
        for (Fate.Aside row : aside) {
            if (row.number().isEmpty()) {
                withheld.add(new Fate.Aside("", row.code(), row.field()));
            } else if (!wanted.remove(row)) {
                throw new AssertionError("Nobody expected in quarantine of " + stream + " " + row);
            }
        }
        List<Fate.Aside> rest = wanted.stream().map(row -> new Fate.Aside("", row.code(), row.field())).toList();
        if (!Delivered.missing(rest, withheld).isEmpty() || rest.size() != withheld.size()) {
            throw new AssertionError("In quarantine of " + stream + " " + wanted + " are missing, and there are withheld " + withheld);
        }
    }

    /** I11: nothing that the pipeline has left behind or said holds a masked value. */
    private void canaries() throws IOException {
        String said = traces.take();
        Canary.in(said).ifPresent(found -> {
            throw new AssertionError("Logs, events or commands show " + found + ": "
                    + said.lines().filter(line -> Canary.in(line).isPresent()).findFirst().orElse(""));
        });
        try (var files = Files.walk(folder)) {
            for (Path one : files.filter(Files::isRegularFile).toList()) {
                Canary.in(Files.readAllBytes(one)).ifPresent(found -> {
                    throw new AssertionError(folder.relativize(one) + " holds " + found);
                });
                Canary.in(one.toString()).ifPresent(found -> {
                    throw new AssertionError("A file's name holds " + found);
                });
            }
        }
    }
}
