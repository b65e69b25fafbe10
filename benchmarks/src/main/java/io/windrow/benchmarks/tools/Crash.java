package io.windrow.benchmarks.tools;

import io.windrow.cli.Main;
import io.windrow.testkit.crash.CrashMode;
import io.windrow.testkit.crash.CrashSeries;
import io.windrow.testkit.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The entry of {@code ./windrow-dev crash --kills N --mode M [--seed S] [--json]}. */
public final class Crash {
    private Crash() {}

    /**
     * Runs one series. Exit code 0: nothing lost, nothing duplicated; 1: something was, or the program failed by itself;
     * 2: the words are wrong. Progress goes to standard error, the result to standard output.
     */
    public static void main(String[] arguments) throws Exception {
        Words words;
        CrashMode mode;
        int kills;
        long seed;
        try {
            words = Words.of(arguments, Set.of("--kills", "--mode", "--seed"), Set.of("--json"));
            mode = mode(words.value("--mode", "replace"));
            kills = Math.toIntExact(words.number("--kills", 60));
            seed = words.number("--seed", System.nanoTime());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println("usage: ./windrow-dev crash [--kills 60] [--mode " + modes() + "] [--seed S] [--json]");
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("windrow-crash-");
        System.err.println("crash: mode " + mode.word() + ", " + kills + " kills, seed " + seed + ", in " + folder);
        CrashSeries.Result result;
        try {
            result = new CrashSeries(Main.class.getName(), mode, folder, kills, seed)
                    .run(PostgresServer.shared(18), (place, done) -> {
                        if (done % 10 == 0 || done == kills) {
                            System.err.println("crash: " + done + " of " + kills + " kills, last at " + place);
                        }
                    });
        } catch (AssertionError e) {
            System.err.println(e.getMessage());
            System.err.println("crash: stopped, seed " + seed + ", what there was is in " + folder);
            System.exit(1);
            return;
        }
        System.out.println(words.has("--json") ? json(result) : text(result));
        boolean right = result.lost() == 0 && result.duplicated() == 0;
        if (right) {
            Folders.delete(folder);
        }
        System.exit(right ? 0 : 1);
    }

    private static CrashMode mode(String word) {
        Optional<CrashMode> mode = Arrays.stream(CrashMode.values()).filter(one -> one.word().equals(word)).findAny();
        return mode.orElseThrow(() -> new IllegalArgumentException("Reading --mode " + word + ": there are " + modes()));
    }

    private static String modes() {
        return Arrays.stream(CrashMode.values()).map(CrashMode::word).collect(Collectors.joining("|"));
    }

    private static String text(CrashSeries.Result result) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "mode %s, seed %d%n%d kills, %d starts that ended before their failpoint, %d statements meanwhile%n"
                        + "%d exact comparisons of %d rows in all%nlost %d, duplicated %d%n%d s%n",
                result.mode().word(), result.chain().seed(), result.chain().kills(), result.chain().missed(),
                result.changes(), result.chain().checks(), result.compared(), result.lost(), result.duplicated(),
                result.took().toSeconds()));
        result.chain().byFailpoint().forEach((place, times) ->
                text.append(String.format(Locale.ROOT, "  %-26s %d%n", place, times)));
        return text + result.first();
    }

    private static String json(CrashSeries.Result result) {
        String places = result.chain().byFailpoint().entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(","));
        return String.format(
                Locale.ROOT,
                "{\"mode\":\"%s\",\"seed\":%d,\"kills\":%d,\"missed\":%d,\"comparisons\":%d,\"rows_compared\":%d,"
                        + "\"lost\":%d,\"duplicated\":%d,\"statements\":%d,\"seconds\":%d,\"by_failpoint\":{%s}}",
                result.mode().word(), result.chain().seed(), result.chain().kills(), result.chain().missed(),
                result.chain().checks(), result.compared(), result.lost(), result.duplicated(), result.changes(),
                result.took().toSeconds(), places);
    }
}
