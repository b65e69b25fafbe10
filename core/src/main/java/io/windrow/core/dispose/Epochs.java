package io.windrow.core.dispose;

import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Things of the epochs of one stream, in their order. A ledger entry may stand for several epochs. */
final class Epochs<T> {
    private final TreeMap<Long, TreeMap<Long, List<T>>> byGeneration = new TreeMap<>();

    void put(long generation, long epoch, T one) {
        byGeneration.computeIfAbsent(generation, first -> new TreeMap<>())
                .computeIfAbsent(epoch, first -> new ArrayList<>())
                .add(one);
    }

    /** Those of the epochs that an entry speaks of. */
    List<T> of(LedgerEntry entry) {
        TreeMap<Long, List<T>> epochs = byGeneration.getOrDefault(entry.generation(), new TreeMap<>());
        return epochs.subMap(RollUp.firstEpoch(entry), true, entry.epoch(), true).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    List<T> all() {
        return byGeneration.values().stream()
                .flatMap(epochs -> epochs.values().stream())
                .flatMap(List::stream)
                .toList();
    }
}
