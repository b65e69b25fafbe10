package io.windrow.connectors.postgres;

import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Levels;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A runner for tests: one thread, one stream, commits after every batch, and may be killed after any of them. */
final class Drive implements AutoCloseable {
    final RootAllocator allocator = new RootAllocator();
    final List<String> notices = new ArrayList<>();
    /** The bytes of log that the source said it keeps, each time it looked. */
    final List<Long> retained = new ArrayList<>();
    final PostgresConfig config;
    final StreamName stream;
    /** What is committed: the rows, the planner's state and the open splits. */
    final List<String> rows = new ArrayList<>();

    Optional<PlannerState> state = Optional.empty();
    Map<String, Open> open = new TreeMap<>();
    String pipeline = "test";
    long generation = 1;
    String restarted = "";
    boolean completed;
    /** Runs once in a run, when so many splits have been read, while the planner lives and no reader does. */
    Runnable change = () -> {};

    int changeAfter = 1;
    /** What happens at named places. */
    Failpoints failpoints = Failpoints.NONE;

    record Open(Split split, Optional<Position> position) {}

    Drive(PostgresConfig config, StreamName stream) {
        this.config = config;
        this.stream = stream;
    }

    static PostgresConfig config(String url, StreamConfig... streams) {
        PostgresConfig plain = PostgresConfig.of(Secret.of(url), List.of(streams));
        return new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), io.windrow.api.config.ByteSize.parse("64KiB"),
                plain.batchSize(), 100, Duration.ofSeconds(2), Duration.ofMinutes(1), plain.longTransaction(), plain.changes());
    }

    /** The same, for tests that hold a lock until they have seen something: however slow the machine is, it is waited for. */
    static PostgresConfig patient(PostgresConfig plain) {
        return new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), Duration.ofMinutes(5), Duration.ofMinutes(5), plain.longTransaction(), plain.changes());
    }

    /** Asks for signs of life until there was one and the slot has been looked at, or that has thrown: an answer may take its time. */
    void looks(SplitPlanner planner) {
        int before = retained.size();
        while (retained.size() == before) {
            planner.keepAlive();
        }
    }

    Context context() {
        return new Context() {
            @Override
            public String pipeline() {
                return pipeline;
            }

            @Override
            public Clock clock() {
                return Clock.systemUTC();
            }

            @Override
            public BufferAllocator allocator() {
                return allocator;
            }

            @Override
            public Path temporaryFolder() {
                return Path.of("/tmp");
            }

            @Override
            public Failpoints failpoints() {
                return name -> failpoints.reach(name);
            }

            @Override
            public Levels levels() {
                return (level, amount) -> retained.add(amount);
            }

            @Override
            public Notices notices() {
                return (code, text) -> notices.add(code + ": " + text);
            }
        };
    }

    PostgresSource source() {
        return new PostgresSource(config, context(), new SlotWatch.Stand());
    }

    /** Runs to the end. */
    long run() {
        return run(Integer.MAX_VALUE);
    }

    /** Runs, and dies after so many batches were committed. Gives the number of rows of this run. */
    long run(int batches) {
        if (state.isEmpty()) {
            open.clear(); // Nothing was committed.
        }
        long before = rows.size();
        int left = batches;
        int splits = 0;
        if (mode(source()) == ReadMode.INCREMENTAL) {
            awaitEndOfOthers();
        }
        try (Source source = source();
                SplitPlanner planner = source.plan(List.of(new StreamRequest(
                        stream, mode(source), generation, state)))) {
            if (planner.refusals().containsKey(stream)) {
                throw planner.refusals().get(stream);
            }
            Optional<String> restart = planner.plans().get(stream).restart();
            if (restart.isPresent()) {
                restarted = restart.get();
                generation++;
                rows.clear();
                before = 0;
                open.clear();
                planner.restart(stream, generation);
            }
            open.values().forEach(one -> planner.giveBack(one.split(), one.position()));
            while (!planner.finished()) {
                for (SplitPlanner.Assignment one : planner.next(1)) {
                    if (splits++ == changeAfter) {
                        Runnable now = change;
                        change = () -> {};
                        now.run();
                    }
                    open.put(one.split().id(), new Open(one.split(), one.from()));
                    try (SplitReader reader = source.open(one.split(), one.from())) {
                        left = read(planner, reader, one.split(), left);
                    }
                    if (left == 0) {
                        return rows.size() - before;
                    }
                }
            }
            completed = true;
            state = Optional.of(planner.state(stream));
        }
        return rows.size() - before;
    }

    /** What the last run had open keeps bounds back until the server has heard that it is gone. */
    private void awaitEndOfOthers() {
        try (PostgresSource source = source(); Session session = Session.open(source.address(), config)) {
            await().pollDelay(Duration.ZERO).atMost(Duration.ofMinutes(5)).until(() -> session.row(
                            "SELECT count(*) FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid) WHERE l.locktype = 'virtualxid'"
                                    + " AND a.application_name = 'windrow' AND a.datname = current_database() AND pid <> pg_catalog.pg_backend_pid()")
                    .contains("0"));
        }
    }

    private ReadMode mode(Source source) {
        return source.selected().get(stream);
    }

    private int read(SplitPlanner planner, SplitReader reader, Split split, int batches) {
        int left = batches;
        while (true) {
            switch (reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))) {
                case ReadResult.Data data -> {
                    try (Batch batch = data.batch()) {
                        rows.addAll(text(batch));
                        open.put(split.id(), new Open(split, Optional.of(batch.position())));
                        state = Optional.of(planner.state(stream));
                    }
                    if (--left == 0) {
                        return 0;
                    }
                }
                case ReadResult.Idle ignored -> throw new AssertionError("idle for 5 minutes");
                case ReadResult.End ignored -> {
                    planner.ended(split, ignored.proof());
                    open.remove(split.id());
                    state = Optional.of(planner.state(stream));
                    return left;
                }
            }
        }
    }

    static List<String> text(Batch batch) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < batch.rowCount(); i++) {
            Map<String, String> row = new LinkedHashMap<>();
            for (var vector : batch.arrow().getFieldVectors()) {
                row.put(vector.getName(), String.valueOf(vector.getObject(i)));
            }
            rows.add(String.join("|", row.values()));
        }
        return rows;
    }

    @Override
    public void close() {
        allocator.close();
    }
}
