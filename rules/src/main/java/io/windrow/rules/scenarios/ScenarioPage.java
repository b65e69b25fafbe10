package io.windrow.rules.scenarios;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the page that says which failure scenario is covered by which test, from the tests' own tags, and why the others
 * are left out. {@code ./windrow-dev scenarios} writes it; a test fails when it has drifted.
 */
public final class ScenarioPage {
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-I]\\d{2})\"\\)");
    private static final Pattern METHOD = Pattern.compile("^\\s+(?:public )?void (\\w+)\\(");
    private static final Path LEFT_OUT = Path.of("docs", "reference", "scenarios-left-out.tsv");
    private static final Path PAGE = Path.of("docs", "reference", "scenarios.md");

    private ScenarioPage() {}

    /** Writes the page into the checkout given as the only argument (default: the working folder). */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments.length > 0 ? arguments[0] : "");
        Files.writeString(root.resolve(PAGE), render(root));
    }

    /** Where the page lies. */
    public static Path page(Path root) {
        return root.resolve(PAGE);
    }

    /** The page as it should be. */
    public static String render(Path root) throws IOException {
        StringBuilder page = new StringBuilder("""
                # Scenarios: which failure is proven by which test

                Generated from the tests' tags by `./windrow-dev scenarios`. An id stands for a real failure of a tool of this
                field. The first table is what tests cover; the second says why an id of the current scope is left out.

                | id | proven by |
                |---|---|
                """);
        covered(root).forEach((id, tests) -> page.append("| ")
                .append(id)
                .append(" | ")
                .append(String.join("<br>", tests))
                .append(" |\n"));
        page.append("\n| id | left out because |\n|---|---|\n");
        leftOut(root).forEach((id, reason) ->
                page.append("| ").append(id).append(" | ").append(reason).append(" |\n"));
        return page.toString();
    }

    /** Ids by the tests that carry them, {@code Class: sentence}. */
    public static SortedMap<String, SortedSet<String>> covered(Path root) throws IOException {
        SortedMap<String, SortedSet<String>> covered = new TreeMap<>();
        for (Path test : tests(root)) {
            List<String> pending = new ArrayList<>();
            String type = test.getFileName().toString().replace(".java", "");
            for (String line : Files.readAllLines(test, StandardCharsets.UTF_8)) {
                Matcher tag = TAG.matcher(line);
                while (tag.find()) {
                    pending.add(tag.group(1));
                }
                Matcher method = METHOD.matcher(line);
                String subject = method.find() ? type + ": " + sentence(method.group(1)) : line.contains("class ") ? type : "";
                if (!subject.isEmpty()) {
                    pending.forEach(id -> covered.computeIfAbsent(id, key -> new TreeSet<>()).add(subject));
                    pending.clear();
                }
            }
        }
        return covered;
    }

    /** Ids of the current scope that no test covers, each with its reason. */
    public static SortedMap<String, String> leftOut(Path root) throws IOException {
        SortedMap<String, String> leftOut = new TreeMap<>();
        for (String line : Files.readAllLines(root.resolve(LEFT_OUT), StandardCharsets.UTF_8)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split("\t", 2);
                leftOut.put(parts[0], parts[1]);
            }
        }
        return leftOut;
    }

    private static List<Path> tests(Path root) throws IOException {
        List<Path> tests = new ArrayList<>();
        Files.walkFileTree(root.toAbsolutePath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skip = name.equals("target") || name.startsWith(".") || name.equals("main");
                return skip && !folder.equals(root.toAbsolutePath()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // A suite is what several test classes extend.
                if (file.toString().endsWith("Test.java") || file.toString().endsWith("Suite.java")) {
                    tests.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        tests.sort(null);
        return tests;
    }

    /** {@code aLateRowIsFound} and {@code a_late_row_is_found} become {@code a late row is found}. */
    private static String sentence(String name) {
        StringBuilder words = new StringBuilder();
        for (char c : name.toCharArray()) {
            if (c == '_') {
                words.append(' ');
            } else if (Character.isUpperCase(c)) {
                words.append(' ').append(Character.toLowerCase(c));
            } else {
                words.append(c);
            }
        }
        return words.toString().replaceAll(" +", " ").strip();
    }
}
