package io.windrow.benchmarks.fuzz;

import java.util.Random;

/** A decoder and valid inputs for it. Used by one thread at a time. */
public interface Target extends AutoCloseable {
    /** As it is spelled on the command line. */
    String name();

    /**
     * Breaks a valid input as the random numbers say and feeds it to the decoder. True: it was read. A refusal is a {@link
     * io.windrow.api.error.WindrowException}; anything else that is thrown is a finding, and so is an {@link
     * AssertionError} by which the target itself says that the result is wrong.
     */
    boolean feed(Random random) throws Exception;

    @Override
    void close();
}
