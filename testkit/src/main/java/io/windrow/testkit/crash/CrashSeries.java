package io.windrow.testkit.crash;

import io.windrow.testkit.oracle.Oracle;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Kills {@code run} of the command line at every failpoint of a mode while the table changes; each start is the recovery
 * from the last kill and the next victim. At every tenth kill and at the end the table holds still and the target is
 * compared twice: after the recovery alone, every row that was there all the time since the last comparison has to be
 * there, once; after one more run, exactly the table's rows, beside older versions where the mode keeps them. Used by one
 * thread.
 *
 * @param main the command line's main class; takes {@code run <pipeline file>}
 * @param mode how rows are read and written
 * @param folder an empty folder for the pipeline, its state and its files
 * @param kills how many kills count
 * @param seed the order of the places, and what happens to the table; not the timing
 */
public record CrashSeries(String main, CrashMode mode, Path folder, int kills, long seed) {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TABLE = "churned";
    private static final int ROWS = 3000;

    /**
     * Runs the series.
     *
     * @throws AssertionError if the child fails by itself or never reaches a place; rows that are lost or doubled are in
     *     the result instead
     */
    public Result run(PostgresServer server, CrashChain.Progress progress) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (PostgresDatabase database = PostgresDatabase.create(server);
                TableChurn churn = TableChurn.start(database, TABLE, ROWS, mode.changes(), seed)) {
            String read = mode.source(TABLE);
            churn.pause();
            mode.preparation(TABLE).forEach(database::execute);
            churn.resume();
            Path file = Files.writeString(folder.resolve("crash.yaml"), mode.pipeline(database.url(), read));
            List<String> arguments = List.of("run", file.toString());
            CrashChain chain = new CrashChain(main, arguments, mode.failpoints(), seed, PATIENCE);
            Comparison comparison = new Comparison(
                    mode, new Delivered(folder.resolve("out").resolve("public." + read), mode));
            CrashChain.Summary summary = chain.run(kills, mode.preludes(), churn::pause, () -> {
                List<List<@Nullable String>> table = database.query("SELECT id, payload FROM " + TABLE);
                comparison.afterRecovery(table);
                try (ChildJvm last = ChildJvm.start(main, arguments, Map.of())) {
                    int exit = last.awaitEnd(PATIENCE);
                    if (exit != 0) {
                        throw new AssertionError("Reading what is there now: the child ended with " + exit + "\n"
                                + last.output());
                    }
                }
                comparison.exact(table);
                churn.resume();
            }, progress);
            return new Result(mode, summary, comparison.lost, comparison.duplicated, comparison.compared,
                    comparison.first, churn.done(), Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    /** What the comparisons found. */
    private static final class Comparison {
        private final CrashMode mode;
        private final Delivered delivered;
        private final Map<String, Integer> finished = new TreeMap<>();
        private Set<String> idsBefore =
                LongStream.rangeClosed(1, ROWS).mapToObj(Long::toString).collect(Collectors.toSet());
        private long lost;
        private long duplicated;
        private long compared;
        private String first = "";

        Comparison(CrashMode mode, Delivered delivered) {
            this.mode = mode;
            this.delivered = delivered;
        }

        /** The read that the recovery finished began after the last comparison and may be of any moment since. */
        void afterRecovery(List<List<@Nullable String>> table) throws IOException {
            Set<String> survivors = ids(table);
            survivors.retainAll(idsBefore);
            TreeMap<String, List<List<@Nullable String>>> reads = delivered.rows();
            if (mode.keepsGenerations()) {
                finished.forEach((name, rows) -> lost(reads.containsKey(name) ? 0 : rows, name + " is gone"));
            }
            for (Map.Entry<String, List<List<@Nullable String>>> read : reads.entrySet()) {
                List<List<@Nullable String>> rows = read.getValue();
                Set<String> ids = ids(rows);
                int distinct = mode.keepsVersions() ? Set.copyOf(rows).size() : ids.size();
                duplicated(rows.size() - distinct, "rows twice in " + read.getKey());
                Integer before = finished.put(read.getKey(), rows.size());
                if (mode.keepsGenerations() && before != null) {
                    lost(before - rows.size(), "rows fewer than before in " + read.getKey());
                    duplicated(rows.size() - before, "rows more than before in " + read.getKey());
                    continue;
                }
                Set<String> missing = new HashSet<>(survivors);
                missing.removeAll(ids);
                lost(missing.size(), "ids lost in " + read.getKey() + ": " + missing.stream().limit(5).toList());
            }
        }

        /** The table holds still and was read once more. */
        void exact(List<List<@Nullable String>> table) throws IOException {
            TreeMap<String, List<List<@Nullable String>>> reads = delivered.rows();
            List<List<@Nullable String>> newest = reads.isEmpty() ? List.of() : reads.lastEntry().getValue();
            Oracle.Difference difference = Oracle.compare(table, mode.keepsVersions() ? current(table, newest) : newest);
            lost(difference.missing().values().stream().mapToLong(Integer::longValue).sum(), difference.toString());
            duplicated(difference.extra().values().stream().mapToLong(Integer::longValue).sum(), difference.toString());
            reads.forEach((name, rows) -> finished.put(name, rows.size()));
            compared += table.size();
            idsBefore = ids(table);
        }

        /** The delivered rows without versions that the table has no more; one that came twice stays twice. */
        private static List<List<@Nullable String>> current(
                List<List<@Nullable String>> table, List<List<@Nullable String>> rows) {
            Set<List<@Nullable String>> now = new HashSet<>(table);
            List<List<@Nullable String>> current = new ArrayList<>();
            Set<List<@Nullable String>> seen = new HashSet<>();
            for (List<@Nullable String> row : rows) {
                if (now.contains(row) || !seen.add(row)) {
                    current.add(row);
                }
            }
            return current;
        }

        private static Set<String> ids(List<List<@Nullable String>> rows) {
            Set<String> ids = new HashSet<>();
            rows.forEach(row -> ids.add(String.valueOf(row.getFirst())));
            return ids;
        }

        private void lost(long rows, String where) {
            if (rows > 0) {
                lost += rows;
                note(where);
            }
        }

        private void duplicated(long rows, String where) {
            if (rows > 0) {
                duplicated += rows;
                note(where);
            }
        }

        private void note(String where) {
            if (first.isEmpty()) {
                first = where;
            }
        }
    }

    /**
     * What a series showed.
     *
     * @param mode how rows were read and written
     * @param chain kills, their places and the seed
     * @param lost rows that the target lacked in a comparison
     * @param duplicated rows that the target had too often, or that were not in the table
     * @param compared rows of the table in all exact comparisons together
     * @param first the first thing wrong; empty if nothing
     * @param changes statements that changed the table meanwhile
     * @param took the whole series
     */
    public record Result(
            CrashMode mode,
            CrashChain.Summary chain,
            long lost,
            long duplicated,
            long compared,
            String first,
            long changes,
            Duration took) {}
}
