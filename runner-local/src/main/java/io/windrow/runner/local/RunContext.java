package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Levels;
import io.windrow.api.context.Notices;
import io.windrow.api.context.Sealing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;

/** What the connectors of one attempt get: the caller's context with a limited allocator, the run's notices and its keys. */
record RunContext(
        Context base, String pipeline, BufferAllocator allocator, Notices notices, Levels levels,
        Function<Sealing.Use, Optional<Sealing>> seals)
        implements Context {
    @Override
    public Clock clock() {
        return base.clock();
    }

    @Override
    public Path temporaryFolder() {
        return base.temporaryFolder();
    }

    @Override
    public Optional<Sealing> sealing(Sealing.Use use) {
        return seals.apply(use);
    }

    @Override
    public Failpoints failpoints() {
        return base.failpoints();
    }
}
