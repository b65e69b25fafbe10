package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Split;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.plan.Steps;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The workers of one attempt and what each is doing. Used by the coordinator's thread. */
final class Crew implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Flow flow;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ArrayDeque<Integer> idle = new ArrayDeque<>();
    private final Map<Integer, Split> reading = new HashMap<>();
    private final int cores;
    private final ThreadFactory factory;
    private final WorkerMaker maker;
    private final int size;
    private Command.Handover handover = Command.Handover.QUEUED;

    /** Makes the worker with the given number, whose first rows belong to the given cut. */
    @FunctionalInterface
    interface WorkerMaker {
        Worker make(int number, long cut);
    }

    Crew(int size, int cores, Flow flow, ThreadFactory factory, WorkerMaker maker) {
        this.size = size;
        this.cores = cores;
        this.flow = flow;
        this.factory = factory;
        this.maker = maker;
    }

    /** How many splits could be started now. Threads are made when they are first needed. */
    int free() {
        return idle.size() + size - workers.size();
    }

    int busy() {
        return reading.size();
    }

    /** Whether something is read, and only logs. */
    boolean readsLogsAlone() {
        return !reading.isEmpty() && reading.values().stream().allMatch(split -> split.kind() == Split.Kind.LOG);
    }

    /** Workers that take part in a cut. */
    int members() {
        return workers.size();
    }

    /**
     * How batches of the split travel now. Those of a log always leave its reader: whoever sends it takes a reader that waits for the
     * target for a dead one.
     */
    Command.Handover handover(Split split) {
        return split.kind() == Split.Kind.LOG ? Command.Handover.QUEUED : handover;
    }

    void read(Command.Read read, long cut) {
        Integer number = idle.poll();
        if (number == null) {
            number = workers.size();
            Worker worker = maker.make(number, cut);
            Thread thread = factory.newThread(worker);
            workers.add(worker);
            threads.add(thread);
            thread.start();
        }
        reading.put(number, read.split());
        workers.get(number).tell(read);
    }

    /** Decides how batches travel: a thread of its own for writing pays only while there is a core for it. */
    void balance() {
        Command.Handover fitting = reading.size() < cores ? Command.Handover.QUEUED : Command.Handover.INLINE;
        if (fitting != handover) {
            handover = fitting;
            reading.forEach((number, split) -> workers.get(number).tell(new Command.HandOver(handover(split))));
        }
    }

    void free(int number) {
        reading.remove(number);
        idle.add(number);
    }

    void all(Command command) {
        workers.forEach(worker -> worker.tell(command));
    }

    void acknowledge(Map<String, Position> positions, StreamName stream) {
        reading.forEach((number, split) -> {
            if (split.kind() == Split.Kind.PART && split.stream().equals(stream) && positions.containsKey(split.id())) {
                workers.get(number).tell(new Command.Acknowledge(positions));
            }
        });
    }

    /** Tells the reader of a shared split up to where it may let go; false if nobody reads it. */
    boolean acknowledge(String shared, Position position) {
        for (Map.Entry<Integer, Split> one : reading.entrySet()) {
            if (one.getValue().id().equals(shared)) {
                workers.get(one.getKey()).tell(new Command.Acknowledge(Map.of(shared, position)));
                return true;
            }
        }
        return false;
    }

    void wakeUp() {
        reading.keySet().forEach(number -> workers.get(number).wakeUp());
    }

    /** Ends all threads; those that read are woken up. */
    @Override
    public void close() {
        all(new Command.Leave());
        if (flow.aborted()) {
            workers.forEach(Worker::wakeUp);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            try {
                long left = deadline - System.nanoTime();
                if (!thread.join(Duration.ofNanos(Math.max(1_000_000, left)))) {
                    throw WindrowException.of(
                            RunError.STUCK, "Ending the run: thread " + thread.getName() + " goes on after " + PATIENCE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The transforms of one worker, bound anew for every schema. */
    static final class Bound implements Worker.Chain {
        private final Steps steps;
        private final Map<StreamSchema, List<BoundTransform>> bound = new HashMap<>();
        private @Nullable StreamSchema last;
        private List<BoundTransform> lastBound = List.of();
        private long epoch;

        Bound(Steps steps) {
            this.steps = steps;
        }

        @Override
        public List<BoundTransform> of(Batch batch) {
            if (steps.transforms().isEmpty() || batch.schema() == last) {
                return lastBound;
            }
            last = batch.schema();
            lastBound = bound.computeIfAbsent(batch.schema(), this::bind);
            return lastBound;
        }

        private List<BoundTransform> bind(StreamSchema schema) {
            List<BoundTransform> chain = steps.bind(schema);
            chain.forEach(transform -> transform.epoch(epoch));
            return chain;
        }

        @Override
        public void epoch(long next) {
            epoch = next;
            bound.values().forEach(chain -> chain.forEach(transform -> transform.epoch(next)));
        }

        @Override
        public boolean ordered() {
            return steps.ordered();
        }

        @Override
        public void close() {
            bound.values().forEach(chain -> chain.forEach(BoundTransform::close));
        }
    }
}
