package io.windrow.benchmarks;

import io.windrow.benchmarks.tools.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The entry of {@code ./windrow-dev bench <name> [--scale s] [--pairs n] [--rounds n] [--part p] [--json]}. */
public final class Bench {
    private static final Map<String, List<String>> PARTS = Map.of(
            "pg-snapshot", List.of("all", "peers"), "pg-cdc", List.of("all", "rates", "large", "latency", "memory"));

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
            if (words.rest().size() > 1 && words.rest().getFirst().equals("table")) {
                tables(words.rest().subList(1, words.rest().size()));
                return;
            }
            name = words.rest().size() == 1 ? words.rest().getFirst() : "";
            scale = Double.parseDouble(words.value("--scale", "1"));
            pairs = Math.toIntExact(words.number("--pairs", 7));
            rounds = Math.toIntExact(words.number("--rounds", switch (name) {
                case "start" -> 11;
                case "governed" -> 5;
                default -> 3;
            }));
            List<String> parts = PARTS.getOrDefault(name, List.of("all"));
            if (!parts.contains(words.value("--part", "all"))) {
                throw new IllegalArgumentException("Reading --part: of " + name + " there are " + parts);
            }
        } catch (IllegalArgumentException e) {
            wrong(e.getMessage());
            return;
        }
        switch (name) {
            case "pg-snapshot" -> PgSnapshotBench.run(
                    scale, pairs, words.value("--part", "all").equals("peers") ? PgSnapshotBench.Part.PEERS : PgSnapshotBench.Part.ALL);
            case "start" -> StartBench.run(
                    rounds, words.has("--json") ? StartBench.Output.JSON : StartBench.Output.TABLE);
            case "governed" -> GovernedBench.run(scale, rounds);
            case "memory" -> MemoryBench.run(scale);
            case "maria-cdc" -> System.out.println("{" + MariaChangesBench.rates(scale, rounds) + "}");
            case "pg-cdc" -> changes(words.value("--part", "all"), scale, rounds);
            default -> wrong("Which benchmark?");
        }
    }

    /** What benchmarks have printed into these files, as tables. */
    private static void tables(List<String> files) throws IOException {
        for (String file : files) {
            System.out.println(ResultTable.of(Files.readString(Path.of(file))));
        }
    }

    private static void wrong(String why) {
        System.err.println(why);
        System.err.println("usage: ./windrow-dev bench pg-snapshot|pg-cdc|maria-cdc|start|memory|governed [--scale S] [--pairs N] [--rounds N]"
                + " [--part P] [--json]");
        PARTS.forEach((name, parts) -> System.err.println("       P of " + name + ": " + String.join("|", parts)));
        System.err.println("       ./windrow-dev bench table FILE...    what they printed, as tables");
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
            figures.add(PgChangesBench.large(scale, rounds));
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
