package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Windows;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Compares one stream, all of whose source reads are of one moment: window sums, then hash sums, then keys. */
final class Comparison {
    private static final long KEYS_AT_ONCE = 200_000;
    private static final int MAX_WINDOWS = 1000;
    private static final int MAX_RANGES = 16;

    private final StreamName stream;
    private final Reconciliation source;
    private final PlannerState delivered;
    private final Supplier<Optional<Delivery>> target;
    private final Function<List<Suspect>, List<Reconciliation.Change>> judge;
    private final Supplier<KeyComparison.TargetKeys> quoted;
    private final KeyComparison.Deleted deleted;
    private final RowDigest digest;
    private final Depth depth;
    private final Verifier.Listener listener;
    private final StreamSchema schema;
    private final Windows windows;
    private final BitSet open = new BitSet();
    /** What each reading of the target left out; the same is found by each. */
    private final Set<Finding> damage = new LinkedHashSet<>();

    /**
     * A comparison of one moment.
     *
     * @param target opens what the target holds now; empty: it cannot be read back
     * @param digest of the rows that {@code judge} gets; only digests of one of them can be compared
     * @param judge says of keys whose rows differ whether that is because the source changed
     * @param quoted whether examples may show keys that only the target has; asked if any are compared
     * @param deleted what becomes of rows at the target that are deleted at the source
     */
    Comparison(
            StreamName stream,
            Reconciliation source,
            PlannerState delivered,
            Supplier<Optional<Delivery>> target,
            RowDigest digest,
            Function<List<Suspect>, List<Reconciliation.Change>> judge,
            Supplier<KeyComparison.TargetKeys> quoted,
            KeyComparison.Deleted deleted,
            Depth depth,
            Verifier.Listener listener) {
        this.stream = stream;
        this.source = source;
        this.delivered = delivered;
        this.target = target;
        this.digest = digest;
        this.judge = judge;
        this.quoted = quoted;
        this.deleted = deleted;
        this.depth = depth;
        this.listener = listener;
        this.schema = source.schema(stream, delivered);
        this.windows = source.windows(stream, delivered, MAX_WINDOWS);
    }

    /** The verdict. Rows of damaged parts of the target are missing, and the verdict names these parts. */
    StreamVerdict run() {
        return compared().damaged(damage);
    }

    private StreamVerdict compared() {
        listener.at(stream, "counts and sums by the source", 0);
        Map<Integer, Windows.Totals> totals = new HashMap<>();
        long counted = 0;
        for (Windows.Totals one : source.totals(stream, delivered, windows)) {
            totals.put(one.window(), one);
            counted += one.rows();
        }
        WindowTally here = new WindowTally(
                schema, windows, depth == Depth.COUNTS ? WindowTally.Taking.SUMS : WindowTally.Taking.ALL, digest);
        if (!readTarget("reading the target", here::add)) {
            return StreamVerdict.undecided(stream, "the target cannot be read back");
        }
        for (int window = 0; window < windows.count(); window++) {
            if (!here.sumsLike(Optional.ofNullable(totals.get(window)), window)) {
                open.set(window);
            }
        }
        int summedApart = open.cardinality();
        long equal = 0;
        if (depth != Depth.COUNTS) {
            WindowTally there = new WindowTally(schema, windows, WindowTally.Taking.HASHES, digest);
            readSource("reading the source", source.read(stream, delivered), there::add);
            if (there.rows() != counted) {
                throw WindrowException.of(
                        VerifyError.COUNT_DISAGREES,
                        "Verifying " + stream + ": the source counts " + counted + " rows and sends " + there.rows()
                                + " at the same moment");
            }
            for (int window = 0; window < windows.count(); window++) {
                // Values that have no sum, such as NaN, disagree there and agree here: the hashes know better.
                open.set(window, !there.hashesLike(here, window));
                equal += open.get(window) ? 0 : here.rows(window);
            }
        }
        int apart = open.cardinality();
        if (depth == Depth.KEYS) {
            open.set(0, windows.count());
            equal = 0;
        }
        if (open.isEmpty()) {
            return agreed(here.rows(), equal);
        }
        if (schema.key().isEmpty() && depth == Depth.KEYS && apart == 0) {
            return agreed(here.rows(), here.rows());
        }
        if (schema.key().isEmpty()) {
            return StreamVerdict.undecided(
                    stream,
                    (depth == Depth.COUNTS ? "counts or sums" : "hash sums") + " differ (source " + counted + " rows, target "
                            + here.rows() + " rows) and the stream has no key to tell why");
        }
        long agreeing = 0;
        long toCompare = 0;
        for (int window = 0; window < windows.count(); window++) {
            long rows = Math.max(here.rows(window), Optional.ofNullable(totals.get(window)).map(Windows.Totals::rows).orElse(0L));
            if (open.get(window)) {
                toCompare += rows;
            } else {
                agreeing += rows;
            }
        }
        String how = scope() + (depth == Depth.KEYS ? "" : "; " + apart + " of " + windows.count() + " windows differ ("
                + summedApart + " by counts and sums), in them");
        return byKey(toCompare, counted, here.rows(), equal, depth == Depth.COUNTS ? agreeing : 0, how);
    }

