package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.core.plan.Steps;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens writers and numbers them, so that no two of one stream and process share a name. Safe for use by many threads. */
final class WriterNumbers {
    /** Counts on over all attempts of all runs of this process: a lease may be renewed with the same token. */
    private static final Map<Key, AtomicInteger> NEXT = new ConcurrentHashMap<>();

    private final Sink sink;
    private final Map<StreamName, Target> targets;
    private final long fencingToken;
    private final Steps steps;

    WriterNumbers(Sink sink, Map<StreamName, StreamTrack> tracks, long fencingToken, Steps steps) {
        this.sink = sink;
        this.fencingToken = fencingToken;
        this.steps = steps;
        this.targets = new ConcurrentHashMap<>();
        tracks.forEach((name, track) -> targets.put(name, new Target(track.task().write(), track.generation(), track.plan().schema())));
    }

    private record Key(StreamName stream, long generation, long fencingToken) {}

    private record Target(WriteMode mode, long generation, StreamSchema planned) {}

    /** What the epoch that completes a stream's copy stages if it has no rows: a reader is to find the columns. */
    List<Staged> withoutRows(StreamName stream, long epoch) {
        Target target = target(stream);
        if (target.mode() != WriteMode.REPLACE) {
            return List.of();
        }
        try (SinkWriter writer = open(steps.output(target.planned()))) {
            return writer.prepareEmpty(epoch);
        }
    }

    SinkWriter open(StreamSchema schema) {
        Target target = target(schema.stream());
        int number = NEXT.computeIfAbsent(
                        new Key(schema.stream(), target.generation(), fencingToken), key -> new AtomicInteger())
                .getAndIncrement();
        return sink.writer(schema, target.mode(), new WriterId(target.generation(), fencingToken, number));
    }

    private Target target(StreamName stream) {
        Target target = targets.get(stream);
        if (target == null) {
            throw WindrowException.of(RunError.UNEXPECTED, "Opening a writer of " + stream + ": it was not planned");
        }
        return target;
    }
}
