package io.windrow.core.ledger;

import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import java.util.stream.Stream;

/**
 * When the rows of one epoch happened, as they were read, and up to when the stream is known to be complete. Event times
 * are those of {@link EventWindows}. Rows that a step dropped or set aside are among them: they have happened all the same.
 *
 * @param by the column and the windows that rows are counted by
 * @param allowedLateness how long after its event time a row may come
 * @param nulls rows of the epoch without an event time; they are in no window and hold back nothing. Below 0 as in windows
 * @param first the smallest event time of the epoch; empty: it has none
 * @param last the largest event time of the epoch; empty: it has none
 * @param highest the largest event time of the generation up to this epoch
 * @param lowWatermark every row that happened before is delivered, unless it comes late; empty: nothing is proven yet.
 *     It moves only with an epoch that ends a read: until then a split that is open, or was not begun, may hold any row
 * @param windows the windows of the epoch's rows, ascending by start
 * @param earlier the windows before those, counted together because they are too many; empty: there are none
 * @param keys how the keys of the rows are summed up in every window; empty: in none of them, as if one lacks its sum
 */
public record EventTimes(
        EventWindows by,
        Duration allowedLateness,
        long nulls,
        OptionalLong first,
        OptionalLong last,
        OptionalLong highest,
        OptionalLong lowWatermark,
        List<Window> windows,
        Optional<Window> earlier,
        Optional<KeySum> keys) {
    /** How many windows of an epoch are kept apart; those before them are counted together (I12). */
    public static final int MAX_WINDOWS = 2000;

    public EventTimes {
        boolean summed = keys.isPresent()
                && Stream.concat(windows.stream(), earlier.stream()).allMatch(window -> window.keySum().isPresent());
        keys = summed ? keys : Optional.empty();
        windows = summed ? List.copyOf(windows) : windows.stream().map(Window::withoutKeys).toList();
        earlier = summed ? earlier : earlier.map(Window::withoutKeys);
    }

    /** Event times of rows whose keys are not summed up. */
    public EventTimes(
            EventWindows by,
            Duration allowedLateness,
            long nulls,
            OptionalLong first,
            OptionalLong last,
            OptionalLong highest,
            OptionalLong lowWatermark,
            List<Window> windows,
            Optional<Window> earlier) {
        this(by, allowedLateness, nulls, first, last, highest, lowWatermark, windows, earlier, Optional.empty());
    }

    /** The same without the sums over keys. */
    public EventTimes withoutKeys() {
        return new EventTimes(by, allowedLateness, nulls, first, last, highest, lowWatermark, windows, earlier);
    }

    /** Those of this and of a later epoch together, by the same column and windows. */
    public EventTimes plus(EventTimes later) {
        TreeMap<Long, Window> all = new TreeMap<>();
        windows.forEach(window -> all.merge(window.start(), window, Window::plus));
        later.windows.forEach(window -> all.merge(window.start(), window, Window::plus));
        Optional<Window> folded = earlier.map(one -> later.earlier.map(one::plus).orElse(one)).or(later::earlier);
        while (!all.isEmpty()
                && (all.size() > MAX_WINDOWS || folded.isPresent() && all.firstKey() <= folded.get().start())) {
            Window oldest = all.pollFirstEntry().getValue();
            folded = Optional.of(folded.map(oldest::plus).orElse(oldest));
        }
        return new EventTimes(
                by, later.allowedLateness, nulls + later.nulls, either(first, later.first, Math::min),
                either(last, later.last, Math::max), either(highest, later.highest, Math::max),
                later.lowWatermark.isPresent() ? later.lowWatermark : lowWatermark, List.copyOf(all.values()), folded,
                keys.filter(sum -> later.keys.filter(sum::equals).isPresent()));
    }

    private static OptionalLong either(OptionalLong one, OptionalLong other, LongBinaryOperator both) {
        return one.isPresent() && other.isPresent()
                ? OptionalLong.of(both.applyAsLong(one.getAsLong(), other.getAsLong()))
                : one.isPresent() ? one : other;
    }

    /**
     * The rows of one window, or of all windows up to and with one.
     *
     * @param start the window's start; of several, the last one's
     * @param rows rows of the epoch that happened in it; below 0 if a replay took more out of it than it brought
     * @param late those among them that happened before the low watermark that held when they were read
     * @param keySum the sum over the keys of the rows, modulo 2^64; empty: it is not known
     */
    public record Window(long start, long rows, long late, OptionalLong keySum) {
        /** Rows whose keys are not summed up. */
        public Window(long start, long rows, long late) {
            this(start, rows, late, OptionalLong.empty());
        }

        /** Both together, by the later start. */
        public Window plus(Window other) {
            return new Window(
                    Math.max(start, other.start), rows + other.rows, late + other.late,
                    keySum.isPresent() && other.keySum.isPresent()
                            ? OptionalLong.of(keySum.getAsLong() + other.keySum.getAsLong())
                            : OptionalLong.empty());
        }

        /** The same rows, their keys not summed up. */
        public Window withoutKeys() {
            return new Window(start, rows, late);
        }
    }

    /** How many rows came late. */
    public long late() {
        return windows.stream().mapToLong(Window::late).sum() + earlier.map(Window::late).orElse(0L);
    }

    /** How many rows have an event time. */
    public long rows() {
        return windows.stream().mapToLong(Window::rows).sum() + earlier.map(Window::rows).orElse(0L);
    }
}
