package io.windrow.cli;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** What this process gives to connectors. Closing it deletes the temporary folder and reports leaked buffers as an error. */
record ProcessContext(
        String pipeline, Clock clock, BufferAllocator allocator, Path temporaryFolder, Failpoints failpoints, Notices notices,
        Function<Sealing.Use, Optional<Sealing>> seals)
        implements Context, AutoCloseable {
    static ProcessContext open(String pipeline, Notices notices) {
        try {
            return new ProcessContext(
                    pipeline,
                    Clock.systemUTC(),
                    new RootAllocator(),
                    Files.createTempDirectory("windrow-"),
                    failpointsOfProcess(),
                    notices,
                    use -> Optional.empty());
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Making a temporary folder", e);
        }
    }

    /** The same, able to decrypt what the plan's pipeline has encrypted. Whoever closes this context closes that one. */
    ProcessContext decrypting(Plan plan, StateStore store) {
        return new ProcessContext(
                pipeline, clock, allocator, temporaryFolder, failpoints, notices,
                plan.seals().open(store, pipeline, Optional.empty(), clock));
    }

    @Override
    public Optional<Sealing> sealing(Sealing.Use use) {
        return seals.apply(use);
    }

    /**
     * Tests name a failpoint in WINDROW_FAILPOINT ({@code name} or {@code name:n} for its n-th time): the process prints
     * that it has reached it and waits to be killed.
     */
    private static Failpoints failpointsOfProcess() {
        String wanted = System.getenv("WINDROW_FAILPOINT");
        return wanted == null ? Failpoints.NONE : new StopAtFailpoint(wanted);
    }

    @Override
    public void close() {
        try (Stream<Path> walk = Files.walk(temporaryFolder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Deleting the temporary folder " + temporaryFolder, e);
        } finally {
            allocator.close();
        }
    }
}
