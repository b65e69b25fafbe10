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
import java.util.Optional;
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

    private final Identities identities;
    private final RowHasher rows;
    private final Optional<RowHasher> keys;
    private final List<String> key;
    private final Function<List<Lone>, Set<RowHash>> alive;
    private final Changes changes = new Changes();
    private final List<String> examples = new ArrayList<>();
    private Map<RowHash, Pair> pairs = new HashMap<>();
    private int partitions;
    private int partition;
    private boolean overflowed;
    private long withheld;
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
     * @param identities what identifies a row
     * @param rows hashes a whole row
     * @param keys hashes the stream's key, where a delivered row is the source's as long as its key is there, whatever
     *     identifies it; empty: it is not
     * @param key the columns that examples show
     * @param alive which of some delivered rows without a counterpart the source still has, outside the window
     */
    Comparing(
            Identities identities, RowHasher rows, Optional<RowHasher> keys, List<String> key,
            Function<List<Lone>, Set<RowHash>> alive) {
        this.identities = identities;
        this.rows = rows;
        this.keys = keys;
        this.key = key;
        this.alive = alive;
    }

    /**
     * A delivered row of the window that the source's window lacks.
     *
     * @param key for people, or to look it up
     * @param keys the hashes of the keys of such rows, if they matter
     */
    record Lone(RowHash identity, List<String> key, Set<RowHash> keys) {}

    /** Whether examples may show a delivered row. */
    enum Quoting {
        /** It follows the mask that the pipeline has now. */
        SHOWN,
        /** It may hold what the mask hides now (I11). */
        WITHHELD
    }

    private static final class Pair {
        private final Identity identity;
        private final List<String> key;
        private final Quoting quoting;
        /** Most often one. */
        private Set<RowHash> staged = Set.of();
        private Set<RowHash> keys = Set.of();
        private int stagedRows;
        private int inWindow;
        private int elsewhere;
        private boolean matched;

        private Pair(Identity identity, List<String> key, Quoting quoting) {
            this.identity = identity;
            this.key = key;
            this.quoting = quoting;
        }

        private void staged(RowHash hash) {
            staged = with(staged, hash);
            stagedRows++;
        }

        private static Set<RowHash> with(Set<RowHash> some, RowHash hash) {
            if (some.isEmpty()) {
                return Set.of(hash);
            }
            Set<RowHash> several = some instanceof HashSet<RowHash> ? some : new HashSet<>(some);
            several.add(hash);
            return several;
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
        each(batch, row -> true, Quoting.SHOWN, Pair::staged);
    }

    /** Delivered rows, with those that lie in the window. */
    void delivered(Batch batch, IntPredicate inWindow, Quoting quoting) {
        each(batch, inWindow, quoting, (pair, hash) -> {
            pair.inWindow++;
            pair.matched |= pair.staged.contains(hash);
        });
        keys.ifPresent(hasher -> noteKeys(batch, inWindow, hasher));
        if (identities.kind().isAnywhere() || identities.otherwise().isAnywhere()) {
            long[][] hashes = identities.hashes(batch);
            long[][] whole = Identities.hashes(batch, rows);
            for (int row = 0; row < batch.rowCount(); row++) {
                Pair pair = inWindow.test(row) ? null : pairs.get(Identities.at(hashes, row));
                if (pair != null && pair.identity.isAnywhere()) {
                    pair.elsewhere++;
                    pair.matched |= pair.staged.contains(Identities.at(whole, row));
                }
            }
        }
    }

    private void noteKeys(Batch batch, IntPredicate inWindow, RowHasher hasher) {
        long[][] hashes = identities.hashes(batch);
        long[][] ofKeys = Identities.hashes(batch, hasher);
        for (int row = 0; row < batch.rowCount(); row++) {
            Pair pair = inWindow.test(row) ? pairs.get(Identities.at(hashes, row)) : null;
            if (pair != null && pair.stagedRows == 0) {
                pair.keys = Pair.with(pair.keys, Identities.at(ofKeys, row));
            }
        }
    }

    void finish() {
        Map<RowHash, Lone> lone = new HashMap<>();
        for (Map.Entry<RowHash, Pair> entry : pairs.entrySet()) {
            Pair pair = entry.getValue();
            if (pair.identity == Identity.ROW) {
                asRow(entry.getKey(), pair);
            } else if (pair.stagedRows == 0) {
                lone.put(entry.getKey(), new Lone(entry.getKey(), pair.key, pair.keys));
            } else {
                asKey(entry.getKey(), pair);
            }
        }
        Set<RowHash> still = lone.isEmpty() ? Set.of() : alive.apply(List.copyOf(lone.values()));
        for (Lone row : lone.values()) {
            if (still.contains(row.identity())) {
                left++;
                example(pairs.get(row.identity()), "left as it is: the source's row lies outside the window, or is the next run's to deliver");
            } else {
                missing++;
                changes.removeAll(row.identity());
                example(pairs.get(row.identity()), "missing at the source");
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
            example(pair, "added");
        } else if (more < 0 && identities.kind() != Identity.REPEATS_BESIDE) {
            missing -= more;
            changes.remove(hash, -more);
            example(pair, "missing at the source");
        }
    }

    private void asKey(RowHash hash, Pair pair) {
        if (pair.stagedRows > 1 && !pair.identity.tellsRepeats()) {
            ambiguous++;
            example(pair, "not unique at the source");
            return;
        }
        repeated += pair.stagedRows - 1;
        if (pair.matched) {
            equal++;
            earlierVersions += Math.max(0, pair.inWindow - 1);
        } else if (pair.inWindow + pair.elsewhere == 0) {
            added++;
            changes.deliver(hash, 1);
            example(pair, "added");
        } else if (pair.identity == Identity.REPEATS_BESIDE || pair.inWindow == 0 && pair.identity == Identity.REPEATS) {
            repeated++;
        } else {
            changed++;
            changes.deliver(hash, 1);
            if (pair.identity != Identity.KEY_AND_STATE) {
                changes.removeAll(hash);
            }
            example(pair, "changed");
        }
    }

    private void example(Pair pair, String what) {
        if (pair.quoting == Quoting.WITHHELD) {
            withheld++;
        } else if (examples.size() < MAX_EXAMPLES) {
            examples.add(String.join(", ", key) + " = " + String.join(", ", pair.key) + ": " + what);
        }
    }

    Changes changes() {
        return changes;
    }

    List<String> examples() {
        List<String> all = new ArrayList<>(examples);
        if (withheld > 0) {
            all.add(withheld + " that were delivered under another mask are not shown");
        }
        return all;
    }

    private interface Taker {
        void take(Pair pair, RowHash row);
    }

    private void each(Batch batch, IntPredicate taken, Quoting quoting, Taker taker) {
        if (pairs.size() > MOST_PAIRS) {
            overflowed = true;
            pairs.clear();
        }
        if (overflowed) {
            return;
        }
        long[][] hashes = identities.hashes(batch);
        long[][] whole = Identities.hashes(batch, rows);
        boolean[] unnamed = identities.unnamed(batch);
        List<FieldVector> shown = key.stream().map(name -> batch.arrow().getVector(batch.schema().indexOf(name))).toList();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (Long.remainderUnsigned(hashes[0][row], partitions) == partition && taken.test(row)) {
                int at = row;
                Identity identity = unnamed.length > 0 && unnamed[row] ? identities.otherwise() : identities.kind();
                Pair pair = pairs.computeIfAbsent(
                        Identities.at(hashes, row), absent -> new Pair(identity, KeyText.of(shown, at), quoting));
                taker.take(pair, Identities.at(whole, row));
            }
        }
    }
}
