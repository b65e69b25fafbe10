package io.windrow.runner.local;

/**
 * The bytes that a reader takes from the budget for the batch that it reads (I12): as many as the batch before had, before it
 * is read, and exactly its own once it is there. Used by the worker's thread.
 */
final class Reservation {
    private static final long FIRST = 8L << 20;

    private final Flow flow;
    private final ByteBudget.Meanwhile waits;
    private long held;
    private long likely = FIRST;

    /**
     * Nothing is reserved yet.
     *
     * @param waits called while bytes are waited for; whether to wait on
     */
    Reservation(Flow flow, ByteBudget.Meanwhile waits) {
        this.flow = flow;
        this.waits = waits;
    }

    /** Takes what a batch is likely to need; false: the wait was given up. */
    boolean ahead() throws InterruptedException {
        giveBack();
        return take(Math.min(likely, flow.share()));
    }

    /** Makes it so many bytes; a batch that turns out larger waits its turn. False: the wait was given up. */
    boolean exactly(long bytes) throws InterruptedException {
        likely = Math.max(1, bytes);
        if (bytes > held) {
            giveBack();
            return take(bytes);
        }
        flow.budget().release(held - bytes);
        held = bytes;
        return true;
    }

    private boolean take(long bytes) throws InterruptedException {
        if (!flow.budget().acquire(bytes, waits)) {
            return false;
        }
        held = bytes;
        return true;
    }

    /** From here on the bytes are another's, who gives them back. */
    void handOver() {
        held = 0;
    }

    void giveBack() {
        if (held > 0) {
            flow.budget().release(held);
            held = 0;
        }
    }
}
