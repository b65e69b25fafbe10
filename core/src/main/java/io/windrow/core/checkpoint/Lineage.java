package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.LedgerEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A replay opens a generation that carries the delivery of the one before it on. */
public final class Lineage {
    private Lineage() {}

    /** The generation in which the delivery began that a generation carries on; itself, if no replay opened it. */
    public static long first(StateStore store, String pipeline, StreamName stream, long generation) {
        return generations(store, pipeline, stream, generation).first();
    }

    /** A generation with those whose delivery it carries on. */
    public static SortedSet<Long> generations(StateStore store, String pipeline, StreamName stream, long generation) {
        Map<Long, Long> continues = new HashMap<>();
        store.eachLedger(pipeline, stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            entry.replay().ifPresent(replay -> continues.put(entry.generation(), replay.continues()));
        });
        TreeSet<Long> generations = new TreeSet<>(Set.of(generation));
        for (Long before = continues.get(generation);
                before != null && before < generations.first();
                before = continues.get(before)) {
            generations.add(before);
        }
        return generations;
    }
}
