package io.windrow.core.spec;

/** What the failure of one stream means for the others. */
public enum OnError {
    /** The others go on; the failed stream stays at its last committed position. */
    CONTINUE,
    /** The others finish their epoch and stop. */
    STOP
}
