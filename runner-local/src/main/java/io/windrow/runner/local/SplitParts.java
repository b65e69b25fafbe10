package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Split;
import io.windrow.core.observe.RunEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells what a worker has read of its split in each epoch. Used by the worker's thread. */
final class SplitParts {
    private final Consumer<RunEvent> listener;
    private final Clock clock;
    private @Nullable Split split;
    private Instant began = Instant.EPOCH;
    private Optional<Position> from = Optional.empty();
    private Optional<Position> to = Optional.empty();
    private long rows;
    private long bytes;

    SplitParts(Consumer<RunEvent> listener, Clock clock) {
        this.listener = listener;
        this.clock = clock;
    }

    void opened(Split opened, Optional<Position> at) {
        split = opened;
        begin(at);
    }

    private void begin(Optional<Position> at) {
        began = clock.instant();
        from = at;
        to = at;
        rows = 0;
        bytes = 0;
    }

    void read(long moreRows, long moreBytes, Position after) {
        rows += moreRows;
        bytes += moreBytes;
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

    private void tell(Split of, long epoch, Optional<EndProof> end, Optional<WindrowException> error) {
        listener.accept(new RunEvent.SplitRead(
                of.stream(), of.id(), epoch, began, clock.instant(), from, to, rows, bytes, end, error));
    }
}
