package io.windrow.benchmarks;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
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
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * A source that follows one stream, alone: its batches are dropped and nothing is let go, so each reading reads the same. It stays
 * open for all of them, as one that follows does, so what it has loaded is loaded once.
 */
final class Nowhere<C extends Record> implements AutoCloseable {
    private final RootAllocator allocator = new RootAllocator();
    private final Source source;
    private final StreamName stream;
    private Optional<PlannerState> state = Optional.empty();
    private Optional<Part> open = Optional.empty();

    /** A split that ended for one run, and where the next goes on. */
    private record Part(Split split, Position resume) {}

    /** A source of this config; temporary files go below the folder. */
    Nowhere(SourceFactory<C> factory, C config, StreamName stream, Path work) {
        this.source = factory.create(config, new Plain(allocator, work));
        this.stream = stream;
    }

    /** The first copy, and all that the log holds by now; what is read later begins here. Gives the rows read. */
    long begin() {
        try (SplitPlanner planner = source.plan(List.of(request()))) {
            Drained drained = drained(planner);
            state = Optional.of(planner.state(stream));
            open = drained.open;
            return drained.rows;
        }
    }

    /** All that the log holds since {@link #begin}. Gives the rows read. */
    long read() {
        try (SplitPlanner planner = source.plan(List.of(request()))) {
            open.ifPresent(part -> planner.giveBack(part.split(), Optional.of(part.resume())));
            return drained(planner).rows;
        }
    }

    @Override
    public void close() {
        source.close();
        allocator.close();
    }

    private StreamRequest request() {
        return new StreamRequest(stream, ReadMode.CDC, 1, state);
    }

    private Drained drained(SplitPlanner planner) {
        Drained drained = new Drained();
        while (!planner.ended(stream)) {
            for (SplitPlanner.Assignment one : planner.next(1)) {
                try (SplitReader reader = one.split().kind() == Split.Kind.LOG
                        ? source.openLog(one.split(), one.starts())
                        : source.open(one.split(), one.from())) {
                    drained.drain(planner, reader, one.split());
                }
            }
        }
        return drained;
    }

    private static final class Drained {
        private long rows;
        private Optional<Part> open = Optional.empty();

        void drain(SplitPlanner planner, SplitReader reader, Split split) {
            while (true) {
                switch (reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500))) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            rows += batch.rowCount();
                        }
                    }
                    case ReadResult.Idle ignored -> reader.keepAlive();
                    case ReadResult.End end -> {
                        open = end.resume().map(resume -> new Part(split, resume));
                        planner.ended(split, end.proof());
                        return;
                    }
                }
            }
        }
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
}
