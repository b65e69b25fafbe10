package io.windrow.benchmarks;

import io.windrow.testkit.postgres.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a start costs, through the launcher as a user calls it and with its cache warm: {@code java -version}, which is
 * the least that a JVM can do, {@code windrow connectors}, which loads the registry, and {@code windrow run} of a table of
 * ten rows into a new folder. The three alternate; a figure is the median over the rounds.
 */
final class StartBench {
    /** The bar is twice {@code java -version} and this, in milliseconds; a second more for the ten rows. */
    private static final double ALLOWANCE = 200;

    private static final int TICK_MILLIS = 10;
    private static final int WAITED_FOR = 13;

    private final Path launcher;
    private final String java;
    private final Path work;

    private StartBench(Path launcher, String java, Path work) {
        this.launcher = launcher;
        this.java = java;
        this.work = work;
    }

    /** Prints a table, or one JSON object. */
    static void run(int rounds, Output output) throws IOException, InterruptedException {
        Path launcher = Path.of(System.getProperty("windrow.root", ".")).resolve("windrow").toAbsolutePath();
        Path work = Files.createTempDirectory("windrow-start-");
        PostgresServer server = PostgresServer.shared(18);
        server.execute("DROP TABLE IF EXISTS ten");
        server.execute("CREATE TABLE ten AS SELECT i AS id, 'row ' || i AS name, now() AS at FROM generate_series(1, 10) i");
        try {
            StartBench bench = new StartBench(launcher, javaOf(launcher), work);
            Result result = bench.measure(server.url("postgres"), rounds);
            System.out.print(output == Output.JSON ? result.json() : result.table());
        } finally {
            server.execute("DROP TABLE ten");
            delete(work);
        }
    }

    /** How to print. */
    enum Output {
        TABLE,
        JSON
    }

    private record Cost(double wallMillis, long cpuMillis) {}

    private record Result(List<Cost> version, List<Cost> connectors, List<Cost> tenRows) {
        String json() {
            double version = wall(version());
            return String.format(
                    Locale.ROOT,
                    """
                    {"rounds": %d, "java_version_ms": %.0f, "connectors_ms": %.0f, "start_over_java_version_ms": %.0f, \
                    "ten_rows_ms": %.0f, "connectors_bar_ms": %.0f, "ten_rows_bar_ms": %.0f, "java_version_cpu_ms": %.0f, \
                    "connectors_cpu_ms": %.0f, "ten_rows_cpu_ms": %.0f, "java_version_best_ms": %.0f, \
                    "connectors_best_ms": %.0f, "ten_rows_best_ms": %.0f}
                    """,
                    version().size(), version, wall(connectors()), wall(connectors()) - version, wall(tenRows()), bar(),
                    bar() + 1000, cpu(version()), cpu(connectors()), cpu(tenRows()), best(version()), best(connectors()),
                    best(tenRows()));
        }

        String table() {
            return String.format("%-34s %10s %10s %10s %10s%n", "milliseconds", "median", "best", "CPU", "bar")
                    + row("java -version", version(), "-")
                    + row("windrow connectors", connectors(), String.format(Locale.ROOT, "%.0f", bar()))
                    + row("windrow run, ten rows", tenRows(), String.format(Locale.ROOT, "%.0f", bar() + 1000));
        }

        private static String row(String name, List<Cost> costs, String bar) {
            return String.format(
                    Locale.ROOT, "%-34s %10.0f %10.0f %10.0f %10s%n", name, wall(costs), best(costs), cpu(costs), bar);
        }

        private double bar() {
            return 2 * wall(version()) + ALLOWANCE;
        }

        private static double wall(List<Cost> costs) {
            return costs.stream().mapToDouble(Cost::wallMillis).sorted().skip(costs.size() / 2).findFirst().orElseThrow();
        }

        private static double best(List<Cost> costs) {
            return costs.stream().mapToDouble(Cost::wallMillis).min().orElseThrow();
        }

        private static double cpu(List<Cost> costs) {
            return costs.stream().mapToDouble(Cost::cpuMillis).sorted().skip(costs.size() / 2).findFirst().orElseThrow();
        }
    }

    private Result measure(String url, int rounds) throws IOException, InterruptedException {
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = -1; i < rounds; i++) { // The first round warms the cache and is not counted.
            Cost version = cost(List.of(java, "-version"));
            Cost connectors = cost(List.of(launcher.toString(), "connectors"));
            Cost tenRows = cost(List.of(
                    launcher.toString(), "run", "--from", url, "--stream", "public.ten", "--to",
                    work.resolve("run" + i).toString()));
            if (i >= 0) {
                result.version().add(version);
                result.connectors().add(connectors);
                result.tenRows().add(tenRows);
            }
        }
        return result;
    }

    /** Runs a command to its end; one that fails ends the benchmark. */
    private Cost cost(List<String> command) throws IOException, InterruptedException {
        File output = work.resolve("output").toFile();
        long cpu = cpuOfChildren();
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        int code = process.waitFor();
        double wall = (System.nanoTime() - began) / 1e6;
        if (code != 0) {
            throw new IOException("Measuring " + command + ": it ended with " + code + ": " + Files.readString(output.toPath()));
        }
        return new Cost(wall, cpuOfChildren() - cpu);
    }

    /** Milliseconds of processor time of the children that have ended, and of theirs, in steps of ten. */
    private static long cpuOfChildren() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[WAITED_FOR]) + Long.parseLong(fields[WAITED_FOR + 1])) * TICK_MILLIS;
    }

    private static String javaOf(Path launcher) throws IOException {
        Process process = new ProcessBuilder(launcher.toString(), "--java").start();
        return new String(process.getInputStream().readAllBytes()).strip();
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path done, IOException e) throws IOException {
                Files.delete(done);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
