package io.windrow.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The client's peak resident set, of {@code ./windrow run} as a user starts it (the launcher's heap and flags): a table read
 * in splits and a view that multiplies it, each with the table's rows and with ten times as many; then one row of 200 MB
 * with {@code -Xmx2g}. It does not depend on how busy the machine is, the collector's freedom apart, so that each smaller
 * run is taken three times and counts with its median.
 */
final class MemoryBench {
    private static final int TIMES = 10;
    private static final int REPEATS = 3;
    private static final int HUGE_MB = 200;

    private final Lineitem lineitem;
    private final Path work;
    private final Path root = Path.of(System.getProperty("windrow.root"));

    private MemoryBench(Lineitem lineitem, Path work) {
        this.lineitem = lineitem;
        this.work = work;
    }

    /** Scale 1 is 6 M and 60 M rows. Prints one JSON object. */
    static void run(double scale) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench-");
        try (Lineitem lineitem = Lineitem.load(scale)) {
            System.out.println(new MemoryBench(lineitem, work).measure());
        } finally {
            clear(work);
        }
    }

    private String measure() throws Exception {
        prepare();
        long table = median("lineitem");
        long view = median("lineitem_view_1");
        long tableTimes = peak("lineitem_times", Map.of());
        long viewTimes = peak("lineitem_view_times", Map.of());
        Map<String, String> heap = Map.of("WINDROW_JAVA_OPTS", "-Xmx2g");
        long tableWithHeap = peak("lineitem", heap);
        List<String> huge = new ArrayList<>();
        double hugest = 0;
        for (String kind : List.of("text", "bytea", "json")) {
            long peak = peak("huge_" + kind, heap);
            // VmHWM is in MB of 1024 × 1024, the row in the same.
            double over = (peak - tableWithHeap) / (double) HUGE_MB;
            hugest = Math.max(hugest, over);
            huge.add(String.format(Locale.ROOT, "\"%s\": {\"peak_rss_mb\": %d, \"rss_over_size\": %.2f}", kind, peak, over));
        }
        return String.format(
                Locale.ROOT,
                """
                {"rows": %d, "rows_times": %d, "peak_rss_mb": %d, "peak_rss_mb_view": %d, "peak_rss_mb_6m": %d, \
                "peak_rss_mb_view_6m": %d, "rss_60m_over_6m": %.3f, "rss_60m_over_6m_table": %.3f, \
                "rss_60m_over_6m_view": %.3f, "huge_row_mb": %d, "peak_rss_mb_6m_2g": %d, "huge_row_rss_over_size": %.2f, \
                "huge_rows": {%s}}""",
                lineitem.rows(),
                lineitem.rows() * TIMES,
                tableTimes,
                viewTimes,
                table,
                view,
                Math.max((double) tableTimes / table, (double) viewTimes / view),
                (double) tableTimes / table,
                (double) viewTimes / view,
                HUGE_MB,
                tableWithHeap,
                hugest,
                String.join(", ", huge));
    }

    private void prepare() throws SQLException {
        System.err.println("multiplying the table");
        try (Connection connection = lineitem.server().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE VIEW lineitem_view_1 AS SELECT lineitem.* FROM lineitem, generate_series(1, 1)");
            statement.execute(
                    "CREATE VIEW lineitem_view_times AS SELECT lineitem.* FROM lineitem, generate_series(1, " + TIMES + ")");
            statement.execute("CREATE UNLOGGED TABLE lineitem_times AS SELECT * FROM lineitem_view_times");
            statement.execute("ANALYZE lineitem_times");
            int bytes = HUGE_MB << 20;
            // Text of which no run repeats soon, so that it does not shrink to nothing on any way.
            String text = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, " + bytes / 32 + ") i)";
            statement.execute("CREATE TABLE huge_text AS SELECT 1 AS id, " + text + " AS body");
            statement.execute("CREATE TABLE huge_bytea AS SELECT 1 AS id, decode(body || body, 'hex') AS body FROM huge_text");
            statement.execute("CREATE TABLE huge_json AS SELECT 1 AS id, ('\"' || body || '\"')::json AS body FROM huge_text");
        }
    }

    private long median(String relation) throws Exception {
        List<Long> peaks = new ArrayList<>();
        for (int i = 0; i < REPEATS; i++) {
            peaks.add(peak(relation, Map.of()));
        }
        return peaks.stream().sorted().toList().get(REPEATS / 2);
    }

    private long peak(String relation, Map<String, String> environment) throws Exception {
        Path folder = Files.createDirectories(work.resolve(relation));
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, String.format(
                Locale.ROOT,
                """
                pipeline: memory_%s
                source:
                  postgres:
                    url: %s
                    streams:
                      - {table: public.%s, mode: snapshot}
                sink:
                  files:
                    path: %s
                    format: parquet
                """,
                relation,
                lineitem.server().url("postgres"),
                relation,
                folder.resolve("out")));
        ChildProcess done = ChildProcess.run(
                        folder, environment, List.of(root.resolve("windrow").toString(), "run", file.toString(), "--json"))
                .succeeded("Reading " + relation);
        clear(folder);
        System.err.printf(
                Locale.ROOT,
                "%s%s: %d MB, %.1f s, %.1f CPU-s%n",
                relation,
                environment.isEmpty() ? "" : " " + environment.values(),
                done.peakRssMb(),
                done.wallSeconds(),
                done.cpuSeconds());
        return done.peakRssMb();
    }

    private static void clear(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
