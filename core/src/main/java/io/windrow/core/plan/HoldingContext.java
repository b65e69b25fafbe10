package io.windrow.core.plan;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Levels;
import io.windrow.api.context.Notices;
import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A context that knows which streams are on legal hold.
 *
 * @param base says all else
 * @param hold names of streams; with each goes what is folded from it
 */
record HoldingContext(Context base, List<String> hold) implements Context {
    @Override
    public boolean isHeld(StreamName stream) {
        return PlannedStream.isOfAny(stream, hold);
    }

    @Override
    public String pipeline() {
        return base.pipeline();
    }

    @Override
    public Clock clock() {
        return base.clock();
    }

    @Override
    public BufferAllocator allocator() {
        return base.allocator();
    }

    @Override
    public Path temporaryFolder() {
        return base.temporaryFolder();
    }

    @Override
    public Failpoints failpoints() {
        return base.failpoints();
    }

    @Override
    public Notices notices() {
        return base.notices();
    }

    @Override
    public Levels levels() {
        return base.levels();
    }

    @Override
    public Optional<Sealing> sealing(Sealing.Use use) {
        return base.sealing(use);
    }
}
