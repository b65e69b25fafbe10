package io.windrow.benchmarks.soak;

import io.windrow.cli.Main;
import io.windrow.testkit.crash.ChildJvm;
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
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** What is broken. */
    public enum Fault {
        /** Every piece is held back. */
        DELAY,
        /** Connections stay open and nothing passes. */
        BLACK_HOLE,
        /** Requests arrive, replies do not. */
        DROPPED_REPLIES,
        /** Every connection is reset now. */
        RESET,
        /** Every connection is reset a little later, in the middle of a reply. */
        RESET_IN_A_REPLY,
        /** The process is killed and started again. */
        KILL,
        /** The database stops in good order and starts again. */
        SERVER_RESTART,
        /** The database dies as in a power cut and starts again. */
        SERVER_CRASH
    }

    /** Runs it. Progress is told in lines. */
    public Result run(Consumer<String> progress) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18).durable());
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
            World world = new World(server, database, proxy, List.of(churned, grown), file);
            try {
                return soak(world, begin, progress);
            } finally {
                world.child.close();
            }
        }
    }

    private Result soak(World world, long begin, Consumer<String> progress) throws IOException, InterruptedException {
        Random random = new Random(seed);
        CountDownLatch never = new CountDownLatch(1);
        Tally tally = new Tally();
        long checked = System.nanoTime();
        for (long now = begin; now - begin < time.toNanos(); now = System.nanoTime()) {
            boolean killsToo = now - begin < time.toNanos() / 2;
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            if (fault == Fault.KILL && !killsToo) {
                fault = Fault.RESET;
            }
            world.strike(fault, random, never);
            tally.faults.merge(fault, 1, Integer::sum);
            never.await(1000 + random.nextInt(3000), TimeUnit.MILLISECONDS);
            world.proxy.pass();
            never.await(1000 + random.nextInt(2000), TimeUnit.MILLISECONDS);
            tally.sample(world);
            if (System.nanoTime() - checked > BETWEEN_CHECKS.toNanos()) {
                check(world, tally, never);
                checked = System.nanoTime();
                progress.accept(tally.line(checked - begin));
                if (tally.lost + tally.duplicated > 0) {
                    break;
                }
            }
        }
        if (tally.lost + tally.duplicated == 0) {
            check(world, tally, never);
        }
        return tally.result(seed, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** With nothing broken and nothing changing the target becomes exact in time, or never. */
    private void check(World world, Tally tally, CountDownLatch never) throws IOException, InterruptedException {
        world.proxy.pass();
        world.churns.forEach(TableChurn::pause);
        try {
            long giveUp = System.nanoTime() + CALM.toNanos();
            List<Oracle.Difference> wrong = differences(world, tally);
            while (!wrong.isEmpty() && System.nanoTime() < giveUp) {
                world.revive(tally);
                never.await(500, TimeUnit.MILLISECONDS);
                tally.sample(world);
                wrong = differences(world, tally);
            }
            for (Oracle.Difference difference : wrong) {
                tally.lost += difference.missing().values().stream().mapToLong(Integer::longValue).sum();
                tally.duplicated += difference.extra().values().stream().mapToLong(Integer::longValue).sum();
                tally.first = difference + "\n" + world.child.output();
            }
            tally.checks++;
        } finally {
            world.churns.forEach(TableChurn::resume);
        }
    }

    private List<Oracle.Difference> differences(World world, Tally tally) throws IOException {
        List<Oracle.Difference> wrong = new ArrayList<>();
        long rows = 0;
        for (Map.Entry<String, CrashMode> table : TABLES.entrySet()) {
            List<List<@Nullable String>> source = world.database.query("SELECT id, payload FROM " + table.getKey());
            Oracle.Difference difference = Oracle.compare(source, delivered(table.getKey(), table.getValue()));
            rows += source.size();
            if (!difference.none()) {
                wrong.add(difference);
            }
        }
        if (wrong.isEmpty()) {
            tally.compared += rows;
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

    /** What stands and what runs on it. */
    private static final class World {
        private final PostgresServer server;
        private final PostgresDatabase database;
        private final TcpProxy proxy;
        private final List<TableChurn> churns;
        private final Path file;
        private ChildJvm child;

        World(PostgresServer server, PostgresDatabase database, TcpProxy proxy, List<TableChurn> churns, Path file) {
            this.server = server;
            this.database = database;
            this.proxy = proxy;
            this.churns = churns;
            this.file = file;
            this.child = service();
        }

        private ChildJvm service() {
            return ChildJvm.start(Main.class.getName(), List.of("run", "--every", "2s", file.toString()), Map.of());
        }

        void strike(Fault fault, Random random, CountDownLatch never) throws InterruptedException {
            switch (fault) {
                case DELAY -> proxy.delay(Duration.ofMillis(20 + random.nextInt(200)));
                case BLACK_HOLE -> proxy.blackHole();
                case DROPPED_REPLIES -> proxy.dropReplies();
                case RESET -> proxy.resetAll();
                case RESET_IN_A_REPLY -> proxy.resetAfter(random.nextInt(200_000));
                case KILL -> {
                    child.kill();
                    child = service();
                }
                case SERVER_RESTART -> {
                    server.stop();
                    never.await(random.nextInt(3000), TimeUnit.MILLISECONDS);
                    server.start();
                }
                case SERVER_CRASH -> {
                    server.kill();
                    never.await(random.nextInt(3000), TimeUnit.MILLISECONDS);
                    server.start();
                }
            }
        }

        /** A service that ended by itself is started again, as whatever keeps services alive would. */
        void revive(Tally tally) {
            if (!child.alive()) {
                tally.endedByItself++;
                child = service();
            }
        }
    }

    /** What has happened so far. */
    private static final class Tally {
        private final TreeMap<Fault, Integer> faults = new TreeMap<>();
        private final List<Vitals> samples = new ArrayList<>();
        private long sampled;
        private int checks;
        private int endedByItself;
        private long compared;
        private long lost;
        private long duplicated;
        private String first = "";

        void sample(World world) {
            if (sampled != world.child.pid()) {
                samples.clear(); // Another process: what the one before held says nothing.
                sampled = world.child.pid();
            }
            Optional<Vitals> now = Vitals.of(world.child.pid());
            now.ifPresent(samples::add);
            world.revive(this);
        }

        String line(long nanos) {
            return TimeUnit.NANOSECONDS.toSeconds(nanos) + " s: " + faults.values().stream().mapToInt(i -> i).sum()
                    + " faults, " + checks + " comparisons, lost " + lost + ", duplicated " + duplicated;
        }

        Result result(long seed, Duration took) {
            int third = samples.size() / 3;
            List<Vitals> early = samples.subList(third / 2, Math.max(third / 2, third));
            List<Vitals> late = samples.subList(samples.size() - third, samples.size());
            return new Result(
                    seed, took, Map.copyOf(faults), checks, compared, lost, duplicated, endedByItself, samples.size(),
                    middle(early), middle(late), first);
        }

        private static Vitals middle(List<Vitals> some) {
            return new Vitals(Vitals.median(some, Vitals::residentKib), Vitals.median(some, Vitals::threads),
                    Vitals.median(some, Vitals::files));
        }
    }

    /**
     * What a soak showed.
     *
     * @param seed what repeats the order
     * @param took the whole series
     * @param faults how often each was had
     * @param checks exact comparisons
     * @param compared rows in all of them together
     * @param lost rows that the target never got
     * @param duplicated rows that the target had too often
     * @param endedByItself how often the service ended without being killed
     * @param samples looks at the last process
     * @param early medians of a sixth of them, early on
     * @param late medians of the last third
     * @param first the first thing wrong; empty if nothing
     */
    public record Result(
            long seed,
            Duration took,
            Map<Fault, Integer> faults,
            int checks,
            long compared,
            long lost,
            long duplicated,
            int endedByItself,
            int samples,
            Vitals early,
            Vitals late,
            String first) {}
}
