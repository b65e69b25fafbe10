package io.windrow.core.transform.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Origin;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.EventTimes.Window;
import io.windrow.core.policy.WatermarkPolicy;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Rows of several reads, in any order, cut into any splits, batches and epochs, with attempts that die: one answer. */
class WatermarkMergeTest {
    private static final StreamName STREAM = StreamName.of("public.events");
    private static final StreamSchema SCHEMA = new StreamSchema(
            STREAM, 1,
            List.of(
                    new Column(1, "at", new ColumnType.Timestamp(true), true, "timestamptz"),
                    new Column(2, "id", new ColumnType.Int(64, true), true, "bigint")),
            List.of());
    private static final StreamSchema KEYED = new StreamSchema(
            STREAM, 1, List.of(SCHEMA.columns().getFirst(), new Column(2, "id", new ColumnType.Int(64, true), false, "bigint")),
            List.of("id"));
    private static final KeySum KEYS = new KeySum(List.of(new KeySum.Part("id", KeySum.Form.WHOLE)));
    private static final long HOUR = 3_600_000_000L;
    private static final Instant READ = Instant.parse("2024-06-01T00:00:00Z");

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static WatermarkTransform step(Duration lateness, String zone) {
        return new WatermarkTransform(Map.of(
                STREAM.toString(), new WatermarkPolicy("at", lateness, Duration.ofHours(1), zone, Origin.NONE)));
    }

    @RepeatedTest(200)
    void theWatermarkAndTheCountsDoNotDependOnHowTheReadIsCutOrInterrupted(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Duration lateness = Duration.ofMinutes(random.nextInt(120));
        WatermarkTransform step = step(lateness, "UTC");
        Optional<KeySum> keys = random.nextBoolean() ? Optional.of(KEYS) : Optional.empty();
        Optional<EventTimes> committed = Optional.empty();
        Map<Long, Window> expected = new TreeMap<>();
        Map<Long, Window> counted = new TreeMap<>();
        long nulls = 0;
        long seenNulls = 0;
        long highest = Long.MIN_VALUE;
        long low = Long.MIN_VALUE;
        for (int read = 0; read < 1 + random.nextInt(4); read++) {
            List<Row> rows = rows(random, read);
            // The oracle: rows before the watermark of the reads before are late; it moves with the whole read.
            for (Row row : rows) {
                Long at = row.at();
                if (at == null) {
                    nulls++;
                } else {
                    long start = Math.floorDiv(at, HOUR) * HOUR;
                    OptionalLong hash = keys.isPresent() ? OptionalLong.of(hash(row.id())) : OptionalLong.empty();
                    expected.merge(start, new Window(start, 1, at < low ? 1 : 0, hash), Window::plus);
                    highest = Math.max(highest, at);
                }
            }
            Collections.shuffle(rows, random);
            int done = 0;
            boolean ended = false;
            while (!ended) {
                // An attempt begins with what is committed, cuts some epochs, and dies; what it had only read is read again.
                WatermarkTransform attempt = step.begin();
                Watermark watermark = attempt.begin(KEYED, committed, keys).orElseThrow();
                for (int epochs = 1 + random.nextInt(3); epochs > 0 && !ended; epochs--) {
                    int size = Math.min(rows.size() - done, random.nextInt(40));
                    boolean over = done + size == rows.size();
                    EventTimes times = watermark.after(
                            workers(attempt, rows.subList(done, done + size), random), over ? Optional.of(READ) : Optional.empty());
                    if (random.nextInt(4) == 0) {
                        break;
                    }
                    committed = Optional.of(times);
                    watermark = watermark.next(committed);
                    done += size;
                    ended = over;
                    times.windows().forEach(window -> counted.merge(window.start(), window, Window::plus));
                    seenNulls += times.nulls();
                    if (!over) {
                        assertThat(times.lowWatermark()).as("a read that goes on proves nothing").isEqualTo(optional(low));
                    }
                }
            }
            if (highest > Long.MIN_VALUE) {
                low = Math.max(low, highest - lateness.toNanos() / 1000);
            }
            assertThat(committed.orElseThrow().lowWatermark()).isEqualTo(optional(low));
        }
        assertThat(counted).isEqualTo(expected);
        assertThat(seenNulls).isEqualTo(nulls);
    }

    private static OptionalLong optional(long low) {
        return low == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(low);
    }

    private record Row(@Nullable Long at, @Nullable Long id) {}

    private static List<Row> rows(Random random, int read) {
        List<Row> rows = new ArrayList<>();
        for (int i = random.nextInt(120); i > 0; i--) {
            Long at = random.nextInt(20) == 0 ? null : (read * 3 + random.nextInt(12)) * HOUR / 2 + random.nextInt(1000);
            rows.add(new Row(at, random.nextLong()));
        }
        return rows;
    }

