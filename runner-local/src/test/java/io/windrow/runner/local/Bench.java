package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.transform.Transform;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Steps;
import io.windrow.core.run.RetryPolicy;
import io.windrow.core.spec.OnError;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** An upstream, a target and a SQLite store that outlive runs, and the means to run over them. */
final class Bench implements AutoCloseable {
    final Upstream upstream = new Upstream();
    final MemoryTarget target = new MemoryTarget();
    final List<RunEvent> events = new CopyOnWriteArrayList<>();
    final List<PlannedStream> streams = new ArrayList<>();
    final List<Transform> transforms = new ArrayList<>();
    final RootAllocator root = new RootAllocator();
    Function<Context, Source> source;
    private final Path folder;
    private final String url;
    Failpoints failpoints = Failpoints.NONE;
    int workers = 2;
    Duration epochTime = Duration.ofMinutes(1);
    long epochRows = 1_000_000;
    int retries = 50;
    RetryPolicy retry = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), 2);
    long inFlight = 1 << 20;
    OnError onError = OnError.CONTINUE;
    long maxRowsPerSecond;
    SchemaRules schemas = SchemaRules.NONE;

    Bench(Path folder) {
        this.folder = folder;
        this.source = context -> new MemorySource(upstream, context);
        this.url = "jdbc:sqlite:" + folder.resolve("state.db");
    }

    Bench stream(String name, long rows, ReadMode read, WriteMode write) {
        upstream.with(name, rows);
        streams.add(new PlannedStream(StreamName.of(name), read, write));
        return this;
    }

    StateStore store() {
        return StateStores.open(url);
    }

    Job job() {
        Pace pace = new Pace(
                workers, epochTime, 1L << 40, epochRows, 64 << 20, inFlight, Duration.ofSeconds(30),
                retry, retries, onError,
                maxRowsPerSecond, 0);
        return new Job(
                "bench", source, context -> target.connect(),
                source -> List.copyOf(streams), new Steps(transforms), schemas, pace, Optional.empty());
    }

    LocalRunner runner(StateStore store) {
        return new LocalRunner(store, context(), events::add);
    }

    /** Runs once, with a store of its own, as a new process would. */
    RunResult run(RunOptions options) {
        try (StateStore store = store()) {
            return runner(store).run(job(), options);
        }
    }

    RunResult run() {
        return run(RunOptions.NONE);
    }

    StreamResult result(RunResult run, String stream) {
        return run.streams().stream()
                .filter(result -> result.stream().equals(StreamName.of(stream)))
                .findFirst()
                .orElseThrow();
    }

    static List<Long> numbers(long rows) {
        return LongStream.range(0, rows).boxed().toList();
    }

    Context context() {
        return new Context() {
            @Override
            public String pipeline() {
                return "bench";
            }

            @Override
            public Clock clock() {
                return Clock.systemUTC();
            }

            @Override
            public BufferAllocator allocator() {
                return root;
            }

            @Override
            public Path temporaryFolder() {
                return folder;
            }

            @Override
            public Failpoints failpoints() {
                return name -> failpoints.reach(name);
            }

            @Override
            public Notices notices() {
                return Notices.IGNORE;
            }
        };
    }

    @Override
    public void close() {
        root.close();
    }
}
