package io.windrow.cli;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** When the process has no room. */
public enum MemoryError implements ErrorCode {
    /** The heap or direct memory is used up. */
    HEAP;

    @Override
    public String code() {
        return "cli.out_of_memory";
    }

    @Override
    public ErrorKind kind() {
        return ErrorKind.RESOURCE;
    }

    @Override
    public String meaning() {
        return "The process has used up its memory.";
    }

    @Override
    public String remedy() {
        return "Set WINDROW_JAVA_OPTS=-Xmx2g or more, or lower run.memory or run.parallelism.";
    }
}
