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
        store.eachLedger(pipeline, stream, json -> note(LedgerEntry.parse(json), continues));
        return carriedOn(generation, continues);
    }

    /** The same by entries of the stream, such as those that lie beside the data. */
    public static SortedSet<Long> generations(Iterable<LedgerEntry> entries, long generation) {
        Map<Long, Long> continues = new HashMap<>();
        entries.forEach(entry -> note(entry, continues));
        return carriedOn(generation, continues);
    }

    private static void note(LedgerEntry entry, Map<Long, Long> continues) {
        entry.replay().ifPresent(replay -> continues.put(entry.generation(), replay.continues()));
    }

    private static SortedSet<Long> carriedOn(long generation, Map<Long, Long> continues) {
        TreeSet<Long> generations = new TreeSet<>(Set.of(generation));
        for (Long before = continues.get(generation);
                before != null && before < generations.first();
                before = continues.get(before)) {
            generations.add(before);
        }
        return generations;
    }
}
