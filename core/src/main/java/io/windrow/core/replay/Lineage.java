package io.windrow.core.replay;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.PlannedStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A replay opens a generation that carries the delivery of the one before it on. */
public final class Lineage {
    private Lineage() {}

    /** The generation in which the delivery began that a generation carries on; itself, if no replay opened it. */
    public static long first(StateStore store, String pipeline, StreamName stream, long generation) {
        Map<Long, Long> continues = new HashMap<>();
        store.eachLedger(pipeline, stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            entry.replay().ifPresent(replay -> continues.put(entry.generation(), replay.continues()));
        });
        long first = generation;
        for (Long before = continues.get(first); before != null && before < first; before = continues.get(first)) {
            first = before;
        }
        return first;
    }

    /** Of the commits that the target shows, those of the delivery: snapshots that append leave older copies beside them. */
    static List<Commit> shown(
            StateStore store, String pipeline, PlannedStream task, StreamEpoch committed, List<Commit> commits) {
        boolean copies = task.read() == ReadMode.SNAPSHOT && task.write() == WriteMode.APPEND;
        long first = copies ? first(store, pipeline, task.stream(), committed.generation()) : 0;
        return commits.stream()
                .filter(commit -> commit.shown() && commit.identity().generation() >= first)
                .toList();
    }
}
