package io.windrow.benchmarks;

import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.SourceFactory;
import io.windrow.cli.Main;
import io.windrow.connectors.postgres.PostgresConfig;
import io.windrow.connectors.postgres.PostgresConnector;
import io.windrow.connectors.postgres.StreamConfig.Consistency;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.StreamConfig;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * Change streams against their limit and a peer: a raw replication stream whose messages are dropped (L), the source alone
 * with its batches dropped, whole runs into Parquet and into a mirror in another database of the server, and Debezium's
 * engine, over the same log behind slots that nobody lets go, rounds interleaved.
 */
final class PgChangesBench {
    private static final StreamName EVENTS = new StreamName("public", "events");
    private static final String COLUMNS = "(id bigserial PRIMARY KEY, customer bigint, note text, quantity int, price numeric(12,2),"
            + " ratio float8, at timestamptz, day date, open bool, code varchar(64))";

    private final PostgresServer server;
    private final Path work;
    private final int rounds;
    private final Nowhere<PostgresConfig> source;

    private PgChangesBench(PostgresServer server, Path work, int rounds) {
        this.server = server;
        this.work = work;
        this.rounds = rounds;
        this.source = source(server, work);
    }

    /**
     * The figures as the inner part of a JSON object: one million inserts and 200 000 mixed changes, times the scale, each in a
     * transaction of its own.
     */
    static String rates(double scale, int rounds) throws Exception {
        return measured(rounds, bench -> bench.loadMixed((long) (1_000_000 * scale)), "");
    }

    /** The same of ten transactions of a million rows each, times the scale. */
    static String large(double scale, int rounds) throws Exception {
        return measured(rounds, bench -> bench.loadLarge((long) (1_000_000 * scale)), "large_");
    }

