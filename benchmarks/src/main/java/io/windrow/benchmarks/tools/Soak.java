package io.windrow.benchmarks.tools;

import io.windrow.benchmarks.soak.SoakSeries;
import io.windrow.benchmarks.soak.Vitals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The entry of {@code ./windrow-dev soak [--minutes M] [--seed S] [--json]}. */
public final class Soak {
    private Soak() {}

    /** Exit code 0: nothing lost, nothing duplicated; 1: something was; 2: the words are wrong. What grew is printed, not judged. */
    public static void main(String[] arguments) throws Exception {
        Words words;
        long minutes;
        long seed;
        try {
            words = Words.of(arguments, Set.of("--minutes", "--seed"), Set.of("--json"));
            minutes = words.number("--minutes", 5);
            seed = words.number("--seed", System.nanoTime());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("windrow-soak-");
        System.err.println("soak: " + minutes + " minutes, seed " + seed + ", in " + folder);
        SoakSeries.Result result = new SoakSeries(folder, Duration.ofMinutes(minutes), seed)
                .run(line -> System.err.println("soak: " + line));
        System.out.println(words.has("--json") ? json(result) : text(result));
        boolean right = result.lost() == 0 && result.duplicated() == 0;
        if (right) {
            Folders.delete(folder);
        }
        System.exit(right ? 0 : 1);
    }

    private static String text(SoakSeries.Result result) {
        return String.format(
                Locale.ROOT,
                "seed %d, %d s%n%d faults: %s%n%d exact comparisons of %d rows in all%nlost %d, duplicated %d%n"
                        + "the service ended by itself %d times%n"
                        + "the last process, early and late in its life (%d looks): resident %d and %d MiB, threads %d and %d,"
                        + " open files %d and %d%n%s",
                result.seed(), result.took().toSeconds(), result.faults().values().stream().mapToInt(i -> i).sum(),
                new TreeMap<>(result.faults()), result.checks(), result.compared(), result.lost(), result.duplicated(),
                result.endedByItself(), result.samples(), result.early().residentKib() / 1024,
                result.late().residentKib() / 1024, result.early().threads(), result.late().threads(),
                result.early().files(), result.late().files(), result.first());
    }

    private static String json(SoakSeries.Result result) {
        String faults = result.faults().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "\"" + entry.getKey().name().toLowerCase(Locale.ROOT) + "\":" + entry.getValue())
                .collect(Collectors.joining(","));
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"seconds\":%d,\"faults\":{%s},\"comparisons\":%d,\"rows_compared\":%d,\"lost\":%d,"
                        + "\"duplicated\":%d,\"ended_by_itself\":%d,\"early\":%s,\"late\":%s}",
                result.seed(), result.took().toSeconds(), faults, result.checks(), result.compared(), result.lost(),
                result.duplicated(), result.endedByItself(), json(result.early()), json(result.late()));
    }

    private static String json(Vitals vitals) {
        return String.format(Locale.ROOT, "{\"resident_kib\":%d,\"threads\":%d,\"files\":%d}",
                vitals.residentKib(), vitals.threads(), vitals.files());
    }
}
