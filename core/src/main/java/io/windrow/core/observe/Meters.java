package io.windrow.core.observe;

import java.time.Duration;
import java.time.Instant;

/** Takes numbers for export. Called by one thread at a time; must return quickly and never throw. */
public interface Meters {
    /** Adds to a counter. Counters start at 0 with the process; totals over restarts come from the ledger. */
    void add(Meter meter, Labels labels, long amount);

    /** Records a duration in a histogram. */
    void took(Meter meter, Labels labels, Duration duration);

    /** Sets the moment from which a gauge counts its age. */
    void since(Meter meter, Labels labels, Instant moment);

    /** Sets a gauge. */
    void is(Meter meter, Labels labels, long amount);

    /**
     * What a number is about.
     *
     * @param pipeline the pipeline's name
     * @param stream the stream's name; empty: the run as a whole
     * @param kind the kind of error, lower case; empty for all meters but {@link Meter#ERRORS}
     */
    record Labels(String pipeline, String stream, String kind) {}
}
