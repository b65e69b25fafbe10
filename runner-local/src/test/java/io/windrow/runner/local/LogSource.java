package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** One log of whole numbers that several streams share: number n is the stream's that the upstream says. */
final class LogSource implements Source {
    private final LogUpstream upstream;
    private final Context context;

    LogSource(LogUpstream upstream, Context context) {
        this.upstream = upstream;
        this.context = context;
    }

    private static long number(Position position) {
        return Long.parseLong(position.text());
    }

    private static Position position(long number) {
        return new Position(1, Long.toString(number));
    }

    @Override
    public List<CheckResult> check() {
        return List.of();
    }

    @Override
    public List<StreamDescription> discover() {
        return List.of();
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        return new Planner(requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        throw new IllegalStateException("A log is opened as one");
    }

    @Override
    public SplitReader openLog(Split split, Map<StreamName, Position> starts) {
        return new Reader(Long.parseLong(split.text()), starts);
    }

    @Override
    public Optional<Comparator<Position>> order() {
        return Optional.of(Comparator.comparingLong(LogSource::number));
    }

    @Override
    public boolean beginsWithCopy(StreamName stream) {
        return upstream.uncopied.contains(stream);
    }

    @Override
    public void close() {}

    private final class Planner implements SplitPlanner {
        private final Map<StreamName, Position> starts = new TreeMap<>();
        private final Map<StreamName, StreamPlan> plans = new TreeMap<>();
        private final Set<StreamName> parked = new HashSet<>();
        private final long until;
        private boolean handedOut;
        private boolean ended;

        Planner(List<StreamRequest> requests) {
            upstream.plans.incrementAndGet();
            until = requests.getFirst().until() == Until.STOPPED ? Long.MAX_VALUE : upstream.end();
            for (StreamRequest request : requests) {
                if (!request.repair().isEmpty()) {
                    upstream.repairs.put(request.stream(), request.repair());
                    upstream.repairsAsked.incrementAndGet();
                }
                starts.put(request.stream(), request.released().getOrDefault("log", position(upstream.released.get())));
                plans.put(request.stream(), new StreamPlan(
                        MemorySource.schema(request.stream()), new Guarantee("log", "All rows.", List.of(), List.of()),
                        Optional.empty(), -1, -1));
            }
        }

        @Override
        public Map<StreamName, StreamPlan> plans() {
            return plans;
        }

        @Override
        public Map<StreamName, WindrowException> refusals() {
            return Map.of();
        }

        @Override
        public void restart(StreamName stream, long generation) {
            throw new IllegalStateException("Nothing restarts");
        }

        @Override
        public List<Assignment> next(int max) {
            if (handedOut || !parked.containsAll(upstream.uncopied)) {
                return List.of();
            }
            handedOut = true;
            Map<StreamName, Position> reading = new TreeMap<>(starts);
            reading.keySet().removeAll(parked);
            return List.of(new Assignment(
                    new Split("log", Split.Kind.LOG, List.copyOf(upstream.streams()), 1, Long.toString(until), -1), reading));
        }

        @Override
        public void ended(Split split, EndProof proof) {
            ended = true;
        }

        @Override
        public void giveBack(Split split, Optional<Position> position) {
            starts.put(split.stream(), position.orElseThrow());
            handedOut = false;
        }

        @Override
        public void parked(StreamName stream) {
            parked.add(stream);
        }

        @Override
        public boolean ended(StreamName stream) {
            return ended;
        }

        @Override
        public boolean finished() {
            return ended;
        }

        @Override
        public PlannerState state(StreamName stream) {
            return new PlannerState(1, "{}");
        }

        @Override
        public void acknowledge(StreamName stream, PlannerState state) {}

        @Override
        public void acknowledge(Split split, Position position) {
            upstream.letGo(number(position));
        }

        @Override
        public void keepAlive() {}

        @Override
        public void close() {}
    }

    private final class Reader implements SplitReader {
        private final long until;
        private final Map<StreamName, Position> starts;
        private final ArrayDeque<ReadResult> ready = new ArrayDeque<>();
        private final Map<StreamName, WindrowException> failed = new HashMap<>();
        private long next;

        Reader(long until, Map<StreamName, Position> starts) {
            this.until = until;
            this.starts = starts;
            this.next = starts.values().stream().mapToLong(LogSource::number).min().orElseThrow();
        }

        @Override
        public ReadResult read(long deadlineNanos) {
            if (!ready.isEmpty()) {
                return ready.poll();
            }
            if (upstream.silentAt.test(next)) {
                LockSupport.parkNanos(1_000_000);
                return new ReadResult.Idle(Optional.of(position(next)));
            }
            if (next >= until) {
                return new ReadResult.End(new EndProof("reached_position", -1, "counted"), Optional.of(position(next)));
            }
            if (next >= upstream.end()) {
                upstream.drained.countDown();
                LockSupport.parkNanos(1_000_000);
                return new ReadResult.Idle(Optional.of(position(next)));
            }
            upstream.beforeRead.accept(next);
            Map<StreamName, TreeSet<Long>> gathered = new HashMap<>();
            for (long last = Math.min(upstream.end(), next + upstream.batchRows); next < last; next++) {
                StreamName stream = upstream.streamOf(next);
                Position start = starts.get(stream);
                upstream.expectThere(next);
                if (upstream.badAt.test(next)) {
                    failed.putIfAbsent(stream, FailureTest.Trouble.BAD_ROW.now());
                    gathered.remove(stream);
                }
                if (!failed.containsKey(stream) && start != null && number(start) <= next) {
                    gathered.computeIfAbsent(stream, name -> new TreeSet<>()).add(next);
                }
            }
            if (gathered.isEmpty()) {
                return new ReadResult.Idle(Optional.of(position(next)));
            }
            gathered.forEach((stream, numbers) -> ready.add(new ReadResult.Data(
                    batch(stream, numbers), ready.size() == gathered.size() - 1 ? Optional.of(position(next)) : Optional.empty())));
            return ready.poll();
        }

        private Batch batch(StreamName stream, TreeSet<Long> numbers) {
            var schema = MemorySource.schema(stream);
            VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
            BigIntVector ids = (BigIntVector) root.getVector(0);
            ids.allocateNew(numbers.size());
            int row = 0;
            for (long number : numbers) {
                ids.set(row++, number);
            }
            root.setRowCount(row);
            Batch batch = new Batch(schema, root, position(next), Account.ofRead(row));
            List<List<String>> repaired = upstream.repairs.remove(stream);
            return repaired == null
                    ? batch
                    : batch.release().plusMeasure(Source.REPAIRED, Measure.ofCount(repaired.size())).batch();
        }

        @Override
        public void acknowledge(Position position) {
            upstream.letGo(number(position));
        }

        @Override
        public void keepAlive() {}

        @Override
        public Map<StreamName, WindrowException> failed() {
            return failed;
        }

        @Override
        public boolean mayCut() {
            return upstream.cutEvery == 0 || ready.isEmpty() && next % upstream.cutEvery == 0;
        }

        @Override
        public void wakeUp() {}

        @Override
        public void close() {
            ready.forEach(result -> {
                if (result instanceof ReadResult.Data data) {
                    data.batch().close();
                }
            });
            ready.clear();
        }
    }
}
