package io.windrow.benchmarks;

import io.windrow.cli.Main;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Lineitem to zstd Parquet against the limit L: draining the same binary COPY to nowhere with as many connections, by
 * the faster of a raw socket and pgjdbc. L and W, the whole pipeline, alternate; a ratio is the median over the pairs.
 */
final class PgSnapshotBench {
    private final Lineitem lineitem;
    private final Path work;
    private final int pairs;

    private PgSnapshotBench(Lineitem lineitem, Path work, int pairs) {
        this.lineitem = lineitem;
        this.work = work;
        this.pairs = pairs;
    }

    /** What is measured. */
    enum Part {
        /** The pipeline against the limit, and every rival. */
        ALL,
        /** The rivals that are processes of their own. */
        PEERS
    }

    /** Arguments: {@code --scale 1 --pairs 7}. Prints one JSON object. */
    static void run(double scale, int pairs, Part part) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench-");
        // The pipelines run in this process and say what they do; only the result belongs on standard output.
        PrintStream out = System.out;
        System.setOut(System.err);
        try (Lineitem lineitem = Lineitem.load(scale)) {
            out.println(switch (part) {
                case ALL -> new PgSnapshotBench(lineitem, work, pairs).measure();
                case PEERS -> "{\"rows\": " + lineitem.rows() + ", \"versus\": " + new Versus(lineitem, work).measurePeers() + "}";
            });
        } finally {
            System.setOut(out);
            delete(work);
        }
    }

    private String measure() throws Exception {
        Result one = measure(1);
        Result two = measure(2);
        long ours = one.bytes();
        long duckdb = duckdbBytes(one.output());
        String versus = new Versus(lineitem, work).measure(median(one.wall()), median(one.clientCpu()));
        return String.format(
                Locale.ROOT,
                """
                {"rows": %d, "pairs": %d, "limit_by": "%s", "limit_seconds": %.3f, "wall_seconds": %.3f, \
                "wall_over_limit": %.3f, "cold_wall_over_limit": %.3f, "wall_over_limit_2": %.3f, \
                "client_cpu_seconds": %.3f, "client_cpu_over_server_cpu": %.3f, "client_cpu_over_server_cpu_2": %.3f, "rows_per_second": %.0f, \
                "peak_rss_mb": %d, "file_bytes": %d, "file_size_over_duckdb": %.3f, "versus": %s}""",
                lineitem.rows(),
                pairs,
                one.by(),
                median(one.limit()),
                median(one.wall()),
                median(one.ratios()),
                one.cold(),
                median(two.ratios()),
                median(one.clientCpu()),
                median(one.cpuRatios()),
                median(two.cpuRatios()),
                lineitem.rows() / median(one.wall()),
                Measured.peakRssMb(),
                ours,
                (double) ours / duckdb,
                versus);
    }

    private record Result(
            String by,
            List<Double> limit,
            List<Double> wall,
            List<Double> ratios,
            List<Double> clientCpu,
            List<Double> cpuRatios,
            double cold,
            long bytes,
            Path output) {}

    private Result measure(int connections) throws Exception {
        double raw = Math.min(limit(connections, "raw").wallSeconds(), limit(connections, "raw").wallSeconds());
        double driver = Math.min(limit(connections, "pgjdbc").wallSeconds(), limit(connections, "pgjdbc").wallSeconds());
        String by = raw <= driver ? "raw" : "pgjdbc";
        Measured cold = pipeline(connections, "cold");
        double coldRatio = cold.wallSeconds() / limit(connections, by).wallSeconds();
        List<Double> limits = new ArrayList<>();
        List<Double> walls = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> cpus = new ArrayList<>();
        List<Double> cpuRatios = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            Measured limit = limit(connections, by);
            Measured whole = pipeline(connections, "w" + i);
            limits.add(limit.wallSeconds());
            walls.add(whole.wallSeconds());
            ratios.add(whole.wallSeconds() / limit.wallSeconds());
            cpus.add(whole.clientCpuSeconds());
            cpuRatios.add(whole.clientCpuSeconds() / whole.serverCpuSeconds());
            System.err.printf(
                    Locale.ROOT,
                    "%d connection(s) pair %d: L %.2f s, W %.2f s (client %.2f, server %.2f CPU-s), ratio %.3f%n",
                    connections,
                    i + 1,
                    limit.wallSeconds(),
                    whole.wallSeconds(),
                    whole.clientCpuSeconds(),
                    whole.serverCpuSeconds(),
                    whole.wallSeconds() / limit.wallSeconds());
        }
        Path output = work.resolve(connections + "-cold");
        return new Result(by, limits, walls, ratios, cpus, cpuRatios, coldRatio, bytes(output), output);
    }

    private Measured limit(int connections, String by) throws Exception {
        long pages = number("SELECT pg_relation_size('lineitem') / current_setting('block_size')::bigint");
        return Measured.of(lineitem.postmaster(), () -> {
            try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
                List<Future<Long>> drains = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    String where = connections == 1
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    " WHERE ctid >= '(%d,0)' AND ctid < '(%d,0)'",
                                    pages * i / connections,
                                    i == connections - 1 ? pages + 1 : pages * (i + 1) / connections);
                    String copy = "COPY (SELECT * FROM lineitem" + where + ") TO STDOUT (FORMAT binary)";
                    drains.add(threads.submit(() -> by.equals("raw")
                            ? RawCopyDrain.drain("127.0.0.1", lineitem.server().port(), "postgres", "postgres", copy)
                            : driverDrain(copy)));
                }
                for (Future<Long> drain : drains) {
                    drain.get();
                }
            }
        });
    }

    private long driverDrain(String sql) throws Exception {
        try (Connection connection = lineitem.server().connect("postgres")) {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
            long bytes = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                bytes += row.length;
            }
            return bytes;
        }
    }

    private Measured pipeline(int connections, String name) throws Exception {
        Path folder = Files.createDirectories(work.resolve(connections + "-" + name));
        Path file = folder.resolve("lineitem.yaml");
        Files.writeString(file, String.format(
                Locale.ROOT,
                """
                pipeline: lineitem_%d_%s
                source:
                  postgres:
                    url: %s
                    streams:
                      - {table: public.lineitem, mode: snapshot}
                sink:
                  files:
                    path: %s
                    format: parquet
                run:
                  parallelism: %d
                """,
                connections,
                name,
                lineitem.server().url("postgres"),
                folder.resolve("out"),
                connections));
        Measured measured = Measured.of(lineitem.postmaster(), () -> {
            int exit = Main.run(System.err, System.err, "run", file.toString(), "--json");
            if (exit != 0) {
                throw new IOException("The pipeline ended with exit code " + exit);
            }
        });
        if (!name.equals("cold")) {
            delete(folder);
        }
        return measured;
    }

    private long number(String sql) throws Exception {
        try (Connection connection = lineitem.server().connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private long duckdbBytes(Path output) throws Exception {
        Path copy = work.resolve("duckdb.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT * FROM read_parquet(" + parquetFiles(output) + ")) TO '" + copy
                    + "' (FORMAT parquet, COMPRESSION zstd)");
        }
        return Files.size(copy);
    }

    /** The files as a DuckDB list; links are not followed, so that a swapped generation counts once. */
    private static String parquetFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> Files.isRegularFile(path) && path.toString().endsWith(".parquet"))
                    .map(path -> "'" + path + "'")
                    .collect(Collectors.joining(", ", "[", "]"));
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long total = 0;
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".parquet"))::iterator) {
                total += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
            return total;
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
