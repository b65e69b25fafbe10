package io.windrow.core.replay;

import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import java.util.List;
import java.util.Optional;

/**
 * How a window reads now, against what was delivered of it.
 *
 * @param stream the stream
 * @param window the slice that was read, for people
 * @param sourceRows rows that the window would deliver now
 * @param deliveredRows rows that the target holds of it
 * @param sourceHash the sum of the keyed hashes of the first
 * @param deliveredHash the sum of the keyed hashes of the second
 * @param equal rows that are the same on both sides
 * @param added keys that the target lacks
 * @param changed keys whose rows differ
 * @param missing keys that the source does not have any more
 * @param left keys whose row lies outside the window at the source, or is the next run's to deliver; what was delivered of
 *     them stays
 * @param repeated source rows that repeat a delivered one, by the pipeline's {@code dedupe}
 * @param earlierVersions further delivered rows of equal keys: older states that append mode keeps
 * @param setAside source rows that the contract does not let pass; they are not delivered
 * @param withoutKey rows in quarantine whose lines hold no whole key, so that they cannot be found at the source again
 * @param ambiguous keys of which the source has several rows
 * @param refusal why it is not applied; empty if it can be
 * @param examples some keys that differ, with what they are
 */
public record Difference(
        StreamName stream,
        String window,
        long sourceRows,
        long deliveredRows,
        RowHash sourceHash,
        RowHash deliveredHash,
        long equal,
        long added,
        long changed,
        long missing,
        long left,
        long repeated,
        long earlierVersions,
        long setAside,
        long withoutKey,
        long ambiguous,
        Optional<Refusal> refusal,
        List<String> examples) {
    public Difference {
        examples = List.copyOf(examples);
    }

    /** Whether applying it would change anything. */
    public boolean isEmpty() {
        return added + changed + missing == 0;
    }
}
