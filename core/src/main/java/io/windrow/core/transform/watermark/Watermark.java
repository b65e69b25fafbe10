package io.windrow.core.transform.watermark;

import io.windrow.api.batch.Measure;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.core.ledger.EventTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How far a stream is complete in event time, from epoch to epoch of one generation. It moves with the epoch that ends a
 * read, and only then: rows of a snapshot, a range of keys or a range of transactions come in no order of event time, so a
 * split that is open, and one that was not handed out yet, may hold a row of any time. So it does not matter in which order
 * splits are read, by how many workers, nor how often the read is interrupted and goes on. Immutable.
 *
 * @param by what rows are counted by
 * @param allowedLateness how far it stays behind
 * @param highest the largest event time that was read in the generation
 * @param low the low watermark; empty: nothing is proven yet
 * @param keys how the keys of the rows are summed up; empty: they are not
 */
public record Watermark(
        EventWindows by, Duration allowedLateness, OptionalLong highest, OptionalLong low, Optional<KeySum> keys) {
    /**
     * At the begin of an attempt.
     *
     * @param committed the event times of the generation's last committed epoch; those by another field or in other windows
     *     say nothing of this one
     * @param keys how the keys of the rows that are read now are summed up; empty: they are not
     */
    public static Watermark begin(
            EventWindows by, Duration allowedLateness, Optional<EventTimes> committed, Optional<KeySum> keys) {
        return committed
                .filter(times -> times.by().equals(by))
                .map(times -> new Watermark(by, allowedLateness, times.highest(), times.lowWatermark(), keys))
                .orElseGet(() -> new Watermark(by, allowedLateness, OptionalLong.empty(), OptionalLong.empty(), keys));
    }

    /** Once an epoch with these event times was cut. */
    public Watermark next(Optional<EventTimes> cut) {
        return begin(by, allowedLateness, cut, keys);
    }

    /**
     * After an epoch.
     *
     * @param measures what the epoch's batches measured
     * @param readAsOf the moment as of which the stream is read to its end with this epoch; empty: the read goes on. No
     *     watermark is ahead of it: a time that lies in the future makes nothing complete
     */
    public EventTimes after(Map<String, Measure> measures, Optional<Instant> readAsOf) {
        WindowCounts.Counted counted = WindowCounts.of(measures);
        Measure times = counted.times();
        boolean any = times.count() > 0;
        OptionalLong most = any ? max(highest, times.max()) : highest;
        OptionalLong moved = low;
        if (readAsOf.isPresent() && most.isPresent()) {
            long reached = Math.min(most.getAsLong(), by.at(readAsOf.get()));
            moved = max(low, reached - allowedLateness.getSeconds() * 1_000_000 - allowedLateness.getNano() / 1000);
        }
        return new EventTimes(
                by, allowedLateness, counted.nulls(), any ? OptionalLong.of(times.min()) : OptionalLong.empty(),
                any ? OptionalLong.of(times.max()) : OptionalLong.empty(), most, moved, counted.windows(), counted.earlier(), keys);
    }

    /** The other measures: what {@link #after} does not take. */
    public static Map<String, Measure> others(Map<String, Measure> measures) {
        Map<String, Measure> others = new TreeMap<>(measures);
        others.keySet().removeIf(WindowCounts::isOne);
        return others;
    }

    private static OptionalLong max(OptionalLong one, long other) {
        return OptionalLong.of(one.isPresent() ? Math.max(one.getAsLong(), other) : other);
    }
}
