package io.windrow.benchmarks;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.SourceFactory;
import io.windrow.connectors.connect.MariadbConfig;
import io.windrow.connectors.connect.MariadbConnector;
import io.windrow.connectors.connect.database.BinlogSettings;
import io.windrow.testkit.mariadb.MariaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the host costs: Debezium's MariaDB connector inside Windrow, its batches dropped, beside the same connector of the same
 * line in Debezium's own engine, its records dropped, over the same binary log, rounds interleaved.
 */
final class MariaChangesBench {
    private static final StreamName EVENTS = new StreamName("bench", "events");
    private static final String LINE = "debezium-mariadb";
    private static final int TOGETHER = 20_000;

    private final MariaServer server;
    private final Path work;
    private final Nowhere<MariadbConfig> source;
    private int readings = 76;

    private MariaChangesBench(MariaServer server, Path work) {
        this.server = server;
        this.work = work;
        @SuppressWarnings("unchecked")
        SourceFactory<MariadbConfig> factory = (SourceFactory<MariadbConfig>) new MariadbConnector().source().orElseThrow();
        this.source = new Nowhere<>(factory, config(server), EVENTS, work);
    }

    /** The figures as the inner part of a JSON object: one million inserts and 200 000 updates and deletes, times the scale. */
    static String rates(double scale, int rounds) throws Exception {
        return new MariaChangesBench(MariaServer.shared(), Files.createTempDirectory("windrow-bench"))
                .measured((long) (1_000_000 * scale), rounds);
    }

    private static MariadbConfig config(MariaServer server) {
        Path plugin = Path.of(System.getProperty("windrow.root"), "connectors/connect/plugins/debezium-3.5");
        return new MariadbConfig(
                "127.0.0.1", server.port(), "root", Secret.of(""), List.of("bench.events"), List.of(), Optional.empty(), Optional.empty(),
                BinlogSettings.Lock.MINIMAL, OutOfRange.FAIL, Optional.of(plugin), Map.of(), 8192, ByteSize.parse("8MiB"));
    }

    private String measured(long inserts, int rounds) throws Exception {
        execute("CREATE DATABASE bench", "CREATE TABLE bench.events (id bigint PRIMARY KEY AUTO_INCREMENT, customer bigint, note text,"
                + " quantity int, price decimal(12,2), ratio double, at datetime(6), day date, open boolean, code varchar(64))");
        source.begin();
        Rounds hosted = new Rounds();
        Rounds alone = new Rounds();
        long events;
        try (source; DebeziumPeer debezium = DebeziumPeer.start(LINE, settings())) {
            Path kept = work.resolve("peer");
            long before = debezium.installed() ? peerBegins(debezium, kept) : 0;
            events = before + load(before, inserts);
            for (int round = 0; round < rounds; round++) {
                hosted.add(Cost.of(() -> expect(events, source.read())));
                if (debezium.installed()) {
                    alone.add(debezium.drain(events - before, files(copied(kept, work.resolve("peer" + round)))));
                }
                System.err.printf(Locale.ROOT, "round %d: hosted %s, on its own %s%n", round + 1, hosted, alone);
            }
        }
        String json = String.format(Locale.ROOT, "\"mariadb_events\": %d, \"mariadb_rounds\": %d, \"mariadb_events_per_second\": %.0f, "
                + "\"mariadb_client_cpu_micros_per_event\": %.3f", events, rounds, events / hosted.seconds(), hosted.cpu() / events * 1e6);
        return alone.none() ? json : json + String.format(Locale.ROOT,
                ", \"mariadb_connector_events_per_second\": %.0f, \"mariadb_rate_over_connector\": %.3f, \"mariadb_cpu_over_connector\": %.3f",
                events / alone.seconds(), alone.over(hosted), hosted.cpu() / alone.cpu());
    }

    private List<String> settings() {
        // A change of the schema is no event of the table. Headers, and a second record of each delete, are left out in Windrow, too.
        return List.of("connector.class=io.debezium.connector.mariadb.MariaDbConnector", "database.port=" + server.port(),
                "database.user=root", "database.password=", "database.ssl.mode=disable",
                "table.include.list=bench.events", "include.schema.changes=false", "extended.headers.enabled=false",
                "tombstones.on.delete=false", "offset.storage=org.apache.kafka.connect.storage.FileOffsetBackingStore",
                "schema.history.internal=io.debezium.storage.file.history.FileSchemaHistory");
    }

    /** Reads one change, so that the engine keeps a place in the log; gives the rows that were written for it. */
    private long peerBegins(DebeziumPeer debezium, Path kept) throws Exception {
        CompletableFuture<Cost> first = CompletableFuture.supplyAsync(() -> {
            try {
                return debezium.drain(1, files(Files.createDirectories(kept)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        long written = 0;
        while (!first.isDone()) {
            execute("INSERT INTO bench.events (customer) VALUES (0)");
            written++;
            try {
                first.get(200, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                continue; // It has not come to the log yet, or the change not to it.
            }
        }
        first.get();
        return written;
    }

    private static Path copied(Path kept, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : List.of("offsets", "history")) {
            Files.copy(kept.resolve(name), folder.resolve(name));
        }
        return folder;
    }

    /** What differs between two readings: the server takes two that call themselves alike for one that has come again. */
    private String files(Path folder) {
        return "database.server.id=" + ++readings + " offset.storage.file.filename=" + folder.resolve("offsets") + " schema.history.internal.file.filename=" + folder.resolve("history");
    }

    private long load(long from, long inserts) throws Exception {
        for (long done = 0; done < inserts; done += TOGETHER) {
            long first = from + done + 1;
            long last = from + Math.min(inserts, done + TOGETHER);
            execute("INSERT INTO bench.events SELECT seq, seq % 1000, md5(seq), seq % 100, seq / 100.0, seq / 7.0, now(6), current_date,"
                    + " seq % 2 = 0, concat('code ', seq) FROM bench.seq_" + first + "_to_" + last);
        }
        long mixed = inserts / 5;
        for (long done = 0; done < mixed; done += TOGETHER) {
            long first = from + done;
            long last = from + Math.min(mixed, done + TOGETHER);
            execute("UPDATE bench.events SET quantity = quantity + 1 WHERE id > " + first + " AND id <= " + (first + last) / 2,
                    "DELETE FROM bench.events WHERE id > " + (first + last) / 2 + " AND id <= " + last);
        }
        return inserts + mixed;
    }

    private static void expect(long events, long read) throws IOException {
        if (events != read) {
            throw new IOException(read + " events were read, expected " + events);
        }
    }

    private void execute(String... sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("")); Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
