package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import org.apache.arrow.memory.OutOfMemoryException;

/** Gives every exception that crosses the SPI a code. */
final class Failures {
    private Failures() {}

    /** The exception itself if it is coded; else what it means, with itself as the cause. */
    static WindrowException coded(Throwable thrown, String doing) {
        return switch (thrown) {
            case WindrowException coded -> coded;
            case OutOfMemoryException memory -> WindrowException.of(
                    RunError.OUT_OF_MEMORY, doing + ": a batch does not fit into the memory that is left", memory);
            case OutOfMemoryError memory -> WindrowException.of(
                    RunError.OUT_OF_MEMORY, doing + ": the heap is used up", memory);
            default -> WindrowException.of(
                    RunError.UNEXPECTED, doing + ": " + thrown.getClass().getName() + " was thrown", thrown);
        };
    }
}
