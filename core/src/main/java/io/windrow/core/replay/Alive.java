package io.windrow.core.replay;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Rereading;
import io.windrow.api.source.SplitReader;
import io.windrow.core.ledger.RowHasher;
import io.windrow.core.plan.SteppedReader;
import io.windrow.core.replay.Comparing.Lone;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells delivered rows that the source has no more from those that it has elsewhere.
 *
 * @param stream the stream
 * @param rereading the source
 * @param steps what happens to rows on their way
 * @param identities what identifies a row
 * @param keys hashes its key, if a row may be there as long as its key is
 * @param keeping which rows of the source, behind the steps, keep what was delivered of their key
 */
record Alive(
        StreamName stream, Rereading rereading, StreamSteps steps, Identities identities, Optional<RowHasher> keys,
        Function<Batch, boolean[]> keeping) {
    private static final long WAIT_NANOS = Duration.ofSeconds(5).toNanos();

    /** By looking up the keys. */
    Set<RowHash> byKey(List<Lone> lone) {
        Set<RowHash> alive = new HashSet<>();
        List<Boolean> held = rereading.held(stream, lone.stream().map(Lone::key).toList());
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i)) {
                alive.add(lone.get(i).identity());
            }
        }
        return alive;
    }

    /** By reading everything, where the database knows no key as the steps made it. */
    Set<RowHash> byReading(List<Lone> lone) {
        Set<RowHash> wanted = lone.stream().map(Lone::identity).collect(Collectors.toSet());
        Map<RowHash, Set<RowHash>> byKey = new HashMap<>();
        lone.forEach(one -> one.keys().forEach(
                key -> byKey.computeIfAbsent(key, first -> new HashSet<>()).add(one.identity())));
        Set<RowHash> alive = new HashSet<>();
        try (SplitReader reader = new SteppedReader(rereading.all(stream), steps.undeduplicated().bind(steps.input()))) {
            for (ReadResult read = reader.read(System.nanoTime() + WAIT_NANOS);
                    !(read instanceof ReadResult.End);
                    read = reader.read(System.nanoTime() + WAIT_NANOS)) {
                if (read instanceof ReadResult.Data data) {
                    try (Batch batch = data.batch()) {
                        long[][] hashes = identities.hashes(batch);
                        for (int row = 0; row < batch.rowCount(); row++) {
                            RowHash hash = Identities.at(hashes, row);
                            if (wanted.contains(hash)) {
                                alive.add(hash);
                            }
                        }
                        keys.filter(hasher -> !byKey.isEmpty()).ifPresent(hasher -> {
                            long[][] ofKeys = Identities.hashes(batch, hasher);
                            boolean[] kept = keeping.apply(batch);
                            for (int row = 0; row < batch.rowCount(); row++) {
                                alive.addAll(kept[row] ? byKey.getOrDefault(Identities.at(ofKeys, row), Set.of()) : Set.of());
                            }
                        });
                    }
                } else {
                    reader.keepAlive();
                }
            }
        }
        return alive;
    }
}
