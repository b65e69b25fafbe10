package io.windrow.benchmarks.governed;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.arrow.memory.BufferAllocator;

/** What the run of a trial is given. */
record TrialContext(BufferAllocator allocator, Path temporaryFolder, Failpoints failpoints, Notices notices) implements Context {
    @Override
    public String pipeline() {
        return "governed";
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }
}
