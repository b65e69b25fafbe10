package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Reconciliation.Change;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of the open windows by key, one partition of the keys at a time: {@code begin}, all source rows, all target rows,
 * {@code finish}. A key of the target may have several rows, the states that append mode keeps; one that equals the
 * source's is enough.
 */
final class KeyComparison {
    private static final int MAX_EXAMPLES = 20;
    private static final int JUDGED_AT_ONCE = 1000;

    private final StreamSchema schema;
    private final int partitions;
    private final WindowOf windowOf;
    private final BitSet open;
    private final Function<List<Suspect>, List<Change>> judge;
    private final TargetKeys quoted;
    private final Deleted deleted;
    private final RowDigest keyDigest = new RowDigest();
    private final RowDigest rowDigest;
    private final List<String> certain = new ArrayList<>();
    private final List<String> doubtful = new ArrayList<>();
    private final List<List<String>> differing = new ArrayList<>();
    private Map<RowHash, Pair> pairs = new HashMap<>();
    private int partition;
    private long equal;
    private long missing;
    private long extra;
    private long different;
    private long changed;
    private long undecidable;
    private long earlierVersions;
    private long kept;

    KeyComparison(
            StreamSchema schema,
            int partitions,
            WindowOf windowOf,
            BitSet open,
            RowDigest rowDigest,
            Function<List<Suspect>, List<Change>> judge,
            TargetKeys quoted,
            Deleted deleted) {
        this.schema = schema;
        this.partitions = partitions;
        this.windowOf = windowOf;
        this.open = open;
        this.rowDigest = rowDigest;
        this.judge = judge;
        this.quoted = quoted;
        this.deleted = deleted;
    }

    /** Whether examples may show a key that only the target has. */
    enum TargetKeys {
        /** It went through the mask that the source's rows go through. */
        SHOWN,
        /** It may be from before the mask hid it (I11). */
        WITHHELD
    }

    /** What becomes of rows at the target that are deleted at the source. */
    enum Deleted {
        /** They are deleted, so that one is extra that only the target has. */
        GONE,
        /** They stay, and nobody can tell them from others that only the target has. */
        STAY
    }

    private static final class Pair {
        private final List<String> key;
        private @Nullable RowHash source;
        private @Nullable RowHash target;
        private long sourceRows;
        private long targetRows;
        private boolean matched;

        private Pair(List<String> key) {
            this.key = key;
        }
    }

    void begin(int newPartition) {
        partition = newPartition;
        pairs = new HashMap<>();
    }

    void source(Batch batch) {
        each(batch, (pair, hash) -> {
            pair.source = hash;
            pair.sourceRows++;
        });
    }

    void target(Batch batch) {
        each(batch, (pair, hash) -> {
            pair.target = hash;
            pair.targetRows++;
            pair.matched |= hash.equals(pair.source);
        });
    }

    void finish() {
        List<Pair> open = new ArrayList<>();
        for (Pair pair : pairs.values()) {
            if (pair.matched && pair.sourceRows == 1) {
                equal++;
                earlierVersions += pair.targetRows - 1;
            } else if (pair.sourceRows == 0 && deleted == Deleted.STAY) {
                kept++;
            } else {
                open.add(pair);
            }
            if (open.size() == JUDGED_AT_ONCE) {
                judge(open);
                open.clear();
            }
        }
        judge(open);
        pairs = new HashMap<>();
    }

    /**
     * The verdict.
     *
     * @param equalBefore rows of other windows that were found equal by their hashes
     * @param agreeing rows of other windows of which only counts and sums agree
     * @param scope how the windows were chosen
     */
    StreamVerdict verdict(
            StreamName stream, long sourceRows, long targetRows, long equalBefore, long agreeing, String scope) {
        StreamVerdict.Outcome outcome = missing + extra + different > 0
                ? StreamVerdict.Outcome.DIFFERENT
                : undecidable > 0
                        ? StreamVerdict.Outcome.UNDECIDED
                        : agreeing > 0 ? StreamVerdict.Outcome.AGREEING : StreamVerdict.Outcome.EQUAL;
        String how = scope + " exact keys" + (earlierVersions > 0 ? "; the target keeps " + earlierVersions + " earlier versions" : "")
                + (kept > 0 ? "; the target keeps " + kept + " rows that the source does not have (any more), as it is to" : "");
        return new StreamVerdict(
                stream, outcome, OptionalLong.of(sourceRows), OptionalLong.of(targetRows), equalBefore + equal, missing, extra,
                different, changed, undecidable, earlierVersions, kept, agreeing, how,
                Stream.concat(certain.stream(), doubtful.stream()).limit(MAX_EXAMPLES).toList(), differing, List.of());
    }

    private void judge(List<Pair> open) {
        if (open.isEmpty()) {
            return;
        }
        List<Change> changes = judge.apply(open.stream()
                .map(pair -> new Suspect(pair.key, Optional.ofNullable(pair.source), Optional.ofNullable(pair.target)))
                .toList());
        for (int i = 0; i < open.size(); i++) {
            Pair pair = open.get(i);
            List<String> examples = doubtful;
            String verdict;
            if (pair.sourceRows > 1) {
                undecidable++;
                verdict = "undecidable: the key is not unique at the source";
            } else {
                verdict = switch (changes.get(i)) {
                    case CHANGED -> {
                        changed++;
                        yield "changed since the delivery";
                    }
                    case UNDECIDABLE -> {
                        undecidable++;
                        yield "undecidable: it cannot be known whether the source changed it since";
                    }
                    case UNCHANGED -> {
                        examples = certain;
                        if (differing.size() < StreamVerdict.MOST_DIFFERING && !isWithheld(pair)) {
                            differing.add(pair.key);
                        }
                        yield certain(pair);
                    }
                };
            }
            if (examples.size() < MAX_EXAMPLES) {
                String key = isWithheld(pair)
                        ? "withheld, since rows at the target follow another mask"
                        : String.join(", ", pair.key);
                examples.add(String.join(", ", schema.key()) + " = " + key + ": " + verdict);
            }
        }
    }

    private boolean isWithheld(Pair pair) {
        return pair.sourceRows == 0 && quoted == TargetKeys.WITHHELD;
    }

    private String certain(Pair pair) {
        if (pair.targetRows == 0) {
            missing++;
            return "missing at the target";
        } else if (pair.sourceRows == 0) {
            extra++;
            return "extra at the target";
        }
        different++;
        return "different";
    }

    private void each(Batch batch, RowTaker taker) {
        List<FieldVector> vectors = batch.arrow().getFieldVectors();
        List<FieldVector> keys = new ArrayList<>();
        schema.key().forEach(name -> keys.add(vectors.get(schema.indexOf(name))));
        int[] windows = windowOf.rows(batch);
        for (int row = 0; row < batch.rowCount(); row++) {
            if (!open.get(windows[row])) {
                continue;
            }
            RowHash key = keyDigest.of(keys, row);
            if (Long.remainderUnsigned(key.low(), partitions) == partition) {
                int at = row;
                Pair pair = pairs.computeIfAbsent(key, absent -> new Pair(KeyText.of(keys, at)));
                taker.take(pair, rowDigest.of(vectors, row));
            }
        }
    }

    @FunctionalInterface
    private interface RowTaker {
        void take(Pair pair, RowHash row);
    }
}
