package io.windrow.benchmarks;

import java.util.List;

/** The entry of {@code ./windrow-dev bench <name> [--scale s] [--pairs n]}. */
public final class Bench {
    private Bench() {}

    /** Runs the named benchmark; prints JSON on standard output and progress on standard error. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        String name = words.isEmpty() ? "" : words.getFirst();
        if (!name.equals("pg-snapshot")) {
            System.err.println("Which benchmark? There is: pg-snapshot");
            System.exit(2);
        }
        PgSnapshotBench.run(
                Double.parseDouble(option(words, "--scale", "1")), Integer.parseInt(option(words, "--pairs", "7")));
    }

    private static String option(List<String> words, String name, String otherwise) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 >= words.size() ? otherwise : words.get(at + 1);
    }
}
