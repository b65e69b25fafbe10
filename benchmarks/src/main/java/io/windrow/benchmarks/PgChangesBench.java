package io.windrow.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.windrow.api.batch.Batch;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.cli.Main;
import io.windrow.connectors.postgres.PostgresConfig;
import io.windrow.connectors.postgres.PostgresConnector;
import io.windrow.connectors.postgres.StreamConfig.Consistency;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.StreamConfig;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * Change streams against their limit: a raw replication stream whose messages are dropped (L), the source alone with its
 * batches dropped, and a whole run into Parquet, over the same log behind slots that nobody lets go, rounds interleaved.
 */
final class PgChangesBench {
    private static final StreamName EVENTS = new StreamName("public", "events");
    private static final String COLUMNS = "(id bigserial PRIMARY KEY, customer bigint, note text, quantity int, price numeric(12,2),"
            + " ratio float8, at timestamptz, day date, open bool, code varchar(64))";

    private final PostgresServer server;
    private final Path work;
    private final int rounds;
    private Optional<PlannerState> state = Optional.empty();

    private PgChangesBench(PostgresServer server, Path work, int rounds) {
        this.server = server;
        this.work = work;
        this.rounds = rounds;
    }

    static void run(double scale, int rounds) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench");
        try (PostgresServer server = PostgresServer.start(
                PostgresOptions.of(18).with("synchronous_commit", "on").with("max_wal_size", "8GB"))) {
            System.out.println(new PgChangesBench(server, work, rounds).measured((long) (1_000_000 * scale)));
        }
    }

    private record Cost(double seconds, double cpu) {
        double rate(long events) {
            return events / seconds;
        }
    }

    private String measured(long inserts) throws Exception {
        execute("CREATE TABLE events " + COLUMNS);
        nowhere();
        pipeline(work.resolve("base"));
        execute("SELECT pg_copy_logical_replication_slot('windrow_base', 'windrow_kept')");
        long mixed = inserts / 5;
        load(inserts, mixed);
        long events = inserts + mixed;
        List<Double> overLimit = new ArrayList<>();
        List<Double> parquetOverLimit = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        List<Double> cpus = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Cost limit = cost(() -> raw(events));
            Cost nowhere = cost(() -> expect(events, nowhere()));
            Cost parquet = round(round);
            limits.add(limit.rate(events));
            rates.add(nowhere.rate(events));
            overLimit.add(limit.seconds() / nowhere.seconds());
            parquetOverLimit.add(limit.seconds() / parquet.seconds());
            cpus.add(nowhere.cpu() / events * 1e6);
            System.err.printf(Locale.ROOT, "round %d: L %.2f s (%.2f CPU-s), nowhere %.2f s (%.2f CPU-s), parquet %.2f s (%.2f CPU-s)%n",
                    round + 1, limit.seconds(), limit.cpu(), nowhere.seconds(), nowhere.cpu(), parquet.seconds(), parquet.cpu());
        }
        return String.format(
                Locale.ROOT,
                "{\"events\": %d, \"rounds\": %d, \"limit_events_per_second\": %.0f, \"events_per_second\": %.0f, "
                        + "\"rate_over_limit\": %.3f, \"parquet_rate_over_limit\": %.3f, \"client_cpu_micros_per_event\": %.3f, "
                        + "\"peak_rss_mb\": %d}",
                events, rounds, median(limits), median(rates), median(overLimit), median(parquetOverLimit), median(cpus),
                Measured.peakRssMb());
    }

    private void load(long inserts, long mixed) throws Exception {
        for (long from = 0; from < inserts; from += 20_000) {
            execute("INSERT INTO events SELECT i, i % 1000, md5(i::text), i % 100, i / 100.0, i / 7.0, now(), current_date, i % 2 = 0,"
                    + " 'code ' || i FROM generate_series(" + (from + 1) + ", " + Math.min(inserts, from + 20_000) + ") i");
        }
        for (long from = 0; from < mixed; from += 20_000) {
            long to = Math.min(mixed, from + 20_000);
            execute("UPDATE events SET quantity = quantity + 1 WHERE id > " + from + " AND id <= " + (from + to) / 2,
                    "DELETE FROM events WHERE id > " + (from + to) / 2 + " AND id <= " + to);
        }
    }

    /** L: every message is received and dropped; those of rows are counted, to know the end. */
    private void raw(long events) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"), properties);
                PGReplicationStream stream = connection.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                        .logical().withSlotName("windrow_bench").withSlotOption("proto_version", "1")
                        .withSlotOption("publication_names", "windrow_bench").withSlotOption("binary", "true")
                        .withStatusInterval(10, TimeUnit.SECONDS).withAutomaticFlush(false).start()) {
            for (long rows = 0; rows < events; ) {
                ByteBuffer message = stream.read();
                byte kind = message.get(message.position());
                rows += kind == 'I' || kind == 'U' || kind == 'D' ? 1 : 0;
            }
        }
    }

    /** The source alone, its batches dropped; nothing is let go, so the next round reads the same. */
    private long nowhere() throws Exception {
        long rows = 0;
        try (RootAllocator allocator = new RootAllocator();
                Source source = open(allocator);
                SplitPlanner planner = source.plan(List.of(new StreamRequest(EVENTS, ReadMode.CDC, 1, state)))) {
            while (!planner.ended(EVENTS)) {
                for (SplitPlanner.Assignment one : planner.next(1)) {
                    try (SplitReader reader = one.split().kind() == Split.Kind.LOG
                            ? source.openLog(one.split(), one.starts())
                            : source.open(one.split(), one.from())) {
                        rows += drained(planner, reader, one.split());
                    }
                }
            }
            state = Optional.of(planner.state(EVENTS));
        }
        return rows;
    }

    private static long drained(SplitPlanner planner, SplitReader reader, Split split) {
        long rows = 0;
        while (true) {
            switch (reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500))) {
                case ReadResult.Data data -> {
                    try (Batch batch = data.batch()) {
                        rows += batch.rowCount();
                    }
                }
                case ReadResult.Idle ignored -> reader.keepAlive();
                case ReadResult.End end -> {
                    planner.ended(split, end.proof());
                    return rows;
                }
            }
        }
    }

    private Source open(BufferAllocator allocator) {
        StreamConfig follow = new StreamConfig(
                Optional.of("public.events"), Optional.empty(), Optional.empty(), List.of(), ReadMode.CDC, Optional.empty(),
                Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(), OutOfRange.FAIL,
                Consistency.SNAPSHOT);
        @SuppressWarnings("unchecked")
        SourceFactory<PostgresConfig> factory =
                (SourceFactory<PostgresConfig>) new PostgresConnector().source().orElseThrow();
        return factory.create(PostgresConfig.of(Secret.of(server.url("postgres")), List.of(follow)), new Plain(allocator, work));
    }

    private record Plain(BufferAllocator allocator, Path temporaryFolder) implements Context {
        @Override
        public String pipeline() {
            return "bench";
        }

        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public Failpoints failpoints() {
            return Failpoints.NONE;
        }

        @Override
        public Notices notices() {
            return Notices.IGNORE;
        }
    }

    /** One whole run into Parquet, from a copy of the state and the slot as they were before the load. */
    private Cost round(int number) throws Exception {
        Path folder = work.resolve("round" + number);
        try (Stream<Path> files = Files.walk(work.resolve("base"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(work.resolve("base").relativize(file).toString()));
            }
        }
        execute("SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = 'windrow_base'",
                "SELECT pg_drop_replication_slot('windrow_base')",
                "SELECT pg_copy_logical_replication_slot('windrow_kept', 'windrow_base')");
        return cost(() -> pipeline(folder));
    }

    private void pipeline(Path folder) throws Exception {
        Path file = Files.writeString(Files.createDirectories(folder).resolve("events.yaml"), """
                pipeline: events
                source:
                  postgres:
                    url: %s
                    streams: [{table: public.events, mode: cdc}]
                    changes: {slot: windrow_base, publication: windrow_bench}
                sink: {files: {path: ./out, format: parquet}}
                """.formatted(server.url("postgres")));
        int exit = Main.run("run", file.toString(), "--json");
        if (exit != 0) {
            throw new IOException("The pipeline ended with exit code " + exit);
        }
    }

    private static void expect(long events, long read) throws IOException {
        if (events != read) {
            throw new IOException(read + " events were read, expected " + events);
        }
    }

    private static Cost cost(Measured.Work work) throws Exception {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        return new Cost((System.nanoTime() - start) / 1e9, (os.getProcessCpuTime() - cpu) / 1e9);
    }

    private void execute(String... sql) throws Exception {
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