    private static long hash(@Nullable Long id) {
        try {
            byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(Objects.requireNonNull(id)).array();
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows through several workers' steps in batches; what they measured, added up in any order. */
    private Map<String, Measure> workers(WatermarkTransform attempt, List<Row> rows, Random random) {
        List<Map<String, Measure>> parts = new ArrayList<>();
        int at = 0;
        while (at < rows.size()) {
            int size = 1 + random.nextInt(rows.size() - at);
            try (BoundTransform bound = attempt.bind(KEYED);
                    Batch batch = bound.apply(batch(KEYED, rows.subList(at, at + size)))) {
                parts.add(batch.measures());
            }
            at += size;
        }
        Collections.shuffle(parts, random);
        Map<String, Measure> all = new HashMap<>();
        parts.forEach(part -> part.forEach((name, measure) -> all.merge(name, measure, Measure::plus)));
        return all;
    }

    private Batch batch(StreamSchema schema, List<Row> rows) {
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (Row row : rows) {
                if (row.at() == null) {
                    builder.setNull("at");
                } else {
                    builder.set("at", Instant.EPOCH.plus(row.at(), ChronoUnit.MICROS));
                }
                if (row.id() == null) {
                    builder.setNull("id");
                } else {
                    builder.set("id", row.id());
                }
                builder.endRow();
            }
            return builder.build(new Position(1, "{}"));
        }
    }

    /** Of a column that may be null, and of a schema without it, no key is summed up; a sum over some rows is none over all. */
    @Test
    void keysThatAreNotAllSummedUpAreNotSummedUpAtAll() {
        List<Row> rows = List.of(new Row(HOUR, 7L), new Row(HOUR + 1, 8L), new Row(null, 9L));
        WatermarkTransform step = step(Duration.ZERO, "UTC").begin();
        Watermark watermark = step.begin(KEYED, Optional.empty(), Optional.of(KEYS)).orElseThrow();
        Map<String, Measure> all = new HashMap<>();
        for (StreamSchema schema : List.of(KEYED, SCHEMA)) {
            try (BoundTransform bound = step.bind(schema); Batch batch = bound.apply(batch(schema, rows))) {
                batch.measures().forEach((name, measure) -> all.merge(name, measure, Measure::plus));
            }
            EventTimes times = watermark.after(all, Optional.empty());
            assertThat(times.keys()).isEqualTo(schema == KEYED ? Optional.of(KEYS) : Optional.empty());
            assertThat(times.windows()).containsExactly(schema == KEYED
                    ? new Window(HOUR, 2, 0, OptionalLong.of(hash(7L) + hash(8L)))
                    : new Window(HOUR, 4, 0));
        }
    }

    /** What goes is subtracted, so that the sum is that of the rows which stay. */
    @Test
    void aReplayTakesKeysOutAndBringsOthers() {
        EventWindows by = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("UTC"));
        EventTimes before = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(9 * HOUR), OptionalLong.of(9 * HOUR),
                List.of(), Optional.empty(), Optional.of(KEYS));
        for (boolean withKeys : new boolean[] {true, false}) {
            ReplayedTimes replayed = new ReplayedTimes(
                    before, 0, withKeys ? Optional.of(new KeyHashes(KEYS, List.of(1))) : Optional.empty());
            try (Batch went = batch(KEYED, List.of(new Row(HOUR, 7L), new Row(2 * HOUR, 8L), new Row(3 * HOUR, 9L)));
                    Batch came = batch(KEYED, List.of(new Row(HOUR, 7L), new Row(2 * HOUR, 10L), new Row(4 * HOUR, 11L)))) {
                replayed.went(went);
                replayed.came(came, row -> row == 2);
            }
            EventTimes times = replayed.times();
            assertThat(times.keys()).isEqualTo(withKeys ? Optional.of(KEYS) : Optional.empty());
            assertThat(times.windows()).isEqualTo(withKeys
                    ? List.of(
                            new Window(HOUR, 0, 1, OptionalLong.of(0)),
                            new Window(2 * HOUR, 0, 1, OptionalLong.of(hash(10L) - hash(8L))),
                            new Window(3 * HOUR, -1, 0, OptionalLong.of(-hash(9L))))
                    : List.of(new Window(HOUR, 0, 1), new Window(2 * HOUR, 0, 1), new Window(3 * HOUR, -1, 0)));
        }
    }

    @Test
    void aTimeInTheFutureMakesNothingCompleteThatIsStillToCome() {
        Watermark watermark =
                step(Duration.ofMinutes(10), "UTC").begin(SCHEMA, Optional.empty(), Optional.empty()).orElseThrow();
        long future = Instant.parse("2999-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
        EventTimes times = watermark.after(
                WindowCounts.measures(new Measure(1, future, future), 0, List.of(new Window(future, 1, 0))), Optional.of(READ));
        assertThat(times.lowWatermark()).hasValue((READ.getEpochSecond() - 600) * 1_000_000);
        assertThat(times.highest()).hasValue(future);
        Instant later = READ.plusSeconds(3600);
        assertThat(watermark.next(Optional.of(times)).after(Map.of(), Optional.of(later)).lowWatermark())
                .hasValue((later.getEpochSecond() - 600) * 1_000_000);
    }

    @Test
    void timesThatAreFarApartTakeBoundedRoomAndNoRowIsLost() {
        Map<String, Measure> all = new TreeMap<>();
        int windows = 5 * WindowCounts.MAX_WINDOWS;
        List<Long> hours = new ArrayList<>();
        for (long hour = 0; hour < windows; hour++) {
            hours.add(hour);
        }
        Collections.shuffle(hours, new Random(5));
        for (long hour : hours) {
            long at = hour * HOUR;
            WindowCounts.measures(
                            new Measure(3, at, at + 5), 1, List.of(new Window(at, 3, hour % 2, OptionalLong.of(Long.MAX_VALUE - hour))))
                    .forEach((name, measure) -> all.merge(name, measure, Measure::plus));
            WindowCounts.bound(all);
            assertThat(all.size()).isLessThan(4 * WindowCounts.MAX_WINDOWS + 10);
        }
        EventTimes times = step(Duration.ZERO, "UTC")
                .begin(SCHEMA, Optional.empty(), Optional.of(KEYS))
                .orElseThrow()
                .after(all, Optional.empty());
        assertThat(times.rows()).isEqualTo(3L * windows);
        assertThat(times.late()).isEqualTo(windows / 2);
        assertThat(times.nulls()).isEqualTo(windows);
        assertThat(times.windows()).hasSizeLessThanOrEqualTo(WindowCounts.MAX_WINDOWS);
        assertThat(times.earlier()).isPresent();
        assertThat(times.windows()).allMatch(window -> window.rows() == 3 && window.start() > times.earlier().get().start());
        assertThat(times.windows().getLast().start()).isEqualTo((windows - 1) * HOUR);
        long sum = times.earlier().get().keySum().orElseThrow();
        for (Window window : times.windows()) {
            assertThat(window.keySum()).hasValue(Long.MAX_VALUE - window.start() / HOUR);
            sum += window.keySum().getAsLong();
        }
        assertThat(sum).as("modulo 2^64").isEqualTo(windows * Long.MAX_VALUE - (windows - 1L) * windows / 2);
    }

    @Test
    void theStartOfAWindowIsOnTheClockOfItsZone() {
        EventWindows days = new EventWindows("at", true, Duration.ofDays(1), ZoneId.of("Europe/Berlin"));
        EventWindows.Locator locator = days.locator();
        for (String[] one : new String[][] {
            {"2024-03-30T22:59:59.999999Z", "2024-03-30T00:00"}, {"2024-03-30T23:00:00Z", "2024-03-31T00:00"},
            {"2024-03-31T21:59:59Z", "2024-03-31T00:00"}, {"2024-03-31T22:00:00Z", "2024-04-01T00:00"},
            {"2024-10-27T22:59:59Z", "2024-10-27T00:00"}, {"2024-10-27T23:00:00Z", "2024-10-28T00:00"},
            {"1960-01-01T00:00:00Z", "1960-01-01T00:00"}, {"2024-03-30T22:59:59.999999Z", "2024-03-30T00:00"}
        }) {
            assertThat(EventWindows.startText(locator.start(days.parse(one[0])))).as(one[0]).isEqualTo(one[1]);
        }
        assertThat(days.text(days.end(EventWindows.parseStart("2024-03-31T00:00")))).isEqualTo("2024-03-31T22:00:00Z");
        EventWindows hours = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("Europe/Berlin"));
        // The hour from two to three comes twice, and is over after the second.
        assertThat(hours.locator().start(hours.parse("2024-10-27T00:30:00Z")))
                .isEqualTo(hours.locator().start(hours.parse("2024-10-27T01:30:00Z")));
        assertThat(hours.text(hours.end(EventWindows.parseStart("2024-10-27T02:00")))).isEqualTo("2024-10-27T02:00:00Z");
        EventWindows local = new EventWindows("at", false, Duration.ofHours(1), ZoneId.of("Europe/Berlin"));
        assertThat(local.locator().start(local.parse("2024-10-27T02:30"))).isEqualTo(EventWindows.parseStart("2024-10-27T02:00"));
        assertThat(local.text(local.at(Instant.parse("2024-07-01T10:00:00Z")))).isEqualTo("2024-07-01T12:00");
    }
}
