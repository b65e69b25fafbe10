package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.verify.KeyText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.apache.arrow.vector.FieldVector;

/**
 * Pairs the rows of a window by what identifies them, one partition of the identities at a time: {@code begin}, all staged
 * rows, all delivered rows, {@code finish}. Used by one thread.
 */
final class Comparing {
    private static final int MAX_EXAMPLES = 20;
    /** So many pairs are held at most (I12); a partition that has more is to be begun again as several. */
    private static final int MOST_PAIRS = 400_000;

    private final Identity identity;
    private final RowHasher identities;
    private final RowHasher rows;
    private final List<String> key;
    private final Function<List<Lone>, Set<RowHash>> alive;
    private final Changes changes = new Changes();
    private final List<String> examples = new ArrayList<>();
    private Map<RowHash, Pair> pairs = new HashMap<>();
    private int partitions;
    private int partition;
    private boolean overflowed;
    long equal;
    long added;
    long changed;
    long missing;
    long left;
    long repeated;
    long earlierVersions;
    long ambiguous;

    /**
     * A comparison.
     *
     * @param identities hashes what identifies a row
     * @param rows hashes a whole row
     * @param key the columns that examples show
     * @param alive which of some delivered rows without a counterpart the source still has, outside the window
     */
    Comparing(
            Identity identity, RowHasher identities, RowHasher rows, List<String> key,
            Function<List<Lone>, Set<RowHash>> alive) {
        this.identity = identity;
        this.identities = identities;
        this.rows = rows;
        this.key = key;
        this.alive = alive;
    }

    /** What makes two rows the same one. */
    enum Identity {
        /** The stream's key; rows outside the window are others' business: append mode keeps older states. */
        KEY,
        /** The stream's key, of which the target has one row wherever it lies. */
        KEY_ANYWHERE,
        /** The stream's key and the row's state: what was delivered of the key before stays beside it. */
        KEY_AND_STATE,
        /** The fields by which the pipeline drops repeated rows, wherever the first of them lies. */
        REPEATS,
        /** All its values: the stream has no key. */
        ROW
    }

    /** A delivered row of the window that the source's window lacks. */
    record Lone(RowHash identity, List<String> key) {}

    private static final class Pair {
        private final List<String> key;
        /** Most often one. */
        private Set<RowHash> staged = Set.of();
        private int stagedRows;
        private int inWindow;
        private int elsewhere;
        private boolean matched;

        private Pair(List<String> key) {
            this.key = key;
        }

        private void staged(RowHash hash) {
            if (staged.isEmpty()) {
                staged = Set.of(hash);
            } else if (staged instanceof HashSet<RowHash> several) {
                several.add(hash);
            } else {
                staged = new HashSet<>(staged);
                staged.add(hash);
            }
            stagedRows++;
        }
    }

    void begin(int newPartition, int of) {
        partition = newPartition;
        partitions = of;
        pairs = new HashMap<>();
        overflowed = false;
    }

    /** Whether the partition has too many pairs; it cannot be finished then. */
    boolean overflowed() {
        return overflowed;
    }

    /** The staged rows. */
    void staged(Batch batch) {
        each(batch, row -> true, Pair::staged);
    }

    /** Delivered rows, with those that lie in the window. */
    void delivered(Batch batch, IntPredicate inWindow) {
        each(batch, inWindow, (pair, hash) -> {
            pair.inWindow++;
            pair.matched |= pair.staged.contains(hash);
        });
        if (identity == Identity.KEY_ANYWHERE || identity == Identity.REPEATS) {
            long[][] hashes = hashes(batch, identities);
            long[][] whole = hashes(batch, rows);
            for (int row = 0; row < batch.rowCount(); row++) {
                Pair pair = inWindow.test(row) ? null : pairs.get(new RowHash(hashes[1][row], hashes[0][row]));
                if (pair != null) {
                    pair.elsewhere++;
                    pair.matched |= pair.staged.contains(new RowHash(whole[1][row], whole[0][row]));
                }
            }
        }
    }

    void finish() {
        Map<RowHash, Lone> lone = new HashMap<>();
        for (Map.Entry<RowHash, Pair> entry : pairs.entrySet()) {
            Pair pair = entry.getValue();
            if (identity == Identity.ROW) {
                asRow(entry.getKey(), pair);
            } else if (pair.stagedRows == 0) {
                lone.put(entry.getKey(), new Lone(entry.getKey(), pair.key));
            } else {
                asKey(entry.getKey(), pair);
            }
        }
        Set<RowHash> still = lone.isEmpty() ? Set.of() : alive.apply(List.copyOf(lone.values()));
        for (Lone row : lone.values()) {
            if (still.contains(row.identity())) {
                left++;
                example(row.key(), "left as it is: the source's row lies outside the window, or is the next run's to deliver");
            } else {
                missing++;
                changes.removeAll(row.identity());
                example(row.key(), "missing at the source");
            }
        }
        pairs = new HashMap<>();
    }

    private void asRow(RowHash hash, Pair pair) {
        equal += Math.min(pair.stagedRows, pair.inWindow);
        int more = pair.stagedRows - pair.inWindow;
        if (more > 0) {
            added += more;
            changes.deliver(hash, more);
            example(pair.key, "added");
        } else if (more < 0) {
            missing -= more;
            changes.remove(hash, -more);
            example(pair.key, "missing at the source");
        }
    }

    private void asKey(RowHash hash, Pair pair) {
        if (pair.stagedRows > 1 && identity != Identity.REPEATS) {
            ambiguous++;
            example(pair.key, "not unique at the source");
            return;
        }
        repeated += pair.stagedRows - 1;
        if (pair.matched) {
            equal++;
            earlierVersions += Math.max(0, pair.inWindow - 1);
        } else if (pair.inWindow + pair.elsewhere == 0) {
            added++;
            changes.deliver(hash, 1);
            example(pair.key, "added");
        } else if (pair.inWindow == 0 && identity == Identity.REPEATS) {
            repeated++;
        } else {
            changed++;
            changes.deliver(hash, 1);
            if (identity != Identity.KEY_AND_STATE) {
                changes.removeAll(hash);
            }
            example(pair.key, "changed");
        }
    }

    private void example(List<String> values, String what) {
        if (examples.size() < MAX_EXAMPLES) {
            examples.add(String.join(", ", key) + " = " + String.join(", ", values) + ": " + what);
        }
    }

    Changes changes() {
        return changes;
    }

    List<String> examples() {
        return examples;
    }

    private interface Taker {
        void take(Pair pair, RowHash row);
    }

    private void each(Batch batch, IntPredicate taken, Taker taker) {
        if (pairs.size() > MOST_PAIRS) {
            overflowed = true;
            pairs.clear();
        }
        if (overflowed) {
            return;
        }
        long[][] hashes = hashes(batch, identities);
        long[][] whole = hashes(batch, rows);
        List<FieldVector> keys = key.stream().map(name -> batch.arrow().getVector(batch.schema().indexOf(name))).toList();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (Long.remainderUnsigned(hashes[0][row], partitions) == partition && taken.test(row)) {
                int at = row;
                Pair pair = pairs.computeIfAbsent(
                        new RowHash(hashes[1][row], hashes[0][row]), absent -> new Pair(KeyText.of(keys, at)));
                taker.take(pair, new RowHash(whole[1][row], whole[0][row]));
            }
        }
    }

    /** The lower and the upper halves of each row's hash. */
    static long[][] hashes(Batch batch, RowHasher hasher) {
        long[][] halves = new long[2][batch.rowCount()];
        hasher.each(batch, halves[0], halves[1]);
        return halves;
    }
}
