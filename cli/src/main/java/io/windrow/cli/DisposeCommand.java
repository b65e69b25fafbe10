package io.windrow.cli;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.dispose.DisposalRecord;
import io.windrow.core.dispose.DisposalRecord.Checkpoints;
import io.windrow.core.dispose.DisposalRecord.Delivered;
import io.windrow.core.dispose.DisposalRecord.SetAside;
import io.windrow.core.dispose.DisposeError;
import io.windrow.core.dispose.Disposer;
import io.windrow.core.dispose.Grounds;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes what has been kept long enough. */
@Command(
        name = "dispose",
        description = "Say what has been kept long enough by the section retention, or what lies there under a former mask; with --apply, "
                + "delete it and keep a record.",
        sortOptions = false,
        footer = {"", "Data keys that no file needs any more are destroyed too: what was encrypted with them is gone for good, "
                + "also from backups."})
final class DisposeCommand implements Callable<Integer> {
    private static final Duration LEASE = Duration.ofMinutes(10);

    @ParentCommand Windrow windrow;

    @Parameters(index = "0", paramLabel = "FILE", description = "The pipeline file.")
    Path file;

    @Option(names = "--apply", description = "Delete; without, only say what would be deleted.")
    boolean apply;

    @Option(
            names = "--former-masks",
            description = "Instead of what the section retention names: everything that was delivered or set aside under another mask than "
                    + "the newest whole delivery of its stream, which took its place. Streams in retention.hold stay.")
    boolean formerMasks;

    @Option(
            names = "--clock-checked",
            description = "Somebody has looked at the clock: dispose although the newest ledger entry lies in the future, or years back.")
    boolean clockChecked;

    @Override
    public Integer call() {
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        String pipeline = plan.spec().pipeline();
        Grounds grounds = grounds(plan);
        try (StateStore store = Stores.required(plan.spec());
                ProcessContext opened = ProcessContext.open(pipeline, new Notes(windrow.screen()));
                Sink sink = plan.openSink(opened.decrypting(plan, store))) {
            refuseMisspelt(plan, store, opened);
            Disposer examining = new Disposer(
                    grounds, store, sink, new QuarantineDisposal(plan.spec().quarantineFolder(), pipeline),
                    opened.decrypting(plan, store), System.getProperty("user.name") + (formerMasks ? ", former masks" : ""));
            Disposer disposer = clockChecked ? examining.withClockChecked() : examining;
            List<DisposalRecord> records = apply ? applied(store, pipeline, disposer) : List.of(disposer.due());
            return print(pipeline, records, disposer);
        }
    }

    private Grounds grounds(Plan plan) {
        Optional<RetentionPolicy> policy = plan.spec().governance().retention();
        return formerMasks
                ? new Grounds.FormerMask(policy)
                : new Grounds.Age(policy.orElseThrow(() -> WindrowException.of(
                                DisposeError.NO_POLICY,
                                "Disposing of what " + plan.spec().pipeline() + " has kept long enough: nothing is said of how long")
                        .at(plan.spec().file())));
    }

    /** What is named as it was delivered is not looked up: the source may be gone. */
    private static void refuseMisspelt(Plan plan, StateStore store, Context context) {
        Set<StreamName> known = new TreeSet<>();
        store.load(plan.spec().pipeline()).forEach(state -> known.add(state.stream()));
        Set<String> delivered = known.stream().map(StreamName::toString).collect(Collectors.toSet());
        boolean all = plan.spec().governance().retention()
                .filter(policy -> !delivered.containsAll(policy.named().values()))
                .isEmpty();
        if (!all) {
            try (Source source = plan.openSource(context)) {
                known.addAll(source.selected().keySet());
            }
        }
        plan.refuseRetentionOfOthers(known);
    }

    private static List<DisposalRecord> applied(StateStore store, String pipeline, Disposer disposer) {
        Lease lease = store.acquire(pipeline, "windrow dispose, process " + ProcessHandle.current().pid(), LEASE);
        try {
            return disposer.apply(lease);
        } finally {
            store.release(lease);
        }
    }

