package io.windrow.benchmarks.soak;

import io.windrow.testkit.oracle.Oracle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What has happened so far in a soak. Used by one thread. */
final class Tally {
    private final TreeMap<Fault, Integer> faults = new TreeMap<>();
    private final TreeMap<String, Integer> endings = new TreeMap<>();
    private final TreeMap<String, String> lastWords = new TreeMap<>();
    private final List<Vitals> samples = new ArrayList<>();
    private long sampled;
    private int checks;
    private long compared;
    private long lost;
    private long duplicated;
    private String first = "";

    void struck(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    /** A look at a process; what was seen of another one before says nothing any more. */
    void sample(long pid) {
        if (sampled != pid) {
            samples.clear();
            sampled = pid;
        }
        Optional<Vitals> now = Vitals.of(pid);
        now.ifPresent(samples::add);
    }

    /** A process ended without being told to; the lines are the last that it printed. */
    void endedByItself(String why, String lines) {
        endings.merge(why, 1, Integer::sum);
        lastWords.put(why, lines);
    }

    void compared(long rows) {
        checks++;
        compared += rows;
    }

    /** What stays different although nothing changes any more. */
    void wrong(String what, Oracle.Difference difference, String output) {
        lost += difference.missing().values().stream().mapToLong(Integer::longValue).sum();
        duplicated += difference.extra().values().stream().mapToLong(Integer::longValue).sum();
        if (first.isEmpty()) {
            first = what + ": " + difference + "\n" + output;
        }
    }

    boolean right() {
        return first.isEmpty();
    }

    String line(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos) + " s: " + faults.values().stream().mapToInt(i -> i).sum() + " faults, "
                + checks + " comparisons, lost " + lost + ", duplicated " + duplicated + (endings.isEmpty() ? "" : ", ended " + endings);
    }

    SoakResult result(long seed, Duration took) {
        int third = samples.size() / 3;
        List<Vitals> early = samples.subList(third / 2, Math.max(third / 2, third));
        List<Vitals> late = samples.subList(samples.size() - third, samples.size());
        return new SoakResult(
                seed, took, Map.copyOf(faults), checks, compared, lost, duplicated, Map.copyOf(endings), Map.copyOf(lastWords), samples.size(),
                middle(early), middle(late), first);
    }

    private static Vitals middle(List<Vitals> some) {
        return new Vitals(Vitals.median(some, Vitals::residentKib), Vitals.median(some, Vitals::threads),
                Vitals.median(some, Vitals::files));
    }
}
