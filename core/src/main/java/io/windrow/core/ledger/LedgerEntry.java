package io.windrow.core.ledger;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The proof of what one stream delivered in one epoch. It cannot be made when its books do not balance, when the output
 * holds another number of rows than were handed to it, or when h_written is known and differs from h_out: so an epoch
 * that does not add up is never committed (I1).
 *
 * @param pipeline the pipeline's name
 * @param stream the stream
 * @param generation the delivery's generation
 * @param epoch the epoch's number
 * @param mode how the rows change the target
 * @param account the books, in source events
 * @param hashSource h_source: over the decoded values at the reader, before any transform. It can speak of masked values
 *     and never leaves the state store: {@link #forTarget()} drops it (I11)
 * @param hashKey the id of the key of the hashes ({@link HashKey#id}): sums under different keys cannot be compared
 * @param hashOut h_out: over the values handed to the encoder
 * @param written what was read back of the encoded output
 * @param ranges how far each split was read; only splits that were touched in this epoch
 * @param schemaVersion the schema version of the rows
 * @param guarantee what was promised for the stream
 * @param completesGeneration whether the read ended with this epoch
 * @param outputs what was produced: file names relative to the sink's root, offsets. Empty until the commit
 * @param bytes bytes of the encoded output
 * @param started when the first row of the epoch was asked for
 * @param cut when the last output was durable
 * @param exceptions values that followed a counted rule, by {@code column:kind}
 * @param measures numbers that the transforms took, by name: samples
 * @param policies the version of each policy that shaped the rows, by its section: {@code mask} or {@code mask.key.0}.
 *     Versions of keys are keyed fingerprints, never the keys (I11)
 * @param eventTimes when the rows happened; empty: the stream has no field of event time
 * @param replay what a replay did in this epoch; empty if a run made it
 */
public record LedgerEntry(
        String pipeline,
        StreamName stream,
        long generation,
        long epoch,
        WriteMode mode,
        Account account,
        Optional<RowHash> hashSource,
        String hashKey,
        RowHash hashOut,
        Written written,
        List<SplitRange> ranges,
        int schemaVersion,
        Guarantee guarantee,
        boolean completesGeneration,
        List<String> outputs,
        long bytes,
        Instant started,
        Instant cut,
        Map<String, Long> exceptions,
        Map<String, Measure> measures,
        Map<String, String> policies,
        Optional<EventTimes> eventTimes,
        Optional<Replay> replay) {
    public LedgerEntry {
        // I1: an epoch whose books do not balance is never committed.
        if (!account.balances()) {
            throw WindrowException.of(
                    LedgerError.UNBALANCED,
                    "Closing the books of " + stream + " in epoch " + epoch + ": " + account.in() + " events came in, "
                            + account.out() + " are accounted for (" + account + ")");
        }
        if (written.rows() != account.written()) {
            throw WindrowException.of(
                    LedgerError.ROWS_DIFFER,
                    "Closing the books of " + stream + " in epoch " + epoch + ": " + account.written()
                            + " rows were handed to the target, " + written.rows() + " were read back");
        }
        if (written.hash().isPresent() && !written.hash().get().equals(hashOut)) {
            throw WindrowException.of(
                    LedgerError.HASHES_DIFFER,
                    "Closing the books of " + stream + " in epoch " + epoch + ": h_out is " + hashOut
                            + ", h_written is " + written.hash().get());
        }
        ranges = List.copyOf(ranges);
        outputs = List.copyOf(outputs);
        exceptions = Collections.unmodifiableMap(new TreeMap<>(exceptions));
        measures = Collections.unmodifiableMap(new TreeMap<>(measures));
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }

    /** An entry of a run whose rows no transform touched. */
    public LedgerEntry(
            String pipeline,
            StreamName stream,
            long generation,
            long epoch,
            WriteMode mode,
            Account account,
            Optional<RowHash> hashSource,
            String hashKey,
            RowHash hashOut,
            Written written,
            List<SplitRange> ranges,
            int schemaVersion,
            Guarantee guarantee,
            boolean completesGeneration,
            List<String> outputs,
            long bytes,
            Instant started,
            Instant cut,
            Map<String, Long> exceptions) {
        this(
                pipeline, stream, generation, epoch, mode, account, hashSource, hashKey, hashOut, written, ranges, schemaVersion,
                guarantee, completesGeneration, outputs, bytes, started, cut, exceptions, Map.of(), Map.of(),
                Optional.empty(), Optional.empty());
    }

    /** The same entry with what the transforms measured and the versions of the policies that they followed. */
    public LedgerEntry with(Map<String, Measure> newMeasures, Map<String, String> newPolicies) {
        return new LedgerEntry(
                pipeline, stream, generation, epoch, mode, account, hashSource, hashKey, hashOut, written, ranges, schemaVersion,
                guarantee, completesGeneration, outputs, bytes, started, cut, exceptions, newMeasures, newPolicies,
                eventTimes, replay);
    }

    /** The same entry with the event times of its rows. */
    public LedgerEntry with(EventTimes times) {
        return new LedgerEntry(
                pipeline, stream, generation, epoch, mode, account, hashSource, hashKey, hashOut, written, ranges, schemaVersion,
                guarantee, completesGeneration, outputs, bytes, started, cut, exceptions, measures, policies, Optional.of(times),
                replay);
    }

    /** The same entry as that of a replay. */
    public LedgerEntry of(Replay newReplay) {
        return new LedgerEntry(
                pipeline, stream, generation, epoch, mode, account, hashSource, hashKey, hashOut, written, ranges, schemaVersion,
                guarantee, completesGeneration, outputs, bytes, started, cut, exceptions, measures, policies, eventTimes,
                Optional.of(newReplay));
    }

    /** The same entry with what the commit produced. */
    public LedgerEntry withOutputs(List<String> produced) {
        return new LedgerEntry(
                pipeline, stream, generation, epoch, mode, account, hashSource, hashKey, hashOut, written, ranges, schemaVersion,
                guarantee, completesGeneration, produced, bytes, started, cut, exceptions, measures, policies,
                eventTimes, replay);
    }

    /** The entry as it may lie beside the data: without h_source, and without sums over keys of rows that it may not hold. */
    public LedgerEntry forTarget() {
        return new LedgerEntry(
                pipeline, stream, generation, epoch, mode, account, Optional.empty(), hashKey, hashOut, written, ranges,
                schemaVersion, guarantee, completesGeneration, outputs, bytes, started, cut, exceptions, measures, policies,
                eventTimes.map(EventTimes::withoutKeys), replay);
    }

    /** Compact JSON on one line. The inverse of {@link #parse}. */
    public String toJson() {
        return LedgerJson.write(this);
    }

    /** Reads what {@link #toJson} wrote. Anything else is {@link LedgerError#UNREADABLE}. */
    public static LedgerEntry parse(String json) {
        return LedgerJson.read(json);
    }
}
