package io.windrow.core.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.windrow.core.observe.Meter;
import io.windrow.core.observe.Meters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Passes numbers to OpenTelemetry, which keeps and exports them. */
final class OtelMeters implements Meters {
    private final Map<Meter, LongCounter> counters = new EnumMap<>(Meter.class);
    private final Map<Meter, DoubleHistogram> histograms = new EnumMap<>(Meter.class);
    private final Map<Meter, LongGauge> levels = new EnumMap<>(Meter.class);
    private final Map<Meter, Map<Labels, Instant>> moments = new EnumMap<>(Meter.class);

    OtelMeters(io.opentelemetry.api.metrics.Meter otel, Clock clock) {
        for (Meter meter : Meter.values()) {
            switch (meter.shape()) {
                case COUNTER -> counters.put(meter, otel.counterBuilder(meter.exported())
                        .setUnit(meter.unit()).setDescription(meter.meaning()).build());
                case HISTOGRAM -> histograms.put(meter, otel.histogramBuilder(meter.exported())
                        .setUnit(meter.unit()).setDescription(meter.meaning())
                        .setExplicitBucketBoundariesAdvice(Meter.SECONDS).build());
                case LEVEL -> levels.put(meter, otel.gaugeBuilder(meter.exported())
                        .setUnit(meter.unit()).setDescription(meter.meaning()).ofLongs().build());
                case AGE -> {
                    Map<Labels, Instant> since = new ConcurrentHashMap<>();
                    moments.put(meter, since);
                    otel.gaugeBuilder(meter.exported()).setUnit(meter.unit()).setDescription(meter.meaning())
                            .buildWithCallback(gauge -> since.forEach((labels, moment) -> gauge.record(
                                    Duration.between(moment, clock.instant()).toMillis() / 1e3, attributes(labels))));
                }
            }
        }
    }

    private static Attributes attributes(Labels labels) {
        AttributesBuilder attributes = Attributes.builder().put(Attribute.PIPELINE.exported(), labels.pipeline());
        if (!labels.stream().isEmpty()) {
            attributes.put(Attribute.STREAM.exported(), labels.stream());
        }
        if (!labels.kind().isEmpty()) {
            attributes.put(Attribute.ERROR_KIND.exported(), labels.kind());
        }
        return attributes.build();
    }

    @Override
    public void add(Meter meter, Labels labels, long amount) {
        counters.get(meter).add(amount, attributes(labels));
    }

    @Override
    public void took(Meter meter, Labels labels, Duration duration) {
        histograms.get(meter).record(duration.toNanos() / 1e9, attributes(labels));
    }

    @Override
    public void is(Meter meter, Labels labels, long amount) {
        levels.get(meter).set(amount, attributes(labels));
    }

    @Override
    public void since(Meter meter, Labels labels, Instant moment) {
        moments.get(meter).put(labels, moment);
    }
}
