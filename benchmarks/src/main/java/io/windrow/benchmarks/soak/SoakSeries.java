package io.windrow.benchmarks.soak;

import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.Delivered;
import io.windrow.testkit.crash.TableChurn;
import io.windrow.testkit.crash.TableChurn.Change;
import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One soak: a service reads two tables that change, one as a snapshot that replaces, one incrementally; every few seconds
 * something breaks; about twice a minute the tables hold still, nothing breaks, and the target has to become exactly what
 * the tables are. The process is killed only in the first half, so that what it holds can be followed in the second.
 *
 * @param folder an empty folder
 * @param time how long faults go on
 * @param seed the order of the faults and what happens to the tables; not the timing
 */
public record SoakSeries(Path folder, Duration time, long seed) {
    private static final Duration CALM = Duration.ofMinutes(4);
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(30);
    private static final Map<String, CrashMode> TABLES =
            Map.of("churned", CrashMode.REPLACE, "grown", CrashMode.APPEND);
    private static final List<Fault> FAULTS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(Fault.TERMINATE, Fault.HELD_TARGET)));

    /** Runs it. Progress is told in lines. */
    public SoakResult run(Consumer<String> progress) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18).durable().with("autovacuum", "on"));
                PostgresDatabase database = PostgresDatabase.create(server);
                TableChurn churned = TableChurn.start(database, "churned", 3000, Change.all(), seed);
                TableChurn grown =
                        TableChurn.start(database, "grown", 3000, EnumSet.of(Change.INSERT, Change.VACUUM), seed + 1);
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port())) {
            Path file = Files.writeString(folder.resolve("soak.yaml"), """
                    pipeline: soak
                    source:
                      postgres:
                        url: '%s'
                        streams:
                          - {table: public.churned, mode: snapshot}
                          - {table: public.grown, mode: incremental, cursor: updated_at}
                    sink:
                      files: {path: ./out, format: jsonl, grace: 1s}
                    run: {epoch_rows: 1500}
                    """.formatted(database.url().replace(":" + server.port(), ":" + proxy.port())));
            Random random = new Random(seed);
            Outages outages = new Outages(server, proxy, random, new CountDownLatch(1));
            try (Service service = new Service(List.of("run", "--every", "2s", file.toString()))) {
                return soak(new World(database, outages, List.of(churned, grown), service), random, begin, progress);
            }
        }
    }

    private SoakResult soak(World world, Random random, long begin, Consumer<String> progress)
            throws IOException, InterruptedException {
        Tally tally = new Tally();
        long checked = System.nanoTime();
        for (long now = begin; now - begin < time.toNanos() && tally.right(); now = System.nanoTime()) {
            boolean killsToo = now - begin < time.toNanos() / 2;
            Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
            if (fault == Fault.KILL && !killsToo) {
                fault = Fault.RESET;
            }
            if (!world.outages.strike(fault)) {
                world.service.kill();
            }
            tally.struck(fault);
            world.outages.pause(1000, 3000);
            world.outages.mend();
            world.outages.pause(1000, 2000);
            world.look(tally);
            if (System.nanoTime() - checked > BETWEEN_CHECKS.toNanos()) {
                check(world, tally);
                checked = System.nanoTime();
                progress.accept(tally.line(checked - begin));
            }
        }
        if (tally.right()) {
            check(world, tally);
        }
        return tally.result(seed, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** With nothing broken and nothing changing the target becomes exact in time, or never. */
    private void check(World world, Tally tally) throws IOException, InterruptedException {
        world.outages.mend();
        world.churns.forEach(TableChurn::pause);
        try {
            long giveUp = System.nanoTime() + CALM.toNanos();
            Map<String, Oracle.Difference> wrong = differences(world, tally);
            while (!wrong.isEmpty() && System.nanoTime() < giveUp) {
                world.outages.pause(500, 1);
                world.look(tally);
                wrong = differences(world, tally);
            }
            wrong.forEach((table, difference) -> tally.wrong(table, difference, world.service.output()));
        } finally {
            world.churns.forEach(TableChurn::resume);
        }
    }

    private Map<String, Oracle.Difference> differences(World world, Tally tally) throws IOException {
        Map<String, Oracle.Difference> wrong = new TreeMap<>();
        long rows = 0;
        for (Map.Entry<String, CrashMode> table : TABLES.entrySet()) {
            List<List<@Nullable String>> source = world.database.query("SELECT id, payload FROM " + table.getKey());
            Oracle.Difference difference = Oracle.compare(source, delivered(table.getKey(), table.getValue()));
            rows += source.size();
            if (!difference.none()) {
                wrong.put(table.getKey(), difference);
            }
        }
        if (wrong.isEmpty()) {
            tally.compared(rows);
        }
        return wrong;
    }

    private List<List<@Nullable String>> delivered(String table, CrashMode mode) throws IOException {
        try {
            List<List<@Nullable String>> rows = new ArrayList<>();
            new Delivered(folder.resolve("out").resolve("public." + table), mode).rows().values().forEach(rows::addAll);
            return rows;
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
            return List.of(); // A generation was swapped away under this reader, which looks again.
        }
    }

    private record World(PostgresDatabase database, Outages outages, List<TableChurn> churns, Service service) {
        void look(Tally tally) {
            tally.sample(service.pid());
            service.revive(tally);
        }
    }
}
