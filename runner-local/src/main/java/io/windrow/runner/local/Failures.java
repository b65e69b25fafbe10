package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import java.net.ConnectException;
import java.net.UnknownHostException;
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

    /** Whether nothing answered at the address at all, as the causes of an error say. */
    static boolean nobodyListened(WindrowException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
