package io.windrow.benchmarks.soak;

/** What is broken. */
public enum Fault {
    /** Every piece from and to the source is held back. */
    DELAY,
    /** Connections to the source stay open and nothing passes. */
    BLACK_HOLE,
    /** Requests arrive, replies do not; then the connections that have lost one are reset. */
    DROPPED_REPLIES,
    /** Every connection is reset now. */
    RESET,
    /** Every connection is reset a little later, in the middle of a reply. */
    RESET_IN_A_REPLY,
    /** The process is killed and started again. */
    KILL,
    /** The database stops in good order and starts again. */
    SERVER_RESTART,
    /** The database dies as in a power cut and starts again. */
    SERVER_CRASH,
    /** The process is told to end, ends in good order and is started again. Change streams only. */
    TERMINATE,
    /** The target is locked, slow, or cut off. Change streams only. */
    HELD_TARGET
}
