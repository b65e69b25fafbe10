package io.windrow.core.telemetry;

import io.windrow.core.observe.Meter;
import io.windrow.core.observe.Meters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps the meters of this process and writes them in Prometheus' text format. Safe for use by many threads. */
final class PrometheusText implements Meters {
    private static final Comparator<Labels> ORDER =
            Comparator.comparing(Labels::pipeline).thenComparing(Labels::stream).thenComparing(Labels::kind);

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Meter, Map<Labels, Cell>> cells = new EnumMap<>(Meter.class);

    PrometheusText(Clock clock) {
        this.clock = clock;
    }

    private static final class Cell {
        long sum;
        double seconds;
        Instant since = Instant.EPOCH;
        final long[] buckets = new long[Meter.SECONDS.size()];
    }

    @Override
    public void add(Meter meter, Labels labels, long amount) {
        change(meter, labels, cell -> cell.sum += amount);
    }

    @Override
    public void took(Meter meter, Labels labels, Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        change(meter, labels, cell -> {
            cell.sum++;
            cell.seconds += seconds;
            for (int i = 0; i < cell.buckets.length; i++) {
                if (seconds <= Meter.SECONDS.get(i)) {
                    cell.buckets[i]++;
                }
            }
        });
    }

    @Override
    public void since(Meter meter, Labels labels, Instant moment) {
        change(meter, labels, cell -> cell.since = moment);
    }

    @Override
    public void is(Meter meter, Labels labels, long amount) {
        change(meter, labels, cell -> cell.sum = amount);
    }

    private void change(Meter meter, Labels labels, java.util.function.Consumer<Cell> how) {
        lock.lock();
        try {
            how.accept(cells.computeIfAbsent(meter, m -> new TreeMap<>(ORDER)).computeIfAbsent(labels, l -> new Cell()));
        } finally {
            lock.unlock();
        }
    }

    /** The page. */
    String render() {
        StringBuilder page = new StringBuilder();
        lock.lock();
        try {
            cells.forEach((meter, of) -> {
                page.append("# HELP ").append(meter.prometheus()).append(' ').append(meter.meaning()).append('\n');
                page.append("# TYPE ").append(meter.prometheus()).append(' ').append(type(meter.shape())).append('\n');
                of.forEach((labels, cell) -> lines(page, meter, labels, cell));
            });
        } finally {
            lock.unlock();
        }
        return page.toString();
    }

    private static String type(Meter.Shape shape) {
        return switch (shape) {
            case COUNTER -> "counter";
            case HISTOGRAM -> "histogram";
            case AGE, LEVEL -> "gauge";
        };
    }

    private void lines(StringBuilder page, Meter meter, Labels labels, Cell cell) {
        String name = meter.prometheus();
        String text = text(labels);
        switch (meter.shape()) {
            case COUNTER, LEVEL -> line(page, name, text, Long.toString(cell.sum));
            case AGE -> line(
                    page, name, text, Double.toString(Duration.between(cell.since, clock.instant()).toMillis() / 1e3));
            case HISTOGRAM -> {
                for (int i = 0; i < cell.buckets.length; i++) {
                    line(page, name + "_bucket", text + ",le=\"" + Meter.SECONDS.get(i) + '"', Long.toString(cell.buckets[i]));
                }
                line(page, name + "_bucket", text + ",le=\"+Inf\"", Long.toString(cell.sum));
                line(page, name + "_sum", text, Double.toString(cell.seconds));
                line(page, name + "_count", text, Long.toString(cell.sum));
            }
        }
    }

    private static void line(StringBuilder page, String name, String labels, String value) {
        page.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String text(Labels labels) {
        StringBuilder text = new StringBuilder("pipeline=\"").append(escaped(labels.pipeline())).append('"');
        if (!labels.stream().isEmpty()) {
            text.append(",stream=\"").append(escaped(labels.stream())).append('"');
        }
        if (!labels.kind().isEmpty()) {
            text.append(",kind=\"").append(escaped(labels.kind())).append('"');
        }
        return text.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
