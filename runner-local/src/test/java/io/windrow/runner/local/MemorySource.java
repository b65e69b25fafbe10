package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Reads streams of whole numbers 0 … n−1 from the {@link Upstream}, in splits and batches of given sizes. */
final class MemorySource implements Source {
    private final Upstream upstream;
    private final BufferAllocator allocator;

    MemorySource(Upstream upstream, Context context) {
        this.upstream = upstream;
        this.allocator = context.allocator();
        upstream.connections.incrementAndGet();
    }

    static StreamSchema schema(StreamName stream) {
        return new StreamSchema(
                stream, 1, List.of(new Column(1, "id", new ColumnType.Int(64, true), false, "bigint")), List.of("id"));
    }

    @Override
    public List<CheckResult> check() {
        return List.of();
    }

    @Override
    public List<StreamDescription> discover() {
        return upstream.streams.keySet().stream()
                .map(stream -> new StreamDescription(
                        upstream.schema.apply(schema(stream)), "numbers", Set.of(ReadMode.SNAPSHOT), List.of(), -1, -1, List.of()))
                .toList();
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        upstream.beforePlan.run();
        return new Planner(requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        upstream.beforeOpen.accept(split);
        return new Reader(split, from.map(position -> Long.parseLong(position.text())));
    }

    @Override
    public void close() {
        upstream.connections.decrementAndGet();
    }

    private static long begin(Split split) {
        return Long.parseLong(split.text().substring(0, split.text().indexOf('-')));
    }

    private static long end(Split split) {
        return Long.parseLong(split.text().substring(split.text().indexOf('-') + 1));
    }

    /** Splits are numbered; the state is the bound and the numbers of the ended ones. */
    private final class Planner implements SplitPlanner {
        private final Map<StreamName, StreamPlan> plans = new TreeMap<>();
        private final Map<StreamName, WindrowException> refusals = new TreeMap<>();
        private final Map<StreamName, Of> streams = new TreeMap<>();
        private final ArrayDeque<Assignment> ready = new ArrayDeque<>();
        private boolean made;

        private static final class Of {
            ReadMode mode = ReadMode.SNAPSHOT;
            long generation;
            long from;
            long to;
            final Set<String> ended = new LinkedHashSet<>();
            final Set<String> given = new LinkedHashSet<>();
            int splits;
        }

        Planner(List<StreamRequest> requests) {
            upstream.connections.incrementAndGet();
            for (StreamRequest request : requests) {
                WindrowException refusal = upstream.refusals.get(request.stream());
                if (refusal != null) {
                    refusals.put(request.stream(), refusal);
                    continue;
                }
                Of of = new Of();
                of.mode = request.mode();
                of.generation = request.generation();
                of.to = upstream.rows(request.stream());
                request.state().ifPresent(state -> {
                    String[] parts = state.text().split(";", -1);
                    long savedTo = Long.parseLong(parts[1]);
                    boolean finished = Boolean.parseBoolean(parts[3]);
                    if (of.mode == ReadMode.INCREMENTAL && finished) {
                        of.from = savedTo;
                    } else {
                        of.from = Long.parseLong(parts[0]);
                        of.to = savedTo;
                        if (!parts[2].isEmpty()) {
                            of.ended.addAll(List.of(parts[2].split(",")));
                        }
                    }
                });
                streams.put(request.stream(), of);
                Optional<String> restart = request.state().isPresent() && upstream.snapshotLost(request.stream())
                        ? Optional.of("snapshot.lost") : Optional.empty();
                plans.put(request.stream(), new StreamPlan(
                        upstream.schema.apply(schema(request.stream())),
                        new Guarantee("snapshot", "All rows as of one moment.", List.of(), List.of()),
                        restart, of.to - of.from, (of.to - of.from) * 8));
            }
        }

        @Override
        public Map<StreamName, StreamPlan> plans() {
            return plans;
        }

        @Override
        public Map<StreamName, WindrowException> refusals() {
            return refusals;
        }

        @Override
        public void restart(StreamName stream, long generation) {
            Of of = streams.get(stream);
            of.generation = generation;
            of.from = 0;
            of.to = upstream.rows(stream);
            of.ended.clear();
        }

        private void make() {
            if (made) {
                return;
            }
            made = true;
            streams.forEach((stream, of) -> {
                for (long begin = of.from; begin < of.to; begin += upstream.splitRows) {
                    long end = Math.min(of.to, begin + upstream.splitRows);
                    String id = of.generation + "/" + begin;
                    of.splits++;
                    if (!of.ended.contains(id) && of.given.add(id)) {
                        ready.add(new Assignment(new Split(id, stream, 1, begin + "-" + end, (end - begin) * 8), Optional.empty()));
                    }
                }
            });
        }

        @Override
        public List<Assignment> next(int max) {
            make();
            List<Assignment> next = new ArrayList<>();
            while (next.size() < max && !ready.isEmpty()) {
                Assignment one = ready.poll();
                if (!upstream.unplannable.containsKey(one.split().stream())) {
                    next.add(one);
                }
            }
            return next;
        }

        @Override
        public Map<StreamName, WindrowException> failed() {
            return Map.copyOf(upstream.unplannable);
        }

        @Override
        public void ended(Split split, EndProof proof) {
            streams.get(split.stream()).ended.add(split.id());
        }

        @Override
        public void giveBack(Split split, Optional<Position> position) {
            streams.get(split.stream()).given.add(split.id());
            ready.add(new Assignment(split, position));
        }

        @Override
        public boolean ended(StreamName stream) {
            make();
            Of of = streams.get(stream);
            return of.ended.size() >= of.splits && !upstream.endless;
        }

        @Override
        public boolean finished() {
            return streams.keySet().stream().allMatch(this::ended);
        }

        @Override
        public PlannerState state(StreamName stream) {
            Of of = streams.get(stream);
            return new PlannerState(1, of.from + ";" + of.to + ";" + String.join(",", of.ended) + ";" + ended(stream));
        }

        @Override
        public void acknowledge(StreamName stream, PlannerState state) {
            upstream.acknowledged.add(stream + " " + state.text());
        }

        @Override
        public void keepAlive() {
            upstream.onPlannerKeepAlive.run();
        }

        @Override
        public void close() {
            upstream.connections.decrementAndGet();
        }
    }

    private final class Reader implements SplitReader {
        private final Split split;
        private final Thread thread = Thread.currentThread();
        private long next;

        Reader(Split split, Optional<Long> from) {
            this.split = split;
            this.next = from.orElse(begin(split));
            upstream.connections.incrementAndGet();
        }

        @Override
        public ReadResult read(long deadlineNanos) {
            onThread();
            if (next >= end(split)) {
                return new ReadResult.End(new EndProof("reached_position", end(split) - begin(split), "counted"));
            }
            if (!upstream.beforeRead.permits(split, next, deadlineNanos)) {
                // Whoever waits for something leaves the processor to whoever brings it.
                LockSupport.parkNanos(1_000_000);
                return new ReadResult.Idle();
            }
            int rows = (int) Math.min(upstream.batchRows, end(split) - next);
            StreamSchema schema = upstream.schema.apply(schema(split.stream()));
            VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
            BigIntVector ids = (BigIntVector) root.getVector(0);
            ids.allocateNew(rows);
            for (int i = 0; i < rows; i++) {
                ids.set(i, upstream.values.applyAsLong(next + i));
            }
            root.setRowCount(rows);
            next += rows;
            long claimed = rows + upstream.lostRows(split.stream());
            return new ReadResult.Data(new Batch(
                    schema, root, new Position(1, Long.toString(next)), Account.ofRead(claimed)));
        }

        @Override
        public void acknowledge(Position position) {
            onThread();
            if (Long.parseLong(position.text()) > next) {
                throw new IllegalStateException("Acknowledged ahead of what was read: " + position);
            }
            upstream.released.merge(split.stream() + " " + split.id(), Long.parseLong(position.text()), Math::max);
        }

        @Override
        public void keepAlive() {
            onThread();
            upstream.keptAlive.incrementAndGet();
        }

        @Override
        public void wakeUp() {
            upstream.wokenUp.countDown();
        }

        @Override
        public void close() {
            onThread();
            upstream.connections.decrementAndGet();
        }

        private void onThread() {
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException("The reader of " + split + " was used by another thread than its own");
            }
        }
    }
}
