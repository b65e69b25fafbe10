package io.windrow.benchmarks;

import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The client's peak resident set, of {@code ./windrow run} as a user starts it, with one transaction of 100 000 rows and with
 * one a hundred times as large, both sent while they go on, and how much of the larger waited on disk for its commit.
 */
final class ChangesMemory {
    private static final long SMALL = 100_000;
    private static final int TIMES = 100;
    private static final long MB = 1 << 20;

    private final PostgresServer server;
    private final Path work;

    private ChangesMemory(PostgresServer server, Path work) {
        this.server = server;
        this.work = work;
    }

    /** The figures as the inner part of a JSON object. */
    static String measure(double scale) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench");
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18)
                .with("synchronous_commit", "on").with("max_wal_size", "8GB").with("logical_decoding_work_mem", "4MB"))) {
            return new ChangesMemory(server, work).figures((long) (SMALL * TIMES * scale));
        }
    }

    private String figures(long large) throws Exception {
        Path file = Files.writeString(work.resolve("events.yaml"), """
                pipeline: memory
                source:
                  postgres: {url: '%s', streams: [{table: public.events, mode: cdc}], changes: {in_progress: stream}}
                sink: {files: {path: ./out, format: parquet}}
                """.formatted(server.url("postgres")));
        execute("CREATE TABLE events (id bigint PRIMARY KEY, note text, price numeric(12,2), at timestamptz)");
        run(file);
        insert(0, SMALL);
        long small = run(file).peakRssMb();
        // A process that lives two seconds is not warm; one of ten times the rows tells growth from warming up.
        insert(SMALL, 10 * SMALL);
        long warm = run(file).peakRssMb();
        insert(11 * SMALL, large);
        AtomicLong spilled = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        Thread watch = Thread.ofPlatform().daemon().start(() -> watch(spilled, done));
        ChildProcess child = run(file);
        done.countDown();
        watch.join();
        return String.format(
                Locale.ROOT,
                "\"transaction_rows\": %d, \"peak_rss_mb\": %d, \"peak_rss_mb_of_100000_rows\": %d, \"peak_rss_over_small\": %.3f, "
                        + "\"peak_rss_mb_of_1000000_rows\": %d, \"peak_rss_over_warm\": %.3f, \"spill_mb\": %d, "
                        + "\"transaction_seconds\": %.1f",
                large, child.peakRssMb(), small, child.peakRssMb() / (double) small, warm, child.peakRssMb() / (double) warm,
                spilled.get() / MB, child.wallSeconds());
    }

    /** One transaction of so many rows. */
    private void insert(long after, long rows) throws Exception {
        execute("INSERT INTO events SELECT i, md5(i::text), i / 100.0, now() FROM generate_series(" + (after + 1) + ", "
                + (after + rows) + ") i");
    }

    private ChildProcess run(Path file) throws Exception {
        String windrow = Path.of(System.getProperty("windrow.root"), "windrow").toString();
        return ChildProcess.run(work, Map.of(), List.of(windrow, "run", file.toString(), "--json")).succeeded("Following");
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The largest sum of the files without a name that a child keeps transactions in. */
    private static void watch(AtomicLong most, CountDownLatch done) {
        try {
            while (!done.await(250, TimeUnit.MILLISECONDS)) {
                try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
                    children.forEach(child -> most.accumulateAndGet(spilled(child.pid()), Math::max));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long spilled(long pid) {
        long bytes = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path one : open.toList()) {
                try {
                    if (Files.readSymbolicLink(one).toString().contains("/spill-")) {
                        bytes += Files.size(one);
                    }
                } catch (NoSuchFileException e) {
                    continue; // It was closed since it was listed.
                }
            }
        } catch (NoSuchFileException e) {
            return 0; // The process has gone since it was listed.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }
}
