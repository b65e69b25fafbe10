package io.windrow.api.context;

import io.windrow.api.schema.StreamName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/** The only ambient things that a connector gets. Safe for use by many threads. */
public interface Context {
    /** The pipeline's name; unique within a state store. */
    String pipeline();

    /** The clock for wall time. Durations are measured with {@link System#nanoTime()}. */
    Clock clock();

    /** The parent of every Arrow buffer of this connector. A connector makes child allocators and closes them. */
    BufferAllocator allocator();

    /** A folder for files that need not survive the process. Exists. */
    Path temporaryFolder();

    /** Where tests stop or kill the process. */
    Failpoints failpoints();

    /** Where what a user must hear goes: once per text and run, shown on the terminal and kept in the ledger. */
    Notices notices();

    /** Where amounts in the other system go that operators watch. */
    default Levels levels() {
        return Levels.IGNORE;
    }

    /** Whether nothing that was delivered of a stream, or set aside, may be deleted: it is on legal hold. */
    default boolean isHeld(StreamName stream) {
        return false;
    }

    /** Encrypts and decrypts files of that use; empty: they are written as they are, and encrypted ones cannot be read. */
    default Optional<Sealing> sealing(Sealing.Use use) {
        return Optional.empty();
    }
}
