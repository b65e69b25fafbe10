package io.windrow.benchmarks;

import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How long a change takes from its commit at the source until a reader sees it, at 2 000 changes/s and epochs of one second,
 * of two services at once: one into files, where a change is seen when its file gets its name, and one into a mirror in
 * another database of the server, where it is seen when the target's transaction commits.
 */
final class ChangesLatency {
    private static final int RATE = 2000;
    private static final int TOGETHER = 20;
    private static final int WARM_SECONDS = 15;
    private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+),");

    private final PostgresServer server;
    private final Path work;

    private ChangesLatency(PostgresServer server, Path work) {
        this.server = server;
        this.work = work;
    }

    /** The figures as the inner part of a JSON object. */
    static String measure(int seconds) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench");
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18)
                .with("synchronous_commit", "on").with("track_commit_timestamp", "on"))) {
            return new ChangesLatency(server, work).figures(seconds);
        }
    }

    private String figures(int seconds) throws Exception {
        try (Connection source = server.connect("postgres"); Statement statement = source.createStatement()) {
            statement.execute("CREATE TABLE events (id bigint PRIMARY KEY, note text, price numeric(12,2), at timestamptz)");
            statement.execute("CREATE DATABASE mirror");
        }
        Process files = follow("files", "sink: {files: {path: ./out, format: jsonl}}\n");
        Process mirror = follow("mirror", "sink: {jdbc: {url: '" + server.url("mirror") + "', schema: public}}\n"
                + "write: {public.events: mirror}\n");
        long rows;
        try {
            rows = write(seconds + WARM_SECONDS);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
        } finally {
            for (Process one : List.of(files, mirror)) {
                one.destroy();
                one.waitFor(1, TimeUnit.MINUTES);
                one.destroyForcibly();
            }
        }
        Map<Long, Long> committed = commits("postgres");
        long[] inFiles = latencies(committed, renames());
        long[] inMirror = latencies(committed, commits("mirror"));
        if (inFiles.length != rows || inMirror.length != rows) {
            throw new IOException("Of " + rows + " rows " + inFiles.length + " arrived in files and " + inMirror.length + " in the mirror");
        }
        return String.format(
                Locale.ROOT,
                "\"latency_rows\": %d, \"latency_p50_ms\": %d, \"latency_p99_ms\": %d, \"mirror_latency_p50_ms\": %d, "
                        + "\"mirror_latency_p99_ms\": %d",
                inFiles.length, at(inFiles, 0.5), at(inFiles, 0.99), at(inMirror, 0.5), at(inMirror, 0.99));
    }

    private Process follow(String name, String sink) throws IOException {
        Path folder = Files.createDirectories(work.resolve(name));
        Path file = Files.writeString(folder.resolve("events.yaml"), """
                pipeline: latency-%s
                source: {postgres: {url: '%s', streams: [{table: public.events, mode: cdc}]}}
                run: {epoch_every: 1s}
                %s""".formatted(name, server.url("postgres"), sink));
        String windrow = Path.of(System.getProperty("windrow.root"), "windrow").toString();
        return new ProcessBuilder(windrow, "run", "--follow", file.toString(), "--json")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    /** Keeps the rate for so long; gives the rows that count, which are those after the start of the services. */
    private long write(int seconds) throws SQLException {
        try (Connection connection = server.connect("postgres");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO events SELECT i, md5(i::text), i / 100.0, now() FROM generate_series(?::bigint, ?::bigint) i")) {
            long start = System.nanoTime();
            long turns = (long) seconds * RATE / TOGETHER;
            for (long turn = 0; turn < turns; turn++) {
                LockSupport.parkNanos(start + turn * TimeUnit.SECONDS.toNanos(1) * TOGETHER / RATE - System.nanoTime());
                insert.setLong(1, turn * TOGETHER + 1);
                insert.setLong(2, (turn + 1) * TOGETHER);
                insert.executeUpdate();
            }
        }
        return (long) (seconds - WARM_SECONDS) * RATE;
    }

    /** By id, when a row's transaction committed, in microseconds since 1970. */
    private Map<Long, Long> commits(String database) throws SQLException {
        Map<Long, Long> commits = new HashMap<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint"
                        + " FROM events WHERE id > " + WARM_SECONDS * RATE)) {
            while (rows.next()) {
                commits.put(rows.getLong(1), rows.getLong(2));
            }
        }
        return commits;
    }

    /** By id, when a row's file got its name: nothing happens to a file's inode afterwards. */
    private Map<Long, Long> renames() throws IOException {
        Map<Long, Long> renames = new HashMap<>();
        try (Stream<Path> written = Files.list(work.resolve("files/out/public.events"))) {
            for (Path file : written.toList()) {
                long micros = ((FileTime) Files.getAttribute(file, "unix:ctime")).to(TimeUnit.MICROSECONDS);
                try (Stream<String> lines = Files.lines(file)) {
                    lines.forEach(line -> {
                        Matcher id = ID.matcher(line);
                        if (id.find() && Long.parseLong(id.group(1)) > WARM_SECONDS * RATE) {
                            renames.put(Long.parseLong(id.group(1)), micros);
                        }
                    });
                }
            }
        }
        return renames;
    }

    private static long[] latencies(Map<Long, Long> from, Map<Long, Long> to) {
        return from.entrySet().stream()
                .filter(row -> to.containsKey(row.getKey()))
                .flatMapToLong(row -> LongStream.of(to.getOrDefault(row.getKey(), 0L) - row.getValue()))
                .sorted()
                .toArray();
    }

    private static long at(long[] sorted, double share) {
        return TimeUnit.MICROSECONDS.toMillis(sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))]);
    }
}
