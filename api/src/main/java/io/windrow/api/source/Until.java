package io.windrow.api.source;

/** How long a run reads what has no end. */
public enum Until {
    /** Up to where the source stood when the run was planned; the split then ends for this run, with that as evidence (I9). */
    CAUGHT_UP,
    /** Until the run is stopped. */
    STOPPED
}
