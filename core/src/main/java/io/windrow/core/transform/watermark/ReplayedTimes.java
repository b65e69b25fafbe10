package io.windrow.core.transform.watermark;

import io.windrow.api.batch.Batch;
import io.windrow.api.source.EventWindows;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.EventTimes.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;

/**
 * What a replay changes of what was counted: rows that come are added to their windows, rows that go are taken out of
 * theirs. The low watermark stays where it is, since a replay reads a part of a stream and ends no read of it. For one
 * thread.
 */
public final class ReplayedTimes {
    private final EventTimes before;
    private final int column;
    private final EventWindows.Locator locator;
    private final Optional<KeyHashes> keys;
    /** Whether the keys of all rows that came and went could be summed up. */
    private boolean summed;
    private final TreeMap<Long, Window> windows = new TreeMap<>();
    private Optional<Window> earlier = Optional.empty();
    private long nulls;
    private OptionalLong first = OptionalLong.empty();
    private OptionalLong last = OptionalLong.empty();

    /**
     * Nothing came and nothing went.
     *
     * @param before the event times of the epoch that the replay goes on from
     * @param column where the rows hold the event time as it was read
     * @param keys gives the keys of the rows as {@link EventTimes#keys} sums them up; empty: the rows do not hold them
     */
    public ReplayedTimes(EventTimes before, int column, Optional<KeyHashes> keys) {
        this.keys = keys;
        this.summed = keys.isPresent();
        this.before = before;
        this.column = column;
        this.locator = before.by().locator();
    }

    /**
     * Rows that are delivered now. The batch stays the caller's.
     *
     * @param counted those among them that were counted when they were set aside
     */
    public void came(Batch batch, IntPredicate counted) {
        Optional<KeyHashes> hashes = hashes(batch);
        for (int row = 0; row < batch.rowCount(); row++) {
            OptionalLong time = time(batch, row);
            if (counted.test(row)) {
                continue;
            }
            if (time.isEmpty()) {
                nulls++;
            } else {
                long at = time.getAsLong();
                first = OptionalLong.of(Math.min(at, first.orElse(at)));
                last = OptionalLong.of(Math.max(at, last.orElse(at)));
                long late = before.lowWatermark().isPresent() && at < before.lowWatermark().getAsLong() ? 1 : 0;
                count(new Window(locator.start(at), 1, late, sum(hashes, row, 1)));
            }
        }
    }

    /** Rows that are not delivered any more. The batch stays the caller's. */
    public void went(Batch batch) {
        Optional<KeyHashes> hashes = hashes(batch);
        for (int row = 0; row < batch.rowCount(); row++) {
            OptionalLong time = time(batch, row);
            if (time.isEmpty()) {
                nulls--;
            } else {
                count(new Window(locator.start(time.getAsLong()), -1, 0, sum(hashes, row, -1)));
            }
        }
    }

    private Optional<KeyHashes> hashes(Batch batch) {
        Optional<KeyHashes> hashes = keys.filter(all -> all.has(batch));
        summed &= hashes.isPresent();
        return hashes;
    }

    private static OptionalLong sum(Optional<KeyHashes> hashes, int row, int times) {
        return hashes.isPresent() ? OptionalLong.of(times * hashes.get().of(row)) : OptionalLong.empty();
    }

    /** Empty for null, and for what was written when the column was no time. */
    private OptionalLong time(Batch batch, int row) {
        FieldVector vector = batch.arrow().getVector(column);
        if (vector.isNull(row)) {
            return OptionalLong.empty();
        }
        return switch (vector) {
            case DateDayVector days -> BoundWatermark.eventTime(days.get(row), BoundWatermark.DAY_MICROS);
            case TimeStampMicroTZVector micros -> BoundWatermark.eventTime(micros.get(row), 1);
            case TimeStampMicroVector micros -> BoundWatermark.eventTime(micros.get(row), 1);
            default -> OptionalLong.empty();
        };
    }

    private void count(Window one) {
        if (earlier.filter(folded -> one.start() <= folded.start()).isPresent()) {
            earlier = earlier.map(one::plus);
        } else {
            windows.merge(one.start(), one, Window::plus);
        }
        if (windows.size() > WindowCounts.MAX_WINDOWS) {
            Window oldest = windows.pollFirstEntry().getValue();
            earlier = Optional.of(earlier.map(oldest::plus).orElse(oldest));
        }
    }

    /** The event times of the replay's epoch: what came and went, and how far the stream is complete. */
    public EventTimes times() {
        List<Window> changed = new ArrayList<>();
        for (Map.Entry<Long, Window> window : windows.entrySet()) {
            Window one = window.getValue();
            if (one.rows() != 0 || one.late() != 0 || one.keySum().orElse(0) != 0) {
                changed.add(one);
            }
        }
        OptionalLong highest = last.isPresent() && (before.highest().isEmpty() || last.getAsLong() > before.highest().getAsLong())
                ? last
                : before.highest();
        return new EventTimes(
                before.by(), before.allowedLateness(), nulls, first, last, highest, before.lowWatermark(), changed, earlier,
                before.keys().filter(sum -> summed));
    }
}
