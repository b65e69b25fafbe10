package io.windrow.cli;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Planner;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.quarantine.QuarantinedGroup;
import io.windrow.core.registry.Registry;
import io.windrow.core.replay.Difference;
import io.windrow.core.replay.Reextraction;
import io.windrow.core.replay.Refusal;
import io.windrow.core.replay.ReplayParts;
import io.windrow.core.replay.Staging;
import io.windrow.runner.local.WindowReplay;
import io.windrow.runner.local.WindowReplay.Applied;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Delivers rows that were set aside and have become good. */
@Command(
        name = "replay",
        description = "Read rows that were set aside from the source again, by their keys, and judge them as a run would now; with "
                + "--apply, deliver those that pass, once, and take them out of quarantine, with a record. The others stay.")
final class QuarantineReplayCommand implements Callable<Integer> {
    @ParentCommand QuarantineCommand quarantine;

    @Mixin QuarantineCommand.Which which;

    @Option(names = "--apply", description = "Do it; without, only say what would be delivered.")
    boolean apply;

    /**
     * What became of one stream's rows.
     *
     * @param rows rows in quarantine
     * @param left rows that left it
     */
    private record Outcome(Applied applied, long rows, long left) {
        long passing() {
            Difference d = applied.difference();
            return d.equal() + d.added() + d.changed() + d.repeated();
        }
    }

    @Override
    public Integer call() {
        Verification.hushReader();
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(which.spec());
        List<Outcome> outcomes = new ArrayList<>();
        FailedStreams failed = new FailedStreams();
        Map<StreamName, Long> unread;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(quarantine.windrow.screen()));
                StateStore store = Stores.required(plan.spec())) {
            Quarantine rows = new Quarantine(
                    plan.spec().quarantineFolder(), plan.spec().pipeline(),
                    context.decrypting(plan, store).sealing(Sealing.Use.SET_ASIDE));
            Map<StreamName, Long> before = rows(rows);
            unread = new TreeMap<>(before);
            List<PlannedStream> tasks = tasks(plan, context, before.keySet());
            for (PlannedStream task : tasks) {
                unread.remove(task.stream());
                try {
                    outcomes.add(outcome(plan, context, store, task, rows, before.get(task.stream())));
                } catch (RuntimeException e) {
                    if (tasks.size() == 1) {
                        throw e;
                    }
                    failed.add(task.stream(), e);
                }
            }
        }
        Windrow windrow = quarantine.windrow;
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", plan.spec().pipeline(), "applied", apply, "streams",
                            outcomes.stream().map(QuarantineReplayCommand::json).toList(), "unread",
                            unread.entrySet().stream()
                                    .map(left -> Json.object("stream", left.getKey().toString(), "rows", left.getValue()))
                                    .toList(), "failed", failed.json()),
                    failed.worst());
        }
        unread.forEach((stream, count) -> windrow.screen().line(Screen.rows(count) + " of " + stream
                + " stay: the pipeline does not read the stream any more"));
        if (!outcomes.isEmpty() || unread.isEmpty() && failed.isEmpty()) {
            print(windrow.screen(), outcomes);
        }
        failed.print(windrow);
        return failed.worst().value();
    }

    private Outcome outcome(
            Plan plan, ProcessContext context, StateStore store, PlannedStream task, Quarantine rows, long had) {
        Applied applied = apply
                ? new WindowReplay(store, context, event -> {}, plan)
                        .apply(task, rows, which.filter(), System.getProperty("user.name"), new Staging.Passing(context.temporaryFolder()))
                : new Applied(judge(plan, context, store, task, rows), Optional.empty());
        return new Outcome(applied, had, had - rows(rows).getOrDefault(task.stream(), 0L));
    }

    private Map<StreamName, Long> rows(Quarantine rows) {
        return rows.groups(which.filter()).stream()
                .collect(Collectors.groupingBy(QuarantinedGroup::stream, Collectors.summingLong(QuarantinedGroup::rows)));
    }

    /** The streams of some rows that the pipeline still reads. What is named by --stream and is none of these is refused. */
    private List<PlannedStream> tasks(Plan plan, ProcessContext context, Set<StreamName> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        try (Source source = plan.openSource(context)) {
            Map<StreamName, ReadMode> selected = source.selected();
            if (which.stream != null) {
                plan.stream(KnownStreams.named(which.stream, wanted).orElseThrow().toString(), selected);
            }
            return plan.streams(selected).stream().filter(task -> wanted.contains(task.stream())).toList();
        }
    }

    /** Takes no lease and changes nothing. */
    private Difference judge(
            Plan plan, ProcessContext context, StateStore store, PlannedStream task, Quarantine rows) {
        HashKey key = plan.hashKey().or(() -> store.hashKey(plan.spec().pipeline())).orElseGet(HashKey::random);
        try (Source source = plan.openSource(context);
                Sink sink = plan.openSink(context.decrypting(plan, store));
                Reextraction again = Reextraction.open(
                        new ReplayParts(plan, source, sink, store, key, context.allocator(), new Staging.Passing(context.temporaryFolder())), task,
                        KnownStreams.state(task.stream().toString(), store.load(plan.spec().pipeline())), rows,
                        which.filter())) {
            return again.compare();
        }
    }

    private void print(Screen screen, List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            screen.line("No such row is set aside");
            return;
        }
        Table table = Table.of("stream", ">rows", ">passing", ">delivered before", ">to deliver", ">left quarantine", ">stay");
        for (Outcome outcome : outcomes) {
            Difference d = outcome.applied.difference();
            table.row(
                    d.stream(), Screen.number(outcome.rows), Screen.number(outcome.passing()), Screen.number(d.equal()),
                    Screen.number(d.added() + d.changed()), Screen.number(outcome.left), Screen.number(outcome.rows - outcome.left));
        }
        table.print(screen);
        for (Outcome outcome : outcomes) {
            long lost = outcome.applied.difference().withoutKey();
            if (lost > 0) {
                screen.line("  " + outcome.applied.difference().stream() + "  " + Screen.rows(lost) + (lost == 1 ? " has" : " have")
                        + " no whole key in quarantine (null, withheld or not there) and cannot be found again: run `windrow replay` over the "
                        + "window, or discard what is delivered");
            }
            outcome.applied.difference().refusal().ifPresent(refusal -> screen.line("  " + outcome.applied.difference().stream()
                    + "  " + refusal.why() + "; --apply refuses this: " + refusal.error().code()));
        }
        screen.line("");
        screen.line(apply
                ? "Rows that pass are delivered; the record is in " + which.spec().quarantineFolder() + " beside the pipeline's folder"
                : outcomes.stream().anyMatch(outcome -> outcome.applied.difference().refusal().isPresent())
                        ? "Nothing was changed, and --apply would refuse to"
                        : "Nothing was changed; --apply delivers the rows that pass");
    }

    private static Object json(Outcome outcome) {
        Difference d = outcome.applied.difference();
        return Json.object(
                "stream", d.stream().toString(), "rows", outcome.rows, "passing", outcome.passing(), "delivered_before", d.equal(),
                "to_deliver", d.added() + d.changed(), "refused", d.refusal().map(refusal -> refusal.error().code()), "why",
                d.refusal().map(Refusal::why), "without_key", d.withoutKey(), "left_quarantine", outcome.left, "stay", outcome.rows - outcome.left,
                "generation", outcome.applied.epoch().map(LedgerEntry::generation), "epoch",
                outcome.applied.epoch().map(LedgerEntry::epoch));
    }
}
