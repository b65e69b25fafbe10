package io.windrow.benchmarks.tools;

import io.windrow.benchmarks.fuzz.Fuzzer;
import io.windrow.benchmarks.fuzz.Target;
import io.windrow.benchmarks.fuzz.Targets;
import io.windrow.benchmarks.governed.GovernedTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The entry of {@code ./windrow-dev fuzz [TARGET] [--seconds N] [--inputs N] [--seed S] [--at INPUT]}. */
public final class Fuzz {
    private static final String GOVERNED = "governed";
    private static final long PIPELINES = 10_000;

    private Fuzz() {}

    /**
     * Feeds one target, or each decoder for the given time; {@code governed} is fed 10 000 random pipelines. {@code --at}
     * feeds one input of a seed again. Exit code 0: nothing was found; 1: something was; 2: the words are wrong.
     */
    public static void main(String[] arguments) throws Exception {
        Words words;
        long seed;
        long at;
        long seconds;
        long inputs;
        boolean governed;
        try {
            words = Words.of(arguments, Set.of("--seconds", "--inputs", "--seed", "--at"), Set.of());
            governed = words.rest().equals(List.of(GOVERNED));
            seconds = words.number("--seconds", governed ? Duration.ofDays(1).toSeconds() : 10);
            inputs = words.number("--inputs", governed ? PIPELINES : Long.MAX_VALUE);
            seed = words.number("--seed", System.nanoTime());
            at = words.number("--at", -1);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("windrow-fuzz-");
        Turn turn = new Turn(seed, Math.max(0, at), at < 0 ? inputs : 1, Duration.ofSeconds(seconds));
        System.out.println("seed " + seed + ", at most " + seconds + " s for each target");
        long broken = governed ? governed(folder, turn) : decoders(folder, words.rest(), turn);
        if (broken == 0) {
            Folders.delete(folder);
        } else {
            System.out.println("what broke lies in " + folder);
        }
        System.exit(broken < 0 ? 2 : broken == 0 ? 0 : 1);
    }

    private record Turn(long seed, long first, long inputs, Duration time) {
        long broken(Target target) throws InterruptedException {
            Fuzzer.Report report = Fuzzer.run(target, seed, first, inputs, time);
            System.out.println(report.target() + ": " + report.inputs() + " inputs, " + report.accepted() + " read, "
                    + report.broken() + " broken, refused " + report.refused());
            report.findings().forEach(finding -> System.out.println("  " + finding));
            return report.broken();
        }
    }

    private static long governed(Path folder, Turn turn) throws InterruptedException {
        try (GovernedTarget target = new GovernedTarget(folder)) {
            long broken = turn.broken(target);
            target.checkTelemetry();
            return broken;
        }
    }

    private static long decoders(Path folder, List<String> names, Turn turn) throws Exception {
        long broken = 0;
        try (Targets targets = new Targets(folder)) {
            List<Target> chosen = targets.all().stream()
                    .filter(one -> names.isEmpty() || names.contains(one.name()))
                    .toList();
            if (chosen.isEmpty()) {
                System.err.println("Reading " + names + ": there are " + targets.all().stream().map(Target::name).toList()
                        + " and " + GOVERNED);
                return -1;
            }
            for (Target target : chosen) {
                broken += turn.broken(target);
            }
        }
        return broken;
    }
}
