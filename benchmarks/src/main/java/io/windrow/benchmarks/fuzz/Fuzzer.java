package io.windrow.benchmarks.fuzz;

import io.windrow.api.error.WindrowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Feeds a target until the time is over. Input number {@code n} of a seed is always the same. */
public final class Fuzzer {
    /** An input that takes longer than this hangs, also on a loaded machine. */
    private static final Duration HANG = Duration.ofSeconds(60);

    private static final int SHOWN = 20;

    private Fuzzer() {}

    /** Feeds inputs from number {@code first} on, for the given time and at most so many. */
    public static Report run(Target target, long seed, long first, long atMost, Duration time) throws InterruptedException {
        Report report = new Report(target.name(), seed, first);
        AtomicLong since = new AtomicLong(System.nanoTime());
        Thread worker = Thread.ofPlatform().daemon().name("fuzz-" + target.name()).unstarted(
                () -> feed(target, report, atMost, System.nanoTime() + time.toNanos(), since));
        worker.start();
        while (!worker.join(Duration.ofSeconds(1))) {
            if (System.nanoTime() - since.get() > HANG.toNanos()) {
                report.found(report.next, "hangs: " + String.join(" < ", frames(worker.getStackTrace())), "hangs");
                return report;
            }
        }
        return report;
    }

    private static void feed(Target target, Report report, long atMost, long until, AtomicLong since) {
        for (long fed = 0; fed < atMost && System.nanoTime() < until; fed++) {
            since.set(System.nanoTime());
            try {
                if (target.feed(new Random(report.seed * 1_000_003 + report.next))) {
                    report.accepted++;
                }
            } catch (WindrowException e) {
                report.refused.merge(e.errorCode().code(), 1L, Long::sum);
                for (Throwable behind : e.getSuppressed()) { // An allocator that finds a leak when it is closed.
                    report.found(report.next, "behind " + e.errorCode().code() + ": " + behind, behind.getClass().getName());
                }
            } catch (Throwable e) {
                List<String> frames = frames(e.getStackTrace());
                report.found(report.next, e + " at " + String.join(" < ", frames), e.getClass().getName()
                        + (frames.isEmpty() ? "" : frames.getFirst()));
            }
            report.next++;
        }
    }

    private static List<String> frames(StackTraceElement[] stack) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : stack) {
            boolean ours = frame.getClassName().startsWith("io.windrow.");
            if (frames.size() < 6 && (ours || frames.isEmpty())) {
                frames.add(frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber());
            }
        }
        return frames;
    }

    /** What a target did with its inputs. */
    public static final class Report {
        private final String target;
        private final long seed;
        private final long first;
        private final Map<String, Long> refused = new TreeMap<>();
        private final List<String> findings = new ArrayList<>();
        private final Set<String> kinds = new TreeSet<>();
        private long next;
        private long accepted;
        private long broken;

        private Report(String target, long seed, long first) {
            this.target = target;
            this.seed = seed;
            this.first = first;
            this.next = first;
        }

        private void found(long number, String what, String kind) {
            broken++;
            if (kinds.add(kind) && findings.size() < SHOWN) {
                findings.add("input " + number + " " + what);
            }
        }

        /** The target's name. */
        public String target() {
            return target;
        }

        /** Inputs that were fed. */
        public long inputs() {
            return next - first;
        }

        /** Inputs that were read. */
        public long accepted() {
            return accepted;
        }

        /** Inputs that were refused, by error code. */
        public Map<String, Long> refused() {
            return refused;
        }

        /** Inputs that broke the property. */
        public long broken() {
            return broken;
        }

        /** The first input of each kind that broke the property: its number and what happened. */
        public List<String> findings() {
            return findings;
        }
    }
}
