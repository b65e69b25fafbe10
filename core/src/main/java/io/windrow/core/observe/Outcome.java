package io.windrow.core.observe;

/** What became of a stream or a run, from evidence only: the store and the target, never the absence of exceptions. */
public enum Outcome {
    /** The end is proven and everything is committed. */
    COMPLETED,
    /** Stopped on request or by a limit before the end; everything up to the last commit is delivered, a next run goes on. */
    STOPPED,
    /** Parked by an error at its last committed position. */
    FAILED,
    /** A commit may or may not have taken effect; nothing was cleaned up. The next run asks the target again. */
    UNKNOWN
}
