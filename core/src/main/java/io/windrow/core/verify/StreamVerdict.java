package io.windrow.core.verify;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Finding;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/**
 * How source and target compare for one stream.
 *
 * @param stream the stream
 * @param outcome the verdict
 * @param sourceRows rows that the source holds now within what was delivered; empty: it was not asked
 * @param targetRows rows that the target holds; empty: it was not asked
 * @param equal rows that are the same on both sides
 * @param missing keys that the source has, unchanged since the delivery, and the target has not
 * @param extra keys that the target has and the source, as far as is known, never lost
 * @param different keys whose rows differ although the source's did not change since the delivery
 * @param changedSince keys that differ because the source's row changed after the delivery, as is proved
 * @param undecidable keys that differ and of which it cannot be known why
 * @param earlierVersions further rows of equal keys at the target: older states that append mode keeps
 * @param kept rows of keys that only the target has, where what is deleted at the source stays by the write mode or a setting
 * @param agreeing rows in windows whose counts and sums agree and whose values were not compared
 * @param how what the verdict rests on, one line
 * @param examples some keys that differ, with their verdict
 * @param differing keys that are missing, extra or different, the values of each as text that a database reads back: of those
 *     that may be shown the first {@value #MOST_DIFFERING}
 * @param damage what of the target could not be read because it is gone or damaged; its rows are missing
 */
public record StreamVerdict(
        StreamName stream,
        Outcome outcome,
        OptionalLong sourceRows,
        OptionalLong targetRows,
        long equal,
        long missing,
        long extra,
        long different,
        long changedSince,
        long undecidable,
        long earlierVersions,
        long kept,
        long agreeing,
        String how,
        List<String> examples,
        List<List<String>> differing,
        List<Finding> damage) {
    /** So many keys are listed. */
    public static final int MOST_DIFFERING = 10_000;

    public StreamVerdict {
        examples = List.copyOf(examples);
        differing = differing.stream().map(List::copyOf).toList();
        damage = List.copyOf(damage);
    }

    /** A verdict that lists no keys. */
    public StreamVerdict(
            StreamName stream, Outcome outcome, OptionalLong sourceRows, OptionalLong targetRows, long equal, long missing, long extra,
            long different, long changedSince, long undecidable, long earlierVersions, long kept, long agreeing, String how,
            List<String> examples, List<Finding> damage) {
        this(
                stream, outcome, sourceRows, targetRows, equal, missing, extra, different, changedSince, undecidable, earlierVersions,
                kept, agreeing, how, examples, List.of(), damage);
    }

    /** The verdict on a stream. */
    public enum Outcome {
        /** Every delivered row is there and equal, or provably changed at the source since. */
        EQUAL,
        /** Counts and sums agree, or the rows of windows where they do not are equal; other values were not compared. */
        AGREEING,
        /** At least one key is missing, extra or different for certain, or a part of the target is gone or damaged. */
        DIFFERENT,
        /** Nothing differs for certain, but not everything could be judged. */
        UNDECIDED
    }

    /** Whether nothing differs, so that it needs no second look. */
    boolean settled() {
        return switch (outcome) {
            case EQUAL, AGREEING -> true;
            case DIFFERENT, UNDECIDED -> false;
        };
    }

    /** The same where commits were disposed of: a row that is not at the target may have been theirs, so it cannot be judged. */
    StreamVerdict withDisposed(long commits) {
        boolean open = outcome == Outcome.DIFFERENT && extra == 0 && different == 0 && damage.isEmpty();
        return new StreamVerdict(
                stream, open ? Outcome.UNDECIDED : outcome, sourceRows, targetRows, equal, 0, extra, different, changedSince,
                undecidable + missing, earlierVersions, kept, agreeing,
                how + "; " + (commits == 1 ? "1 commit was" : commits + " commits were") + " disposed of, and rows that are not at the target may have been theirs",
                examples.stream().filter(example -> !example.endsWith(": missing at the target")).toList(), damage);
    }

    /** The same where the target changed under the comparison: what differs may have been delivered in between. */
    StreamVerdict disturbed(String why) {
        return new StreamVerdict(
                stream, Outcome.UNDECIDED, sourceRows, targetRows, equal, 0, 0, 0, changedSince,
                undecidable + missing + extra + different, earlierVersions, kept, agreeing, why, List.of(), List.of());
    }

    /** The same where parts of the target are gone or damaged. */
    StreamVerdict damaged(Collection<Finding> found) {
        return found.isEmpty()
                ? this
                : new StreamVerdict(
                        stream, Outcome.DIFFERENT, sourceRows, targetRows, equal, missing, extra, different, changedSince,
                        undecidable, earlierVersions, kept, agreeing, how, examples, List.copyOf(found));
    }

    /** The same, resting on something else. */
    StreamVerdict because(String why) {
        return new StreamVerdict(
                stream, outcome, sourceRows, targetRows, equal, missing, extra, different, changedSince, undecidable,
                earlierVersions, kept, agreeing, why, examples, damage);
    }

    /** The verdict on a stream that could not be compared, and why. */
    public static StreamVerdict undecided(StreamName stream, String why) {
        return new StreamVerdict(
                stream, Outcome.UNDECIDED, OptionalLong.empty(), OptionalLong.empty(), 0, 0, 0, 0, 0, 0, 0, 0, 0, why, List.of(),
                List.of());
    }

    /** The verdict on a stream whose comparison an error ended. */
    public static StreamVerdict undecided(StreamName stream, WindrowException error) {
        return undecided(stream, "it could not be compared: " + error.getMessage() + " (" + error.errorCode().code() + ")");
    }
}
