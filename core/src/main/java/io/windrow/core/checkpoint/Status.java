package io.windrow.core.checkpoint;

/** How far an epoch of a stream has come. */
public enum Status {
    /** Staged and saved; whether it is visible is not known (I3). */
    PREPARED,
    /** Visible and known to be. */
    COMMITTED,
    /** Proven not to be visible, never to be: reading goes on from the committed epoch before it. */
    ROLLED_BACK
}
