package io.windrow.cli;

import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.dispose.DisposalRecord;
import io.windrow.core.dispose.Disposer;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Prints the proof of what was delivered. */
@Command(name = "ledger", description = "Show the ledger: for every stream and epoch what came in, where it went, and the proof.")
final class LedgerCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Option(names = "--entries", paramLabel = "N", defaultValue = "50", description = "The newest N entries (50).")
    int entries;

    @Option(
            names = "--windows",
            description = "Show instead, for each stream with a `watermark`, which windows of event time are complete: the low "
                    + "watermark has passed them and the source counts as many rows as were read, and the same ones. Exit code 8: "
                    + "a count differs. 9: one is not proven.")
    boolean windows;

    @Override
    public Integer call() {
        if (windows) {
            Plan plan = target.plan(Registry.load());
            try (StateStore store = Stores.required(plan.spec())) {
                return new WindowsView(windrow, plan).call(store, wanted(store.load(plan.spec().pipeline())));
            }
        }
        PipelineSpec spec = target.spec(Registry.load());
        List<String> lines = new ArrayList<>();
        List<DisposalRecord> disposals;
        try (StateStore store = Stores.required(spec)) {
            if (target.streams.isEmpty() || target.from != null) {
                lines.addAll(store.ledger(spec.pipeline(), Optional.empty(), entries));
            }
            disposals = Disposer.records(store, spec.pipeline());
            List<StreamState> known = store.load(spec.pipeline());
            for (String name : target.from == null ? target.streams : List.<String>of()) {
                StreamName stream = KnownStreams.find(name, known);
                lines.addAll(store.ledger(spec.pipeline(), Optional.of(stream), entries));
            }
        }
        if (windrow.json) {
            return windrow.print(
                    Json.object(
                            "pipeline", spec.pipeline(), "entries", lines.stream().map(Json.Raw::new).toList(), "disposals",
                            disposals.stream().map(record -> new Json.Raw(record.toJson())).toList()),
                    ExitCode.OK);
        }
        print(windrow.screen(), lines.stream().map(LedgerEntry::parse).toList());
        for (DisposalRecord record : disposals) {
            windrow.screen().line("disposal " + record.id() + " by " + record.who() + ", "
                    + record.status().name().toLowerCase(Locale.ROOT) + ": commits "
                    + Screen.number(record.delivered().size()) + ", files of rows set aside "
                    + Screen.number(record.setAside().size()) + ", ledger entries rolled up "
                    + Screen.number(record.checkpoints().stream().mapToLong(DisposalRecord.Checkpoints::entries).sum())
                    + ", data keys " + Screen.number(record.keys().size()));
        }
        return ExitCode.OK.value();
    }

    private List<StreamState> wanted(List<StreamState> known) {
        return target.from != null || target.streams.isEmpty()
                ? known
                : target.streams.stream().map(name -> KnownStreams.state(name, known)).toList();
    }

    private static String watermark(LedgerEntry entry) {
        return entry.eventTimes().flatMap(times -> WindowsView.text(times.lowWatermark(), times.by())).orElse("-");
    }

    /** How many of the rows that came in had been delivered before, and which share that is. */
    private static String duplicates(LedgerEntry entry) {
        long dropped = entry.account().duplicates();
        return dropped == 0 ? "0" : Screen.number(dropped) + " (" + RunReport.share(dropped, entry.account().in()) + ")";
    }

    /** The epoch, or those that an entry stands for. */
    private static String epochs(LedgerEntry entry) {
        return RollUp.entries(entry) == 1 ? Long.toString(entry.epoch()) : RollUp.firstEpoch(entry) + "-" + entry.epoch();
    }

    static void print(Screen screen, List<LedgerEntry> entries) {
        boolean timed = entries.stream().anyMatch(entry -> entry.eventTimes().isPresent());
        List<String> heads = new ArrayList<>(List.of(
                "stream", ">gen", ">epoch", "mode", ">in", ">written", ">quarantined", ">duplicates", ">bytes", "h_out", "complete", "cut", "read back"));
        if (timed) {
            heads.addAll(List.of(">late", "low watermark"));
        }
        Table table = Table.of(heads.toArray(String[]::new));
        long written = 0;
        for (LedgerEntry entry : entries) {
            written += entry.account().written();
            List<Object> cells = new ArrayList<>(List.of(
                    entry.stream(),
                    entry.generation(),
                    epochs(entry),
                    entry.mode().name().toLowerCase(Locale.ROOT),
                    Screen.number(entry.account().in()),
                    Screen.number(entry.account().written()),
                    Screen.number(entry.account().quarantined()),
                    duplicates(entry),
                    Screen.bytes(entry.bytes()),
                    entry.hashOut().equals(RowHash.ZERO) ? "-" : entry.hashOut().toString().substring(0, 12),
                    entry.completesGeneration() ? "yes" : "-",
                    entry.cut().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                    readBack(entry)));
            if (timed) {
                cells.add(entry.eventTimes().map(times -> Screen.number(times.late())).orElse("-"));
                cells.add(watermark(entry));
            }
            table.row(cells.toArray());
        }
        table.print(screen, "read back", "cut", "late", "mode", "complete", "duplicates", "quarantined", "bytes");
        screen.line("");
        SampleShare.lines(entries).forEach(screen::line);
        long whole = entries.stream().filter(entry -> entry.written().hash().isPresent()).count();
        screen.line(entries.size() + (entries.size() == 1 ? " entry, " : " entries, ") + Screen.rows(written)
                + " written; in every entry the books balance, and as many rows were read back as were handed over");
        if (whole < entries.size()) {
            screen.line("values were read back as \"read back\" says, in full (h_written = h_out) in " + Screen.number(whole)
                    + " of them; `windrow verify --files` decodes every value");
        }
    }

    /** What is known of the output because it was read back, as the entry has it; of several epochs, of the last one. */
    private static String readBack(LedgerEntry entry) {
        String proof = entry.written().hash().isPresent() ? "h_written = h_out; " + entry.written().proof() : entry.written().proof();
        return RollUp.entries(entry) == 1 ? proof : "of the last: " + proof;
    }
}
