package io.windrow.testkit.crash;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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

    /** The rows, each as id and payload. The last entry is the newest generation. */
    public TreeMap<String, List<List<@Nullable String>>> rows() throws IOException {
        TreeMap<String, List<List<@Nullable String>>> found = new TreeMap<>();
        if (!Files.exists(folder)) {
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
