package io.windrow.core.verify;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.EventTimes.Window;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.verify.EventTimeVerdict.Judged;
import io.windrow.core.verify.EventTimeVerdict.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says of each window of event time whether it is complete: the low watermark has passed it, and as many rows were read
 * as the source counts by itself, and the same ones: each was read once, or the sums over their keys are equal. Rows are those
 * that were read, before any step: what became of them stands in the books of the same ledger entries. Used by one thread. The
 * source stays the caller's.
 */
public final class EventTimeVerifier {
    private static final String AS_MANY = "as many rows as the source has, ";
    private static final String VERIFY = "`windrow verify` compares by key";

    private final Source source;
    private final StateStore store;
    private final String pipeline;

    /** A verifier of a pipeline that asks this source; the store stays the caller's too. */
    public EventTimeVerifier(Source source, StateStore store, String pipeline) {
        this.source = source;
        this.store = store;
        this.pipeline = pipeline;
    }

    /**
     * Judges one stream as of its last committed epoch, by the ledger of its generation and of those that it carries on.
     *
     * @return empty if the last committed epoch has no event times
     */
    public Optional<EventTimeVerdict> verify(StreamState state) {
        Optional<StreamEpoch> committed = state.committed();
        return committed.flatMap(epoch -> epoch.ledger().eventTimes())
                .map(times -> new Judging(state.stream(), committed.orElseThrow(), times).verdict());
    }

    private final class Judging {
        private final StreamName stream;
        private final StreamEpoch epoch;
        private final EventTimes times;
        private final Reads reads = new Reads();
        private final TreeMap<Long, Window> windows = new TreeMap<>();
        private Optional<Window> earlier = Optional.empty();
        private long nulls;
        /** Rows of epochs that counted by something else, or not at all. */
        private long uncounted;

        Judging(StreamName stream, StreamEpoch epoch, EventTimes times) {
            this.stream = stream;
            this.epoch = epoch;
            this.times = times;
            Set<Long> generations = Lineage.generations(store, pipeline, stream, epoch.generation());
            store.eachLedger(pipeline, stream, json -> {
                LedgerEntry entry = LedgerEntry.parse(json);
                // One that was committed since is not part of what is judged.
                if (generations.contains(entry.generation()) && entry.epoch() <= epoch.epoch()) {
                    reads.add(entry);
                    Optional<EventTimes> counted = entry.eventTimes().filter(other -> other.by().equals(times.by()));
                    counted.ifPresent(this::add);
                    uncounted += counted.isEmpty() ? entry.account().in() : 0;
                }
            });
            earlier.ifPresent(one -> fold(one.start()));
        }

        private void add(EventTimes of) {
            nulls += of.nulls();
            // A sum over another key says nothing together with these.
            EventTimes alike = of.keys().equals(times.keys()) ? of : of.withoutKeys();
            alike.windows().forEach(window -> windows.merge(window.start(), window, Window::plus));
            alike.earlier().ifPresent(more -> earlier = Optional.of(earlier.map(more::plus).orElse(more)));
        }

        /** What one epoch counted together cannot be told apart any more. */
        private void fold(long upTo) {
            Map<Long, Window> old = windows.headMap(upTo, true);
            for (Window window : old.values()) {
                earlier = earlier.map(window::plus);
            }
            old.clear();
        }

        EventTimeVerdict verdict() {
            Optional<List<EventWindows.Count>> counts = counts();
            Map<Long, EventWindows.Count> bySource = new HashMap<>();
            OptionalLong sourceNulls = counts.isPresent() ? OptionalLong.of(0) : OptionalLong.empty();
            for (EventWindows.Count count : counts.orElse(List.of())) {
                if (count.start().isEmpty()) {
                    sourceNulls = OptionalLong.of(count.rows());
                    continue;
                }
                // What the source has before the windows that are kept apart belongs to those that are not.
                long start = count.start().getAsLong();
                Optional<Window> with = earlier.filter(one -> start <= one.start());
                bySource.merge(with.map(Window::start).orElse(start), count, (one, other) -> new EventWindows.Count(
                        one.start(), one.rows() + other.rows(), saturated(one.unsure(), other.unsure()),
                        one.keySum().isPresent() && other.keySum().isPresent()
                                ? OptionalLong.of(one.keySum().getAsLong() + other.keySum().getAsLong())
                                : OptionalLong.empty()));
                if (with.isEmpty() && count.rows() > 0) {
                    windows.putIfAbsent(start, new Window(start, 0, 0));
                }
            }
            List<Judged> judged = new ArrayList<>();
            earlier.ifPresent(window -> judged.add(judge(window, counts.isPresent(), bySource.get(window.start()), Reach.UP_TO)));
            windows.values().forEach(window ->
                    judged.add(judge(window, counts.isPresent(), bySource.get(window.start()), Reach.ONE)));
            return new EventTimeVerdict(
                    stream, times.by(), times.allowedLateness(), times.lowWatermark(), nulls, sourceNulls, judged);
        }

