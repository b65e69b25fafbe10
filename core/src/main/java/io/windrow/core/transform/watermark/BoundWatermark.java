package io.windrow.core.transform.watermark;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.EventTimes.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.DateDayVector;
import org.jspecify.annotations.Nullable;

/** The event times of one stream. */
final class BoundWatermark implements BoundTransform {
    static final long DAY_MICROS = 86_400_000_000L;
    private static final long MAX_MICROS = EventWindows.MAX_SECONDS * 1_000_000;

    private final StreamSchema schema;
    private final int column;
    private final EventWindows.Locator locator;
    private final long size;
    private final boolean utc;
    /** Rows before it are late. */
    private final long low;
    private final Optional<KeyHashes> keys;

    BoundWatermark(StreamSchema schema, int column, EventWindows windows, OptionalLong low, Optional<KeySum> keys) {
        this.schema = schema;
        this.column = column;
        this.locator = windows.locator();
        this.size = windows.sizeMicros();
        this.utc = windows.utc();
        this.low = low.orElse(Long.MIN_VALUE);
        this.keys = keys.flatMap(sum -> KeyHashes.of(sum, schema));
    }

    @Override
    public StreamSchema output() {
        return schema;
    }

    @Override
    public Batch apply(Batch batch) {
        int rows = batch.rowCount();
        if (rows == 0) {
            return batch;
        }
        BaseFixedWidthVector vector = (BaseFixedWidthVector) batch.arrow().getVector(column);
        boolean days = vector instanceof DateDayVector;
        ArrowBuf data = vector.getDataBuffer();
        boolean nullable = vector.getNullCount() > 0;
        Counting counting = new Counting(keys.filter(hashes -> hashes.has(batch)).orElse(null));
        for (int row = 0; row < rows; row++) {
            if (nullable && vector.isNull(row)) {
                counting.nulls++;
            } else {
                counting.add(row, days ? data.getInt(4L * row) : data.getLong(8L * row), days ? DAY_MICROS : 1);
            }
        }
        return batch.release().plusMeasures(counting.measures()).batch();
    }

    /** A value as an event time; empty if it is too far away to be one. */
    static OptionalLong eventTime(long value, long micros) {
        return value > MAX_MICROS / micros || value < -MAX_MICROS / micros
                ? OptionalLong.empty()
                : OptionalLong.of(value * micros);
    }

    /** The rows of one batch; those in a row that are in the same window are added at once. */
    private final class Counting {
        /** Rows, late rows and the sum over their keys by the window's start. */
        private final Map<Long, long[]> windows = new HashMap<>();
        private long nulls;
        private long count;
        private long min = Long.MAX_VALUE;
        private long max = Long.MIN_VALUE;
        private long start;
        private long rows;
        private long late;
        private long keySum;
        /** Absent: keys are not summed up. */
        private final @Nullable KeyHashes hashes;

        Counting(@Nullable KeyHashes hashes) {
            this.hashes = hashes;
        }

        void add(int row, long value, long micros) {
            if (value > MAX_MICROS / micros || value < -MAX_MICROS / micros) {
                nulls++;
                return;
            }
            long eventTime = value * micros;
            count++;
            min = Math.min(min, eventTime);
            max = Math.max(max, eventTime);
            // The span of a window on the zone's clock is that of its event times only where they are on the same clock.
            if (rows == 0 || utc || eventTime < start || eventTime >= start + size) {
                long in = locator.start(eventTime);
                if (rows == 0 || in != start) {
                    flush();
                    start = in;
                }
            }
            rows++;
            late += eventTime < low ? 1 : 0;
            if (hashes != null) {
                keySum += hashes.of(row);
            }
        }

        private void flush() {
            if (rows > 0) {
                long[] counts = windows.computeIfAbsent(start, in -> new long[3]);
                counts[0] += rows;
                counts[1] += late;
                counts[2] += keySum;
                rows = 0;
                late = 0;
                keySum = 0;
            }
        }

        Map<String, Measure> measures() {
            flush();
            List<Window> counted = new ArrayList<>(windows.size());
            windows.forEach((in, counts) -> counted.add(new Window(
                    in, counts[0], counts[1], hashes == null ? OptionalLong.empty() : OptionalLong.of(counts[2]))));
            return WindowCounts.measures(new Measure(count, min, max), nulls, counted);
        }
    }

    @Override
    public void close() {}
}
