package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.arrow.memory.BufferAllocator;

/** What the connectors of one attempt get: the caller's context with a limited allocator and the run's notices. */
record RunContext(Context base, String pipeline, BufferAllocator allocator, Notices notices) implements Context {
    @Override
    public Clock clock() {
        return base.clock();
    }

    @Override
    public Path temporaryFolder() {
        return base.temporaryFolder();
    }

    @Override
    public Failpoints failpoints() {
        return base.failpoints();
    }
}
