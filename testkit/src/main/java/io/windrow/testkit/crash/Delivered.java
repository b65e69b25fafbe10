package io.windrow.testkit.crash;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a churned table as a reader who knows nothing of Windrow finds them in JSON Lines files, by the generation
 * in the file's name if the mode keeps them side by side.
 *
 * @param folder the stream's folder
 * @param mode how they were written
 */
public record Delivered(Path folder, CrashMode mode) {
    private static final Pattern ROW = Pattern.compile("\"id\":(\\d+),\"payload\":\"([0-9a-f]*)\"");
    private static final Pattern GENERATION = Pattern.compile("g\\d+");

    private static final Pattern CHANGE = Pattern.compile("\"id\":(\\d+),\"payload\":(null|\"[0-9a-f]*\").*\"_op\":\"(\\w+)\","
            + "\"_position\":(\\d+),\"_ordinal\":(\\d+)");

    /** The rows, each as id and payload. The last entry is the newest generation. */
    public TreeMap<String, List<List<@Nullable String>>> rows() throws IOException {
        TreeMap<String, List<List<@Nullable String>>> found = new TreeMap<>();
        if (!Files.exists(folder)) {
            return found;
        }
        if (mode.keepsChanges()) {
            found.put(read(folder), folded(file -> true));
            return found;
        }
        try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : walk.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                List<List<@Nullable String>> rows = found.computeIfAbsent(read(file), name -> new ArrayList<>());
                for (String line : Files.readAllLines(file)) {
                    Matcher row = ROW.matcher(line);
                    if (!row.find()) {
                        throw new AssertionError("Reading " + file + ": no row in " + line);
                    }
                    rows.add(List.of(row.group(1), row.group(2)));
                }
            }
        }
        return found;
    }

    /** The rows that the changes of the newest generation alone lead to, where older ones stay beside it. */
    public List<List<@Nullable String>> newest() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            String generation = walk.map(file -> GENERATION.matcher(file.getFileName().toString()))
                    .filter(Matcher::lookingAt)
                    .map(Matcher::group)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            return folded(file -> file.getFileName().toString().startsWith(generation));
        }
    }

    /** The rows that the changes lead to, in the log's order; one that is there twice is in the answer twice. */
    private List<List<@Nullable String>> folded(Predicate<Path> which) throws IOException {
        record Change(long position, long ordinal, String op, String id, String payload) {}
        List<Change> changes = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(path -> path.toString().endsWith(".jsonl")).filter(which).toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher row = CHANGE.matcher(line);
                    if (!row.find()) {
                        throw new AssertionError("Reading " + file + ": no change in " + line);
                    }
                    changes.add(new Change(
                            Long.parseLong(row.group(4)), Long.parseLong(row.group(5)), row.group(3), row.group(1),
                            row.group(2).replace("\"", "")));
                }
            }
        }
        changes.sort(Comparator.comparingLong(Change::position).thenComparingLong(Change::ordinal));
        List<List<@Nullable String>> rows = new ArrayList<>();
        Map<String, List<@Nullable String>> state = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (Change change : changes) {
            String place = change.position() + "/" + (change.op().equals("copy") ? change.id() : change.ordinal());
            if (!seen.add(change.op() + place)) {
                rows.add(List.of(change.id(), "delivered twice: " + change));
            } else if (change.op().equals("delete")) {
                if (state.remove(change.id()) == null) {
                    rows.add(List.of(change.id(), "deleted before it was there: " + change));
                }
            } else {
                state.put(change.id(), List.of(change.id(), change.payload()));
            }
        }
        rows.addAll(state.values());
        return rows;
    }

    private String read(Path file) {
        if (!mode.keepsGenerations()) {
            return "the target";
        }
        Matcher generation = GENERATION.matcher(file.getFileName().toString());
        if (!generation.lookingAt()) {
            throw new AssertionError("Reading " + file + ": the name shows no generation");
        }
        return generation.group();
    }
}
