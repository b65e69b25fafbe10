package io.windrow.benchmarks.soak;

import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One soak of change streams: several services follow the same two tables, each into another target; {@link ChangeWriter}
 * changes them; every few seconds something breaks; now and then the tables hold still, nothing breaks, and every target
 * has to become exactly what the tables are. Between two such moments columns of one table either come or go: which of
 * the two a log means that holds both nobody can tell, and the streams rightly stop.
 *
 * @param folder an empty folder
 * @param time how long faults go on
 * @param seed the order of the faults and what happens to the tables; not the timing
 * @param targets the names of the targets: sqlite, postgres, files
 * @param largeRows rows of a large transaction
 * @param betweenChecks how long things break until they are compared again
 */
public record ChangeSoak(Path folder, Duration time, long seed, List<String> targets, int largeRows, Duration betweenChecks) {
    /** All targets. */
    public static final List<String> TARGETS = List.of("sqlite", "postgres", "files");

    private static final Duration CALM = Duration.ofMinutes(4);
    private static final int MAX_ADDED = 12;

    /** Runs it. Progress is told in lines. */
    public SoakResult run(Consumer<String> progress) throws IOException, InterruptedException, SQLException {
        long begin = System.nanoTime();
        PostgresOptions options = PostgresOptions.of(18).durable().with("autovacuum", "on")
                .with("max_prepared_transactions", "5").with("logical_decoding_work_mem", "256kB")
                .with("wal_sender_timeout", "10s");
        List<Follower> followers = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start(options);
                PostgresDatabase database = PostgresDatabase.create(server);
                ChangeWriter writer = ChangeWriter.start(database, seed, largeRows);
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port())) {
            try {
                String url = database.url().replace(":" + server.port(), ":" + proxy.port());
                for (String target : targets) {
                    followers.add(follower(target, server, url));
                }
                Random random = new Random(seed);
                Outages outages = new Outages(server, proxy, random, new CountDownLatch(1));
                return soak(new World(database, writer, outages, followers), random, begin, progress);
            } finally {
                for (Follower follower : followers) {
                    follower.service.close();
                    follower.replica.close();
                }
            }
        }
    }

    private Follower follower(String target, PostgresServer server, String url) throws IOException {
        Path home = Files.createDirectories(folder.resolve(target));
        Replica replica = switch (target) {
            case "sqlite" -> new TableReplica.Sqlite(home);
            case "postgres" -> new TableReplica.Postgres(PostgresDatabase.create(server), seed);
            case "files" -> new LogReplica(home);
            default -> throw new IllegalArgumentException("There is no target " + target + "; there are " + TARGETS);
        };
        Path file = Files.writeString(home.resolve("soak.yaml"), """
                pipeline: soak-%s
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 1000
                    connect_timeout: 2s
                    streams:
                      - {table: public.items, mode: cdc}
                      - {table: public.pairs, mode: cdc}
                    changes: {in_progress: %s, cut: %s}
                run: {epoch_rows: 5000, epoch_every: 500ms}
                %s""".formatted(
                target, url, target.equals("postgres") ? "stream" : "wait", target.equals("sqlite") ? "transaction_end" : "anywhere",
                replica.sink()));
        return new Follower(replica, new Service(List.of("run", "--follow", file.toString())));
    }

    private SoakResult soak(World world, Random random, long begin, Consumer<String> progress)
            throws IOException, InterruptedException, SQLException {
        Tally tally = new Tally();
        long checked = System.nanoTime();
        for (long now = begin; now - begin < time.toNanos() && tally.right(); now = System.nanoTime()) {
            boolean killsToo = now - begin < time.toNanos() / 2;
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            if (fault == Fault.KILL && !killsToo) {
                fault = Fault.RESET;
            }
            strike(world, fault, random);
            tally.struck(fault);
            world.outages.pause(500, 3000);
            world.mend();
            world.outages.pause(500, 3000);
            world.look(tally);
            if (System.nanoTime() - checked > betweenChecks.toNanos()) {
                check(world, tally);
                alterNext(world.writer, random);
                checked = System.nanoTime();
                progress.accept(tally.line(checked - begin));
            }
        }
        if (tally.right()) {
            check(world, tally);
        }
        world.writer.pause();
        progress.accept("transactions: " + new TreeMap<>(world.writer.done()));
        world.writer.resume();
        return tally.result(seed, Duration.ofNanos(System.nanoTime() - begin));
    }

    private static void strike(World world, Fault fault, Random random) throws InterruptedException, SQLException {
        Follower one = world.followers.get(random.nextInt(world.followers.size()));
        switch (fault) {
            case KILL -> one.service.kill();
            case TERMINATE -> one.service.terminate();
            case HELD_TARGET -> one.replica.hold();
            default -> world.outages.strike(fault);
        }
    }

    /** Everybody has seen the table as it is: now columns may come, or go. */
    private static void alterNext(ChangeWriter writer, Random random) {
        List<String> there = writer.added("items");
        if (!there.isEmpty() && (there.size() >= MAX_ADDED || random.nextBoolean())) {
            writer.alter("ALTER TABLE items DROP COLUMN IF EXISTS " + there.get(random.nextInt(there.size())));
        } else {
            int number = random.nextInt(1_000_000);
            writer.alter("ALTER TABLE items ADD COLUMN IF NOT EXISTS added" + number + " int");
            writer.alter("ALTER TABLE items ADD COLUMN IF NOT EXISTS added" + (number + 1) + " text");
        }
    }

    /** With nothing broken and nothing changing every target becomes exact, or stands still before it is. */
    private void check(World world, Tally tally) throws IOException, InterruptedException, SQLException {
        world.mend();
        while (!world.writer.altered()) {
            world.outages.pause(50, 1);
            world.look(tally);
        }
        world.writer.pause();
        try {
            long giveUp = System.nanoTime() + CALM.toNanos();
            Map<String, Oracle.Difference> wrong = differences(world, tally);
            while (!wrong.isEmpty() && System.nanoTime() < giveUp) {
                long before = apart(wrong);
                world.outages.pause(2000, 1);
                world.look(tally);
                wrong = differences(world, tally);
                if (apart(wrong) != before) {
                    // It comes nearer: a busy machine is slow, and that is not what is judged here.
                    giveUp = System.nanoTime() + CALM.toNanos();
                }
            }
            for (Map.Entry<String, Oracle.Difference> one : wrong.entrySet()) {
                for (Follower follower : world.followers) {
                    if (one.getKey().startsWith(follower.replica.name())) {
                        Path threads = Files.writeString(folder.resolve(follower.replica.name() + "-threads.txt"), follower.service.threads());
                        tally.wrong(one.getKey(), one.getValue(), follower.service.output() + "\nWhat it was doing: " + threads);
                    }
                }
            }
        } finally {
            world.writer.resume();
        }
    }

    private static long apart(Map<String, Oracle.Difference> wrong) {
        return wrong.values().stream().mapToLong(difference -> difference.missing().size() + difference.extra().size()).sum();
    }

    private static Map<String, Oracle.Difference> differences(World world, Tally tally) throws IOException, SQLException {
        Map<String, Oracle.Difference> wrong = new TreeMap<>();
        long rows = 0;
        for (Map.Entry<String, List<String>> table : ChangeWriter.TABLES.entrySet()) {
            List<String> added = world.writer.added(table.getKey());
            List<String> columns = new ArrayList<>(table.getValue());
            columns.addAll(added);
            List<List<@Nullable String>> source =
                    world.database.query("SELECT " + String.join(", ", columns) + " FROM " + table.getKey());
            for (Follower follower : world.followers) {
                rows += source.size();
                Oracle.Difference difference =
                        Oracle.compare(source, follower.replica.rows(table.getKey(), table.getValue(), added));
                if (!difference.none()) {
                    wrong.put(follower.replica.name() + ", " + table.getKey(), difference);
                }
            }
        }
        if (wrong.isEmpty()) {
            tally.compared(rows);
        }
        return wrong;
    }

    private record Follower(Replica replica, Service service) {}

    private record World(PostgresDatabase database, ChangeWriter writer, Outages outages, List<Follower> followers) {
        void mend() throws SQLException {
            outages.mend();
            for (Follower follower : followers) {
                follower.replica.release();
            }
        }

        void look(Tally tally) {
            tally.sample(followers.getFirst().service.pid());
            followers.forEach(follower -> follower.service.revive(tally));
        }
    }
}
