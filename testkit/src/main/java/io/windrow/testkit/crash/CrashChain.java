package io.windrow.testkit.crash;

import io.windrow.testkit.fault.KillingFailpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Runs a main again and again and kills it with SIGKILL at failpoints. Each start is the recovery from the last kill and
 * the next victim. Only a kill whose child printed that it reached the failpoint counts. Used by one thread.
 *
 * @param main the class's name; it must print {@code failpoint reached: <name>} when it reaches the
 *     place that the environment variable {@code WINDROW_FAILPOINT} names, as {@link KillingFailpoints} and the command
 *     line do, end with exit code 0 when all work is done, and go on with the work when it is started again
 * @param arguments its arguments
 * @param failpoints the places to kill at, each as often as the others
 * @param seed decides the order of the places and how often one is passed first
 * @param patience how long one start may take
 */
public record CrashChain(String main, List<String> arguments, List<String> failpoints, long seed, Duration patience) {
    private static final int CHECK_EVERY = 10;
    private static final int MAX_PASSES = 3;

    public CrashChain {
        arguments = List.copyOf(arguments);
        failpoints = List.copyOf(failpoints);
        if (failpoints.isEmpty()) {
            throw new IllegalArgumentException("A crash chain needs at least one failpoint");
        }
    }

    /**
     * Kills until the number is reached. After every tenth kill, and at the end, the child runs to its end without a
     * failpoint, and the outcome is checked.
     *
     * @param beforeCheck makes the source hold still and is undone by {@code check}, which throws if the target is wrong
     * @throws AssertionError if the child fails by itself, or a failpoint is not reached in twenty starts in a row; the
     *     text holds the seed
     */
    public Summary run(int kills, Runnable beforeCheck, Check check) throws InterruptedException {
        return run(kills, Map.of(), beforeCheck, check, (place, done) -> {});
    }

    /**
     * The same, for places that only a start after a certain kill reaches.
     *
     * @param preludes by place, the place to kill at first, when a start has not reached it
     * @param progress told of each counted kill
     */
    public Summary run(
            int kills, Map<String, String> preludes, Runnable beforeCheck, Check check, Progress progress)
            throws InterruptedException {
        Random random = new Random(seed);
        List<String> round = new ArrayList<>();
        Map<String, Integer> killed = new TreeMap<>();
        Map<String, Integer> passes = new HashMap<>();
        int done = 0;
        int missed = 0;
        int missedInARow = 0;
        int checks = 0;
        boolean prepared = false;
        while (done < kills) {
            if (round.isEmpty()) {
                round.addAll(failpoints);
                Collections.shuffle(round, random);
            }
            String aim = round.getLast();
            boolean prepares = missedInARow > 0 && !prepared && preludes.containsKey(aim);
            String place = prepares ? preludes.get(aim) : aim;
            // Later passes are drawn once the first one has been seen, and no more of them than there seem to be.
            int most = Math.min(passes.getOrDefault(place, MAX_PASSES), 1 + killed.getOrDefault(place, 0));
            int pass = missedInARow > 0 ? 1 : 1 + random.nextInt(most);
            if (kill(place, pass)) {
                prepared = prepares;
                if (!prepares) {
                    round.removeLast();
                    missedInARow = 0;
                }
                progress.killed(place, done + 1);
                killed.merge(place, 1, Integer::sum);
                done++;
                if (done % CHECK_EVERY == 0 || done == kills) {
                    finish(beforeCheck, check, done);
                    prepared = false;
                    checks++;
                }
            } else {
                prepared = false;
                passes.merge(place, Math.max(1, pass - 1), Math::min);
                missed++;
                missedInARow++;
                if (missedInARow == 20) {
                    throw new AssertionError("Killing at " + place + ": never reached in 20 starts, seed " + seed);
                }
            }
        }
        return new Summary(seed, done, missed, checks, killed);
    }

    private boolean kill(String place, int pass) throws InterruptedException {
        try (ChildJvm child = ChildJvm.start(main, arguments, Map.of(KillingFailpoints.VARIABLE, place + ":" + pass))) {
            if (child.awaitLine(KillingFailpoints.REACHED + place, patience)) {
                child.kill();
                return true;
            }
            succeeded(child, "Running with failpoint " + place + ":" + pass);
            return false;
        }
    }

    private void finish(Runnable beforeCheck, Check check, int done) throws InterruptedException {
        beforeCheck.run();
        try (ChildJvm child = ChildJvm.start(main, arguments, Map.of())) {
            succeeded(child, "Recovering after kill " + done);
        }
        try {
            check.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("Checking after kill " + done + ", seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void succeeded(ChildJvm child, String doing) throws InterruptedException {
        int exit = child.awaitEnd(patience);
        if (exit != 0) {
            throw new AssertionError(doing + ": the child ended with " + exit + ", seed " + seed + "\n" + child.output());
        }
    }

    /** Compares source and target. */
    @FunctionalInterface
    public interface Check {
        /** Throws if the target is wrong. */
        void run() throws Exception;
    }

    /** Follows a series. */
    @FunctionalInterface
    public interface Progress {
        /** A child was killed at the place; so many kills are done. */
        void killed(String place, int done);
    }

    /**
     * What was done.
     *
     * @param seed the seed that repeats the order
     * @param kills kills that reached their failpoint
     * @param missed starts that ended before they reached it; not counted as kills
     * @param checks how often source and target were compared
     * @param byFailpoint kills by failpoint
     */
    public record Summary(long seed, int kills, int missed, int checks, Map<String, Integer> byFailpoint) {}
}
