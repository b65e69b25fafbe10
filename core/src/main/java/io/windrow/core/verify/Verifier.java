package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitReader;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Compares source and target stream by stream: first the counts and the hash sums of all rows; only if they differ, the
 * exact keys, partition by partition. Used by one thread. Source and sink stay the caller's.
 */
public final class Verifier {
    private static final long KEYS_AT_ONCE = 200_000;

    private final Source source;
    private final Sink sink;

    public Verifier(Source source, Sink sink) {
        this.source = source;
        this.sink = sink;
    }

    /** Compares one stream as of its last committed epoch with the source as it is now. */
    public StreamVerdict verify(StreamState state) {
        if (state.committed().isEmpty()) {
            return StreamVerdict.undecided(state.stream(), "nothing is committed in generation " + state.generation());
        }
        StreamEpoch epoch = state.committed().get();
        if (epoch.mode() == WriteMode.REPLACE && !epoch.completesGeneration()) {
            return StreamVerdict.undecided(
                    state.stream(), "generation " + epoch.generation() + " is not complete, so the target shows an older one");
        }
        Optional<Reconciliation> capability = source.reconciliation();
        if (capability.isEmpty()) {
            return StreamVerdict.undecided(state.stream(), "the source offers no reconciliation");
        }
        try (Reconciliation reconciliation = capability.get()) {
            reconciliation.begin();
            return verify(state, reconciliation, epoch.planner());
        }
    }

    private StreamVerdict verify(StreamState state, Reconciliation reconciliation, PlannerState delivered) {
        StreamSchema schema = reconciliation.schema(state.stream(), delivered);
        RowDigest digest = new RowDigest();
        Sum there = new Sum();
        readSource(reconciliation, schema, delivered, batch -> there.add(digest, batch));
        Sum here = new Sum();
        boolean offered = readTarget(schema, batch -> here.add(digest, batch));
        if (!offered) {
            return StreamVerdict.undecided(state.stream(), "the target cannot be read back");
        }
        long counted = reconciliation.count(state.stream(), delivered);
        if (counted >= 0 && counted != there.rows) {
            throw WindrowException.of(
                    VerifyError.COUNT_DISAGREES,
                    "Verifying " + state.stream() + ": the source counts " + counted + " rows and sends " + there.rows
                            + " at the same moment");
        }
        if (there.rows == here.rows && there.hash.equals(here.hash)) {
            return new StreamVerdict(
                    state.stream(), StreamVerdict.Outcome.EQUAL, there.rows, here.rows, here.rows, 0, 0, 0, 0, 0, 0,
                    "counts and hash sums of all rows", List.of());
        }
        if (schema.key().isEmpty()) {
            return StreamVerdict.undecided(
                    state.stream(),
                    "hash sums differ (source " + there.rows + " rows, target " + here.rows
                            + " rows) and the stream has no key to tell why");
        }
        return byKey(state, reconciliation, delivered, schema, there.rows, here.rows);
    }

    private StreamVerdict byKey(
            StreamState state,
            Reconciliation reconciliation,
            PlannerState delivered,
            StreamSchema schema,
            long sourceRows,
            long targetRows) {
        int partitions = Math.toIntExact(Math.min(10_000, Math.max(sourceRows, targetRows) / KEYS_AT_ONCE + 1));
        KeyComparison comparison = new KeyComparison(
                schema, partitions, keys -> reconciliation.changedSince(state.stream(), delivered, keys));
        for (int partition = 0; partition < partitions; partition++) {
            comparison.begin(partition);
            readSource(reconciliation, schema, delivered, comparison::source);
            readTarget(schema, comparison::target);
            comparison.finish();
        }
        return comparison.verdict(state.stream(), sourceRows, targetRows);
    }

    private static void readSource(
            Reconciliation reconciliation, StreamSchema schema, PlannerState delivered, Rows rows) {
        try (SplitReader reader = reconciliation.read(schema.stream(), delivered)) {
            while (true) {
                switch (reader.read(System.nanoTime() + Duration.ofSeconds(5).toNanos())) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            rows.take(batch);
                        }
                    }
                    case ReadResult.Idle ignored -> reader.keepAlive();
                    case ReadResult.End ignored -> {
                        return;
                    }
                }
            }
        }
    }

    private boolean readTarget(StreamSchema schema, Rows rows) {
        Optional<Delivery> offered = sink.delivery(schema.stream());
        if (offered.isEmpty()) {
            return false;
        }
        try (Delivery delivery = offered.get()) {
            long read = 0;
            for (Optional<Batch> next = delivery.read(schema); next.isPresent(); next = delivery.read(schema)) {
                try (Batch batch = next.get()) {
                    read += batch.rowCount();
                    rows.take(batch);
                }
            }
            if (read != delivery.count()) {
                throw WindrowException.of(
                        VerifyError.COUNT_DISAGREES,
                        "Verifying " + schema.stream() + ": the target's books say " + delivery.count() + " rows, its files hold "
                                + read);
            }
        }
        return true;
    }

    /** Takes rows; the batch stays the caller's. */
    @FunctionalInterface
    private interface Rows {
        void take(Batch batch);
    }

    private static final class Sum {
        private long rows;
        private RowHash hash = RowHash.ZERO;

        void add(RowDigest digest, Batch batch) {
            var vectors = batch.arrow().getFieldVectors();
            for (int row = 0; row < batch.rowCount(); row++) {
                hash = hash.plus(digest.of(vectors, row));
            }
            rows += batch.rowCount();
        }
    }
}
