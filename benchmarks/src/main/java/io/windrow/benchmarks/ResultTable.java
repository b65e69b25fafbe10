package io.windrow.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What a benchmark printed as JSON, as a table for {@code benchmarks/RESULTS.md}: every figure under its own name, and beside
 * it the bar that it has to meet, if there is one, and whether it does.
 */
final class ResultTable {
    /** What each figure has to be. {@code *} stands for any one name. */
    private static final Map<String, Bar> BARS = Map.ofEntries(
            Map.entry("wall_over_limit", Bar.atMost(1.10)),
            Map.entry("wall_over_limit_2", Bar.atMost(1.5)),
            Map.entry("client_cpu_over_server_cpu", Bar.atMost(1)),
            Map.entry("client_cpu_over_server_cpu_2", Bar.atMost(1)),
            Map.entry("file_size_over_duckdb", Bar.atMost(1.15)),
            Map.entry("versus.row_objects.wall", Bar.atLeast(3)),
            Map.entry("versus.*.wall", Bar.atLeast(1)),
            Map.entry("versus.*.cpu", Bar.atLeast(1)),
            Map.entry("rss_60m_over_6m", Bar.atMost(1.15)),
            Map.entry("peak_rss_mb_view", Bar.atMost(400)),
            Map.entry("huge_row_rss_over_size", Bar.atMost(4)),
            Map.entry("wall_over_ungoverned", Bar.atMost(1.35)),
            Map.entry("rate_over_limit", Bar.atLeast(0.85)),
            Map.entry("parquet_rate_over_limit", Bar.atLeast(0.7)),
            Map.entry("rate_over_debezium", Bar.atLeast(2)),
            Map.entry("cpu_over_debezium", Bar.atMost(0.333)),
            Map.entry("large_rate_over_limit", Bar.atLeast(0.85)),
            Map.entry("large_parquet_rate_over_limit", Bar.atLeast(0.7)),
            Map.entry("large_rate_over_debezium", Bar.atLeast(2)),
            Map.entry("large_cpu_over_debezium", Bar.atMost(0.333)),
            Map.entry("latency_p99_ms", Bar.atMost(1_500)),
            Map.entry("mirror_latency_p99_ms", Bar.atMost(1_500)),
            Map.entry("peak_rss_over_small", Bar.atMost(1.15)),
            Map.entry("mariadb_rate_over_connector", Bar.atLeast(1)));
    private static final Map<String, String> BARS_OF_THE_RUN =
            Map.of("connectors_ms", "connectors_bar_ms", "ten_rows_ms", "ten_rows_bar_ms");

    private ResultTable() {}

    /** A figure at most, or at least, so large. */
    private record Bar(double bound, int sign) {
        static Bar atMost(double bound) {
            return new Bar(bound, 1);
        }

        static Bar atLeast(double bound) {
            return new Bar(bound, -1);
        }

        String verdict(double figure) {
            String bar = (sign > 0 ? "≤ " : "≥ ") + (bound == Math.rint(bound)
                    ? String.format(Locale.ROOT, "%.0f", bound)
                    : String.format(Locale.ROOT, "%.2f", bound));
            return bar + (sign * (figure - bound) <= 0 ? ": met" : ": **MISSED**");
        }
    }

    /** The table. Throws if the text is no JSON object. */
    static String of(String json) throws IOException {
        Map<String, String> figures = figures(json);
        StringJoiner table = new StringJoiner("\n", "| figure | value | bar |\n|---|---|---|\n", "\n");
        figures.forEach((name, value) -> table.add("| `" + name + "` | " + value + " | " + bar(name, value, figures) + " |"));
        return table.toString();
    }

    private static String bar(String name, String value, Map<String, String> figures) {
        String ofTheRun = BARS_OF_THE_RUN.get(name);
        if (ofTheRun != null && figures.containsKey(ofTheRun)) {
            return Bar.atMost(Double.parseDouble(figures.get(ofTheRun))).verdict(Double.parseDouble(value));
        }
        Bar bar = BARS.getOrDefault(name, BARS.get(name.replaceFirst("\\.[^.]+\\.", ".*.")));
        // What both sides of a comparison have in common is no rival.
        return bar == null || name.startsWith("versus.windrow_process.") ? "" : bar.verdict(Double.parseDouble(value));
    }

    /** Every scalar under the names that lead to it, in their order. */
    private static Map<String, String> figures(String json) throws IOException {
        Map<String, String> figures = new LinkedHashMap<>();
        Deque<String> path = new ArrayDeque<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("A benchmark's result is a JSON object");
            }
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    path.addLast(parser.currentName());
                } else if (token == JsonToken.END_OBJECT) {
                    path.pollLast();
                } else if (token.isScalarValue()) {
                    figures.put(named(path, parser.currentName()), parser.getText().replace("|", "\\|"));
                }
            }
        }
        return figures;
    }

    private static String named(Deque<String> path, String last) {
        return path.isEmpty() ? last : String.join(".", path) + "." + last;
    }
}
