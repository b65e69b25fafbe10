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
 * as the source counts by itself. Rows are those that were read, before any step: what became of them stands in the books of
 * the same ledger entries. Used by one thread. The source stays the caller's.
 */
public final class EventTimeVerifier {
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
                    Optional<EventTimes> counted = entry.eventTimes().filter(other -> other.by().equals(times.by()));
                    counted.ifPresent(this::add);
                    uncounted += counted.isEmpty() ? entry.account().in() : 0;
                }
            });
            earlier.ifPresent(one -> fold(one.start()));
        }

        private void add(EventTimes of) {
            nulls += of.nulls();
            of.windows().forEach(window -> windows.merge(window.start(), window, Window::plus));
            of.earlier().ifPresent(more -> earlier = Optional.of(earlier.map(more::plus).orElse(more)));
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
                        one.start(), one.rows() + other.rows(), saturated(one.unsure(), other.unsure())));
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
                return reconciliation.counts(stream, epoch.planner(), times.by());
            }
        }

        private Judged judge(Window window, boolean counts, EventWindows.@Nullable Count count, Reach reach) {
            boolean passed = times.lowWatermark().isPresent()
                    && times.lowWatermark().getAsLong() >= times.by().end(window.start());
            long there = count == null ? 0 : count.rows();
            long unsure = count == null ? 0 : count.unsure();
            OptionalLong sourceRows = counts ? OptionalLong.of(there) : OptionalLong.empty();
            Status status;
            String why = "";
            if (!passed) {
                status = Status.OPEN;
            } else if (!counts) {
                status = Status.NOT_PROVEN;
                why = "the source does not count by this field";
            } else if (uncounted > 0) {
                status = Status.NOT_PROVEN;
                why = uncounted + " rows of the generation were not counted by this field and window";
            } else if (there == window.rows()) {
                status = Status.COMPLETE;
            } else if (Math.abs(there - window.rows()) <= unsure) {
                status = Status.NOT_PROVEN;
                why = "rows may have changed at the source since";
            } else {
                status = Status.COUNT_DIFFERS;
                why = there > window.rows()
                        ? there - window.rows() + " rows of the source were not read"
                        : window.rows() - there + " rows more than the source has: deleted or changed there since, or repeated";
            }
            return new Judged(window.start(), reach == Reach.UP_TO, window.rows(), window.late(), sourceRows, status, why);
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
