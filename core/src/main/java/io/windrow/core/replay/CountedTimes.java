package io.windrow.core.replay;

import io.windrow.api.batch.Account;
import io.windrow.api.source.KeySum;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.ShownKeys;
import io.windrow.core.transform.watermark.KeyHashes;
import io.windrow.core.transform.watermark.ReplayedTimes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A run counts event times of rows as they are read, a replay those of rows as they come and go at the target. Both counts
 * fit together only where every row that was read is delivered, or is known by its key to be set aside.
 */
final class CountedTimes {
    private boolean dropped;
    private boolean setAside;

    private CountedTimes() {}

    /**
     * What a replay notes event times in; empty: its count would not go with that of the runs.
     *
     * @param lineage the generations of the delivery
     * @param read the books of the rows that were read again
     */
    static Optional<ReplayedTimes> of(
            ReplayParts parts, StreamEpoch committed, StreamSteps steps, Set<Long> lineage, Account read) {
        Optional<EventTimes> counted = committed.ledger().eventTimes();
        if (counted.isEmpty() || !fits(parts, committed, steps, lineage, read)) {
            return Optional.empty();
        }
        String column = counted.get().by().column();
        return place(column, steps)
                .map(after -> new ReplayedTimes(counted.get(), after, counted.get().keys().flatMap(keys -> hashes(keys, steps))));
    }

    /** The numbers of delivered rows' keys; empty if the rows do not hold all of the key as it was read. */
    private static Optional<KeyHashes> hashes(KeySum keys, StreamSteps steps) {
        List<Integer> columns =
                keys.parts().stream().flatMap(part -> place(part.column(), steps).stream()).toList();
        return columns.size() == keys.parts().size() ? Optional.of(new KeyHashes(keys, columns)) : Optional.empty();
    }

    private static boolean fits(
            ReplayParts parts, StreamEpoch committed, StreamSteps steps, Set<Long> lineage, Account read) {
        CountedTimes delivery = new CountedTimes();
        delivery.add(read);
        parts.store().eachLedger(parts.plan().spec().pipeline(), committed.ledger().stream(), json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (lineage.contains(entry.generation())) {
                delivery.add(entry.account());
            }
        });
        if (steps.repeats().isPresent()) {
            // Rows that were dropped as repeated were counted, and nothing says when those happened that stand for them.
            return false;
        }
        boolean hasKey = !steps.output().key().isEmpty();
        return !delivery.dropped && (hasKey || !delivery.setAside);
    }

    private void add(Account account) {
        dropped |= account.filtered() > 0 || account.sampledOut() > 0;
        setAside |= account.quarantined() > 0;
    }

    /** Where the rows after the steps hold a column as it was read. */
    private static Optional<Integer> place(String column, StreamSteps steps) {
        int at = steps.input().indexOf(column);
        return at < 0 || steps.all().hidden(steps.input()).contains(column)
                ? Optional.empty()
                : ShownKeys.place(steps.input().columns().get(at), steps.output().columns());
    }
}