    private static String measured(int rounds, Load load, String prefix) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench");
        try (PostgresServer server = PostgresServer.start(
                PostgresOptions.of(18).with("synchronous_commit", "on").with("max_wal_size", "8GB"))) {
            return new PgChangesBench(server, work, rounds).measured(load, prefix);
        }
    }

    @FunctionalInterface
    private interface Load {
        /** Writes to the table; gives how many changes that is. */
        long write(PgChangesBench bench) throws Exception;
    }

    private String measured(Load load, String prefix) throws Exception {
        execute("CREATE TABLE events " + COLUMNS, "CREATE DATABASE mirror_base");
        source.begin();
        for (Sink sink : Sink.values()) {
            pipeline(work.resolve(sink.base()), sink, "mirror_base");
            execute("SELECT pg_copy_logical_replication_slot('" + sink.slot() + "', '" + sink.slot() + "_kept')");
        }
        long events = load.write(this);
        Rounds limit = new Rounds();
        Rounds nowhere = new Rounds();
        Rounds parquet = new Rounds();
        Rounds mirror = new Rounds();
        Rounds peer = new Rounds();
        try (source; DebeziumPeer debezium = DebeziumPeer.start("debezium", postgres(server.port()))) {
            for (int round = 0; round < rounds; round++) {
                limit.add(Cost.of(() -> raw(events)));
                nowhere.add(Cost.of(() -> expect(events, source.read())));
                parquet.add(round(round, Sink.PARQUET));
                mirror.add(round(round, Sink.MIRROR));
                if (debezium.installed()) {
                    execute("SELECT pg_copy_logical_replication_slot('windrow_base_kept', 'peer_" + round + "')");
                    peer.add(debezium.drain(events, "slot.name=peer_" + round));
                    execute("SELECT pg_drop_replication_slot('peer_" + round + "')");
                }
                System.err.printf(Locale.ROOT, "round %d: L %s, nowhere %s, parquet %s, mirror %s, debezium %s%n",
                        round + 1, limit, nowhere, parquet, mirror, peer);
            }
        }
        StringBuilder json = new StringBuilder();
        json.append(String.format(Locale.ROOT,
                "\"%1$sevents\": %2$d, \"%1$srounds\": %3$d, \"%1$slimit_events_per_second\": %4$.0f, \"%1$sevents_per_second\": %5$.0f, "
                        + "\"%1$srate_over_limit\": %6$.3f, \"%1$sparquet_rate_over_limit\": %7$.3f, \"%1$smirror_rate_over_limit\": %8$.3f, "
                        + "\"%1$sclient_cpu_micros_per_event\": %9$.3f, \"%1$slimit_cpu_micros_per_event\": %10$.3f, "
                        + "\"%1$sparquet_cpu_micros_per_event\": %11$.3f, \"%1$smirror_cpu_micros_per_event\": %12$.3f",
                prefix, events, rounds, events / limit.seconds(), events / nowhere.seconds(), limit.over(nowhere), limit.over(parquet),
                limit.over(mirror), nowhere.cpu() / events * 1e6, limit.cpu() / events * 1e6, parquet.cpu() / events * 1e6,
                mirror.cpu() / events * 1e6));
        if (!peer.none()) {
            json.append(String.format(Locale.ROOT,
                    ", \"%1$sdebezium_events_per_second\": %2$.0f, \"%1$srate_over_debezium\": %3$.3f, \"%1$scpu_over_debezium\": %4$.3f, "
                            + "\"%1$sdebezium_cpu_micros_per_event\": %5$.3f",
                    prefix, events / peer.seconds(), peer.over(nowhere), nowhere.cpu() / peer.cpu(), peer.cpu() / events * 1e6));
        }
        return json.toString();
    }

    /** Where a whole run ends. */
    private enum Sink {
        PARQUET("base"),
        MIRROR("mirror");

        private final String base;

        Sink(String base) {
            this.base = base;
        }

        String base() {
            return base;
        }

        String slot() {
            return "windrow_" + base;
        }
    }

    private long loadLarge(long rows) throws Exception {
        for (int i = 0; i < 10; i++) {
            insert(i * rows + 1, (i + 1) * rows);
        }
        return 10 * rows;
    }

    private void insert(long from, long to) throws Exception {
        execute("INSERT INTO events SELECT i, i % 1000, md5(i::text), i % 100, i / 100.0, i / 7.0, now(), current_date, i % 2 = 0,"
                + " 'code ' || i FROM generate_series(" + from + ", " + to + ") i");
    }

    /** Each row in a transaction of its own, as an application writes them; nobody waits for the disk meanwhile. */
    private long loadMixed(long inserts) throws Exception {
        long mixed = inserts / 5;
        each(1, inserts, "INSERT INTO events VALUES (i, i % 1000, md5(i::text), i % 100, i / 100.0, i / 7.0, now(), current_date,"
                + " i % 2 = 0, 'code ' || i);");
        each(1, mixed, "IF i % 2 = 0 THEN DELETE FROM events WHERE id = i; ELSE UPDATE events SET quantity = quantity + 1 WHERE id = i;"
                + " END IF;");
        return inserts + mixed;
    }

    private void each(long from, long to, String doing) throws Exception {
        execute("SET synchronous_commit = off",
                "DO $$ BEGIN FOR i IN " + from + ".." + to + " LOOP " + doing + " COMMIT; END LOOP; END $$");
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

    /** What Debezium is told. Headers, and a second record of each delete, are left out in Windrow, too. */
    private static List<String> postgres(int port) {
        return List.of("connector.class=io.debezium.connector.postgresql.PostgresConnector", "database.port=" + port, "database.user=postgres",
                "database.password=none", "database.dbname=postgres", "plugin.name=pgoutput", "publication.name=windrow_bench",
                "publication.autocreate.mode=disabled", "extended.headers.enabled=false", "tombstones.on.delete=false", "offset.storage=org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
                "schema.history.internal=io.debezium.relational.history.MemorySchemaHistory");
    }

    private static Nowhere<PostgresConfig> source(PostgresServer server, Path work) {
        StreamConfig follow = new StreamConfig(
                Optional.of("public.events"), Optional.empty(), Optional.empty(), List.of(), ReadMode.CDC, Optional.empty(),
                Level.CONDITIONAL, Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(), OutOfRange.FAIL,
                Consistency.SNAPSHOT);
        @SuppressWarnings("unchecked")
        SourceFactory<PostgresConfig> factory =
                (SourceFactory<PostgresConfig>) new PostgresConnector().source().orElseThrow();
        return new Nowhere<>(factory, PostgresConfig.of(Secret.of(server.url("postgres")), List.of(follow)), EVENTS, work);
    }

    /** One whole run, from copies of the state, the target and the slot as they were before the load. */
    private Cost round(int number, Sink sink) throws Exception {
        Path base = work.resolve(sink.base());
        Path folder = work.resolve(sink.base() + number);
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(base.relativize(file).toString()));
            }
        }
        String database = "mirror_" + number;
        execute("SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = '" + sink.slot() + "'",
                "SELECT pg_drop_replication_slot('" + sink.slot() + "')",
                "SELECT pg_copy_logical_replication_slot('" + sink.slot() + "_kept', '" + sink.slot() + "')");
        if (sink == Sink.MIRROR) {
            execute("CREATE DATABASE " + database + " TEMPLATE mirror_base");
        }
        Cost cost = Cost.of(() -> pipeline(folder, sink, database));
        if (sink == Sink.MIRROR) {
            execute("DROP DATABASE " + database);
        }
        return cost;
    }

    private void pipeline(Path folder, Sink sink, String database) throws Exception {
        String target = switch (sink) {
            case PARQUET -> "sink: {files: {path: ./out, format: parquet}}\n";
            case MIRROR -> "sink: {jdbc: {url: '" + server.url(database) + "', schema: public}}\nwrite: {public.events: mirror}\n";
        };
        Path file = Files.writeString(Files.createDirectories(folder).resolve("events.yaml"), """
                pipeline: events-%s
                source:
                  postgres:
                    url: %s
                    streams: [{table: public.events, mode: cdc}]
                    changes: {slot: %s, publication: windrow_bench}
                %s""".formatted(sink.base(), server.url("postgres"), sink.slot(), target));
        int exit = Main.run(System.err, System.err, "run", file.toString(), "--json");
        if (exit != 0) {
            throw new IOException("The pipeline ended with exit code " + exit);
        }
    }

    private static void expect(long events, long read) throws IOException {
        if (events != read) {
            throw new IOException(read + " events were read, expected " + events);
        }
    }

    private void execute(String... sql) throws Exception {
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