        private Optional<List<EventWindows.Count>> counts() {
            Optional<Reconciliation> capability = source.reconciliation();
            if (capability.isEmpty()) {
                return Optional.empty();
            }
            try (Reconciliation reconciliation = capability.get()) {
                reconciliation.begin();
                return reconciliation.counts(stream, epoch.planner(), times.by(), times.keys());
            }
        }

        private Judged judge(Window window, boolean counts, EventWindows.@Nullable Count count, Reach reach) {
            EventWindows.Count there = count == null
                    ? new EventWindows.Count(OptionalLong.of(window.start()), 0, 0, OptionalLong.of(0))
                    : count;
            Finding found = find(window, counts, there);
            return new Judged(
                    window.start(), reach == Reach.UP_TO, window.rows(), window.late(),
                    counts ? OptionalLong.of(there.rows()) : OptionalLong.empty(), found.status(), found.why());
        }

        private Finding find(Window window, boolean counts, EventWindows.Count there) {
            boolean passed = times.lowWatermark().isPresent()
                    && times.lowWatermark().getAsLong() >= times.by().end(window.start());
            if (!passed) {
                return new Finding(Status.OPEN, "");
            }
            if (!counts) {
                return new Finding(Status.NOT_PROVEN, "the source does not count by this field");
            }
            if (uncounted > 0) {
                return new Finding(
                        Status.NOT_PROVEN, uncounted + " rows of the generation were not counted by this field and window");
            }
            long more = there.rows() - window.rows();
            if (more == 0) {
                return findAsMany(window, there);
            }
            if (Math.abs(more) <= there.unsure()) {
                return new Finding(Status.NOT_PROVEN, "rows may have changed at the source since");
            }
            return new Finding(Status.COUNT_DIFFERS, more > 0
                    ? more + " rows of the source were not read"
                    : -more + " rows more than the source has: deleted or changed there since, or repeated"
                            + (reads.several() ? "; rows that changed are read again and count twice: " + VERIFY : ""));
        }

        /** As many rows were read as the source has: the same ones? */
        private Finding findAsMany(Window window, EventWindows.Count there) {
            if (window.keySum().isPresent() && there.keySum().isPresent()) {
                if (window.keySum().equals(there.keySum())) {
                    return new Finding(Status.COMPLETE, "");
                }
                return there.unsure() == 0
                        ? new Finding(Status.COUNT_DIFFERS, AS_MANY + "but not the same: rows of the source were not read, while "
                                + "others were read again or are gone there")
                        : new Finding(Status.NOT_PROVEN, AS_MANY + "but not the same: they may have changed there since");
            }
            if (!reads.several()) {
                return new Finding(Status.COMPLETE, "");
            }
            String lacking = times.keys().isEmpty()
                    ? "keys are not summed up (there is none, it is masked or left out, or of a type that is not summed up)"
                    : window.keySum().isEmpty()
                            ? "not all of the keys that were read are summed up alike"
                            : "the source does not sum up the keys as they were read";
            return new Finding(
                    Status.NOT_PROVEN,
                    AS_MANY + "but one that was read again could hide one that is missing, and " + lacking + ": " + VERIFY);
        }
    }

    private record Finding(Status status, String why) {}

    /**
     * Whether what was delivered can hold a row twice, or one that the source has no more where another is missing: told by the
     * ledger of a generation and of those that it carries on, in any order. What it does not tell is taken for so.
     */
    private static final class Reads {
        /** A generation is one read of one moment, and a replay puts rows in the place of others. */
        private static final String SNAPSHOT = "snapshot";
        /** Each read takes up what the one before left, and within one no row comes twice. */
        private static final Set<String> INCREMENTAL = Set.of("proven", "conditional", "settle");

        private boolean untold;
        private long firstEnd = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        void add(LedgerEntry entry) {
            String name = entry.guarantee().name();
            if (name.equals(SNAPSHOT)) {
                return;
            }
            // Ranges of several moments hold a row twice whose key changed; of a sum nobody knows how many reads are in it.
            untold |= !INCREMENTAL.contains(name) || entry.replay().isPresent()
                    || entry.completesGeneration() && RollUp.entries(entry) > 1;
            last = Math.max(last, entry.epoch());
            if (entry.completesGeneration()) {
                firstEnd = Math.min(firstEnd, entry.epoch());
            }
        }

        boolean several() {
            return untold || last > firstEnd;
        }
    }

    private enum Reach {
        ONE,
        UP_TO
    }

    private static long saturated(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
