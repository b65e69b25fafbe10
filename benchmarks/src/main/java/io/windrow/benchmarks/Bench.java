package io.windrow.benchmarks;

import io.windrow.benchmarks.tools.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The entry of {@code ./windrow-dev bench <name> [--scale s] [--pairs n] [--rounds n] [--part p] [--json]}. */
public final class Bench {
    private static final List<String> PARTS = List.of("all", "rates", "large", "latency", "memory");

    private Bench() {}

    /** Runs the named benchmark; prints JSON on standard output and progress on standard error. Exit code 2: the words are wrong. */
    public static void main(String[] arguments) throws Exception {
        Words words;
        String name;
        double scale;
        int pairs;
        int rounds;
        try {
            words = Words.of(arguments, Set.of("--scale", "--pairs", "--rounds", "--part"), Set.of("--json"));
            name = words.rest().size() == 1 ? words.rest().getFirst() : "";
            scale = Double.parseDouble(words.value("--scale", "1"));
            pairs = Math.toIntExact(words.number("--pairs", 7));
            rounds = Math.toIntExact(words.number("--rounds", switch (name) {
                case "start" -> 11;
                case "governed" -> 5;
                default -> 3;
            }));
            if (!PARTS.contains(words.value("--part", "all"))) {
                throw new IllegalArgumentException("Reading --part: there are " + PARTS);
            }
        } catch (IllegalArgumentException e) {
            wrong(e.getMessage());
            return;
        }
        switch (name) {
            case "pg-snapshot" -> PgSnapshotBench.run(scale, pairs);
            case "start" -> StartBench.run(
                    rounds, words.has("--json") ? StartBench.Output.JSON : StartBench.Output.TABLE);
            case "governed" -> GovernedBench.run(scale, rounds);
            case "memory" -> MemoryBench.run(scale);
            case "pg-cdc" -> changes(words.value("--part", "all"), scale, rounds);
            default -> wrong("Which benchmark?");
        }
    }

    private static void wrong(String why) {
        System.err.println(why);
        System.err.println("usage: ./windrow-dev bench pg-snapshot|pg-cdc|start|memory|governed [--scale S] [--pairs N] [--rounds N]"
                + " [--part " + String.join("|", PARTS) + "] [--json]");
        System.exit(2);
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
}