    private int print(String pipeline, List<DisposalRecord> records, Disposer disposer) {
        List<DisposalRecord> intended = disposer.intended();
        List<StreamName> folded = disposer.foldedBefore();
        Map<StreamName, Optional<String>> kept = disposer.keptAtTarget();
        ExitCode code = folded.isEmpty() ? ExitCode.OK : ExitCode.UNDECIDED;
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", pipeline, "applied", apply, "disposals",
                            records.stream().map(record -> new Json.Raw(record.toJson())).toList(), "intended",
                            intended.stream().map(record -> new Json.Raw(record.toJson())).toList(), "compact_first",
                            folded.stream().map(StreamName::toString).toList(), "purge_at_target",
                            kept.entrySet().stream()
                                    .map(one -> Json.object("stream", one.getKey().toString(), "statement", one.getValue().orElse(null)))
                                    .toList()),
                    code);
        }
        Screen screen = windrow.screen();
        for (DisposalRecord record : intended) {
            screen.line("Disposal " + record.id() + " of " + record.streams() + " was decided and not finished: "
                    + (apply ? "it is on hold" : "--apply finishes it, but for streams on hold"));
        }
        for (StreamName stream : folded) {
            screen.line(stream + " was folded under a former mask and is what readers see: run `windrow compact` first, then dispose again");
        }
        kept.forEach((stream, statement) -> screen.line("Rows of " + stream + " under a former mask may lie at the target, which only its owner "
                + "can delete: if nobody has done so, " + statement.map(sql -> "execute `" + sql + "` there").orElse("delete them there")
                + " and run `windrow run --full-refresh --stream " + stream + "`"));
        Table table = Table.of("stream", "what", ">commits", ">files", ">rows", ">size", ">oldest", ">keys");
        boolean any = false;
        for (DisposalRecord record : records) {
            for (StreamName stream : record.streams()) {
                any = true;
                row(table, record, stream);
            }
        }
        if (!any) {
            screen.line(folded.isEmpty() && kept.isEmpty() ? "Nothing is due" : "Nothing else is due");
            return code.value();
        }
        table.print(screen);
        screen.line("");
        screen.line(apply
                ? "Done; the record is in the ledger and beside the data: "
                        + String.join(", ", records.stream().map(DisposalRecord::id).toList())
                : "Nothing was done; --apply does it");
        return code.value();
    }

    private static void row(Table table, DisposalRecord record, StreamName stream) {
        List<Delivered> delivered =
                record.delivered().stream().filter(one -> one.identity().stream().equals(stream)).toList();
        List<SetAside> aside = record.setAside().stream().filter(one -> one.stream().equals(stream)).toList();
        long keys = record.keys().stream().filter(key -> key.stream().equals(stream)).count();
        List<DisposalRecord.File> files = delivered.stream().flatMap(one -> one.files().stream()).toList();
        table.row(
                stream, "delivered", delivered.size(), files.size(),
                Screen.number(delivered.stream().mapToLong(Delivered::rows).sum()),
                Screen.bytes(files.stream().mapToLong(DisposalRecord.File::bytes).sum()),
                delivered.stream().map(Delivered::committed).min(Instant::compareTo)
                        .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString()).orElse("-"),
                keys);
        if (!aside.isEmpty()) {
            table.row(
                    stream, "set aside", aside.stream().map(one -> one.generation() + "/" + one.epoch()).distinct().count(),
                    aside.size(), "-", Screen.bytes(aside.stream().mapToLong(one -> one.file().bytes()).sum()), "-", "-");
        }
        long entries = record.checkpoints().stream().filter(one -> one.stream().equals(stream)).mapToLong(Checkpoints::entries).sum();
        if (entries > 0) {
            table.row(stream, "ledger entries", Screen.number(entries), "-", "-", "-", "-", "-");
        }
    }
}