    /** What was compared of windows that agree. */
    private String scope() {
        String place = windows.column().map(column -> " in windows of " + column).orElse("");
        return switch (depth) {
            case COUNTS -> {
                List<String> bare = schema.columns().stream()
                        .map(Column::name)
                        .filter(name -> windows.measures().stream().noneMatch(measure -> measure.column().equals(name)
                                && measure.kind() != Windows.Measure.Kind.PRESENT))
                        .toList();
                yield "counts and sums" + place + (bare.isEmpty() ? "" : ", no sums of " + String.join(", ", bare));
            }
            case HASHES -> "counts, sums and hash sums of all rows" + place;
            case KEYS -> "every row";
        };
    }

    private StreamVerdict agreed(long rows, long equal) {
        boolean compared = depth != Depth.COUNTS;
        return new StreamVerdict(
                stream, compared ? StreamVerdict.Outcome.EQUAL : StreamVerdict.Outcome.AGREEING, OptionalLong.of(rows),
                OptionalLong.of(rows), equal, 0, 0, 0, 0,
                0, 0, 0, compared ? 0 : rows, scope(), List.of(), List.of());
    }

    private StreamVerdict byKey(
            long toCompare, long sourceRows, long targetRows, long equal, long agreeing, String how) {
        int partitions = Math.toIntExact(Math.min(10_000, toCompare / KEYS_AT_ONCE + 1));
        KeyComparison comparison = new KeyComparison(
                schema, partitions, new WindowOf(schema, windows), open, digest, judge, quoted.get(), deleted);
        List<Windows.Range> ranges = ranges();
        for (int partition = 0; partition < partitions; partition++) {
            comparison.begin(partition);
            String part = "comparing keys, part " + (partition + 1) + " of " + partitions;
            if (ranges.isEmpty()) {
                readSource(part, source.read(stream, delivered), comparison::source);
            }
            for (Windows.Range range : ranges) {
                readSource(part, source.read(stream, delivered, range), comparison::source);
            }
            readTarget(part, comparison::target);
            comparison.finish();
        }
        return comparison.verdict(stream, sourceRows, targetRows, equal, agreeing, how);
    }

    /** The open windows as few ranges; empty: there are too many, or one that is no range, so all is read. */
    private List<Windows.Range> ranges() {
        List<Windows.Range> ranges = new java.util.ArrayList<>();
        // A range is worth a read of its own where the source finds it by the key's own order.
        boolean ordered = windows.order() != Windows.Order.BYTES && windows.column().equals(schema.key().stream().findFirst());
        if (!ordered || open.get(0) || open.cardinality() > windows.count() / 2) {
            return List.of();
        }
        for (int first = open.nextSetBit(0); first >= 0; first = open.nextSetBit(open.nextClearBit(first))) {
            ranges.add(windows.range(first, Math.min(open.nextClearBit(first), windows.count()) - 1));
        }
        return ranges.size() > MAX_RANGES ? List.of() : ranges;
    }

    private void readSource(String doing, SplitReader opened, Consumer<Batch> rows) {
        long read = 0;
        try (SplitReader reader = opened) {
            while (true) {
                switch (reader.read(System.nanoTime() + Duration.ofSeconds(5).toNanos())) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            read += batch.rowCount();
                            rows.accept(batch);
                            listener.at(stream, doing, read);
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

    private boolean readTarget(String doing, Consumer<Batch> rows) {
        Optional<Delivery> offered = target.get();
        if (offered.isEmpty()) {
            return false;
        }
        try (Delivery delivery = offered.get()) {
            long read = 0;
            for (Optional<Batch> next = delivery.read(schema); next.isPresent(); next = delivery.read(schema)) {
                try (Batch batch = next.get()) {
                    read += batch.rowCount();
                    rows.accept(batch);
                    listener.at(stream, doing, read);
                }
            }
            damage.addAll(delivery.unreadable());
            if (damage.isEmpty() && read != delivery.count()) {
                damage.add(new Finding(
                        Finding.Kind.ROWS, stream.toString(),
                        "the target's books say " + delivery.count() + " rows, and it holds " + read));
            }
        }
        return true;
    }
}
