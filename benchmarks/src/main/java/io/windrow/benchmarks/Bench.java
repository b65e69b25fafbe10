package io.windrow.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The entry of {@code ./windrow-dev bench <name> [--scale s] [--pairs n] [--rounds n] [--part p] [--json]}. */
public final class Bench {
    private Bench() {}

    /** Runs the named benchmark; prints JSON on standard output and progress on standard error. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        String name = words.isEmpty() ? "" : words.getFirst();
        double scale = Double.parseDouble(option(words, "--scale", "1"));
        switch (name) {
            case "pg-snapshot" -> PgSnapshotBench.run(scale, Integer.parseInt(option(words, "--pairs", "7")));
            case "start" -> StartBench.run(
                    Integer.parseInt(option(words, "--rounds", "11")),
                    words.contains("--json") ? StartBench.Output.JSON : StartBench.Output.TABLE);
            case "governed" -> GovernedBench.run(scale, Integer.parseInt(option(words, "--rounds", "5")));
            case "memory" -> MemoryBench.run(scale);
            case "pg-cdc" -> changes(option(words, "--part", "all"), scale, Integer.parseInt(option(words, "--rounds", "3")));
            default -> {
                System.err.println("Which benchmark? There are: pg-snapshot, pg-cdc, start, memory, governed");
                System.exit(2);
            }
        }
    }

    /** One object of all parts, or of one: rates, large, latency, memory. */
    private static void changes(String part, double scale, int rounds) throws Exception {
        List<String> figures = new ArrayList<>();
        boolean all = part.equals("all");
        if (all || part.equals("rates")) {
            figures.add(PgChangesBench.rates(scale, rounds));
        }
        if (all || part.equals("large")) {
            figures.add(PgChangesBench.large(scale));
        }
        if (all || part.equals("latency")) {
            figures.add(ChangesLatency.measure(30));
        }
        if (all || part.equals("memory")) {
            figures.add(ChangesMemory.measure(scale));
        }
        System.out.println("{" + String.join(", ", figures) + "}");
    }

    private static String option(List<String> words, String name, String otherwise) {
        int at = words.indexOf(name);
        return at < 0 || at + 1 >= words.size() ? otherwise : words.get(at + 1);
    }
}
