package io.windrow.core.transform.watermark;

import io.windrow.api.batch.Measure;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.EventTimes.Window;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What was counted of event times, as measures of a batch: they add up in any order, whichever splits, workers and batches
 * the rows came by. Their number is bounded, however far apart the times are (I12).
 */
public final class WindowCounts {
    /** How many windows of an epoch are kept apart; those before them are counted together. */
    static final int MAX_WINDOWS = EventTimes.MAX_WINDOWS;

    private static final String TIMES = "event_time";
    private static final String NULLS = "event_time.null";
    private static final String EARLIER = "event_time.earlier";
    private static final String EARLIER_LATE = "event_time.earlier.late";
    private static final String EARLIER_KEYS = "event_time.earlier.keys";
    private static final String ROWS = "event_time.rows:";
    private static final String LATE = "event_time.late:";
    /** How many of the rows have their keys summed up. */
    private static final String SUMMED = "event_time.summed";
    /** The count of such a measure is a sum over keys: both add up modulo 2^64. */
    private static final String KEYS = "event_time.keys:";
    /** Each window has at most three measures, and a map may hold so many times its bound before it is folded. */
    private static final int SLACK = 4;

    private WindowCounts() {}

    /** The measures of some rows. */
    static Map<String, Measure> measures(Measure times, long nulls, Collection<Window> windows) {
        Map<String, Measure> measures = new HashMap<>();
        if (times.count() > 0) {
            measures.put(TIMES, times);
        }
        if (nulls > 0) {
            measures.put(NULLS, Measure.ofCount(nulls));
        }
        windows.forEach(window -> put(measures, window));
        long summed = windows.stream().filter(window -> window.keySum().isPresent()).mapToLong(Window::rows).sum();
        if (summed > 0) {
            measures.put(SUMMED, Measure.ofCount(summed));
        }
        return measures;
    }

    private static void put(Map<String, Measure> measures, Window window) {
        measures.put(ROWS + window.start(), Measure.ofCount(window.rows()));
        if (window.late() > 0) {
            measures.put(LATE + window.start(), Measure.ofCount(window.late()));
        }
        window.keySum().ifPresent(sum -> measures.put(KEYS + window.start(), Measure.ofCount(sum)));
    }

    /** Folds the oldest windows into one if there are far too many. The map is changed. */
    public static void bound(Map<String, Measure> measures) {
        if (measures.size() > SLACK * MAX_WINDOWS) {
            Map<Long, Window> windows = windows(measures);
            Optional<Window> earlier = fold(measures, windows);
            measures.keySet().removeIf(name ->
                    name.startsWith(ROWS) || name.startsWith(LATE) || name.startsWith(KEYS) || name.startsWith(EARLIER));
            windows.values().forEach(window -> put(measures, window));
            earlier.ifPresent(window -> {
                measures.put(EARLIER, new Measure(window.rows(), window.start(), window.start()));
                measures.put(EARLIER_LATE, Measure.ofCount(window.late()));
                window.keySum().ifPresent(sum -> measures.put(EARLIER_KEYS, Measure.ofCount(sum)));
            });
        }
    }

    /** Whether a measure is one of these. */
    static boolean isOne(String name) {
        return name.equals(TIMES) || name.startsWith(TIMES + ".");
    }

    /** What the measures of an epoch say. */
    static Counted of(Map<String, Measure> measures) {
        Map<Long, Window> windows = windows(measures);
        Optional<Window> earlier = fold(measures, windows);
        Measure times = measures.getOrDefault(TIMES, Measure.NONE);
        long nulls = measures.getOrDefault(NULLS, Measure.NONE).count();
        // A sum over the keys of some of the rows says nothing of all.
        return measures.getOrDefault(SUMMED, Measure.NONE).count() == times.count()
                ? new Counted(times, nulls, List.copyOf(windows.values()), earlier)
                : new Counted(
                        times, nulls, windows.values().stream().map(Window::withoutKeys).toList(),
                        earlier.map(Window::withoutKeys));
    }

    /**
     * What was counted.
     *
     * @param times how many event times, and between which bounds
     * @param nulls rows without one
     * @param windows ascending by start
     * @param earlier those before them, together
     */
    record Counted(Measure times, long nulls, List<Window> windows, Optional<Window> earlier) {}

    private static Map<Long, Window> windows(Map<String, Measure> measures) {
        Map<Long, Window> windows = new TreeMap<>();
        measures.forEach((name, measure) -> {
            if (name.startsWith(ROWS)) {
                long start = Long.parseLong(name.substring(ROWS.length()));
                windows.put(start, new Window(
                        start, measure.count(), measures.getOrDefault(LATE + start, Measure.NONE).count(),
                        keySum(measures, KEYS + start)));
            }
        });
        return windows;
    }

    /** What some of the keys add up to; empty: no row of the measures has its key summed up. */
    private static OptionalLong keySum(Map<String, Measure> measures, String name) {
        return measures.containsKey(SUMMED)
                ? OptionalLong.of(measures.getOrDefault(name, Measure.NONE).count())
                : OptionalLong.empty();
    }

    /** Takes out of the windows what others have folded already, and what is too much. */
    private static Optional<Window> fold(Map<String, Measure> measures, Map<Long, Window> windows) {
        TreeMap<Long, Window> sorted = new TreeMap<>(windows);
        Measure before = measures.getOrDefault(EARLIER, Measure.NONE);
        Optional<Window> earlier = before.count() == 0
                ? Optional.empty()
                : Optional.of(new Window(
                        before.max(), before.count(), measures.getOrDefault(EARLIER_LATE, Measure.NONE).count(),
                        keySum(measures, EARLIER_KEYS)));
        while (!sorted.isEmpty()
                && (sorted.size() > MAX_WINDOWS || earlier.filter(one -> sorted.firstKey() <= one.start()).isPresent())) {
            Window oldest = sorted.pollFirstEntry().getValue();
            windows.remove(oldest.start());
            earlier = Optional.of(earlier.map(oldest::plus).orElse(oldest));
        }
        return earlier;
    }
}
