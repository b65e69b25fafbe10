package io.windrow.benchmarks.tools;

import io.windrow.benchmarks.soak.ChangeSoak;
import io.windrow.benchmarks.soak.Fault;
import io.windrow.benchmarks.soak.SoakResult;
import io.windrow.benchmarks.soak.SoakSeries;
import io.windrow.benchmarks.soak.Vitals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The entry of {@code ./windrow-dev soak [--of changes|tables] [--targets sqlite,postgres,files] [--minutes M] [--seed S]
 * [--json]}. {@code changes}, which is the default, follows tables into all targets at once.
 */
public final class Soak {
    private static final int LARGE_ROWS = 20_000;

    private Soak() {}

    /**
     * Exit code 0: every target was what its source is whenever they were compared; 1: one was not; 2: the words are wrong.
     * What grew and what ended by itself is printed, not judged.
     */
    public static void main(String[] arguments) throws Exception {
        Words words;
        long minutes;
        long seed;
        List<String> targets;
        try {
            words = Words.of(arguments, Set.of("--minutes", "--seed", "--of", "--targets"), Set.of("--json"));
            minutes = words.number("--minutes", 5);
            seed = words.number("--seed", System.nanoTime());
            targets = List.of(words.value("--targets", String.join(",", ChangeSoak.TARGETS)).split(","));
            if (!ChangeSoak.TARGETS.containsAll(targets) || !Set.of("changes", "tables").contains(words.value("--of", "changes"))) {
                throw new IllegalArgumentException("--of is changes or tables, --targets some of " + ChangeSoak.TARGETS);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("windrow-soak-");
        System.err.println("soak: " + minutes + " minutes, seed " + seed + ", in " + folder);
        Duration time = Duration.ofMinutes(minutes);
        SoakResult result = words.value("--of", "changes").equals("tables")
                ? new SoakSeries(folder, time, seed).run(line -> System.err.println("soak: " + line))
                : new ChangeSoak(folder, time, seed, targets, LARGE_ROWS, Duration.ofSeconds(30))
                        .run(line -> System.err.println("soak: " + line));
        System.out.println(words.has("--json") ? json(result) : text(result));
        if (result.right()) {
            Folders.delete(folder);
        }
        System.exit(result.right() ? 0 : 1);
    }

    private static String text(SoakResult result) {
        return String.format(
                Locale.ROOT,
                "seed %d, %d s%n%d faults: %s%n%d exact comparisons of %d rows in all%nlost %d, duplicated %d%n"
                        + "services that ended by themselves: %s%n"
                        + "the last process, early and late in its life (%d looks): resident %d and %d MiB, threads %d and %d,"
                        + " open files %d and %d%n%s%s",
                result.seed(), result.took().toSeconds(), result.faults().values().stream().mapToInt(i -> i).sum(),
                new TreeMap<>(result.faults()), result.checks(), result.compared(), result.lost(), result.duplicated(),
                new TreeMap<>(result.endings()), result.samples(), result.early().residentKib() / 1024,
                result.late().residentKib() / 1024, result.early().threads(), result.late().threads(),
                result.early().files(), result.late().files(), lastWords(result), result.first());
    }

    private static String lastWords(SoakResult result) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(result.lastWords()).forEach((why, lines) ->
                text.append("the last that ended by itself, ").append(why).append(":\n").append(lines.indent(2)));
        return text.toString();
    }

    private static String json(SoakResult result) {
        String faults = result.faults().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "\"" + name(entry.getKey()) + "\":" + entry.getValue())
                .collect(Collectors.joining(","));
        String endings = new TreeMap<>(result.endings()).entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(","));
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"seconds\":%d,\"faults\":{%s},\"comparisons\":%d,\"rows_compared\":%d,\"lost\":%d,"
                        + "\"duplicated\":%d,\"ended_by_itself\":{%s},\"early\":%s,\"late\":%s}",
                result.seed(), result.took().toSeconds(), faults, result.checks(), result.compared(), result.lost(),
                result.duplicated(), endings, json(result.early()), json(result.late()));
    }

    private static String name(Fault fault) {
        return fault.name().toLowerCase(Locale.ROOT);
    }

    private static String json(Vitals vitals) {
        return String.format(Locale.ROOT, "{\"resident_kib\":%d,\"threads\":%d,\"files\":%d}",
                vitals.residentKib(), vitals.threads(), vitals.files());
    }
}
