package io.windrow.core.telemetry;

import io.windrow.core.observe.Meter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the reference of spans and meters as Markdown, from the names that are exported. */
public final class TelemetryReference {
    private TelemetryReference() {}

    /** The page. */
    public static String page() {
        StringBuilder page = new StringBuilder("""
                # Spans and meters

                How to have them exported: [Observe a run](../how-to/observe-a-run.md).

                ## Meters

                | OpenTelemetry | Prometheus | kind | unit | what it is |
                |---|---|---|---|---|
                """);
        for (Meter meter : Meter.values()) {
            page.append("| `").append(meter.exported()).append("` | `").append(meter.prometheus()).append("` | ")
                    .append(kind(meter.shape())).append(" | `").append(meter.unit()).append("` | ")
                    .append(meter.meaning()).append(" |\n");
        }
        page.append("""

                Every meter has the attributes `windrow.pipeline` and `windrow.stream` (labels `pipeline` and `stream`);
                `windrow.errors` has `windrow.error.kind` (label `kind`) too, and no stream for an error of the run as a whole;
                `windrow.log.retained` and `windrow.log.behind` have no stream.
                Counters start at 0 with the process; totals over restarts are in the ledger.

                ## Spans

                | span | within | what it covers | attributes |
                |---|---|---|---|
                """);
        for (SpanName span : SpanName.values()) {
            page.append("| `").append(span.exported()).append("` | ")
                    .append(span.parent().equals("–") ? "–" : "`" + span.parent() + "`").append(" | ")
                    .append(span.meaning()).append(" | ")
                    .append(span.attributes().stream().map(a -> "`" + a.exported() + "`").collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        page.append("\n## Attributes\n\n| attribute | what it says |\n|---|---|\n");
        for (Attribute attribute : Attribute.values()) {
            page.append("| `").append(attribute.exported()).append("` | ").append(attribute.meaning()).append(" |\n");
        }
        return page.append("""

                Attributes of errors are there only if there was one; such a span has the status ERROR. A run's span has an event
                `notice` for each notice, a stream's an event `retry` for each retry. Values of rows, messages of errors and
                secrets are in none of them; a position can hold the value of the cursor column or of the key, if the target gets it
                as it is, and else is shown as its length and keyed digest.
                """).toString();
    }

    private static String kind(Meter.Shape shape) {
        return switch (shape) {
            case COUNTER, HISTOGRAM -> shape.name().toLowerCase(Locale.ROOT);
            case AGE, LEVEL -> "gauge";
        };
    }
}
