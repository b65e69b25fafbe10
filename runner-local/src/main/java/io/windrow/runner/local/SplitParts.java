package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Split;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.plan.ShownPositions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells what a worker has read of its split in each epoch. Used by the worker's thread. */
final class SplitParts {
    private final Consumer<RunEvent> listener;
    private final Clock clock;
    private final ShownPositions positions;
    private @Nullable Split split;
    private Instant began = Instant.EPOCH;
    private Optional<Position> from = Optional.empty();
    private Optional<Position> to = Optional.empty();
    private final Map<StreamName, Read> reads = new TreeMap<>();

    SplitParts(Consumer<RunEvent> listener, Clock clock, ShownPositions positions) {
        this.listener = listener;
        this.clock = clock;
        this.positions = positions;
    }

    void opened(Split opened, Optional<Position> at) {
        split = opened;
        begin(at);
    }

    private void begin(Optional<Position> at) {
        began = clock.instant();
        from = at;
        to = at;
        reads.clear();
    }

    void read(StreamName stream, long rows, long bytes, Position after) {
        reads.merge(stream, new Read(rows, bytes), Read::plus);
        to = Optional.of(after);
    }

    /** The epoch is cut within the split. */
    void cut(long epoch) {
        if (split != null) {
            tell(split, epoch, Optional.empty(), Optional.empty());
            begin(to);
        }
    }

    void ended(long epoch, EndProof proof) {
        if (split != null) {
            tell(split, epoch, Optional.of(proof), Optional.empty());
            split = null;
        }
    }

    void gaveBack(long epoch, Optional<WindrowException> error) {
        if (split != null) {
            tell(split, epoch, Optional.empty(), error);
            split = null;
        }
    }

    /** Of a shared split each stream that had rows is told of; of none, the first. */
    private void tell(Split of, long epoch, Optional<EndProof> end, Optional<WindrowException> error) {
        if (reads.isEmpty()) {
            reads.put(of.streams().getFirst(), new Read(0, 0));
        }
        reads.forEach((stream, read) -> listener.accept(new RunEvent.SplitRead(
                stream, of.id(), epoch, began, clock.instant(), positions.of(stream, from), positions.of(stream, to),
                read.rows(), read.bytes(), end, error)));
    }

    private record Read(long rows, long bytes) {
        Read plus(Read more) {
            return new Read(rows + more.rows, bytes + more.bytes);
        }
    }
}
