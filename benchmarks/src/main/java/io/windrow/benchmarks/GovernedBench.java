package io.windrow.benchmarks;

import io.windrow.cli.Main;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What policies cost: lineitem to Parquet over two connections without any, with each alone, and with a contract on all
 * columns, mask and dedupe together. The variants take turns; figures are medians over the rounds.
 */
final class GovernedBench {
    private static final String CONTRACT = """
            contract:
              streams:
                public.lineitem:
                  fields:
                    - {field: orderkey, not_null: true, min: 1}
                    - {field: partkey, not_null: true, min: 1}
                    - {field: suppkey, not_null: true, min: 1}
                    - {field: linenumber, min: 1, max: 7}
                    - {field: quantity, min: 1.00, max: 50.00}
                    - {field: extendedprice, min: 0.01}
                    - {field: discount, min: 0.00, max: 0.10}
                    - {field: tax, min: 0.00, max: 0.08}
                    - {field: returnflag, in: [A, N, R]}
                    - {field: linestatus, in: [O, F]}
                    - {field: shipdate, min: 1992-01-01, max: 1999-12-31}
                    - {field: commitdate, min: 1992-01-01, max: 1999-12-31}
                    - {field: receiptdate, min: 1992-01-01, max: 1999-12-31}
                    - {field: shipinstruct, in: [COLLECT COD, DELIVER IN PERSON, NONE, TAKE BACK RETURN]}
                    - {field: shipmode, in: [AIR, FOB, MAIL, RAIL, REG AIR, SHIP, TRUCK]}
                    - {field: comment, not_null: true}
            """;
    private static final String MASK = """
            mask:
              - {field: comment, with: hmac, key: 'a key of the benchmark, no secret'}
              - {field: shipinstruct, with: redact}
            """;
    private static final String FORMAT_PRESERVING = """
            mask:
              - {field: comment, with: fpe, alphabet: lower_alphanumeric, key: 'a key of the benchmark, no secret'}
              - {field: shipinstruct, with: redact}
            """;
    private static final String DETECT = """
            mask:
              - {detect: [email, card, iban, phone, ip], with: redact}
            """;
    private static final String DEDUPE = """
            dedupe:
              public.lineitem: {by: [orderkey, linenumber], rows: 1000000, bytes: 64MiB}
            """;

    private enum Variant {
        NONE(""),
        CONTRACT_ONLY(CONTRACT),
        MASK_ONLY(MASK),
        DEDUPE_ONLY(DEDUPE),
        ALL(CONTRACT + MASK + DEDUPE),
        FORMAT_PRESERVING_MASK(FORMAT_PRESERVING),
        DETECTION(DETECT);

        private final String policies;

        Variant(String policies) {
            this.policies = policies;
        }
    }

    private GovernedBench() {}

    /** Prints one JSON object. */
    static void run(double scale, int rounds) throws Exception {
        Path work = Files.createTempDirectory("windrow-bench-");
        PrintStream out = System.out;
        System.setOut(System.err);
        try (Lineitem lineitem = Lineitem.load(scale)) {
            Map<Variant, List<Measured>> measured = new EnumMap<>(Variant.class);
            for (int round = 0; round <= rounds; round++) {
                for (Variant variant : Variant.values()) {
                    Measured one = pipeline(lineitem, work, variant);
                    System.err.printf(Locale.ROOT, "round %d %s: %.2f s, %.2f CPU-s%n", round, variant, one.wallSeconds(), one.clientCpuSeconds());
                    if (round > 0) {
                        measured.computeIfAbsent(variant, name -> new ArrayList<>()).add(one);
                    }
                }
            }
            out.println(json(lineitem, rounds, measured));
        } finally {
            System.setOut(out);
            delete(work);
        }
    }

    private static String json(Lineitem lineitem, int rounds, Map<Variant, List<Measured>> measured) {
        double wall = wall(measured.get(Variant.NONE));
        StringBuilder shares = new StringBuilder();
        for (Variant variant : Variant.values()) {
            List<Measured> all = measured.get(variant);
            shares.append(shares.isEmpty() ? "" : ", ").append(String.format(
                    Locale.ROOT, "\"%s\": {\"wall_over_ungoverned\": %.3f, \"wall_seconds\": %.3f, \"client_cpu_seconds\": %.3f}",
                    variant.name().toLowerCase(Locale.ROOT), wall(all) / wall, wall(all),
                    median(all.stream().map(Measured::clientCpuSeconds).toList())));
        }
        return String.format(
                Locale.ROOT, "{\"rows\": %d, \"rounds\": %d, \"wall_over_ungoverned\": %.3f, \"shares\": {%s}}",
                lineitem.rows(), rounds, wall(measured.get(Variant.ALL)) / wall, shares);
    }

    private static double wall(List<Measured> measured) {
        return median(measured.stream().map(Measured::wallSeconds).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static Measured pipeline(Lineitem lineitem, Path work, Variant variant) throws Exception {
        Path folder = Files.createDirectories(work.resolve("governed"));
        Path file = folder.resolve("lineitem.yaml");
        Files.writeString(file, """
                pipeline: lineitem
                source:
                  postgres:
                    url: %s
                    streams:
                      - {table: public.lineitem, mode: snapshot}
                sink:
                  files: {path: ./out, format: parquet}
                run: {parallelism: 2}
                %s""".formatted(lineitem.server().url("postgres"), variant.policies));
        Measured measured = Measured.of(lineitem.postmaster(), () -> {
            int exit = Main.run(System.err, System.err, "run", file.toString(), "--json");
            if (exit != 0) {
                throw new IOException("The pipeline ended with exit code " + exit);
            }
        });
        delete(folder);
        return measured;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
