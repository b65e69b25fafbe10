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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells delivered rows that the source has no more from those that it has elsewhere.
 *
 * @param stream the stream
 * @param rereading the source
 * @param steps what happens to rows on their way
 * @param identities hashes what identifies a row
 */
record Alive(StreamName stream, Rereading rereading, StreamSteps steps, RowHasher identities) {
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
        Set<RowHash> alive = new HashSet<>();
        try (SplitReader reader = new SteppedReader(rereading.all(stream), steps.undeduplicated().bind(steps.input()))) {
            for (ReadResult read = reader.read(System.nanoTime() + WAIT_NANOS);
                    !(read instanceof ReadResult.End);
                    read = reader.read(System.nanoTime() + WAIT_NANOS)) {
                if (read instanceof ReadResult.Data data) {
                    try (Batch batch = data.batch()) {
                        long[][] hashes = Comparing.hashes(batch, identities);
                        for (int row = 0; row < batch.rowCount(); row++) {
                            RowHash hash = new RowHash(hashes[1][row], hashes[0][row]);
                            if (wanted.contains(hash)) {
                                alive.add(hash);
                            }
                        }
                    }
                } else {
                    reader.keepAlive();
                }
            }
        }
        return alive;
    }
}
