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
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Compares source and target, row by row.
 *
 * @param windrow for progress and notices
 * @param plan the pipeline
 * @param store its state store, which stays open
 * @param depth how deeply windows are compared that agree
 * @param patience how long the target of a change stream may take to come to the moment at which the source is read
 */
record Verification(Windrow windrow, Plan plan, StateStore store, Depth depth, Duration patience) {
    /** Held, since a logger that nobody holds forgets its level. Our reader's news about SIMD are not the user's. */
    private static final Logger HARDWOOD = Logger.getLogger("dev.hardwood");

    /** What the rows may take that a change log is folded into. */
    private static final long FOLDING_BYTES = 64L << 20;

    /** How the streams were chosen. */
    enum Chosen {
        ALL,
        NAMED
    }

    /** Before delivered files are decoded. */
    static void hushReader() {
        HARDWOOD.setLevel(Level.WARNING);
    }

    /**
     * The verdicts.
     *
     * @param states the streams, as the store has them
     * @param chosen how they were
     */
    List<StreamVerdict> verdicts(List<StreamState> states, Chosen chosen) {
        hushReader();
        List<StreamVerdict> verdicts = new ArrayList<>();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context);
                Sink sink = plan.openSink(context.decrypting(plan, store));
                VerifyProgress progress = VerifyProgress.of(windrow)) {
            SchemaGate gate = plan.schemas().gate(new SchemaBook(store, plan.spec().pipeline()).newest());
            Verifier verifier = new Verifier(source, sink, plan.steps().after(new KeptSchemas(gate)), depth,
                    new Verifier.Progress(stream -> newest(plan, store, stream), patience),
                    stream -> folded(plan, store, stream, sink, context), (stream, doing, rows) -> {
                progress.doing(stream + ", " + doing);
                progress.rows(rows);
            });
            Map<StreamName, WindrowException> unwell = new LinkedHashMap<>();
            Predicate<StreamState> left = chosen == Chosen.ALL ? leftOnPurpose(source, states) : state -> false;
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
}
