package io.windrow.benchmarks.tools;

import io.windrow.benchmarks.fuzz.Fuzzer;
import io.windrow.benchmarks.fuzz.Target;
import io.windrow.benchmarks.fuzz.Targets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The entry of {@code ./windrow-dev fuzz [TARGET] [--seconds N] [--seed S] [--at INPUT]}. */
public final class Fuzz {
    private Fuzz() {}

    /**
     * Feeds one target, or each for the given time. {@code --at} feeds one input of a seed again. Exit code 0: nothing was
     * found; 1: something was; 2: the words are wrong.
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("windrow-fuzz-");
        long broken = 0;
        try (Targets targets = new Targets(folder)) {
            List<Target> chosen;
            Words words;
            long seconds;
            long seed;
            long at;
            try {
                words = Words.of(arguments, Set.of("--seconds", "--seed", "--at"), Set.of());
                seconds = words.number("--seconds", 10);
                seed = words.number("--seed", System.nanoTime());
                at = words.number("--at", -1);
                chosen = targets.all().stream()
                        .filter(one -> words.rest().isEmpty() || words.rest().contains(one.name()))
                        .toList();
                if (chosen.isEmpty()) {
                    throw new IllegalArgumentException("Reading " + words.rest() + ": there are "
                            + targets.all().stream().map(Target::name).toList());
                }
            } catch (IllegalArgumentException e) {
                System.err.println(e.getMessage());
                System.exit(2);
                return;
            }
            System.out.println("seed " + seed + ", " + seconds + " s for each target");
            for (Target target : chosen) {
                Fuzzer.Report report = Fuzzer.run(target, seed, Math.max(0, at), at < 0 ? Long.MAX_VALUE : 1,
                        Duration.ofSeconds(seconds));
                System.out.println(report.target() + ": " + report.inputs() + " inputs, " + report.accepted() + " read, "
                        + report.broken() + " broken, refused " + report.refused());
                report.findings().forEach(finding -> System.out.println("  " + finding));
                broken += report.broken();
            }
        }
        Folders.delete(folder);
        System.exit(broken == 0 ? 0 : 1);
    }
}
