package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Split;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/** The outside system behind {@link MemorySource}: outlives runs, and misbehaves as a test says. */
final class Upstream {
    final Map<StreamName, Long> streams = new ConcurrentHashMap<>();
    final Map<StreamName, WindrowException> refusals = new ConcurrentHashMap<>();
    /** Streams of which the planner can hand out nothing more. */
    final Map<StreamName, WindrowException> unplannable = new ConcurrentHashMap<>();
    final Map<StreamName, Long> lost = new ConcurrentHashMap<>();
    final Map<StreamName, Boolean> lostSnapshots = new ConcurrentHashMap<>();
    final List<String> acknowledged = new CopyOnWriteArrayList<>();
    final Map<String, Long> released = new ConcurrentHashMap<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger keptAlive = new AtomicInteger();
    final CountDownLatch wokenUp = new CountDownLatch(1);
    long splitRows = 1000;
    long batchRows = 100;
    boolean endless;
    /** What row number n holds. */
    LongUnaryOperator values = n -> n;
    /** What has become of the schema of every stream. The first column is always the number. */
    UnaryOperator<StreamSchema> schema = UnaryOperator.identity();
    Runnable beforePlan = () -> {};
    Runnable onPlannerKeepAlive = () -> {};
    Consumer<Split> beforeOpen = split -> {};
    Gate beforeRead = (split, next, deadline) -> true;

    /** What happens before rows are read. */
    @FunctionalInterface
    interface Gate {
        /** Whether there are rows now; may throw. */
        boolean permits(Split split, long next, long deadlineNanos);
    }

    Upstream with(String stream, long rows) {
        streams.put(StreamName.of(stream), rows);
        return this;
    }

    long rows(StreamName stream) {
        return streams.getOrDefault(stream, 0L);
    }

    /** How many rows more a batch claims than it holds. */
    long lostRows(StreamName stream) {
        return lost.getOrDefault(stream, 0L);
    }

    boolean snapshotLost(StreamName stream) {
        return lostSnapshots.remove(stream) != null;
    }
}
