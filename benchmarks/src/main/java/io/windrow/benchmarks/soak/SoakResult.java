package io.windrow.benchmarks.soak;

import java.time.Duration;
import java.util.Map;

/**
 * What a soak showed.
 *
 * @param seed what repeats the order
 * @param took the whole series
 * @param faults how often each was had
 * @param checks exact comparisons
 * @param compared rows in all of them together
 * @param lost rows that a target never got
 * @param duplicated rows that a target had too often
 * @param endings how often a process ended without being told to, by why
 * @param lastWords by why, the last lines of the last process that ended for it
 * @param samples looks at the last process of the first pipeline
 * @param early medians of a sixth of them, early on
 * @param late medians of the last third
 * @param first the first thing wrong; empty if nothing
 */
public record SoakResult(
        long seed,
        Duration took,
        Map<Fault, Integer> faults,
        int checks,
        long compared,
        long lost,
        long duplicated,
        Map<String, Integer> endings,
        Map<String, String> lastWords,
        int samples,
        Vitals early,
        Vitals late,
        String first) {
    /** Whether every target became what its source is. */
    public boolean right() {
        return lost == 0 && duplicated == 0 && first.isEmpty();
    }
}
