package io.windrow.core.dispose;

import io.windrow.api.batch.RowHash;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.dispose.DisposalRecord.Checkpoints;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.quarantine.QuarantineDisposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds ledger entries that may become one: cut long enough ago, alike, one after the other, none of the epochs that the
 * stream stands at, and none whose quarantined rows are there for a time: it says how old and how many those are. Holds two
 * entries at a time, however long the ledger is (I12).
 */
final class OldEntries {
    private final List<Checkpoints> found = new ArrayList<>();
    private @Nullable LedgerEntry oldest;
    private long last;
    private long entries;
    private RowHash hash = RowHash.ZERO;

    private OldEntries() {}

    /**
     * Those of a stream, cut at the limit or before.
     *
     * @param aside what is left of the rows that its epochs set aside and that are kept for a time; of those that are kept for
     *     ever nobody asks how old they are
     */
    static List<Checkpoints> of(
            StateStore store, String pipeline, StreamState state, Instant limit, Epochs<QuarantineDisposal.Kept> aside) {
        OldEntries old = new OldEntries();
        long stands = state.committed().map(StreamEpoch::epoch).orElse(0L);
        store.eachLedger(pipeline, state.stream(), json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (entry.epoch() < stands && !entry.cut().isAfter(limit) && aside.of(entry).isEmpty()) {
                old.add(entry);
            } else {
                old.end();
            }
        });
        old.end();
        return old.found;
    }

    /** Entries come newest first. */
    private void add(LedgerEntry entry) {
        if (oldest == null || !RollUp.isAlike(entry, oldest)) {
            end();
            last = entry.epoch();
            entries = 0;
            hash = RowHash.ZERO;
        }
        oldest = entry;
        entries++;
        hash = hash.plus(entry.hashOut());
    }

    private void end() {
        if (oldest != null && entries > 1) {
            found.add(new Checkpoints(
                    oldest.stream(), oldest.generation(), RollUp.firstEpoch(oldest), last, entries, hash.toString()));
        }
        oldest = null;
    }

    /** The entries as one; empty if they are one already. */
    static Optional<LedgerEntry> together(StateStore store, String pipeline, Checkpoints range) {
        Sum sum = new Sum();
        store.eachLedger(pipeline, range.stream(), json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (entry.epoch() >= range.first() && entry.epoch() <= range.last()) {
                sum.entry = Optional.of(sum.entry.map(newer -> RollUp.together(entry, newer)).orElse(entry));
                sum.count++;
            }
        });
        return sum.count > 1 ? sum.entry : Optional.empty();
    }

    private static final class Sum {
        private Optional<LedgerEntry> entry = Optional.empty();
        private int count;
    }
}
