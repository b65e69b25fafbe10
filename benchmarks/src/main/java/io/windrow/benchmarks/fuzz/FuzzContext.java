package io.windrow.benchmarks.fuzz;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.arrow.memory.BufferAllocator;

/** What the sink that makes valid files is given. */
record FuzzContext(BufferAllocator allocator, Path temporaryFolder) implements Context {
    @Override
    public String pipeline() {
        return "fuzz";
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }

    @Override
    public Failpoints failpoints() {
        return Failpoints.NONE;
    }

    @Override
    public Notices notices() {
        return Notices.IGNORE;
    }
}
